"""One product put in another's place: which line goes, what comes for it, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from api.understanding import aliases
from api.understanding.atom import Atom
from api.understanding.attributes import Stated, bare_matches
from api.understanding.candidates import Candidate
from api.understanding.catalog import Entry
from api.understanding.choosing import in_cart_first, narrow, offered, settle
from api.understanding.hypotheses import HALF
from api.understanding.mention import Mention
from api.understanding.outcome import Notice
from api.understanding.quantities import to_base
from api.understanding.segments import read_clause

if TYPE_CHECKING:
    from api.understanding.interpret import Interpreter


def exchange(old: Sequence[Atom], new: Sequence[Atom], reader: Interpreter, same: bool = False) -> None:
    """Put the new product in the old one's place, or ask; `same`: the quantity stays, so that a number beside the new
    product is a figure of its name."""
    first, second = _named(old, new, reader, same)
    if first is None or second is None:
        reader.draft.ask_unknown(" ".join(a.token.text for a in (*old, *new)), (), "replace", None)
        return
    held = in_cart_first(reader.finder.find(first.words, first.figures).full, reader.view)
    if not held:
        reader.draft.notices.append(Notice("not_in_cart", first.phrase))
        return
    if len(held) > 1:
        reader.draft.ask_product(first.phrase, offered([c.entry for c in held]), "remove", None)
        return
    gone = held[0].entry
    second, others, near = _coming(first, second, gone, reader)
    if not others:
        reader.draft.ask_unknown(second.phrase, offered(near), f"replace:{gone.sku}", second.amount)
        return
    entries = _fitting(second, others, gone, reader)
    if len(entries) > 1:
        reader.draft.ask_product(second.phrase, offered(entries), f"replace:{gone.sku}", second.amount)
        return
    part = _part(first, gone, reader.draft.cart[gone.sku]) if second.amount is None else None
    if part is not None and part < reader.draft.cart[gone.sku]:
        # «6 овсяного поменяй на кокосовое»: the rest of the line stays.
        reader.draft.put_base("decrease", gone, part, None, first.phrase)
        reader.draft.put_base("add", entries[0], part, None, second.phrase)
        return
    reader.draft.replace(gone.sku, entries[0], second.amount, second.phrase)


def _named(
    old: Sequence[Atom], new: Sequence[Atom], reader: Interpreter, same: bool
) -> tuple[Mention | None, Mention | None]:
    """Both products as they are named; what the new one leaves unsaid is the old one's."""
    first, second = mention_of(old, reader), mention_of(new, reader)
    twin = first is not None and second is not None and first.amount is not None and first.amount == second.amount
    if first is not None and (first.lone or twin) and first.words:
        first = _figured(first, reader)  # «сметану 15% 400 замените на 20% 400»: grams on both sides
    if second is not None and not second.words and first is not None:
        second = replace(second, words=first.words)
        second = _figured(second, reader) if second.lone else second
    if second is not None and (same or twin or _names_figure(second, reader)):
        second = _figured(second, reader)
    return first, second


def _coming(
    first: Mention, second: Mention, gone: Entry, reader: Interpreter
) -> tuple[Mention, list[Candidate], tuple[Entry, ...]]:
    """The new mention with its sizes taken for figures, the candidates for it, and what comes near them."""
    found = reader.finder.find(second.words, second.figures)
    if not found.full and not found.known:
        heads = tuple(w for w in first.words if reader.finder.names_head(w))
        found = reader.finder.find((*heads, *second.words), second.figures)
    others = [c for c in found.full if c.entry.sku != gone.sku]
    amount = second.amount
    if amount is None:
        return second, others, found.near
    if amount.per is not None:
        figures = (*second.figures, Stated("size", amount.value, amount.per))  # «на 9х9»
        found = reader.finder.find(second.words, figures)
        if found.full:
            others = [c for c in found.full if c.entry.sku != gone.sku]
            return replace(second, amount=None, figures=figures), others, found.near
    elif amount.family in ("weight", "volume"):
        single = [c for c in others if to_base(c.entry, amount) == 1]  # «на бекон 40 г»
        if single:
            figures = (*second.figures, Stated(amount.family, amount.value))
            return replace(second, amount=None, figures=figures), single, found.near
    return second, others, found.near


def _fitting(second: Mention, others: Sequence[Candidate], gone: Entry, reader: Interpreter) -> list[Entry]:
    """Which of the candidates comes: of the same kind and size where such are meant, the customer's own first."""
    reader.draft.weigh(others)
    kin = [c for c in others if c.entry.head == gone.head]
    elsewhere = replace(reader.view, cart={})
    own = aliases.preferred(reader.context, elsewhere, second, second, others)
    entries = own or settle(narrow(kin or others, second.amount), elsewhere)
    alike = [entry for entry in entries if _same_size(entry, gone)]
    return alike if len(alike) == 1 else _likest(alike or entries, gone)


def mention_of(atoms: Sequence[Atom], reader: Interpreter) -> Mention | None:
    """What the atoms name; None where they make no mention, or several."""
    figures = tuple(atom.figure for atom in atoms if atom.figure is not None)
    if figures and all(atom.kind == "figure" for atom in atoms):
        return Mention(0, len(atoms), figures=figures, phrase=" ".join(atom.token.text for atom in atoms))  # «на 80/20»
    readings = read_clause(list(atoms), reader.finder)
    mentions = readings[0].mentions
    return mentions[0] if len(mentions) == 1 else None


def _part(old: Mention, entry: Entry, held: Decimal) -> Decimal | None:
    """How much of a line goes; None where a number is rather a figure of the goods («мыло 72»)."""
    if old.amount is not None and old.amount.unit is None and old.amount.value == HALF:
        return held * HALF
    if old.amount is None or (old.lone and bare_matches(entry, old.amount.value, lone=False)):
        return None
    return to_base(entry, old.amount)


def _likest(entries: list[Entry], gone: Entry) -> list[Entry]:
    """Those that share most words with what they replace: «0,5л пэт» for «0,5л пэт», not «0,5л стекло»."""
    most = max(len(set(entry.forms) & set(gone.forms)) for entry in entries)
    return [entry for entry in entries if len(set(entry.forms) & set(gone.forms)) == most]


def _same_size(one: Entry, other: Entry) -> bool:
    """Whether both state the same litres, kilograms and calibre."""
    sizes = [
        (e.attributes.volumes, e.attributes.weights, e.attributes.sizes, e.attributes.weight_spans)
        for e in (one, other)
    ]
    return sizes[0] == sizes[1]


def _names_figure(new: Mention, reader: Interpreter) -> bool:
    """«меняем на батон 400»: the lone number is the loaf's own."""
    if not new.lone or new.amount is None:
        return False
    value = new.amount.value
    return any(bare_matches(c.entry, value, lone=True) for c in reader.finder.find(new.words, new.figures).full)


def _figured(mention: Mention, reader: Interpreter) -> Mention:
    """The mention with its only number taken for a figure («мыло 72»), where some product has that figure."""
    if mention.amount is None:
        return mention
    figures = (*mention.figures, Stated("bare", mention.amount.value))
    if not reader.finder.find(mention.words, figures).full:
        return mention
    return replace(mention, figures=figures, amount=None, lone=False)
