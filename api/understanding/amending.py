"""What takes back or goes on with the line before: «ой нет, вегафьорд», «не 80, 40 г», «…, её исключите»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.understanding.atom import Atom
from api.understanding.attributes import bare_matches
from api.understanding.candidates import Candidate, Word
from api.understanding.choosing import in_cart_first, narrow, settle
from api.understanding.mention import Mention

if TYPE_CHECKING:
    from api.understanding.interpret import Interpreter


def amends(mention: Mention, reader: Interpreter) -> bool:
    """«ой нет, вегафьорд», «пирожки с капустой 20, ой, то есть с картошкой»: the line before, in another brand or
    flavour, or another product."""
    going_on = bool(reader.draft.changes)
    last = reader.ellipsis.previous.sku if going_on else reader.context.last_sku
    mistaken = mention.says("mistake") and len(mention.ops) == 1
    if not mistaken or last not in reader.draft.cart or mention.amount is not None or not mention.words:
        return False
    entry = reader.finder.index.by_sku[last]
    telling = [form for form in entry.forms if form not in entry.plain]
    kept = [telling, sorted(entry.head), []] if going_on else [telling, sorted(entry.head)]
    for forms in kept:
        found = reader.finder.find((*map(Word, forms), *mention.words), mention.figures)
        entries = settle(narrow(found.full, None, reader.context.thresholds), reader.known)
        if len(entries) == 1 and entries[0].sku != last:
            reader.acted = True
            reader.draft.replace(last, entries[0], None, mention.phrase)
            return True
    return False


def misnamed(mention: Mention, reader: Interpreter) -> str | None:
    """«чипсы 80 г коробку… стоп, не 80, 40 г»: the line before, when its own figure is taken back."""
    sku = reader.ellipsis.previous.sku
    if sku is None or sku not in reader.draft.cart or mention.was is None or mention.words or not mention.figures:
        return None
    return sku if bare_matches(reader.finder.index.by_sku[sku], mention.was, lone=False) else None


def removes_again(atoms: Sequence[Atom], reader: Interpreter) -> bool:
    """«…, её исключите» of the goods that the chunk before spoke of."""
    roles = [atom.role for atom in atoms if atom.kind != "border"]
    sku = reader.context.last_sku if "last" in roles else reader.ellipsis.previous.sku
    if sorted(roles) not in (["it", "remove"], ["last", "remove"]) or sku is None or sku not in reader.draft.cart:
        return False
    reader.draft.remove(sku, "")
    return True


def doubles_last(atoms: Sequence[Atom], reader: Interpreter) -> bool:
    """«ещё столько же» in a message of its own: the last line once more."""
    roles = sorted(atom.role for atom in atoms if atom.kind != "border")
    last = reader.context.last_sku
    if roles != ["add", "same"] or last is None or last not in reader.draft.cart:
        return False
    reader.draft.scale(last, "double", "")
    return True


def refigures(mention: Mention, full: Sequence[Candidate], reader: Interpreter) -> bool:
    """«крышки не 80 а 90» of lids of 80 mm: the figure was wrong, not the quantity."""
    held = in_cart_first(full, reader.view)
    if mention.was is None or mention.amount is None or mention.amount.unit is not None or len(held) != 1:
        return False
    gone = held[0].entry
    if reader.draft.cart[gone.sku] == mention.was or not bare_matches(gone, mention.was, lone=True):
        return False
    meant = [c.entry for c in full if bare_matches(c.entry, mention.amount.value, lone=True)]
    if len(meant) == 1:
        reader.draft.replace(gone.sku, meant[0], None, mention.phrase)
    return len(meant) == 1
