"""What is done to lines that the cart holds: «убери», «вдвое больше», «оставь только», «все, кроме»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.understanding.atom import Atom
from api.understanding.candidates import Candidate, Word
from api.understanding.catalog import Entry
from api.understanding.choosing import in_cart_first, offered
from api.understanding.mention import Mention
from api.understanding.outcome import Notice
from api.understanding.quantities import SCALES
from api.understanding.scope import Ordered
from api.understanding.segments import read_clause
from order_text.morph import analyse

if TYPE_CHECKING:
    from api.understanding.interpret import Interpreter


def apply(item: Ordered, mention: Mention, full: Sequence[Candidate], reader: Interpreter) -> None:
    """Remove, scale, lessen or keep what the cart holds of these candidates."""
    phrase = mention.phrase
    held = in_cart_first(full, reader.view)
    reader.draft.weigh(held)
    heads = [c for c in held if c.head]
    kept = heads or held
    if not kept:
        reader.draft.notices.append(Notice("not_in_cart", phrase))
        return
    if item.op == "keep_only":
        reader.keep += [c.entry.sku for c in kept]
        reader.keep_asked = True
        if mention.words[0].attached and mention.words[0].led == "из":
            _keep_others(mention.words[:1], reader)
        return
    plain = [c for c in kept if c.whole] or kept
    everything = mention.says("clear", "every") or (mention.amount is None and _speaks_of_several(mention, kept))
    if everything and (item.op == "remove" or item.op in SCALES):
        for candidate in kept:
            if candidate.entry.sku not in reader.spared:
                _edit_one(item.op, candidate.entry, mention, reader)
        return
    if len(plain) > 1:
        reader.draft.ask_product(phrase, offered([c.entry for c in plain]), item.op, mention.amount)
        return
    _edit_one(item.op, plain[0].entry, mention, reader)


def _edit_one(op: str, entry: Entry, mention: Mention, reader: Interpreter) -> None:
    reader.ellipsis.previous.sku = entry.sku
    if op == "remove":
        reader.draft.remove(entry.sku, mention.phrase)
    elif op in SCALES:
        reader.draft.scale(entry.sku, op, mention.phrase)
    elif op in ("more_vague", "less_vague"):
        reader.draft.ask_quantity("set", entry, mention.phrase)
    else:
        reader.draft.put(op, entry, mention.amount, mention.phrase)


def _speaks_of_several(mention: Mention, held: Sequence[Candidate]) -> bool:
    """«без сиропов» where each is called «Сироп …»: all of them; «без огурцов» may be one kind, and is asked."""
    said = [
        analyse(form)
        for word in mention.words
        for form in (word.token.norm if word.token else word.form, *word.variants)
    ]
    if not any({"NOUN", "plur"} <= word.grammemes and not {"NOUN", "sing"} <= word.best for word in said):
        return False
    return all(any({"NOUN", "sing"} <= analyse(form).best for form in candidate.entry.head) for candidate in held)


def scopes(item: Ordered, ordered: Sequence[Ordered], atoms: Sequence[Atom], reader: Interpreter) -> bool:
    """The «соки» of «соки убери все, кроме апельсинового»: what is none of these stays."""
    after = next((atom for atom in atoms[item.mention.last :] if atom.kind != "border"), None)
    if item.op != "line" or item.mention.amount is not None or after is None or after.role != "keep_only":
        return False
    if not after.token.norm.endswith(("кроме", "исключением")) or item is ordered[-1]:
        return False
    _keep_others(item.mention.words, reader)
    return True


def _keep_others(words: Sequence[Word], reader: Interpreter) -> None:
    """«из сервелатов оставь только зернистый»: what is none of these stays as well."""
    of_these = {candidate.entry.sku for candidate in reader.finder.find(words, ()).full}
    reader.left += [sku for sku in reader.draft.cart if sku not in of_these]


def without_spared(atoms: list[Atom], reader: Interpreter) -> list[Atom]:
    """«перчатки все убрать, кроме винила»: what follows «кроме» is remembered and left out."""
    place = next((at for at, atom in enumerate(atoms) if atom.role == "except"), None)
    if place is None:
        return atoms
    for mention in read_clause(atoms[place + 1 :], reader.finder)[0].mentions:
        reader.spared |= {c.entry.sku for c in reader.finder.find(mention.words, mention.figures).full}
    return atoms[:place]


def restore(full: Sequence[Candidate], reader: Interpreter) -> None:
    """«удвойте прошлый заказ, стаканы оставьте как есть»: these are not scaled with the rest."""
    kept = {c.entry.sku for c in in_cart_first(full, reader.view)} & set(reader.scaled)
    for sku in kept:
        reader.draft.cart[sku] = reader.scaled[sku]
    scaled = ("increased", "decreased")
    reader.draft.changes = [c for c in reader.draft.changes if c.sku not in kept or c.op not in scaled]
