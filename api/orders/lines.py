"""Lines of carts and orders as a person reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from api.catalog.market import Market
from api.domain import cart as arithmetic
from api.domain import wording
from api.domain.product import Packaging, Product
from api.orders.basket import Line
from api.orders.schemas import Issue, LineView


@dataclass(frozen=True)
class Trouble:
    """Why a line cannot be delivered as it stands."""

    issue: Issue
    text: str
    available: Decimal | None = None


@dataclass(frozen=True)
class Base:
    """The order that a cart repeats: quantities and prices then, by SKU."""

    order_id: int
    name: str
    """As the understanding knows it."""
    number: str
    """As people say it; empty before it has one."""
    date_text: str
    quantities: Mapping[str, Decimal]
    prices: Mapping[str, Decimal]


def pack_of(product: Product, quantity: Decimal, unit: str | None) -> Packaging | None:
    """The packing of this name, when the quantity comes out whole in it."""
    key = wording.unit_key(unit or "")
    for pack in product.packagings:
        if wording.unit_key(pack.unit) == key and pack.factor > 0 and quantity % pack.factor == 0:
            return pack
    return None


def quantity_text(product: Product, quantity: Decimal, unit: str | None = None) -> str:
    """«5 шт.»; in the packing the customer named when it comes out whole: «3 коробки (36 шт.)»."""
    pack = pack_of(product, quantity, unit)
    if pack is None:
        return wording.quantity(quantity, product.base_unit)
    return wording.packs(quantity, product.base_unit, pack.unit, pack.factor)


def trouble(market: Market, product: Product, quantity: Decimal) -> Trouble | None:
    """What is wrong with ordering this much now."""
    if not product.active:
        return Trouble("withdrawn", "больше не поставляется")
    if not market.is_on_order(product):
        whole = market.available(product) // product.step * product.step
        if whole < arithmetic.smallest(product.step, product.minimum):
            return Trouble("out", "временно отсутствует")
        if whole < quantity:
            return Trouble("short", f"в наличии только {quantity_text(product, whole)}", whole)
    if not arithmetic.is_allowed(quantity, product.step, product.minimum):
        nearest = arithmetic.nearest_allowed(quantity, product.step, product.minimum)
        return Trouble("step", "можно заказать " + " или ".join(quantity_text(product, value) for value in nearest))
    return None


def sum_of(amount: Decimal | None, quantity: Decimal) -> Decimal | None:
    """The line's sum in roubles."""
    return None if amount is None else (amount * quantity).quantize(Decimal("0.01"))


def line_view(market: Market, line: Line, base: Base | None, substitute: Product | None) -> LineView:
    """A line of the cart at today's prices, with what differs from the base order."""
    product = market.catalogue.by_sku[line.sku]
    amount = market.amount(product, line.quantity)
    wrong = trouble(market, product, line.quantity)
    before = base.quantities.get(line.sku) if base else None
    paid = base.prices.get(line.sku) if base else None
    return LineView(
        **market.ref(product, line.quantity).model_dump(),
        quantity=arithmetic.plain(line.quantity),
        quantity_text=quantity_text(product, line.quantity, line.unit),
        step=arithmetic.plain(product.step),
        sum_text=market.money(sum_of(amount, line.quantity)),
        note=line.note,
        previous_quantity_text=(
            quantity_text(product, before, line.unit) if before is not None and before != line.quantity else None
        ),
        price_was_text=market.money(paid) if amount is not None and paid is not None and paid != amount else None,
        substitute=market.ref(substitute) if substitute and wrong and wrong.issue != "step" else None,
        issue=wrong.issue if wrong else None,
        issue_text=wrong.text if wrong else None,
        available=arithmetic.plain(wrong.available) if wrong and wrong.available else None,
    )


def ordered_view(market: Market, product: Product, quantity: Decimal, price: Decimal, unit: str) -> LineView:
    """A line of a sent order, at the price it was sent with."""
    ref = market.ref(product, quantity).model_dump() | {"price_text": market.money(price)}
    return LineView(
        **ref,
        quantity=arithmetic.plain(quantity),
        quantity_text=quantity_text(product, quantity, unit),
        step=arithmetic.plain(product.step),
        sum_text=market.money(sum_of(price, quantity)),
    )
