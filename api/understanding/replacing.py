"""«вместо ванили мяту», «замени ваниль на мяту», «не ваниль, а мята»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.understanding.atom import Atom
from api.understanding.atoms import AtomBuilder
from api.understanding.candidates import Word
from api.understanding.choosing import in_cart_first, narrow, offered, settle
from api.understanding.exchanging import exchange, mention_of

if TYPE_CHECKING:
    from api.understanding.interpret import Interpreter

_COUNTED = frozenset({"border", "number", "unit", "figure", "amount"})


def apply(atoms: Sequence[Atom], reader: Interpreter) -> bool:
    """Carry out a replacement; False when the row holds none."""
    place = next((i for i, atom in enumerate(atoms) if atom.role == "replace"), None)
    if place is None:
        return _rather(list(atoms), reader) or _not_but(list(atoms), reader)
    if place + 1 < len(atoms) and atoms[place + 1].role == "it":
        _read_rest(atoms[:place], reader)
        return _instead_of_removed(atoms[place + 2 :], reader)
    pair = _pair(list(atoms), place, reader)
    if pair is None and atoms[place].token.norm == "взамен":
        reader.row([atom for i, atom in enumerate(atoms) if i != place], AtomBuilder(reader.finder))
        return True  # «убери сырники, возьму взамен блинчики 12»
    if pair is None:
        return False
    old, new, rest = pair
    if rest[-1] and all(atom.role == "set" or atom.kind in _COUNTED for atom in rest[-1]):
        new, rest = [*new, *_clean(rest[-1])], rest[:-1]  # «замени хлеб на батон, 15 штук»
    reader.acted = True
    exchange(old, new, reader)
    for row in rest:
        _read_rest(row, reader)
    return True


def _read_rest(atoms: Sequence[Atom], reader: Interpreter) -> None:
    """What stands beside the replacement is a row of its own."""
    if any(atom.kind != "border" for atom in atoms):
        reader.row(list(atoms), AtomBuilder(reader.finder))


def _not_but(atoms: list[Atom], reader: Interpreter) -> bool:
    """«не кефир, а ряженку» of what is in the cart; «перчатки не M, а L» shares its noun."""
    place = next((i for i, atom in enumerate(atoms) if atom.role == "not"), None)
    but = next((i for i, atom in enumerate(atoms) if place is not None and i > place and atom.role == "but"), None)
    if place is None or but is None:
        return False
    before = _last_chunk(atoms[:place])
    earlier = atoms[: place - len(before)]
    if any(atom.kind != "border" for atom in earlier):
        reader.row(earlier, AtomBuilder(reader.finder))
        return _not_but(atoms[place - len(before) :], reader) or _read_on(atoms[place - len(before) :], reader)
    shared = _clean(before)
    if any(atom.kind != "word" for atom in shared):
        return False
    chunk, left = _first_chunk(atoms[but + 1 :])
    if left and not _has_words(left) and not any(atom.role == "same" for atom in left):
        chunk, left = [*chunk, *left], []  # «не с творогом, а с вишней, и их 8»
    old, new = [*shared, *_clean(atoms[place + 1 : but])], [*shared, *_clean(chunk)]
    if not _holds(old, reader):
        return False
    _carry_out(old, new, left, any(atom.role == "same" for atom in (*chunk, *left)), reader)
    return True


def _rather(atoms: list[Atom], reader: Interpreter) -> bool:
    """«черри жёлтые, а не красные» of red ones in the cart."""
    place = next((i for i, atom in enumerate(atoms) if atom.role == "rather"), None)
    if place is None:
        return False
    before = atoms[:place]
    while before and before[-1].kind == "border":
        before.pop()
    new = _last_chunk(before)
    chunk, left = _first_chunk(atoms[place + 1 :])
    shared = new[: len(new) - sum(atom.kind == "word" for atom in chunk)]
    old = _clean([*shared, *chunk])
    if not _holds(old, reader):
        reader.row(
            [atom for i, atom in enumerate(atoms) if not place <= i <= place + len(chunk)], AtomBuilder(reader.finder)
        )
        return True
    _read_rest(before[: len(before) - len(new)], reader)
    _carry_out(old, _clean(new), left, any(atom.role == "same" for atom in left), reader)
    return True


def _carry_out(old: list[Atom], new: list[Atom], left: list[Atom], same: bool, reader: Interpreter) -> None:
    """The exchange, then what is left of the row; «столько же» behind it has been used up."""
    reader.acted = True
    exchange(old, new, reader, same)
    if not same or _has_words(left):
        _read_rest(left, reader)


def _read_on(atoms: list[Atom], reader: Interpreter) -> bool:
    """The rest of a row, its «не» left out."""
    reader.row([atom for atom in atoms if atom.role != "not"], AtomBuilder(reader.finder))
    return True


def _instead_of_removed(atoms: Sequence[Atom], reader: Interpreter) -> bool:
    """«ваниль уберите, вместо неё лаванду»: the new line takes the removed one's quantity."""
    removed = next((change for change in reversed(reader.draft.changes) if change.op == "removed"), None)
    new = mention_of(_clean(atoms), reader)
    if removed is None or removed.before is None or new is None or not new.words:
        return False
    gone = reader.finder.index.by_sku.get(removed.sku)
    shared = tuple(Word(form) for form in sorted(gone.head)) if gone is not None and new.words[0].attached else ()
    found = reader.finder.find((*shared, *new.words), new.figures)  # «…, вместо него с изюмом»
    entries = settle(narrow(found.full, new.amount), reader.view)
    reader.acted = True
    if len(entries) != 1:
        reader.draft.ask_product(new.phrase, offered(entries), "set", new.amount)
    elif new.amount is None:
        reader.draft.put_base("set", entries[0], removed.before, None, new.phrase)
    else:
        reader.draft.put("set", entries[0], new.amount, new.phrase)
    return True


