"""`./run admin` and `./run model`: hand over to commands that need the database, whether `./run up` runs or not."""

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from api.run.environment import EnvironmentFileError, load
from api.run.paths import ROOT, STATE, python_of
from api.run.postgres import Postgres, PostgresError

READY_SECONDS, STOP_SECONDS = 60, 120
"""A slow disk may take its time over the last checkpoint; breaking it off leaves a recovery to the next start."""


def admin(words: Sequence[str], state: Path = STATE) -> int:
    """People of the console; the exit code of the command."""
    return hand_over("api.console.command", words, state)


def model(words: Sequence[str], state: Path = STATE) -> int:
    """Models of the assistant; likewise."""
    return hand_over("api.training.command", words, state)


def hand_over(module: str, words: Sequence[str], state: Path) -> int:
    """The exit code of the command; its settings and its database are those of the product of this folder."""
    try:
        environment = load(state)
        if environment["DATABASE_URL"]:
            return _command(module, words, environment)
        with _database(state, environment) as url:
            return _command(module, words, environment | {"DATABASE_URL": url})
    except EnvironmentFileError as error:
        print(f"Файл настроек: {error}")
        return 2
    except PostgresError as error:
        print(f"База данных не запустилась: {error}")
        return 1


def _command(module: str, words: Sequence[str], environment: dict[str, str]) -> int:
    command = [str(python_of("api")), "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode


@contextlib.contextmanager
def _database(state: Path, environment: dict[str, str]) -> Iterator[str]:
    """The embedded database's address. It is started for the while when `./run up` does not run.

    The lock of `./run up` is held meanwhile: two servers on one directory would be the end of it.
    """
    postgres = Postgres(state / "postgres")
    state.mkdir(parents=True, exist_ok=True)
    with (state / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield postgres.url()
            return
        with _started(postgres, environment) as url:
            yield url


@contextlib.contextmanager
def _started(postgres: Postgres, environment: dict[str, str]) -> Iterator[str]:
    with postgres.running(ready_seconds=READY_SECONDS, stop_seconds=STOP_SECONDS) as url:
        command = [str(python_of("api")), "-m", "api.db.migrate"]
        variables = os.environ | environment | {"DATABASE_URL": url}
        migrated = subprocess.run(command, cwd=ROOT, env=variables, check=False, capture_output=True, text=True)
        if migrated.returncode:
            raise PostgresError(migrated.stderr.strip())
        yield url
