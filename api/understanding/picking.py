"""Which of a question's candidates an answer means: by packing, size, figure or words that only one of them has."""

from dataclasses import replace
from decimal import Decimal

from api.understanding.atom import Atom
from api.understanding.attributes import agreement, bare_matches, stated
from api.understanding.candidates import Candidate, Finder, Found, Word
from api.understanding.catalog import Entry
from api.understanding.choosing import View, narrow, settle
from api.understanding.draft import Draft
from api.understanding.hypotheses import counted_in
from api.understanding.mention import Mention
from api.understanding.quantities import Amount, measured
from api.understanding.segments import read_clause
from api.understanding.sizes import extreme_of, size_of
from order_text.model import Kind

Picked = tuple[Entry, Amount | None]
"""A product, and how much of it where the answer says so."""


def pick(atoms: list[Atom], known: list[Entry], finder: Finder, draft: Draft) -> Picked | None:
    """The one of `known` that the answer's atoms mean; None when that stays open."""
    return (
        _by_packing(atoms, known, finder)
        or _by_size(atoms, known)
        or _by_figure(atoms, known, draft)
        or _by_words(atoms, known, finder, draft)
    )


def pick_each(atoms: list[Atom], known: list[Entry], finder: Finder, draft: Draft) -> list[Picked]:
    """«3,2 десять и 2,5 пять», «8 больших и 8 маленьких»: several of `known`, each with its amount; else none."""
    chunks: list[list[Atom]] = [[]]
    for atom in atoms:
        if atom.kind == "border" and atom.role in ("and", "comma"):
            chunks.append([])
        elif atom.kind not in ("op", "usual", "border"):
            chunks[-1].append(atom)
    if len(chunks) < 2 or not all(chunks):
        return []
    picks = [_leading(chunk, known) or pick(chunk, known, finder, draft) for chunk in chunks]
    found = [one for one in picks if one is not None and one[1] is not None]
    apart = len({entry.sku for entry, _ in found}) == len(chunks)
    return found if apart else []


def _leading(chunk: list[Atom], known: list[Entry]) -> Picked | None:
    """«8 больших»: a number before a word of size."""
    if len(chunk) != 2 or chunk[0].kind != "number" or chunk[0].token.value is None:
        return None
    chosen = _by_size(chunk[1:], known)
    return None if chosen is None else (chosen[0], Amount(chunk[0].token.value))


def stated_amount(number: Atom, unit: Atom | None) -> Amount | None:
    """The quantity in a number and the unit after it; None where the number is a percentage, span or code."""
    if number.kind == "amount":
        return number.amount
    value = number.token.value
    if value is None or number.role in ("percent", "span", "code"):
        return None
    if number.role in ("weight", "volume"):
        return measured(value, number.role)
    return Amount(value) if unit is None else counted_in(value, unit)


def _by_packing(atoms: list[Atom], known: list[Entry], finder: Finder) -> Picked | None:
    """«Мешок, один»: what only one of the candidates is packed in, perhaps with how many."""
    units = [atom for atom in atoms if atom.kind == "unit" and atom.role == "count"]
    if len(units) != 1 or any(atom.kind not in ("unit", "number") for atom in atoms) or len(atoms) > 2:
        return None
    word = units[0].word
    said = [e for e in known if e.unit == units[0].token.unit or (word is not None and finder.likeness(word, e))]
    number = next((atom for atom in atoms if atom.kind == "number"), None)
    if len(said) != 1:
        return None
    return said[0], stated_amount(number, units[0]) if number is not None else Amount(Decimal(1), units[0].token.unit)


def _by_size(atoms: list[Atom], known: list[Entry]) -> Picked | None:
    """«Большие», «маленькую», perhaps with a figure beside («большие, которые по 140»)."""
    sizes = [size for atom in atoms if atom.word is not None and (size := size_of(atom.word.form)) is not None]
    if not sizes or any(atom.word is not None and size_of(atom.word.form) is None for atom in atoms):
        return None
    chosen = extreme_of(known, sizes[0])
    return (chosen[0], None) if len(chosen) == 1 else None


def _by_figure(atoms: list[Atom], known: list[Entry], draft: Draft) -> Picked | None:
    """«3,2» or «3,2 5 штук»."""
    if len(atoms) == 1 and atoms[0].kind == "unit" and atoms[0].role in ("weight", "volume"):
        token = replace(atoms[0].token, kind=Kind(atoms[0].role))  # «по килограмму»
        atoms = [replace(atoms[0], kind="figure", figure=stated(token))]
    if not atoms or any(atom.kind == "word" for atom in atoms) or atoms[0].kind not in ("number", "figure"):
        return None
    value = atoms[0].token.value
    if atoms[0].figure is None:
        return None
    if atoms[0].kind == "number" and value is not None:
        fits = [entry for entry in known if bare_matches(entry, value, lone=False)]
    else:
        fits = [entry for entry in known if agreement(entry, atoms[0].figure) > 0]
    fits = [entry for entry in fits if entry.sku in draft.habits] if len(fits) > 1 else fits
    if len(fits) != 1:
        return None
    rest = [a for a in atoms[1:] if a.kind != "figure" or a.figure is None or agreement(fits[0], a.figure) <= 0]
    if sum(a.kind in ("number", "figure", "amount") for a in rest) > 1:
        return None  # «3,2 10 и 2,5 10» says more than one thing
    number = next((a for a in rest if a.kind in ("number", "figure", "amount")), None)
    unit = next((a for a in rest if a.kind == "unit"), None)
    return fits[0], stated_amount(number, unit) if number else None


def _by_words(atoms: list[Atom], known: list[Entry], finder: Finder, draft: Draft) -> Picked | None:
    readings = read_clause(atoms, finder)
    mentions = readings[0].mentions
    if len(mentions) != 1 or not mentions[0].words:
        return None
    mention = mentions[0]
    found = finder.find(mention.words, mention.figures)
    among = _within(found, known)
    others = max((candidate.likeness for candidate in found.full if candidate.head), default=0.0)
    if others > max((candidate.likeness for candidate in among), default=0.0):
        return None  # «… только молока 8» names other goods, and answers nothing about «сметана Молочный дворик»
    if not among and known:
        heads = tuple(dict.fromkeys(form for entry in known for form in entry.head))
        joined = _joined(heads, mention, finder)
        among = _within(joined, known)
        marks = all(word.token is not None and {"best:ADJF", "best:PRTF"} & word.token.tags for word in mention.words)
        if not among and marks and len(joined.full) == 1:
            return joined.full[0].entry, mention.amount  # «молоко 20» — «топлёное»
    lone = mention.amount.value if mention.lone and mention.amount is not None else None
    if len(among) == 1 < len(known) and lone is not None and bare_matches(among[0].entry, lone, lone=True):
        return among[0].entry, None  # «в большом стакане, 400»
    if len(among) > 1 and lone is not None:
        named = [candidate for candidate in among if bare_matches(candidate.entry, lone, lone=True)]
        if len(named) == 1:
            return named[0].entry, None
    if len(among) > 1:
        entries = settle(narrow(among, mention.amount), View(draft.cart, draft.habits))
        if len(entries) == 1:
            return entries[0], mention.amount
        return None
    return (among[0].entry, mention.amount) if among else None


def _joined(heads: tuple[str, ...], mention: Mention, finder: Finder) -> Found:
    for head in heads:
        found = finder.find((Word(head), *mention.words), mention.figures)
        if found.full:
            return found
    return Found()


def _within(found: Found, known: list[Entry]) -> list[Candidate]:
    skus = {entry.sku for entry in known}
    return [candidate for candidate in found.full if candidate.entry.sku in skus]
