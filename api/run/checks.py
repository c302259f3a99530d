"""`./run check`: everything that can be said about the code without running it."""

import os
import subprocess
import sys

from api.run.paths import ROOT, import_path, python_of

API = str(python_of("api"))
ACTIONS = str(python_of("actions"))

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shell syntax", ("sh", "-n", "run")),
    ("ruff check", (API, "-m", "ruff", "check", ".")),
    ("ruff format", (API, "-m", "ruff", "format", "--check", ".")),
    ("mypy api", (API, "-m", "mypy", "-p", "api", "-p", "order_text")),
    ("mypy actions", (ACTIONS, "-m", "mypy", "-p", "actions")),
    ("import rules", (API, "-c", "from importlinter.cli import lint_imports_command as main; main()")),
    (
        "docker-compose.yml",
        (API, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ),
)


def check() -> int:
    """Runs every check, shows what failed, returns 1 when one did."""
    failed = []
    environment = os.environ | {"PYTHONPATH": import_path()}
    for title, command in CHECKS:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {title}", flush=True)
        if done.returncode:
            failed.append(title)
            sys.stdout.write(done.stdout + done.stderr)
            sys.stdout.flush()
    print(f"check: {len(CHECKS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0
