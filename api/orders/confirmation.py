"""The one place where an order is confirmed, whatever path led to it: the checks and the order in one transaction."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from secrets import token_hex

from api.catalog.market import Market
from api.config import settings
from api.db.models import OrderRow
from api.deps import freshness
from api.deps.erp import erp
from api.deps.turn import CustomerTurn
from api.domain import delivery, wording
from api.domain.order import OUR_KEYS, OrderLine, OrderStatus
from api.domain.product import Product
from api.erp.port import Data
from api.orders import appointed, credit, limits, paths, progress, queue, repository, sent, sharing, views
from api.orders.credit import Breach, Standing
from api.orders.desk import Desk, open_desk, shopper
from api.orders.lines import pack_of, trouble
from api.orders.schemas import Confirmation, ManagerView, Refusal, RefusalCode

ALREADY_SENT = timedelta(minutes=15)
"""How long after a confirmation an empty cart means «it is sent», not «there is nothing to send»."""

CREDIT_LIMIT = (
    "К сожалению, ваш кредитный лимит исчерпан. Для продолжения работы, пожалуйста, погасите задолженность "
    "или свяжитесь с менеджером для согласования."
)
OVERDUE = "По вашим счетам есть просроченный остаток к оплате — {overdue}."
ASK_MANAGER = "Такой заказ нужно согласовать с менеджером. Позвать его?"
"""Nobody is told by a refusal alone: the button does it."""
BY_MANAGER = "Заказы от вашей компании сейчас оформляет менеджер: {name}, {phone}."


@dataclass(frozen=True)
class Verdict:
    """What the checks say: a refusal, or warnings to tell with the order.

    `held`: the credit rule that the refusal is for. `release_id`: the release that lets the order through.
    """

    refusal: Refusal | None = None
    warnings: tuple[str, ...] = ()
    held: Breach | None = None
    release_id: int | None = None


def _refused(code: RefusalCode, message: str, **figures: str | None) -> Verdict:
    return Verdict(Refusal(code=code, message=message, **figures))


async def confirm(turn: CustomerTurn, version: int | None, leave: bool) -> Confirmation:
    """Makes one order of the cart, or says why not. Pressed twice, it makes one order."""
    who = await shopper(turn)
    manager = manager_of(who.customer.manager_name, who.customer.manager_phone)
    if "order" not in turn.scope.rights:
        refusal = Refusal(code="no_right", message="Оформлять заказы вам пока нельзя: права даёт ваш менеджер.")
        return Confirmation(state="refused", refusal=refusal, manager=manager)
    if who.customer.backend not in settings().erp_names:
        # Its accounting system was taken out of the settings: nobody would read or send anything any more.
        refusal = Refusal(code="no_right", message=BY_MANAGER.format(name=manager.name, phone=manager.phone))
        return Confirmation(state="refused", refusal=refusal, manager=manager)
    if who.outlet is None:
        refusal = Refusal(code="no_outlet", message="Куда везти заказ? Выберите точку доставки.")
        return Confirmation(state="refused", refusal=refusal, manager=manager)
    await repository.lock_customer(turn.session, who.customer.id)
    desk = await open_desk(who, who.outlet, lock=True)
    if desk.basket.is_empty and (earlier := await _sent_just_now(turn, desk)):
        return Confirmation(state="already_sent", order=await sent.view(who, earlier), manager=manager)
    market = await views.market_of(desk)
    verdict = (
        _check_cart(desk, market, version)
        or _check_day(desk, market)
        or await _check_money(desk, market, turn.scope.rights)
    )
    if verdict.held is not None:
        await credit.hold(turn, desk, views.total_of(desk, market), verdict.held)
    if verdict.refusal is not None:
        cart = await views.cart_view(desk, market)
        return Confirmation(state="refused", refusal=verdict.refusal, cart=cart, manager=manager)
    down = not await repository.erp_is_up(turn.session, who.customer.backend)
    figures = await _figures_text(turn, desk, down=down)
    if down and not leave:
        cart = await views.cart_view(desk, market)
        return Confirmation(state="erp_down", cart=cart, figures_at_text=figures, manager=manager)
    arrivals = appointed.arrivals(desk, market)
    order = await _create(turn, desk, market, arrivals, left=leave, release_id=verdict.release_id)
    await credit.end(desk)
    return Confirmation(
        state="sending",
        order=await sent.view(who, order),
        warnings=[*verdict.warnings, *_on_order_warnings(desk, arrivals, order)],
        figures_at_text=figures,
        manager=manager,
    )


def manager_of(name: str, phone: str) -> ManagerView:
    """The customer's manager, or the distributor's usual one."""
    config = settings()
    return ManagerView(name=name or config.manager_name, phone=phone or config.manager_phone)


async def _figures_text(turn: CustomerTurn, desk: Desk, *, down: bool) -> str | None:
    """How old the figures are that nobody reads again before the order is sent, or, while the system is `down`, all.

    Of prices and debts only to those who may see them; of a debt only where a limit is kept.
    """
    customer, rights = desk.who.customer, turn.scope.rights
    seen = {Data.STOCK}
    seen |= {Data.PRICES} if "prices" in rights else set()
    seen |= {Data.BALANCES} if "balance" in rights and customer.credit_limit is not None else set()
    live = frozenset() if down else freshness.told_live(erp(customer.backend).capabilities)
    return await freshness.age_text(desk.session, customer.backend, seen - live, desk.who.now) or None


async def _sent_just_now(turn: CustomerTurn, desk: Desk) -> OrderRow | None:
    return await repository.recent_order(
        turn.session,
        desk.who.customer.id,
        desk.outlet.id,
        turn.scope.conversation_id,
        desk.who.now - ALREADY_SENT,
    )


def _check_cart(desk: Desk, market: Market, version: int | None) -> Verdict | None:
    """The goods: something to send, seen as it is now, nothing open, everything to be had at a known price."""
    basket = desk.basket
    if version is not None and version != basket.version and not basket.is_empty:
        return _refused("version", "Корзина изменилась. Посмотрите её ещё раз, пожалуйста.")
    if basket.questions:
        phrases = wording.listed([f"«{open_.question.phrase}»" for open_ in basket.questions])
        return _refused("questions", f"Осталось уточнить: {phrases}.")
    if basket.is_empty:
        return _refused("empty", "Корзина пока пуста.")
    if undeliverable := [*_undeliverable(desk, market)]:
        return _refused("stock", "\n".join(undeliverable))
    return None


def _check_day(desk: Desk, market: Market) -> Verdict | None:
    """The named day may have become impossible since: then the nearest one is told, and confirmed anew."""
    named = desk.basket.delivery_date
    settled = appointed.appoint(desk, market, named) if named else None
    if settled is None or not settled.refusal:
        return None
    desk.basket.delivery_date = settled.day
    desk.basket.save(desk.who.now)
    return _refused("delivery_day", settled.refusal)


def _products(desk: Desk) -> list[tuple[Product, Decimal]]:
    by_sku = desk.who.catalogue.by_sku
    return [(by_sku[line.sku], line.quantity) for line in desk.basket.lines.values()]


def _undeliverable(desk: Desk, market: Market) -> list[str]:
    told = []
    for product, quantity in _products(desk):
        if wrong := trouble(market, product, quantity):
            told.append(f"{product.name} — {wrong.text.rstrip('.')}.")
        elif market.price(product, quantity) is None:
            told.append(f"{product.name} — цену нужно уточнить у менеджера.")
    return told


async def _check_money(desk: Desk, market: Market, rights: Set[str]) -> Verdict:
    """The sum: the minimum, the credit limit, the overdue debt, each by the distributor's policy.

    Who may not see prices hears no sum of the cart, who may not see the balance only that a manager has to agree.
    """
    total, customer = views.total_of(desk, market), desk.who.customer
    if total < customer.minimum_sum:
        return _refused(
            "minimum_sum",
            f"Минимальная сумма заказа — {wording.money(customer.minimum_sum)}.",
            minimum_text=wording.money(customer.minimum_sum),
            missing_text=market.money(customer.minimum_sum - total),
        )
    verdict = await _check_credit(desk, market, total)
    if "balance" in rights:
        return verdict
    refusal = Refusal(code="no_right", message=ASK_MANAGER) if verdict.refusal else None
    return replace(verdict, refusal=refusal, warnings=())


async def _check_credit(desk: Desk, market: Market, total: Decimal) -> Verdict:
    """Both rules by their policies; a manager's release lets through what either holds back."""
    stands = await credit.standing(desk.session, desk.who.customer)
    held = stands.holding(total)
    if held is None:
        return Verdict(warnings=_credit_warnings(market, stands, total))
    release = await credit.release_for(desk.session, desk.who.customer.id, total, desk.who.now)
    if release is not None:
        return Verdict(warnings=_credit_warnings(market, stands, total), release_id=release.id)
    return Verdict(await _credit_refusal(desk, market, stands, held), held=held)


