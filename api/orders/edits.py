"""What buttons and quantities changed in place do to the cart."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from api.domain import cart as arithmetic
from api.domain.product import Product
from api.errors import ApiError, Conflict, NotFound
from api.orders import limits, views
from api.orders.desk import Desk
from api.orders.schemas import TurnOutcome
from api.orders.telling import told
from api.understanding.outcome import Change, Notice, Question, Reason

MOST = Decimal(1_000_000)
"""Quantities above are a slip of the finger, not an order."""


def number(value: str) -> Decimal | None:
    """A quantity as it was typed or pressed, or None when it is none."""
    try:
        read = Decimal(value.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return arithmetic.trimmed(read) if read.is_finite() and 0 <= read <= MOST else None


def _product(desk: Desk, sku: str) -> Product:
    product = desk.who.catalogue.by_sku.get(sku)
    if product is None:
        raise NotFound("Такого товара нет.", code="product_not_found")
    return product


async def set_line(desk: Desk, sku: str, quantity: str | None) -> TurnOutcome:
    """A quantity in base units; none or zero takes the line out. What does not come out even is asked."""
    product = _product(desk, sku)
    wanted = Decimal(0) if quantity is None else number(quantity)
    if wanted is None:
        raise ApiError("Не получилось понять количество.", code="bad_quantity", status=422)
    line = desk.basket.lines.get(sku)
    before = line.quantity if line else None
    if wanted == 0:
        return await _remove(desk, sku, before)
    if not product.active:
        raise Conflict("Этот товар больше не поставляется.", code="withdrawn")
    if before == wanted:
        return await told(desk, "unchanged")
    question = _doubt(desk, product, wanted)
    desk.basket.settle([sku])
    if question is not None:
        desk.basket.ask([question])
        return await told(desk, "asked")
    desk.basket.put(sku, wanted)
    unit = line.unit if line else None
    change = Change("set" if before else "added", sku, before, wanted, unit, product.name)
    return await told(desk, "changed", (change,))


async def _remove(desk: Desk, sku: str, before: Decimal | None) -> TurnOutcome:
    if before is None:
        return await told(desk, "unchanged", notices=(Notice("not_in_cart", sku=sku),))
    desk.basket.remove(sku)
    desk.basket.settle([sku])
    return await told(desk, "changed", (Change("removed", sku, before, None),))


def _doubt(desk: Desk, product: Product, quantity: Decimal) -> Question | None:
    """Off the order step, or far from the usual: asked, never applied silently."""
    asked = Question(product.name, Reason.quantity, operation="set", quantity=quantity, sku=product.sku)
    if not arithmetic.is_allowed(quantity, product.step, product.minimum):
        options = arithmetic.nearest_allowed(quantity, product.step, product.minimum)
        return replace(asked, options=options)
    past = [order.lines[product.sku] for order in desk.history if product.sku in order.lines]
    if arithmetic.is_unusual(quantity, past):
        return replace(asked, reason=Reason.confirm, options=(quantity,))
    return None


async def replace_line(desk: Desk, sku: str, by_sku: str) -> TurnOutcome:
    """Puts another product in a line's place, as much of it."""
    old, new = _product(desk, sku), _product(desk, by_sku)
    line = desk.basket.lines.get(sku)
    if line is None or sku == by_sku:
        return await told(desk, "unchanged", notices=(Notice("not_in_cart", sku=sku),))
    if not new.active:
        raise Conflict("Этот товар больше не поставляется.", code="withdrawn")
    present = desk.basket.lines.get(by_sku)
    quantity = line.quantity + (present.quantity if present else Decimal(0))
    desk.basket.remove(sku)
    desk.basket.settle([sku, by_sku])
    removed = Change("removed", sku, line.quantity, None, line.unit, old.name)
    even = arithmetic.is_allowed(quantity, new.step, new.minimum)
    if not even or old.base_unit != new.base_unit:
        options = arithmetic.nearest_allowed(quantity, new.step, new.minimum)
        desk.basket.ask([Question(new.name, Reason.quantity, (), "set", quantity, None, by_sku, options)])
        return await told(desk, "changed", (removed,))
    desk.basket.put(by_sku, quantity)
    change = Change("replaced", by_sku, present.quantity if present else None, quantity, None, old.name)
    return await told(desk, "changed", (removed, change))


async def clear(desk: Desk) -> TurnOutcome:
    if desk.basket.is_empty and not desk.basket.questions:
        return await told(desk, "unchanged", notices=(Notice("cart_empty"),))
    desk.basket.clear()
    desk.base = None
    return await told(desk, "changed", (Change("cleared", "", None, None),))


async def drop_questions(desk: Desk) -> TurnOutcome:
    """Leaves out of the order all that is still asked about, and says how much that is."""
    count = len(desk.basket.questions)
    desk.basket.questions = []
    return await told(desk, "unchanged", notices=(Notice("questions_dropped", quantity=Decimal(count)),))


async def fit_limit(desk: Desk) -> TurnOutcome:
    """Takes as much away as the credit limit asks for."""
    free = await limits.free_limit(desk.session, desk.who.customer)
    market = await views.market_of(desk)
    if free is None or views.total_of(desk, market) <= free:
        return await told(desk, "unchanged")
    products = {sku: _product(desk, sku) for sku in desk.basket.lines}
    lines = [
        arithmetic.FitLine(
            sku, line.quantity, limits.priced(market, products[sku]), products[sku].step, products[sku].minimum
        )
        for sku, line in desk.basket.lines.items()
        if market.price(products[sku], line.quantity) is not None
    ]
    fitted = arithmetic.fit_to_sum(lines, free)
    if not fitted:
        raise Conflict("Свободного лимита не хватает ни на одну позицию заказа.", code="no_limit")
    return await told(desk, "changed", _refit(desk, lines, fitted))


def _refit(desk: Desk, lines: list[arithmetic.FitLine], fitted: Mapping[str, Decimal]) -> tuple[Change, ...]:
    changes = []
    for line in lines:
        after = fitted.get(line.sku)
        if after is None:
            desk.basket.remove(line.sku)
            changes.append(Change("removed", line.sku, line.quantity, None))
        elif after != line.quantity:
            desk.basket.put(line.sku, after)
            changes.append(Change("decreased", line.sku, line.quantity, after))
    return tuple(changes)
