"""What a turn teaches about the customer's words: answers confirm an alias, taking its line back undoes it."""

from collections.abc import Mapping, Sequence

from api.aliases import service as vocabulary
from api.aliases.service import Alias
from api.deps.turn import CustomerTurn
from api.domain.product import Product
from api.orders.desk import Answer, Desk
from api.orders.lines import trouble
from api.orders.schemas import TurnOutcome
from api.understanding import aliases
from api.understanding.context import Context
from api.understanding.outcome import Outcome, Question, Reason

_NAMING = ("set", "add", "replace:")
"""Operations whose question asks what a phrase means; the others ask which line of the cart is meant."""
PUT = frozenset({"added", "set", "increased", "kept", "replaced"})
MOST_NAMED = 100
"""Lines that one message names; a list from a file is nobody's manner of speaking."""
WHOLESALE = frozenset({"cleared", "repeated"})
_NOT_TO_BE_HAD = frozenset({"out", "withdrawn"})


def answers(question: Question, outcome: Outcome) -> list[Answer]:
    """What the phrase of the question was said to mean: one product, or nothing that could be learnt."""
    if question.reason not in (Reason.ambiguous, Reason.unknown) or not question.operation.startswith(_NAMING):
        return []
    chosen = {change.sku for change in outcome.changes if change.op in PUT}
    chosen |= {asked.sku for asked in outcome.questions if asked.sku is not None}
    return [Answer(question, sku) for sku in chosen] if len(chosen) == 1 else []


def meant(desk: Desk, question: Question, outcome: TurnOutcome) -> str | None:
    """The product that settled a question of this turn: the answer, or the only one of its candidates that was put."""
    answered = [answer.sku for answer in desk.answers if answer.question == question]
    put = {change.sku for change in outcome.changes if change.op in PUT}
    chosen = answered or [sku for sku in question.candidates if sku in put]
    return chosen[0] if len(chosen) == 1 and question.operation.startswith(_NAMING) else None


def named(context: Context, outcome: Outcome) -> dict[str, str]:
    """What the outcome's lines were called: the alias by which a line was found, else the whole phrase; by SKU."""
    put = [change for change in outcome.changes if change.op in PUT and change.phrase]
    if len(put) > MOST_NAMED:
        return {}
    keys = {
        change.sku: aliases.used(context, change.phrase, change.sku) or aliases.key(change.phrase) for change in put
    }
    return {sku: phrase for sku, phrase in keys.items() if phrase}


async def keep(turn: CustomerTurn, desk: Desk, named_before: Mapping[str, str], outcome: TurnOutcome) -> None:
    """Writes down what the turn taught. `named_before`: what the lines of the change before it were called."""
    for product in await _taken_back(desk, named_before, outcome):
        phrase = named_before[product.sku]
        if await vocabulary.contradict(turn.session, turn.scope.customer_id, phrase, product.id, desk.who.now):
            await turn.record("alias_reset", phrase=phrase, product=product.id)
    for answer in desk.answers:
        await _learn(turn, desk, answer)
    answered = {answer.sku for answer in desk.answers}
    for sku, alias in by_alias(desk, desk.basket.named).items():
        if sku not in answered:
            await turn.record("alias_used", alias=alias.id)


def by_alias(desk: Desk, names: Mapping[str, str]) -> dict[str, Alias]:
    """By SKU the aliases by which lines so called were found."""
    by_sku = desk.who.catalogue.by_sku
    found = {sku: alias for sku, phrase in names.items() if (alias := desk.aliases.get(phrase)) is not None}
    return {sku: alias for sku, alias in found.items() if by_sku[sku].id == alias.product_id}


async def _learn(turn: CustomerTurn, desk: Desk, answer: Answer) -> None:
    product, said = desk.who.catalogue.by_sku[answer.sku], answer.question.phrase
    made = await vocabulary.learn(
        turn.session,
        turn.scope.customer_id,
        said,
        product.id,
        known_word=answer.question.reason is Reason.ambiguous,
        by=turn.scope.contact_id or "",
        now=desk.who.now,
    )
    if made:
        await turn.record("alias_learnt", phrase=said, product=product.id)


async def _taken_back(desk: Desk, named_before: Mapping[str, str], outcome: TurnOutcome) -> list[Product]:
    """What the customer did not mean: taken out or replaced at once, or answered with «нет, не то»."""
    if not named_before or any(change.op in WHOLESALE for change in outcome.changes):
        return []
    products = [product for sku in named_before if (product := desk.who.catalogue.by_sku.get(sku)) is not None]
    if desk.refused:
        return [product for product in products if product.sku not in desk.basket.named]
    return await to_be_had(desk, [product for product in products if product.sku not in desk.basket.lines])


async def to_be_had(desk: Desk, products: Sequence[Product]) -> list[Product]:
    """Those that can be bought at all: what cannot is taken out of a cart whatever it was called."""
    market = await desk.who.market(products)
    wrong = [(product, trouble(market, product, product.step)) for product in products]
    return [product for product, found in wrong if found is None or found.issue not in _NOT_TO_BE_HAD]