def _credit_warnings(market: Market, stands: Standing, total: Decimal) -> tuple[str, ...]:
    """Of the broken rules that hold nothing back."""
    told = []
    for breach in stands.breaches(total):
        over = market.money(breach.over)
        if breach.holds:
            continue
        if breach.rule == "overdue":
            told.append(OVERDUE.format(overdue=wording.money(breach.over)))
        else:
            told.append(f"Заказ превышает кредитный лимит{f' на {over}' if over else ''}.")
    return tuple(told)


async def _credit_refusal(desk: Desk, market: Market, stands: Standing, held: Breach) -> Refusal:
    asked = f" {ASK_MANAGER}" if held.policy == "ask" else ""
    debt = wording.money(stands.debt)
    if held.rule == "overdue":
        overdue = OVERDUE.format(overdue=wording.money(held.over))
        return Refusal(code="overdue", message=f"{overdue}{asked}", debt_text=debt)
    customer = desk.who.customer
    return Refusal(
        code="credit_limit",
        message=f"{CREDIT_LIMIT}{asked}",
        limit_text=wording.money(customer.credit_limit or Decimal(0)),
        debt_text=debt if await limits.debt_is_known(desk.session, customer) else None,
        over_text=market.money(held.over),
    )


def _delivery_date(desk: Desk, lead_days: int) -> date:
    days = desk.outlet.delivery_days
    return delivery.next_delivery(days, settings().cutoff, desk.who.now, lead_days=lead_days)


