"""Rows of atoms between hard borders, of bearable length."""

from collections.abc import Sequence

from api.understanding.atom import Atom

LONGEST_ROW = 60


def rows_of(atoms: Sequence[Atom]) -> list[list[Atom]]:
    """Atoms between hard borders."""
    rows: list[list[Atom]] = [[]]
    for atom in atoms:
        if atom.kind == "border" and atom.role == "hard":
            rows.append([])
        else:
            rows[-1].append(atom)
    return [piece for row in rows for piece in _bounded(row) if piece]


def _bounded(row: list[Atom]) -> list[list[Atom]]:
    """Rows of bearable length: cut at a border, else after a number."""
    pieces = []
    while len(row) > LONGEST_ROW:
        cuts = [i for i in range(LONGEST_ROW // 2, LONGEST_ROW) if row[i].kind == "border"]
        cuts = cuts or [i for i in range(LONGEST_ROW // 2, LONGEST_ROW) if row[i].kind in ("number", "unit")]
        cut = (cuts[-1] if cuts else LONGEST_ROW - 1) + 1
        pieces.append(row[:cut])
        row = row[cut:]
    return [*pieces, row]
