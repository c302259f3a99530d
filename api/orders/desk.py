"""One customer's cart opened for one request: who, which outlet, what is in it, what it is compared with."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import service as catalog
from api.catalog.service import Shopper
from api.db.models import OutletRow
from api.deps.turn import CustomerTurn
from api.domain import wording
from api.domain.cart import trimmed
from api.errors import Conflict
from api.orders import outlets, repeats, repository
from api.orders.basket import Basket
from api.orders.lines import Base
from api.understanding.context import Context, PastOrder

NO_OUTLETS = "У вашей компании пока нет ни одной точки доставки. Её заведёт ваш менеджер."


@dataclass
class Desk:
    who: Shopper
    outlet: OutletRow
    basket: Basket
    base: Base | None
    history: tuple[PastOrder, ...] = ()

    @property
    def session(self) -> AsyncSession:
        return self.who.session

    def context(self) -> Context:
        """The customer's view for the understanding; withdrawn goods are no part of it."""
        by_sku = self.who.catalogue.index.by_sku
        return Context(
            index=self.who.catalogue.index,
            history=self.history,
            cart={sku: value for sku, value in self.basket.quantities().items() if sku in by_sku},
            now=self.who.now,
            outlets=outlets.names(self.who.outlets),
            base_order=self._base_order(),
        )

    def _base_order(self) -> PastOrder | None:
        if self.base is None:
            return None
        return next((order for order in self.history if order.number == self.base.name), None)

    async def rebase(self, order_id: int | None) -> None:
        """Compares the cart with another order from now on."""
        self.basket.base_order_id = order_id
        self.base = await load_base(self.who, order_id)


async def shopper(turn: CustomerTurn) -> Shopper:
    """Who asks in this turn."""
    scope = turn.scope
    who = await catalog.shopper(
        turn.session,
        scope.customer_id,
        scope.conversation_id,
        turn.clock.now(),
        shows_prices="prices" in scope.rights,
    )
    if not who.outlets:
        raise Conflict(NO_OUTLETS, code="no_outlets")
    return who


async def open_desk(who: Shopper, outlet: OutletRow, *, lock: bool) -> Desk:
    """Opens the outlet's cart; `lock` holds it until the transaction ends."""
    if lock:
        row = await repository.locked_cart(who.session, who.customer.id, outlet.id, who.now)
    else:
        found = await repository.find_cart(who.session, who.customer.id, outlet.id)
        row = found  # type: ignore[assignment]  # None: nothing was put into it yet
    basket = Basket.of(row)
    # A product that left the database altogether cannot be shown, priced or sent.
    basket.lines = {sku: line for sku, line in basket.lines.items() if sku in who.catalogue.by_sku}
    base = await load_base(who, basket.base_order_id)
    orders_asked = any(repeats.asks_which(open_.question) for open_ in basket.questions)
    return Desk(who, outlet, basket, base, await catalog.history(who) if lock or orders_asked else ())


async def load_base(who: Shopper, order_id: int | None) -> Base | None:
    """The order as quantities and prices by today's SKUs."""
    if order_id is None:
        return None
    order = await repository.order(who.session, order_id)
    if order is None:
        return None
    quantities: dict[str, Decimal] = {}
    prices: dict[str, Decimal] = {}
    for line in await repository.lines(who.session, order_id):
        if product := who.catalogue.by_id.get(line.product_id):
            quantities[product.sku] = quantities.get(product.sku, Decimal(0)) + trimmed(line.quantity)
            prices[product.sku] = line.price
    created = order.created_at.astimezone(who.now.tzinfo).date()
    name = catalog.order_name(order.number, order.id)
    number = wording.document_number(order.number or "")
    return Base(order_id, name, number, wording.day(created, who.now.date()), quantities, prices)
