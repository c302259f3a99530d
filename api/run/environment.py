"""The environment of the processes: what the caller set, then `.env`, then generated secrets, then defaults.

`VARIABLES` is the whole list of what a person may set for `./run up`; the README's table repeats it and a test
compares the two.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.run.paths import ROOT, STATE, import_path


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    meaning: str


# What the start-up itself reads; api/config.py holds the rest (prices, office hours, policies).
VARIABLES = (
    Variable("DATABASE_URL", "", "PostgreSQL 15 or newer; empty: an embedded one in .run/postgres"),
    Variable("RASA_DB_URL", "", "Rasa's conversations; empty: the schema `rasa` of DATABASE_URL"),
    Variable("API_PORT", "8000", "chat, console, REST"),
    Variable("RASA_PORT", "5005", "Rasa, on the loopback interface only"),
    Variable("RASA_2_PORT", "5006", "the second Rasa, where a new model is tried and put in"),
    Variable("ACTIONS_PORT", "5055", "action server, on the loopback interface only"),
    Variable("DEMO_ERP_PORT", "8100", "the demo 1C"),
    Variable("TRUSTED_PROXIES", "127.0.0.1", "reverse proxies that may say whom they serve: addresses, networks"),
    Variable("DEMO_ERP_DATA", ".run/demo-1c.sqlite3", "the demo 1C's data"),
    Variable("ERP_KIND", "onec", "which accounting system: a name from api/erp/registry.py"),
    Variable("ERP_URL", "", "its address, for 1C up to `/odata/standard.odata`; empty: the demo 1C"),
    Variable("ERP_USER", "bot", "its user"),
    Variable("CLOCK_OFFSET_SECONDS", "0", "moves the clock of all processes, for demos and tests"),
    Variable("TRAINING_DIR", "", "where `data/` and `models/` lie; empty: the checkout"),
    Variable("TIMEZONE", "Europe/Moscow", "the distributor's time zone"),
)

# Made on the first start, 32 random characters each, kept in .run/secrets.env (readable by the owner only).
SECRETS = ("SECRET_KEY", "RASA_GATEWAY_SECRET", "ERP_PASSWORD", "ADMIN_PASSWORD")

DEMO_KINDS = ("onec", "onec_http")
"""Kinds that the demo 1C can be."""

# What our processes need of the machine; not settings.
FIXED = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_HOST": "127.0.0.1",
}

LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


class EnvironmentFileError(Exception):
    """A line of an environment file cannot be read."""


def read_env_file(path: Path) -> dict[str, str]:
    """Reads NAME=value lines; values may be quoted, `#` starts a comment; a missing file is empty."""
    if not path.exists():
        return {}
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = LINE.match(line)
        if found is None:
            raise EnvironmentFileError(f"{path}, line {number}: not NAME=value")
        values[found[1]] = _unquote(found[2])
    return values


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)


def ensure_secrets(path: Path) -> dict[str, str]:
    """Reads the generated secrets, making those that are missing; the file is readable by its owner only."""
    values = read_env_file(path)
    missing = [name for name in SECRETS if not values.get(name)]
    if missing:
        values |= {name: secrets.token_urlsafe(24) for name in missing}
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("# Made by ./run on the first start. Keep it out of git and of chats.\n")
            file.writelines(f"{name}={values[name]}\n" for name in SECRETS)
        draft.replace(path)
    path.chmod(0o600)
    return values


def load(
    state: Path = STATE, given: Mapping[str, str] | None = None, env_file: Path | None = ROOT / ".env"
) -> dict[str, str]:
    """The complete environment. `given` (the caller's variables by default) wins over `.env`, that over secrets."""
    caller = dict(os.environ if given is None else given)
    values = {variable.name: variable.default for variable in VARIABLES}
    values |= ensure_secrets(state / "secrets.env")
    from_file = {name: value for name, value in read_env_file(env_file).items() if value} if env_file else {}
    values |= from_file
    # An empty variable means "not set": the same reading as in api/config.py.
    values |= {name: value for name, value in caller.items() if value or name not in values}
    # For the console, which tells where a setting comes from.
    values["ENV_FILE_SETS"] = ",".join(name for name in from_file if not caller.get(name))
    return complete(values)


def complete(values: Mapping[str, str]) -> dict[str, str]:
    """Adds what follows from the ports, and what every process needs."""
    full = dict(values)
    full["API_URL"] = full.get("API_URL") or f"http://127.0.0.1:{full['API_PORT']}"
    full["RASA_URL"] = full.get("RASA_URL") or f"http://127.0.0.1:{full['RASA_PORT']}"
    full["RASA_2_URL"] = full.get("RASA_2_URL") or f"http://127.0.0.1:{full['RASA_2_PORT']}"
    full["ACTIONS_URL"] = full.get("ACTIONS_URL") or f"http://127.0.0.1:{full['ACTIONS_PORT']}"
    full["DEMO_ERP_DATA"] = str(ROOT / full["DEMO_ERP_DATA"])
    full["TRAINING_DIR"] = str(ROOT / full["TRAINING_DIR"]) if full["TRAINING_DIR"] else ""
    if full["ERP_KIND"] in DEMO_KINDS:
        full["ERP_URL"] = full["ERP_URL"] or demo_erp_url(full)
    return full | FIXED | {"PYTHONPATH": import_path()}


def demo_erp_url(values: Mapping[str, str]) -> str:
    """Where the demo 1C of this environment answers."""
    return f"http://127.0.0.1:{values['DEMO_ERP_PORT']}/demo"


def uses_demo_erp(values: Mapping[str, str]) -> bool:
    """Whether the accounting system is our own demo 1C, to be started beside the rest."""
    return values["ERP_KIND"] in DEMO_KINDS and values["ERP_URL"].rstrip("/") == demo_erp_url(values)
