"""Stated figures against a product's: agreement, absence, contradiction."""

from dataclasses import dataclass
from decimal import Decimal

from api.understanding.catalog import Entry
from order_text.model import Kind, Token

MATCH, NEAR, ABSENT, CONTRADICTED = 1.0, 0.6, 0.0, -1.0
_NEAR = Decimal("0.08")


@dataclass(frozen=True)
class Stated:
    """A figure of a mention: kind is percent, volume, weight, bare, code, size or span."""

    kind: str
    value: Decimal
    value2: Decimal | None = None
    code: tuple[str, ...] = ()
    spoken: bool = False

    @property
    def values(self) -> list[Decimal | str]:
        """What a name may write for it: the figure itself, grams and millilitres as kilograms and litres, a code."""
        return [self.value, self.value / 1000, *self.code]


def stated(token: Token) -> Stated | None:
    """The figure that a token states, if any."""
    if token.kind == Kind.code:
        return Stated("code", Decimal(0), code=(*token.lemmas, *token.variants))
    if token.value is None:
        return None
    kinds = {
        Kind.percent: "percent",
        Kind.volume: "volume",
        Kind.weight: "weight",
        Kind.number: "bare",
        Kind.size: "size",
        Kind.span: "span",
    }
    return Stated(kinds[token.kind], token.value, token.value2) if token.kind in kinds else None


def agreement(entry: Entry, figure: Stated) -> float:
    """How the product agrees with one stated figure."""
    attributes = entry.attributes
    if figure.kind == "percent":
        return _exact(figure.value, attributes.percents)
    if figure.kind == "volume":
        return _measure(figure.value, attributes.volumes, attributes.weights)
    if figure.kind == "weight":
        if any(low <= figure.value <= high for low, high in attributes.weight_spans):
            return MATCH
        return _measure(figure.value, attributes.weights, attributes.volumes)
    if figure.kind == "code":
        known = attributes.codes | set(entry.forms)
        if any(code in known for code in figure.code):
            return MATCH
        if figure.code[0].startswith("№"):
            return _exact(Decimal(figure.code[0][1:]), attributes.numbers)
        return CONTRADICTED if attributes.codes else ABSENT
    if figure.kind in ("size", "span"):
        return _size(entry, figure)
    return MATCH if bare_matches(entry, figure.value, lone=False) else CONTRADICTED


def _exact(value: Decimal, stated_values: frozenset[Decimal]) -> float:
    if not stated_values:
        return ABSENT
    return MATCH if value in stated_values else CONTRADICTED


def _measure(value: Decimal, own: frozenset[Decimal], other: frozenset[Decimal]) -> float:
    if value in own:
        return MATCH
    for candidate in (*own, *other):
        if candidate and abs(candidate - value) / candidate <= _NEAR:
            return NEAR
    return CONTRADICTED if own or other else ABSENT


def _size(entry: Entry, figure: Stated) -> float:
    if figure.value2 is None:
        return (
            MATCH if figure.value in entry.attributes.numbers else CONTRADICTED if entry.attributes.numbers else ABSENT
        )
    pair = {figure.value, figure.value2}
    for size in (*entry.attributes.sizes, *entry.attributes.weight_spans):
        if set(size) == pair:
            return MATCH
    if figure.kind == "span" and any(figure.value <= w <= (figure.value2 or w) for w in entry.attributes.weights):
        return MATCH
    return CONTRADICTED if entry.attributes.sizes else ABSENT


def bare_matches(entry: Entry, value: Decimal, lone: bool) -> bool:
    """Whether a number without a unit may name the product's figure; stricter for the only number of a mention."""
    attributes = entry.attributes
    if value in attributes.percents or (value in attributes.numbers and not lone):
        return True
    whole = value == value.to_integral_value()
    if whole and value >= 10 and not lone and any(int(percent) == value for percent in attributes.percents):
        return True  # «масло 82» has 82,5 %
    thousandth = value / 1000
    if value >= 50 and (thousandth in attributes.volumes or thousandth in attributes.weights):
        return True
    large = value >= 5
    if (not whole or large or not lone) and (value in attributes.volumes or value in attributes.weights):
        return True
    return value >= 10 and value in attributes.counts and not (lone and value == attributes.contents)
