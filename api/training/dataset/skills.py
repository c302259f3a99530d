"""Which skill an intent belongs to: that in whose hand-written file of data/nlu its examples stand."""

from pathlib import Path

from api.training.dataset.errors import UnknownIntent
from api.training.dataset.layout import GENERATED, NLU, examples_of, files_of, loaded


def skills(root: Path) -> dict[str, str]:
    """The skill by intent. Raises Unreadable for a broken file."""
    found: dict[str, str] = {}
    for path in files_of(root, NLU):
        if path.name != GENERATED:
            found |= {intent: path.stem for intent, _ in examples_of(loaded(path.read_bytes()))}
    return found


def skill_of(intent: str, table: dict[str, str]) -> str:
    """Raises UnknownIntent."""
    if intent not in table:
        raise UnknownIntent(intent)
    return table[intent]
