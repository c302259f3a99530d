"""`./run data`: the examples for training. Only what reads people's decisions needs the database."""

from collections.abc import Sequence
from pathlib import Path

from api.run.admin import run_module, with_database
from api.run.environment import EnvironmentFileError, load
from api.run.paths import STATE

MODULE = "api.training.data_command"


def data(words: Sequence[str], state: Path = STATE) -> int:
    """The exit code of the command."""
    if list(words) == ["collect"]:
        return with_database(MODULE, words, state)
    try:
        return run_module(MODULE, words, load(state))
    except EnvironmentFileError as error:
        print(f"Файл настроек: {error}")
        return 2
