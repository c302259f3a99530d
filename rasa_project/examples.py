"""Reads example sentences: training data in both of Rasa's forms, and the plain lists of what is not trained on.

A file of data/nlu has its examples as a text block («- сгуха 5»); a file of data/nlu/reviewed has a list of mappings
({text: «[сгуха](product) 5», metadata: …}), one a line. Imports nothing of Rasa.
"""

import re
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import yaml

Pair = Tuple[str, str]
"""(intent, text)"""
GENERATED = "generated.yml"
REVIEWED = "reviewed"
ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> List[Pair]:
    """The examples of a file of training data, as they stand there."""
    return [(block["intent"], text) for block in _load(path)["nlu"] or [] for text in _texts(block["examples"])]


def _texts(examples: Any) -> Iterator[str]:
    if isinstance(examples, str):
        yield from (line[2:].strip() for line in examples.splitlines() if line.startswith("- "))
    else:
        yield from (str(example["text"]).strip() for example in examples or [])


def written(nlu: Path) -> List[Pair]:
    """What is written by hand."""
    return [pair for path in sorted(nlu.glob("*.yml")) if path.name != GENERATED for pair in read(path)]


def reviewed(nlu: Path) -> List[Pair]:
    """What people decided about messages (the training loop writes it)."""
    return [pair for path in sorted((nlu / REVIEWED).rglob("*.yml")) for pair in read(path)]


def plain(text: str) -> str:
    """The message as a customer typed it: «[сгуха](product) 5» → «сгуха 5»."""
    return ENTITY.sub(r"\1", text)


def unseen(path: Path) -> List[Pair]:
    """The phrases of a file of data/frozen or data/development (`intent: [phrase, …]`)."""
    return [(intent, str(text)) for intent, texts in (_load(path) or {}).items() for text in texts or []]


def _load(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
