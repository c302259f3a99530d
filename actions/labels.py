"""Short titles that tell like goods apart: «3,2% 1 л» and «2,5% 1 л», not two times «Молоко ультрапаст…»."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.words import NOISE, TITLE_LIMIT, distinct, shorten

_PIECE = re.compile(
    r"\([^)]*\)?"
    r"|\d+(?:[.,]\d+)?\s?(?:%|(?:мл|л|кг|гр?|шт|см|мм|м)\b\.?)(?:\s?[*xх×]\s?\d+)?"
    r"|[^\s,;]+",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(\d)\s?(мл|л|кг|гр?|шт|см|мм|м)\b", re.IGNORECASE)
LEAST_ROOM = 5
"""Characters below which a cut word says nothing."""
FIGURE, WORD, SMALL = 0, 1, 2
"""What is kept first when there is little room: figures, words, what nobody says aloud («пастер.», «(12)»)."""


@dataclass(frozen=True)
class _Piece:
    text: str
    kind: int
    place: int

    @property
    def key(self) -> str:
        return self.text.casefold().replace("ё", "е")


def labels(names: Sequence[str], limit: int = TITLE_LIMIT) -> list[str]:
    """A title of at most `limit` characters for each of the goods: what its name has and not all the others have.

    No two are equal; those that nothing but the place in the list tells apart are numbered.
    """
    read = [_pieces(name) for name in names]
    shared = set.intersection(*({piece.key for piece in pieces} for pieces in read)) if len(read) > 1 else set()
    own = [[piece for piece in pieces if piece.key not in shared] or pieces for pieces in read]
    made = [_fitted(own[place], read[:place] + read[place + 1 :], limit) for place in range(len(read))]
    return distinct(made, limit)


def with_prices(titles: Sequence[str], prices: Sequence[str | None], limit: int = TITLE_LIMIT) -> list[str]:
    """The titles with the prices, when there is room for all of them; else as they are."""
    priced = [f"{title} · {price}" for title, price in zip(titles, prices, strict=True) if price]
    whole = len(priced) == len(titles) and all(len(title) <= limit for title in priced)
    return priced if whole else list(titles)


def said(name: str) -> str:
    """The name without what nobody says aloud: «Молоко пастер. 3,2% 10л Луговица» → «Молоко 3,2% 10 л Луговица»."""
    return " ".join(piece.text for piece in _pieces(name) if piece.kind != SMALL) or name


def _pieces(name: str) -> list[_Piece]:
    found = (_GLUED.sub(r"\1 \2", match.group()) for match in _PIECE.finditer(name))
    return [_Piece(text, _kind(text), place) for place, text in enumerate(found)]


def _kind(text: str) -> int:
    if text.startswith("(") or text.casefold() in NOISE:
        return SMALL
    return FIGURE if text[0].isdigit() else WORD


def _fitted(own: Sequence[_Piece], others: Sequence[Sequence[_Piece]], limit: int) -> str:
    """The figures, what it takes to be told from each other name, and as much of the rest as there is room for."""
    chosen = _telling(own, others)
    if len(_text(chosen)) > limit:
        return _cut(chosen, limit)
    for run in _runs(own):
        rest = [piece for piece in run if piece not in chosen]
        if len(_text([*chosen, *rest])) <= limit:
            chosen += rest
        elif rest and _describes(rest[0], own) and (room := limit - len(_text(chosen)) - 1) >= LEAST_ROOM:
            # «безлакто…» says more than the brand after the figures.
            chosen.append(replace(rest[0], text=shorten(rest[0].text, room)))
    return _text(chosen) or shorten(_text(own), limit)


def _telling(own: Sequence[_Piece], others: Sequence[Sequence[_Piece]]) -> list[_Piece]:
    """All figures, and the fewest words that no other name has all of."""
    chosen = [piece for piece in own if piece.kind == FIGURE]
    names = [{piece.key for piece in other} for other in others]
    alike = [name for name in names if all(piece.key in name for piece in chosen)]
    while alike and own:
        best = min(own, key=lambda piece: (sum(piece.key in name for name in alike), piece.kind, piece.place))
        left = [name for name in alike if best.key in name]
        if len(left) == len(alike):
            break  # some other name holds all of this one
        chosen.append(best)
        alike = left
    return chosen


def _runs(own: Sequence[_Piece]) -> list[list[_Piece]]:
    """Words that stand together, such as a brand of two: they are put in whole or not at all."""
    runs: list[list[_Piece]] = []
    for piece in (piece for piece in own if piece.kind == WORD):
        if runs and runs[-1][-1].place == piece.place - 1:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _describes(piece: _Piece, own: Sequence[_Piece]) -> bool:
    """A word before the figures tells the kind of goods; brands come after them."""
    return any(figure.kind == FIGURE and figure.place > piece.place for figure in own)


def _cut(chosen: Sequence[_Piece], limit: int) -> str:
    """The words give way, the figures stay whole as long as they can."""
    figures = [piece for piece in chosen if piece.kind == FIGURE]
    words = [piece for piece in chosen if piece.kind != FIGURE]
    room = limit - len(_text(figures)) - 1
    if not figures or not words or room < LEAST_ROOM:
        return shorten(_text(chosen), limit)
    return f"{shorten(_text(words), room)} {_text(figures)}"


def _text(pieces: Sequence[_Piece]) -> str:
    return " ".join(piece.text for piece in sorted(pieces, key=lambda piece: piece.place))
