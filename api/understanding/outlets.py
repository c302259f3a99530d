"""Outlets named in a message: «на Ленина 10: …, на Мира 5: …»."""

import re
from collections.abc import Sequence
from dataclasses import replace

from api.understanding.context import OutletName
from order_text.model import Kind, Token
from order_text.normalize import fold

STEM = 4
"""Letters that «Садовая» and «Садовую» share."""
_LONG_WORD = re.compile(rf"[^\W\d_]{{{STEM},}}")
_COMMON = frozenset(
    "улиц прос пере шосс буль набе дома корп стро офис этаж горо посе мага кафе рест стол точк скла пави райо".split()
)


def named(tokens: Sequence[Token], outlets: Sequence[OutletName]) -> tuple[list[Token], list[str]]:
    """The tokens with the names of outlets marked as addresses, and the outlets named, in order, once each."""
    words = {outlet.id: _telling(outlet, outlets) for outlet in outlets}
    houses = {outlet.id: set(re.findall(r"\d+", outlet.address)) for outlet in outlets}
    marked = list(tokens)
    found: dict[str, None] = {}
    for position, token in enumerate(tokens):
        if token.kind not in (Kind.word, Kind.filler, Kind.address):
            continue
        said = {fold(word)[:STEM] for word in _LONG_WORD.findall(token.text)}
        meant = [outlet for outlet, stems in words.items() if said & stems]
        if len(meant) > 1:
            meant = [outlet for outlet in meant if _numbers(tokens, position) & houses[outlet]] or meant
        if len(meant) != 1:
            continue
        found[meant[0]] = None
        marked[position] = replace(token, kind=Kind.address)
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if following is not None and following.kind == Kind.number and following.text in houses[meant[0]]:
            marked[position + 1] = replace(following, kind=Kind.address)
    return marked, list(found)


def _telling(outlet: OutletName, outlets: Sequence[OutletName]) -> set[str]:
    """Beginnings of the outlet's words that tell it from all others, or from some by the house number."""
    own = _stems(outlet)
    shared = [_stems(other) for other in outlets if other.id != outlet.id]
    telling = {stem for stem in own if not any(stem in other for other in shared)}
    return telling or own


def _stems(outlet: OutletName) -> set[str]:
    text = f"{outlet.name} {outlet.address}"
    return {fold(word)[:STEM] for word in _LONG_WORD.findall(text)} - _COMMON


def _numbers(tokens: Sequence[Token], position: int) -> set[str]:
    near = " ".join(token.text for token in tokens[position : position + 2])
    return set(re.findall(r"\d+", near))
