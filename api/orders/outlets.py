"""Outlets in a customer's words: which is meant, and which part of a message is for it."""

import re
from collections.abc import Sequence

from api.db.models import OutletRow
from api.understanding import signs
from api.understanding.context import OutletName
from api.understanding.outlets import named
from order_text import annotate

STEM = 4
"""Letters that «Лесной» and «Лесную» share."""
_SENTENCES = re.compile(r"(?<=[\n;])|(?<=\.\s)")
_COMMAS = re.compile(r"(?<=,\s)")


def names(outlets: Sequence[OutletRow]) -> tuple[OutletName, ...]:
    """The outlets as the understanding knows them."""
    return tuple(OutletName(row.id, row.name, row.address) for row in outlets)


def outlet_named(text: str, outlets: Sequence[OutletRow]) -> OutletRow | None:
    """The outlet that the whole answer means: its number in the list, or words of its name and address only."""
    if (place := text.strip(" .)№")).isdecimal():
        return outlets[int(place) - 1] if 0 < int(place) <= len(outlets) else None
    said = _stems(text)
    fitting = [row for row in outlets if said and said <= _stems(f"{row.name} {row.address}")]
    return fitting[0] if len(fitting) == 1 else None


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in re.findall(rf"[^\W_]{{{STEM},}}", text.casefold())}


def mentioned(text: str, outlets: Sequence[OutletRow]) -> list[OutletRow]:
    """The outlets that words of the message point to, in their order."""
    _, ids = named(annotate(text).tokens, names(outlets))
    by_id = {row.id: row for row in outlets}
    return [by_id[outlet] for outlet in ids]


def part_for(text: str, outlet: OutletRow, outlets: Sequence[OutletRow]) -> str | None:
    """What a message to several outlets orders for this one; None when its parts cannot be told apart.

    An outlet heads its goods («на Мира: молоко 5; на Лесную: батон 12») or closes them («молоко 5 на Мира, …»).
    """
    pieces: list[tuple[str, list[OutletRow]]] = []
    for sentence in _SENTENCES.split(text):
        whole = len(mentioned(sentence, outlets)) < 2
        pieces += [(piece, mentioned(piece, outlets)) for piece in ([sentence] if whole else _COMMAS.split(sentence))]
    if any(len(meant) > 1 for _, meant in pieces):
        return None
    if _closes(text, outlets):
        pieces.reverse()
    parts: list[str] = []
    current: OutletRow | None = None
    for piece, meant in pieces:
        current = meant[0] if meant else current
        if current is not None and current.id == outlet.id:
            parts.append(piece)
    if _closes(text, outlets):
        parts.reverse()
    return "".join(parts).strip() or None


def _closes(text: str, outlets: Sequence[OutletRow]) -> bool:
    """Whether amounts stand before the first outlet."""
    tokens = annotate(text).tokens
    marked, _ = named(tokens, names(outlets))
    first = next((place for place, token in enumerate(marked) if token != tokens[place]), 0)
    return signs.counts(marked[:first])
