"""Rasa's way to mark the pieces of an example inside its text: «[сгуха](product) [5](quantity) на завтра»."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Entities = tuple[dict[str, Any], ...] | None
"""`{start, end, entity, value}` in characters of the text, in order; None: nobody marked the pieces."""

_LAX = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "\ufffe": " ", "\uffff": " "})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MARK = re.compile(r"\[([^\]]+?)\](?:\(([^:)]+?)(?::[^)]+)?\)|\{([^}]+?)\})")
"""After rasa/shared/nlu/training_data/entities_parser.py (3.6); a list of marks on one piece is not ours."""
_OF_OBJECT = re.compile(r'"entity"\s*:\s*"([^"]+)"')


def plain(text: str) -> str:
    """The text as a file can hold it: one line, and no brackets, which Rasa would read as marks (of `${…}`, as settings).

    Each character stays one character, so that places in the text hold.
    """
    return _CONTROL.sub(" ", text.translate(_LAX))


def value_of(text: str, entities: Iterable[Mapping[str, Any]] | None) -> tuple[str, Entities]:
    """Text and pieces as a file holds them, without blanks at their ends; the places move along.

    Raises ValueError where the pieces overlap or stand outside of the text.
    """
    text = plain(text)
    kept = text.strip()
    if entities is None:
        return kept, None
    shift = len(text) - len(text.lstrip())
    found: list[dict[str, Any]] = []
    for one in sorted(entities, key=lambda one: int(one["start"])):
        start, end, entity = int(one["start"]), int(one["end"]), str(one["entity"])
        value = text[start:end].strip() if 0 <= start < end <= len(text) else ""
        start += len(text[start:end]) - len(text[start:end].lstrip()) - shift
        if not value or start < (found[-1]["end"] if found else 0) or not re.fullmatch(r"[\w-]+", entity):
            raise ValueError(f"«{entity}» {one['start']}–{one['end']}")
        found.append({"start": start, "end": start + len(value), "entity": entity, "value": value})
    return kept, tuple(found)


def written(text: str, entities: Entities) -> str:
    """One line of Rasa's notation. `text` and `entities` as `value_of` gives them."""
    line, done = "", 0
    for one in entities or ():
        line += f"{text[done : one['start']]}[{text[one['start'] : one['end']]}]({one['entity']})"
        done = one["end"]
    return line + text[done:]


def parsed(line: str) -> tuple[str, Entities]:
    """The other way; None where nothing is marked. Synonyms («[тонна](unit:т)») lose their other word.

    Raises ValueError where a mark is broken.
    """
    text, done = "", 0
    found: list[dict[str, Any]] = []
    for mark in _MARK.finditer(line):
        text += line[done : mark.start()]
        entity = mark[2] or _entity(mark[3])
        found.append({"start": len(text), "end": len(text) + len(mark[1]), "entity": entity, "value": mark[1]})
        text, done = text + mark[1], mark.end()
    return value_of(text + line[done:], found or None)


def _entity(words: str) -> str:
    named = _OF_OBJECT.search(words)
    if named is None:
        raise ValueError(words)
    return named[1]
