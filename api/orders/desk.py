"""One customer's cart opened for one request: who, which outlet, what is in it, what it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.aliases import service as vocabulary
from api.aliases.service import Alias
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
from api.understanding.outcome import Outcome, Question

NO_OUTLETS = "У вашей компании пока нет ни одной точки доставки. Её заведёт ваш менеджер."


@dataclass(frozen=True)
class Answer:
    """The product that a question of this turn was answered with."""

    question: Question
    sku: str


@dataclass
class Desk:
    """`aliases` are in force for this customer, by key.

    Of this turn: `answers` to questions; `refused`: it began with «нет, не то», to no question; `read`: what the
    understanding made of it; `first_inbox`: the message whose words waited for the choice of the outlet.
    """

    who: Shopper
    outlet: OutletRow
    basket: Basket
    base: Base | None
    history: tuple[PastOrder, ...] = ()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    refused: bool = False
    read: list[Outcome] = field(default_factory=list)
    first_inbox: int | None = None

    @property
    def session(self) -> AsyncSession:
        return self.who.session

    def context(self) -> Context:
        """The customer's view for the understanding; withdrawn goods are no part of it."""
        by_sku, by_id = self.who.catalogue.index.by_sku, self.who.catalogue.by_id
        named = {
            phrase: by_id[alias.product_id].sku for phrase, alias in self.aliases.items() if alias.product_id in by_id
        }
        return Context(
            index=self.who.catalogue.index,
            history=self.history,
            cart={sku: value for sku, value in self.basket.quantities().items() if sku in by_sku},
            now=self.who.now,
            aliases={phrase: sku for phrase, sku in named.items() if sku in by_sku},
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
    if basket.lines.keys() - who.catalogue.by_sku.keys():
        # Another process, ahead of this one, may have put a new product into the cart.
        who = await catalog.up_to_date(who)
    # A product that left the database altogether cannot be shown, priced or sent.
    basket.lines = {sku: line for sku, line in basket.lines.items() if sku in who.catalogue.by_sku}
    basket.doubt_withdrawn(who.catalogue.index.by_sku)
    base = await load_base(who, basket.base_order_id)
    orders_asked = any(repeats.asks_which(open_.question) for open_ in basket.questions)
    if not lock:
        return Desk(who, outlet, basket, base, await catalog.history(who) if orders_asked else ())
    aliases = await vocabulary.in_force(who.session, who.customer.id)
    return Desk(who, outlet, basket, base, await catalog.history(who), aliases)


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
