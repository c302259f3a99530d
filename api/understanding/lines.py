"""One line of an order: which of the candidates is meant, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.understanding import aliases
from api.understanding.candidates import Candidate
from api.understanding.catalog import Entry
from api.understanding.choosing import agreeing, narrow, offered, settle
from api.understanding.mention import Mention
from api.understanding.quantities import Amount, fit
from api.understanding.scope import Ordered

if TYPE_CHECKING:
    from api.understanding.interpret import Interpreter

AS_LIKELY = 0.03


def put(item: Ordered, mention: Mention, full: Sequence[Candidate], doubtful: bool, reader: Interpreter) -> None:
    """Order what the mention names, or ask which of the candidates is meant.

    `doubtful`: another reading is as likely.
    """
    reader.draft.weigh(full)
    amount, usual = _stated(item, mention, full, reader)
    if usual:
        full = [c for c in full if c.entry.sku in reader.known.habits] or full
    full = agreeing(item.mention.words, full)
    edits = item.op in ("set", "add", "increase") or reader.repeated or mention.says("every")
    held = _held(full, amount, reader) if edits else []
    narrowed = narrow(held or full, None if usual else amount, reader.context.thresholds)
    own = aliases.preferred(reader.context, reader.known, mention, item.mention, held or full)
    entries = own or settle(narrowed, reader.known)
    if not own:
        entries = _own_variant(full, amount, entries, reader)
    op = "set" if item.op == "set" else "add" if item.op in ("add", "increase") else "line"
    clash = reader.doubts.figure_clash(item, mention, narrowed, entries)
    phrase = mention.phrase
    if clash and amount is not None:
        # The number belongs to what is asked about: the answer says nothing of the words without it.
        phrase = f"{phrase} {format(amount.value.normalize(), 'f').replace('.', ',')} {amount.unit or ''}".strip()
        entries, amount = clash, None
    if len(entries) > 1 and (held or len(entries) == 2) and amount is not None and mention.says("every"):
        for entry in entries:
            _settled(op, entry, mention, amount, usual, reader)
        return
    if len(entries) > 1:
        reader.draft.ask_product(phrase, offered(entries), op, amount)
        return
    reader.ellipsis.previous.sku = entries[0].sku
    headed = reader.ellipsis.previous.header  # «ХЛЕБ: …, бород 12»
    unsure = any(c.absent for c in narrowed) or (not headed and reader.doubts.only_kin(item.mention, narrowed))
    if doubtful or (unsure and not own):
        reader.draft.ask_product(mention.phrase, offered(entries), op, amount)
        return
    _settled(op, entries[0], mention, amount, usual, reader)


def _stated(
    item: Ordered, mention: Mention, full: Sequence[Candidate], reader: Interpreter
) -> tuple[Amount | None, bool]:
    """The amount, and whether the usual one is meant; «столько же» takes them from the line before."""
    amount, usual = mention.amount, item.usual
    if amount is None and mention.says("same") and reader.last_usual:
        usual = True  # «молока сколько брали, белого столько же»
    elif amount is None and mention.says("same"):
        ordered = any(candidate.entry.sku in reader.draft.cart for candidate in full)
        amount = reader.last_amount or (None if ordered else _amount_of_last_line(reader))
    reader.last_amount, reader.last_usual = amount or reader.last_amount, usual
    return amount, usual


def _held(full: Sequence[Candidate], amount: Amount | None, reader: Interpreter) -> list[Candidate]:
    """The candidates that the cart holds: «ещё молока 3» is not the «Батон Молочный» of the cart."""
    best = max(fit(c.entry, amount) for c in full)
    likeliest = max(c.likeness for c in full) - AS_LIKELY
    held = [c for c in full if c.entry.sku in reader.draft.cart and fit(c.entry, amount) == best]
    return [c for c in held if c.head or c.likeness >= likeliest]


def _own_variant(
    full: Sequence[Candidate], amount: Amount | None, entries: list[Entry], reader: Interpreter
) -> list[Entry]:
    """Where no plain variant is in the cart or was ever bought («овсяное»): the one of the marked ones that is."""
    heads = [entry.head for entry in entries]
    best = max(fit(entry, amount) for entry in entries)
    like = [c.entry for c in full if (c.head or c.entry.head in heads) and fit(c.entry, amount) >= max(best, 1)]
    like = [entry for entry in like if entry.sku not in reader.named]
    for known in (reader.known.cart, reader.known.habits):
        if any(entry.sku in known for entry in entries):
            return entries
        own = [entry for entry in like if entry.sku in known]
        if own:
            return own if len(own) == 1 else entries
    return entries


def _amount_of_last_line(reader: Interpreter) -> Amount | None:
    """«И перьев столько же» in a message of its own: as much as of the line before."""
    last = reader.context.last_sku
    return Amount(reader.context.cart[last]) if last is not None else None


def _settled(op: str, entry: Entry, mention: Mention, amount: Amount | None, usual: bool, reader: Interpreter) -> None:
    if amount is None and usual:
        last = reader.draft.habits.last(entry.sku)
        if last is not None:
            reader.draft.put_base(op, entry, last, None, mention.phrase)
            return
    if amount is None and entry.sku in reader.draft.cart and mention.says("same"):
        reader.draft.put_base(op, entry, reader.draft.cart[entry.sku], None, mention.phrase)
        return
    only = reader.repeated and mention.says("only")  # «как обычно, только молоко»: how much is asked
    if amount is None and op == "set" and entry.sku in reader.draft.cart and not only:
        reader.left.append(entry.sku)
        return
    reader.draft.put(op, entry, amount, mention.phrase)
