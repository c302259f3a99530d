"""One product out of the candidates, or the few that have to be asked about."""

from collections.abc import Container, Sequence, Set
from dataclasses import dataclass

from api.understanding.candidates import Candidate, Word
from api.understanding.catalog import Entry
from api.understanding.habits import Habits
from api.understanding.quantities import Amount, fit
from api.understanding.stems import is_telling
from api.understanding.thresholds import PRESENT, Thresholds
from order_text.morph import analyse

OFFERED = 5
_GENDERS = frozenset({"masc", "femn", "neut"})


@dataclass(frozen=True)
class View:
    """What settles a tie: the cart as it stands and the customer's habits."""

    cart: Container[str]
    habits: Habits


def narrow(candidates: Sequence[Candidate], amount: Amount | None, thresholds: Thresholds = PRESENT) -> list[Candidate]:
    """The candidates that no plainer, likelier or better fitting one beats."""
    kept = list(candidates)
    if any(c.head for c in kept):
        kept = [c for c in kept if c.head]
    best_fit = max((fit(c.entry, amount) for c in kept), default=0)
    if best_fit:
        kept = [c for c in kept if fit(c.entry, amount) == best_fit]
    figures = max((c.figures for c in kept), default=0.0)
    kept = [c for c in kept if c.figures >= figures - 0.01]
    likeness = max((c.likeness for c in kept), default=0.0)
    kept = [c for c in kept if c.likeness >= likeness - thresholds.likeness]
    kept = [c for c in kept if not any(_plainer(other, c) for other in kept)]
    # «хлеб ржаной»: what is called so goes before what only the «Ржаной двор» bakes.
    return [c for c in kept if not c.branded] or kept


def _plainer(other: Candidate, candidate: Candidate) -> bool:
    """«Молоко» is plain beside «молоко топлёное»; beef and pork are not plain or marked to each other («вырезка»)."""
    if not other.extras < candidate.extras or not (candidate.head or other.entry.head == candidate.entry.head):
        return False
    clipped = candidate.entry.clipped
    return any(form in clipped or is_telling(form) for form in candidate.extras - other.extras)


def agreeing(words: Sequence[Word], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Adjectives alone leave out a noun of their gender and number: «соевое» is a milk, not «Соус соевый»."""
    said = [analyse(word.token.norm).best for word in words if word.token is not None]
    adjectives = [best for best in said if "ADJF" in best]
    if not adjectives or "sing" not in adjectives[0] or any("NOUN" in best for best in said):
        return list(candidates)
    named = adjectives[0] & {"nomn", "accs"}  # «кокосового» may be a «сок» or a «молоко»
    genders = adjectives[0] & _GENDERS if named else _GENDERS
    agree = [c for c in candidates if any(h in c.entry.clipped or _agrees(genders, h) for h in _nouns(c.entry))]
    return agree or list(candidates)


def _nouns(entry: Entry) -> list[str]:
    """The head's nouns: «хлопья» of «Хлопья овсян.»; all of it where it has none."""
    return [form for form in entry.head if "NOUN" in analyse(form).best and form not in entry.clipped] or [*entry.head]


def _agrees(genders: Set[str], head: str) -> bool:
    """«Напиток овсяный» is called a milk."""
    best = analyse(head).best
    if "plur" in best:
        return False
    return bool(genders & best) or (head == "напиток" and "neut" in genders) or not best & _GENDERS


def settle(candidates: Sequence[Candidate], view: View) -> list[Entry]:
    """One entry where the cart or the history breaks the tie, else all, the likeliest first."""
    entries = [c.entry for c in candidates]
    if len(entries) > 1:
        in_cart = [entry for entry in entries if entry.sku in view.cart]
        if len(in_cart) == 1:
            return in_cart
        known = [entry for entry in entries if entry.sku in view.habits]
        if len(known) == 1:
            return known
    ranked = sorted(candidates, key=lambda c: (view.habits.rank(c.entry.sku), -c.likeness, len(c.extras), c.entry.sku))
    return [c.entry for c in ranked]


def in_cart_first(candidates: Sequence[Candidate], view: View) -> list[Candidate]:
    """For edits: only what is in the cart."""
    return [c for c in candidates if c.entry.sku in view.cart]


def offered(entries: Sequence[Entry]) -> tuple[str, ...]:
    """At most five SKUs for buttons."""
    return tuple(dict.fromkeys(entry.sku for entry in entries))[:OFFERED]
