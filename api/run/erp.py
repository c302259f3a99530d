"""`./run erp`: hands over to the command of accounting systems, with the environment of `./run up`."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from api.run.environment import EnvironmentFileError, load
from api.run.paths import ROOT, STATE, python_of
from api.run.postgres import Postgres


def erp(words: Sequence[str], state: Path = STATE) -> int:
    """The exit code of the command; its settings are those of the product that runs from this folder."""
    try:
        environment = load(state)
    except EnvironmentFileError as error:
        print(f"Файл настроек: {error}")
        return 2
    environment["DATABASE_URL"] = environment["DATABASE_URL"] or Postgres(state / "postgres").url()
    command = [str(python_of("api")), "-m", "api.accounting.command", *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode
