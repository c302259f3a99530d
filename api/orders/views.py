"""The cart and what happened to it, as a person reads them."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from api.catalog import service as catalog
from api.catalog.market import Market
from api.catalog.snapshot import short_name
from api.db.models import OutletRow
from api.domain import wording
from api.domain.cart import plain
from api.domain.product import Price, Product
from api.orders import repeats
from api.orders.basket import OpenQuestion
from api.orders.desk import Desk
from api.orders.lines import line_view, quantity_text, sum_of, trouble
from api.orders.schemas import (
    BaseOrderView,
    CartView,
    ChangeView,
    NoticeView,
    OptionView,
    OutletView,
    QuestionView,
)
from api.understanding.outcome import Change, Notice, Question, Reason

OPTIONS = 5
SUBSTITUTED = 10
"""Lines that are offered a substitute at once; they are settled one at a time."""


def outlet_view(row: OutletRow) -> OutletView:
    return OutletView(id=row.id, name=row.name, address=row.address)


def no_cart() -> CartView:
    """What stands in for a cart before the outlet is chosen."""
    return CartView(version=0, outlet=None, lines=[], total="0.00", total_text="", base=None, questions=[], empty=True)


async def market_of(desk: Desk, more: Iterable[str] = ()) -> Market:
    """Prices and stock of everything the cart and its questions name."""
    named = [*desk.basket.lines, *more]
    for open_ in desk.basket.asked:
        named += [*open_.question.candidates, *([open_.question.sku] if open_.question.sku else [])]
    by_sku = desk.who.catalogue.by_sku
    return _as_quoted(desk, await desk.who.market(by_sku[sku] for sku in dict.fromkeys(named) if sku in by_sku))


def _as_quoted(desk: Desk, market: Market) -> Market:
    """The same market, but for what the accounting system said today of lines of this very cart."""
    prices, stock = dict(market.prices), dict(market.stock)
    for line in desk.basket.lines.values():
        product = desk.who.catalogue.by_sku.get(line.sku)
        if product is None or line.quoted is None or line.quoted.day != market.day:
            continue
        amount = line.quoted.price
        own = [] if amount is None else [Price(product.id, amount, customer_id=market.terms.customer_id)]
        prices[product.id] = own
        if line.quoted.available is not None:
            stock[product.id] = line.quoted.available
    return replace(market, prices=prices, stock=stock)


async def cart_view(desk: Desk, market: Market | None = None) -> CartView:
    """The cart at today's prices and stock."""
    market = market or await market_of(desk)
    basket, by_sku = desk.basket, desk.who.catalogue.by_sku
    troubled = (
        line.sku
        for line in basket.lines.values()
        if (found := trouble(market, by_sku[line.sku], line.quantity)) and found.issue != "step"
    )
    wrong = list(islice(troubled, SUBSTITUTED))
    instead = await catalog.substitutes(desk.who, [by_sku[sku] for sku in wrong]) if wrong else {}
    shown = await _with_substitutes(desk, market, instead.values())
    lines = [line_view(shown, line, desk.base, instead.get(line.sku)) for line in basket.lines.values()]
    total = total_of(desk, market)
    return CartView(
        version=basket.version,
        outlet=outlet_view(desk.outlet),
        lines=lines,
        total=f"{total:.2f}",
        total_text=market.money(total) or "",
        base=BaseOrderView(number=desk.base.number, date_text=desk.base.date_text) if desk.base else None,
        questions=[question_view(desk, market, open_) for open_ in basket.asked],
        questions_behind=len(basket.questions) - len(basket.asked),
        empty=basket.is_empty,
        delivery_text=_delivery_text(desk),
    )


def _delivery_text(desk: Desk) -> str | None:
    day, today = desk.basket.delivery_date, desk.who.now.date()
    return wording.day_of_week(day, today) if day is not None and day > today else None


async def _with_substitutes(desk: Desk, market: Market, products: Iterable[Product]) -> Market:
    """The same market, with the substitutes' prices and stock."""
    others = list(products)
    if not others:
        return market
    extra = await desk.who.market(others)
    return replace(market, prices={**market.prices, **extra.prices}, stock={**market.stock, **extra.stock})


def total_of(desk: Desk, market: Market) -> Decimal:
    """The sum of the priced lines in roubles."""
    by_sku = desk.who.catalogue.by_sku
    sums = (
        sum_of(market.amount(by_sku[line.sku], line.quantity), line.quantity) for line in desk.basket.lines.values()
    )
    return sum((value for value in sums if value is not None), Decimal(0))


def question_view(desk: Desk, market: Market, open_: OpenQuestion) -> QuestionView:
    question = open_.question
    return QuestionView(
        id=open_.id,
        phrase=question.phrase,
        reason=question.reason.value,
        operation=question.operation,
        quantity_text=_asked_quantity(market, question),
        options=_options(desk, market, question)[:OPTIONS],
    )


def _asked_quantity(market: Market, question: Question) -> str | None:
    if question.quantity is None:
        return None
    product = market.catalogue.by_sku.get(question.sku or "")
    if product is not None and question.unit is None:
        return quantity_text(product, question.quantity)
    units = {market.catalogue.by_sku[sku].base_unit for sku in question.candidates if sku in market.catalogue.by_sku}
    unit = question.unit or (units.pop() if len(units) == 1 else "")
    return wording.quantity(question.quantity, unit)


def _options(desk: Desk, market: Market, question: Question) -> list[OptionView]:
    by_sku = market.catalogue.by_sku
    if repeats.asks_which(question):
        return repeats.options(desk.history, desk.who.now.date())
    if question.reason is Reason.replace_or_add:
        return [OptionView(value="replace", title="Заменить"), OptionView(value="add", title="Добавить")]
    product = by_sku.get(question.sku or "")
    if question.reason is Reason.confirm:
        sure = f", {quantity_text(product, question.options[0])}" if product and question.options else ""
        return [OptionView(value="yes", title=f"Да{sure}"), OptionView(value="no", title="Нет")]
    if product is not None and question.options:
        return [
            OptionView(value=plain(value), title=quantity_text(product, value, question.unit))
            for value in question.options
        ]
    return [_product_option(market, by_sku[sku]) for sku in question.candidates if sku in by_sku]


def _product_option(market: Market, product: Product) -> OptionView:
    price = market.ref(product).price_text
    return OptionView(value=product.sku, title=product.name, price_text=price)


def change_view(desk: Desk, market: Market, change: Change) -> ChangeView:
    product = desk.who.catalogue.by_sku.get(change.sku)
    if product is None:
        return ChangeView(
            op=change.op, sku=change.sku, name="", short_name="", before_text=None, after_text=None, sum_text=None
        )
    unit = change.unit
    after = change.after
    amount = market.amount(product, after) if after else None
    return ChangeView(
        op=change.op,
        sku=change.sku,
        name=product.name,
        short_name=short_name(product),
        before_text=quantity_text(product, change.before, unit) if change.before else None,
        after_text=quantity_text(product, after, unit) if after else None,
        sum_text=market.money(sum_of(amount, after)) if after else None,
    )


def notice_text(notice: Notice) -> NoticeView:
    """A notice about no product."""
    return NoticeView(code=notice.code, phrase=notice.phrase, name=None, quantity_text=None)


def notice_view(desk: Desk, notice: Notice) -> NoticeView:
    product = desk.who.catalogue.by_sku.get(notice.sku or "")
    quantity = notice.quantity
    unit = product.base_unit if product else ""
    return NoticeView(
        code=notice.code,
        phrase=notice.phrase,
        name=product.name if product else None,
        quantity_text=None if quantity is None else wording.quantity(quantity, unit),
    )
