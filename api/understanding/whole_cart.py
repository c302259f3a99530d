"""«Очисти корзину», «оставь только …», «всё в два раза больше»: what is said of the whole cart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.understanding.atom import Atom
from api.understanding.candidates import Finder
from api.understanding.quantities import SCALES
from api.understanding.scope import LESSER, Ordered

if TYPE_CHECKING:
    from api.understanding.interpret import Interpreter


_SHARES = {"половин": "half", "полтор": "more_half"}


def apply(ordered: Sequence[Ordered], atoms: Sequence[Atom], reader: Interpreter) -> list[Ordered]:
    """Clear, keep or scale, where a chunk names no product; what is left to read."""
    roles = _roles_alone(ordered, atoms, reader.finder)
    if "decrease" in roles:
        roles = [LESSER.get(role, role) for role in roles]  # «сократи всё в два раза»
    left = list(ordered)
    if reader.repeated and reader.rows_read == 1 and (share := _share(atoms)):
        roles = [share]  # «половину прошлого завоза»
        left = [item for item in ordered if item.mention.words]
    if "clear" in roles and not reader.repeated:
        reader.acted = True
        reader.draft.clear()
    elif "keep_only" in roles:
        reader.keep_asked = True
    elif how := next((role for role in roles if role in SCALES), None):
        reader.acted = True
        reader.scaled = dict(reader.draft.cart)
        for sku in list(reader.draft.cart):
            reader.draft.scale(sku, how, "")
    return left


def _share(atoms: Sequence[Atom]) -> str:
    """What «половину», «полтора» alone in the first chunk make of a past order; empty for anything else."""
    ends = next((place for place, atom in enumerate(atoms) if atom.kind == "border"), len(atoms))
    said = atoms[:ends]  # «половину прошлого завоза, …»
    word = said[0].token.norm if len(said) == 1 and said[0].kind == "number" else ""
    return next((scale for stem, scale in _SHARES.items() if word.startswith(stem)), "")


def _roles_alone(ordered: Sequence[Ordered], atoms: Sequence[Atom], finder: Finder) -> list[str]:
    """Operations in chunks that hold neither a known product nor a number."""
    named = {place for item in ordered for place in range(item.mention.first, item.mention.last) if item.mention.words}
    roles: list[str] = []
    chunk: list[int] = []
    for place in [*range(len(atoms)), len(atoms)]:
        if place < len(atoms) and not (
            atoms[place].kind == "border" and atoms[place].role in ("comma", "but", "colon")
        ):
            chunk.append(place)
            continue
        counted = any(atoms[at].kind in ("number", "amount") for at in chunk)
        said = {at for at in chunk if (word := atoms[at].word) is not None and finder.hits(word)}
        if not counted and not said & named:
            roles += [atoms[at].role for at in chunk if atoms[at].kind == "op"]
        chunk = []
    return roles