def _pair(atoms: list[Atom], place: int, reader: Interpreter) -> tuple[list[Atom], list[Atom], list[list[Atom]]] | None:
    """(old, new, what is left) as atoms."""
    before, after = _behind_and(_last_chunk(atoms[:place])), atoms[place + 1 :]
    chunk, left = _first_chunk(after)
    first = atoms[place].token.norm
    rest = [atoms[:place][: len(atoms[:place]) - len(before)], left]
    middle = next((i for i, atom in enumerate(before) if atom.role == "onto"), None)
    if middle is not None and _has_words(before[:middle]) and _has_words(before[middle:]):
        return _clean(before[:middle]), _clean(before[middle + 1 :]), [rest[0], after]
    onto = next((i for i, atom in enumerate(chunk) if atom.role == "onto"), None)
    if onto is not None:
        old, new = chunk[:onto] or before, chunk[onto + 1 :]
        if not _has_words(new) and any(atom.kind == "usual" for atom in new) and left:
            new, rest[1] = _first_chunk(left[1:])  # «на такую же, только с газом»
            left = rest[1]
        if not _has_words(new) and not any(atom.kind == "number" for atom in new):
            return None
        if chunk[:onto] and before:
            rest[0] = atoms[:place]
        return (_clean(old), _clean(new), rest) if _has_words(old) else None
    if not first.startswith(("вместо", "взамен", "заместо")):
        return _by_verb(before, chunk, left, atoms[:place], reader)
    if first == "взамен" and not _has_words(before) and not _holds(chunk[: _splits(chunk, reader) or 0], reader):
        return None
    if _has_words(before) and not _splits(chunk, reader):
        return _clean(chunk), _clean(before), rest
    split = _splits(chunk, reader)
    if split is None and _has_words(chunk[:-1]) and chunk[-1].kind == "number":
        return _clean(chunk[:-1]), _clean(chunk[-1:]), [atoms[:place], left]  # «вместо 72 мыла дайте 65»
    if split is None and _has_words(chunk) and left:
        new, left = _first_chunk(left[1:])
        return _clean(chunk), _clean(new), [atoms[:place], left]
    if split is None:
        return None
    return _clean(chunk[:split]), _clean(chunk[split:]), [atoms[:place], left]


def _behind_and(chunk: list[Atom]) -> list[Atom]:
    """What a replacement speaks of in «ещё коробку молока и ваниль поменяй на …»."""
    joints = [at for at, atom in enumerate(chunk) if atom.role == "and"]
    for at in reversed(joints):
        if _has_words(chunk[at + 1 :]) and any(atom.kind in ("number", "unit", "op", "amount") for atom in chunk[:at]):
            return chunk[at + 1 :]
    return chunk


def _by_verb(
    before: list[Atom], chunk: list[Atom], left: list[Atom], head: list[Atom], reader: Interpreter
) -> tuple[list[Atom], list[Atom], list[list[Atom]]] | None:
    """«хлеб замените батоном», «замените хлеб батоном»."""
    if _has_words(before) and _has_words(chunk):
        return _clean(before), _clean(chunk), [head[: len(head) - len(before)], left]
    split = _splits(chunk, reader)
    return None if split is None else (_clean(chunk[:split]), _clean(chunk[split:]), [head, left])


def _splits(chunk: Sequence[Atom], reader: Interpreter) -> int | None:
    """Where «ванили мяту» parts into two products, the first of them in the cart."""
    best: tuple[float, int] | None = None
    for place in range(1, len(chunk)):
        if not _may_name(chunk[:place]) or not _may_name(chunk[place:]):
            continue
        old, new = mention_of(chunk[:place], reader), mention_of(chunk[place:], reader)
        if old is None or new is None or not old.words or not new.words:
            continue
        first, second = reader.finder.find(old.words, old.figures), reader.finder.find(new.words, new.figures)
        if first.full and (second.full or second.unexplained or second.contradicted):
            held = bool(in_cart_first(first.full, reader.view))
            score = (2.0 if held else 0.0) + (1.0 if second.full else 0.0) - 0.01 * place
            if best is None or score > best[0]:
                best = (score, place)
    return best[1] if best else None


def _holds(atoms: Sequence[Atom], reader: Interpreter) -> bool:
    """Whether the cart holds what is named."""
    named = mention_of(atoms, reader) if atoms else None
    return named is not None and bool(in_cart_first(reader.finder.find(named.words, named.figures).full, reader.view))


def _has_words(atoms: Sequence[Atom]) -> bool:
    return any(atom.kind in ("word", "figure") for atom in atoms)


def _may_name(atoms: Sequence[Atom]) -> bool:
    """Whether a mention of these atoms can have words: a unit may be one."""
    return any(atom.kind in ("word", "unit") for atom in atoms)


def _clean(atoms: Sequence[Atom]) -> list[Atom]:
    return [atom for atom in atoms if atom.kind not in ("border", "op") and atom.role != "onto"]


def _first_chunk(atoms: list[Atom]) -> tuple[list[Atom], list[Atom]]:
    for place, atom in enumerate(atoms):
        if atom.kind == "border" and atom.role in ("comma", "but"):
            return atoms[:place], atoms[place:]
    return atoms, []


def _last_chunk(atoms: list[Atom]) -> list[Atom]:
    for place in range(len(atoms) - 1, -1, -1):
        if atoms[place].kind == "border" and atoms[place].role in ("comma", "but"):
            return atoms[place + 1 :]
    return atoms
