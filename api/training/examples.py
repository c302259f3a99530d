"""The examples that a model learns from, as texts of customers."""

from pathlib import Path

from api.training.dataset import files
from api.training.dataset.layout import NLU, examples_of, files_of, loaded
from api.training.dataset.notation import parsed
from api.training.schemas import Reviewed


def reviewed(root: Path) -> list[Reviewed]:
    """What people decided. Raises Unreadable."""
    return files.read(root)


def older(root: Path) -> list[tuple[str, str]]:
    """(intent, text) of what is written by hand or made of that. Raises Unreadable."""
    lines = (pair for path in files_of(root, NLU) for pair in examples_of(loaded(path.read_bytes())))
    return [(intent, parsed(one if isinstance(one, str) else one["text"])[0]) for intent, one in lines]