def _on_order_warnings(desk: Desk, arrivals: Sequence[tuple[Product, int]], order: OrderRow) -> list[str]:
    """Goods «под заказ» do not come with the rest."""
    told = []
    for product, lead in arrivals:
        day = _delivery_date(desk, lead)
        if order.delivery_date is not None and day > order.delivery_date:
            told.append(f"{product.name} — под заказ, привезём {wording.near_day(day, desk.who.now.date())}.")
    return told


async def _create(
    turn: CustomerTurn,
    desk: Desk,
    market: Market,
    arrivals: Sequence[tuple[Product, int]],
    *,
    left: bool,
    release_id: int | None,
) -> OrderRow:
    """Writes the order, empties the cart, and defers the sending: all of it, or nothing.

    `left`: the dialogue tells the customer just now that the order waits.
    """
    who, outlet, now = desk.who, desk.outlet, desk.who.now
    positions = _positions(desk, market)
    order = OrderRow(
        key=f"{OUR_KEYS}{token_hex(12)}",
        customer_id=who.customer.id,
        outlet_id=outlet.id,
        conversation_id=turn.scope.conversation_id,
        contact_id=turn.scope.contact_id,
        status=OrderStatus.SENDING.value,
        created_at=now,
        delivery_date=desk.basket.delivery_date or _delivery_date(desk, appointed.lead_of(arrivals)),
        window_start=outlet.window_start,
        window_end=outlet.window_end,
        warehouse_id=outlet.warehouse_id,
        address=outlet.address,
        comment=_comment(desk),
        total=sum((line.sum for line in positions), Decimal(0)),
        cart_version=desk.basket.version,
        told_waiting=left,
        release_id=release_id,
    )
    await repository.add_order(turn.session, order, positions, _paths(turn, desk))
    ordered, attempt = desk.basket.quantities(), progress.closed(turn, desk)
    desk.basket.clear()
    desk.basket.save(now)
    await sharing.tell_colleagues(turn, desk, ordered, sent=True)
    await turn.record(
        "order_confirmed",
        order_id=order.id,
        total=str(order.total),
        lines=len(positions),
        **attempt,
    )
    await queue.send(turn.session, order.id)
    return order


def _positions(desk: Desk, market: Market) -> Sequence[OrderLine]:
    positions = []
    for line in desk.basket.lines.values():
        product = desk.who.catalogue.by_sku[line.sku]
        amount = market.amount(product, line.quantity)
        if amount is None:
            raise AssertionError(f"{product.sku}: the check let a line without a price through")
        pack = pack_of(product, line.quantity, line.unit)
        positions.append(OrderLine(product.id, line.quantity, amount, pack.unit if pack else ""))
    return positions


def _paths(turn: CustomerTurn, desk: Desk) -> repository.Paths:
    by_sku = desk.who.catalogue.by_sku
    return {by_sku[line.sku].id: paths.ordered(line.path, turn.scope.person) for line in desk.basket.lines.values()}


def _comment(desk: Desk) -> str:
    by_sku = desk.who.catalogue.by_sku
    return "; ".join(f"{by_sku[line.sku].name}: {line.note}" for line in desk.basket.lines.values() if line.note)
