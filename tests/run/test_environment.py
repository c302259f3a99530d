"""The environment: who wins, what is generated, and that the README's table is the truth."""

import re
import stat
from pathlib import Path

import pytest

from api.channels.registry import SETTINGS
from api.config import Settings
from api.couriers.log.courier import LogSettings
from api.couriers.smtp.courier import SmtpSettings
from api.erp.registry import KINDS
from api.erp.settings import ErpSettings
from api.run.environment import (
    SECRETS,
    VARIABLES,
    EnvironmentFileError,
    ensure_secrets,
    load,
    read_env_file,
    uses_demo_erp,
)
from api.run.paths import ROOT


def test_secrets_are_made_once_and_readable_by_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets.env"
    first = ensure_secrets(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(first) == set(SECRETS)
    assert all(len(value) >= 32 for value in first.values())
    assert len(set(first.values())) == len(SECRETS)
    assert ensure_secrets(path) == first


def test_a_secret_of_a_newer_version_is_added_and_the_mode_repaired(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("SECRET_KEY=kept\n")
    path.chmod(0o644)
    values = ensure_secrets(path)
    assert values["SECRET_KEY"] == "kept"
    assert values["ADMIN_PASSWORD"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_env_file_lines(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# words\n\nA=1\nexport B = 'two words'\nC=\"#3\"\nD=4 # four\nE=\n")
    assert read_env_file(path) == {"A": "1", "B": "two words", "C": "#3", "D": "4", "E": ""}
    path.write_text("A=1\nnonsense\n")
    with pytest.raises(EnvironmentFileError, match="line 2"):
        read_env_file(path)


def test_the_caller_wins_over_the_file_and_that_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("API_PORT=8001\nRASA_PORT=5007\nADMIN_PASSWORD=of-the-file\n")
    values = load(tmp_path, {"API_PORT": "8002", "ACTIONS_PORT": ""}, file)
    assert (values["API_PORT"], values["RASA_PORT"], values["ACTIONS_PORT"]) == ("8002", "5007", "5055")
    assert values["ADMIN_PASSWORD"] == "of-the-file"
    assert values["API_URL"] == "http://127.0.0.1:8002"


def test_the_demo_erp_is_used_unless_another_one_is_named(tmp_path: Path) -> None:
    assert uses_demo_erp(load(tmp_path, {"DEMO_ERP_PORT": "8123"}, None))
    assert uses_demo_erp(load(tmp_path, {"ERP_KIND": "onec_http"}, None))
    assert not uses_demo_erp(load(tmp_path, {"ERP_URL": "http://1c.example/trade"}, None))
    assert not uses_demo_erp(load(tmp_path, {"ERP_KIND": "memory"}, None))


PARTS = (SmtpSettings, LogSettings)
"""Settings of a folder of its own."""


def documented() -> dict[str, str]:
    """Name → default from the README's configuration table."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Configuration", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([A-Z_0-9]+)` \| (.*?) \|", table, flags=re.MULTILINE)
    return {name: "" if default == "–" else default.strip("`") for name, default in rows}


def test_readme_table_names_every_variable_with_its_default() -> None:
    table = documented()
    settings = {
        f"{model.model_config.get('env_prefix') or ''}{name}".upper(): ""
        if field.is_required()
        else str(field.get_default())
        for model in (Settings, *SETTINGS, *PARTS)
        for name, field in model.model_fields.items()
    }
    expected = settings | dict.fromkeys(SECRETS, "generated") | {v.name: v.default for v in VARIABLES}
    expected |= {"SECRETS_DIR": ""}
    assert set(table) == set(expected)
    # Times are written 09:00, flags in lower case.
    shown = {name: re.sub(r"^(\d\d:\d\d):00$", r"\1", value) for name, value in expected.items()}
    shown = {name: value.lower() if value in ("True", "False") else value for name, value in shown.items()}
    assert table == shown


def test_the_example_file_holds_only_documented_names() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#?\s?([A-Z_0-9]+)=", text, flags=re.MULTILINE)
    assert names
    assert set(names) <= set(documented()) | {"COMPOSE_PROFILES", "POSTGRES_PASSWORD", "DATABASE_PASSWORD"}


PAGES = {"onec": "1c", "onec_http": "1c-http"}
"""Pages that are called otherwise than the kind."""


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"memory"}))
def test_the_page_of_an_accounting_system_has_all_its_settings(kind: str) -> None:
    page = (ROOT / "docs" / f"connect-{PAGES.get(kind, kind)}.md").read_text(encoding="utf-8")
    own = set(KINDS[kind].settings.model_fields) - set(ErpSettings.model_fields)
    missing = [name for name in own if f"ERP_{name.upper()}" not in page]
    assert missing == []
