"""What every backend of the port must do. A backend's tests subclass ErpConformance and give the fixture `world`."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from api.domain.customer import CardChange, CardField
from api.domain.order import OrderDraft, OrderLine, OrderStatus, PlacedOrder
from api.erp.errors import ErpConflict, ErpError, ErpUnsupported, Reason
from api.erp.port import Data
from tests.api.erp.worlds import World, draft

T = TypeVar("T")


async def all_of(rows: AsyncIterator[T]) -> list[T]:
    return [row async for row in rows]


def need(world: World, *levers: str) -> None:
    """Skips a law that this backend cannot break."""
    if missing := world.lacks.intersection(levers):
        pytest.skip(f"it has no {', '.join(sorted(missing))}")


async def placed_whole(world: World, sent: OrderDraft) -> PlacedOrder:
    """Places the order, and lets the other side fetch it where it is the one that calls."""
    placed = await world.erp.place(sent)
    if placed.status is not OrderStatus.SENDING:
        return placed
    await world.settle()
    found = await world.erp.find(sent.key)
    assert found is not None
    return found


class ErpConformance:
    async def test_goods_hang_together(self, world: World) -> None:
        categories = {category.id: category for category in await all_of(world.erp.categories())}
        products = await all_of(world.erp.products())
        assert {category.parent_id for category in categories.values()} <= {None, *categories}
        assert {product.category_id for product in products} <= {None, *categories}
        assert len({product.id for product in products}) == len(products)
        assert len({product.sku for product in products}) == len(products)
        assert all(product.name and product.base_unit and product.step > 0 for product in products)
        assert all(pack.factor > 0 for product in products for pack in product.packagings)

    async def test_prices_belong_to_known_things(self, world: World) -> None:
        products = {product.id for product in await all_of(world.erp.products())}
        lists = {price_list.id for price_list in await all_of(world.erp.price_lists())}
        customers = {customer.id for customer in await all_of(world.erp.customers())}
        prices = await all_of(world.erp.prices())
        assert prices
        for price in prices:
            assert price.product_id in products
            assert price.amount > 0
            assert price.price_list_id is None or price.price_list_id in lists
            assert price.customer_id is None or price.customer_id in customers
            assert price.price_list_id is None or price.customer_id is None

    async def test_prices_and_stock_of_some_products_are_those_of_all(self, world: World) -> None:
        ids = [product.id for product in await all_of(world.erp.products())][:25]
        prices, stock = await all_of(world.erp.prices()), await all_of(world.erp.stock())
        assert set(await all_of(world.erp.prices(ids))) == {price for price in prices if price.product_id in ids}
        assert set(await all_of(world.erp.stock(ids))) == {row for row in stock if row.product_id in ids}
        assert await all_of(world.erp.prices([])) == []
        assert await all_of(world.erp.stock([])) == []

    async def test_stock_is_by_known_warehouse_and_never_negative(self, world: World) -> None:
        warehouses = {warehouse.id for warehouse in await all_of(world.erp.warehouses())}
        stock = await all_of(world.erp.stock())
        assert {row.warehouse_id for row in stock} <= warehouses
        assert all(row.quantity >= 0 for row in stock)
        assert len({(row.product_id, row.warehouse_id) for row in stock}) == len(stock)

    async def test_customers_come_whole(self, world: World) -> None:
        lists = {price_list.id for price_list in await all_of(world.erp.price_lists())}
        customers = await all_of(world.erp.customers())
        codes = [customer.code for customer in customers if customer.code]
        assert world.customer in customers
        assert len(set(codes)) == len(codes)
        for customer in customers:
            assert customer.price_list_id in {None, *lists}
            assert all(part.customer_id == customer.id for part in (*customer.outlets, *customer.contacts))
            assert all(1 <= day <= 7 for outlet in customer.outlets for day in outlet.delivery_days)

    async def test_overdue_is_what_the_invoices_say(self, world: World) -> None:
        if Data.BALANCES not in world.erp.capabilities.reads:
            with pytest.raises(ErpUnsupported):
                await all_of(world.erp.balances())
            return
        today = world.clock.now().date()
        balances = await all_of(world.erp.balances())
        assert any(balance.overdue > 0 for balance in balances)
        for balance in balances:
            late = sum((invoice.rest for invoice in balance.invoices if invoice.due < today), Decimal(0))
            assert balance.overdue == late
            assert all(invoice.rest > 0 for invoice in balance.invoices)
            assert len({invoice.number for invoice in balance.invoices}) == len(balance.invoices)

    async def test_the_balance_of_one_customer_is_always_told(self, world: World) -> None:
        if Data.BALANCES not in world.erp.capabilities.reads:
            with pytest.raises(ErpUnsupported):
                await all_of(world.erp.balances())
            return
        everyone = {balance.customer_id: balance for balance in await all_of(world.erp.balances())}
        for customer in await all_of(world.erp.customers()):
            (balance,) = await all_of(world.erp.balances(customer.id))
            assert balance.customer_id == customer.id
            assert balance == everyone.get(customer.id, balance)

    async def test_an_order_is_stored_as_it_was_sent(self, world: World) -> None:
        sent = draft(world)
        placed = await placed_whole(world, sent)
        assert placed.differences == ()
        assert (placed.key, placed.customer_id, placed.outlet_id) == (sent.key, sent.customer_id, sent.outlet_id)
        assert (placed.lines, placed.delivery_date) == (sent.lines, sent.delivery_date)
        assert placed.status is OrderStatus.ACCEPTED
        assert placed.number
        assert abs(placed.created - world.clock.now()) < timedelta(minutes=1)
        assert await world.erp.find(sent.key) == placed
        assert await world.erp.find("AI-nothing") is None

    async def test_placing_again_makes_no_second_document(self, world: World) -> None:
        sent = draft(world)
        first = await placed_whole(world, sent)
        assert await world.erp.place(sent) == first
        assert await world.documents(sent.key) == 1

    async def test_placing_at_the_same_moment_makes_one_document(self, world: World) -> None:
        sent = draft(world)
        placed = await asyncio.gather(*(world.erp.place(sent) for _ in range(4)))
        assert len({order.erp_id for order in placed}) == 1
        await world.settle()
        assert await world.documents(sent.key) == 1

    async def test_a_lost_answer_makes_no_second_document(self, world: World) -> None:
        need(world, "lose_answer")
        sent = draft(world)
        await world.lose_answer()
        with pytest.raises(ErpError) as lost:
            await world.erp.place(sent)
        assert not lost.value.permanent
        placed = await world.erp.place(sent)
        assert placed.status is OrderStatus.ACCEPTED
        assert placed.differences == ()
        assert await world.documents(sent.key) == 1

    async def test_what_was_cut_is_told(self, world: World) -> None:
        need(world, "truncate")
        await world.truncate()
        words = "Оставить у охраны. " * 20
        placed = await world.erp.place(draft(world, comment=words))
        (difference,) = placed.differences
        assert difference.field == "Комментарий"
        assert words.strip() in difference.sent
        assert len(difference.stored) < len(difference.sent)

    async def test_a_refused_posting_is_permanent_and_the_document_stays(self, world: World) -> None:
        need(world, "refuse")
        sent = draft(world)
        await world.refuse()
        with pytest.raises(ErpError) as refused:
            await world.erp.place(sent)
        assert refused.value.permanent
        assert refused.value.evidence
        assert world.customer.name not in refused.value.message
        found = await world.erp.find(sent.key)
        assert found is not None
        assert found.status is OrderStatus.FAILED
        assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED
        assert await world.documents(sent.key) == 1

    async def test_down_is_transient_everywhere(self, world: World) -> None:
        need(world, "down")
        sent = draft(world)
        await world.down(True)
        calls = (
            world.erp.ping(),
            all_of(world.erp.products()),
            all_of(world.erp.stock([world.goods[0].id])),
            all_of(world.erp.balances(world.customer.id)),
            world.erp.find(sent.key),
            world.erp.place(sent),
            world.erp.cancel(sent.key),
        )
        for call in calls:
            with pytest.raises(ErpError) as down:
                await call
            assert not down.value.permanent
        await world.down(False)
        await world.erp.ping()
        assert await world.documents(sent.key) == 0

    async def test_goods_and_customers_that_are_not_there_are_refused(self, world: World) -> None:
        need(world, "unknown")
        nowhere = "11111111-2222-3333-4444-555555555555"
        lines = (*draft(world).lines, OrderLine(nowhere, Decimal(1), Decimal(1)))
        for sent in (draft(world, lines=lines), draft(world, customer_id=nowhere)):
            with pytest.raises(ErpError) as refused:
                await world.erp.place(sent)
            assert refused.value.permanent
            assert await world.documents(sent.key) == 0

    async def test_cancelling(self, world: World) -> None:
        sent = draft(world)
        if "recall" in world.lacks:
            await world.erp.place(sent)
        else:
            await placed_whole(world, sent)
        if not world.erp.capabilities.cancel:
            with pytest.raises(ErpUnsupported):
                await world.erp.cancel(sent.key)
            return
        assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
        assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
        assert (await world.erp.place(sent)).status is OrderStatus.CANCELLED
        with pytest.raises(ErpError) as missing:
            await world.erp.cancel("AI-nothing")
        assert missing.value.permanent

    async def test_what_was_fetched_is_told_to_be_out_of_reach(self, world: World) -> None:
        if "recall" not in world.lacks:
            pytest.skip("it can withdraw what was fetched")
        sent = draft(world)
        await world.erp.place(sent)
        await world.settle()
        with pytest.raises(ErpError) as late:
            await world.erp.cancel(sent.key)
        assert late.value.permanent
        assert late.value.reason is Reason.LATE
        found = await world.erp.find(sent.key)
        assert found is not None
        assert found.status is OrderStatus.ACCEPTED

    @pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.DELIVERED])
    async def test_too_late_to_cancel(self, world: World, status: OrderStatus) -> None:
        sent = draft(world)
        await placed_whole(world, sent)
        await world.set_status(sent.key, status)
        with pytest.raises(ErpError) as late:
            await world.erp.cancel(sent.key)
        assert late.value.permanent
        found = await world.erp.find(sent.key)
        assert found is not None
        assert found.status is status

    async def test_history_tells_orders_and_their_states(self, world: World) -> None:
        sent = draft(world)
        placed = await placed_whole(world, sent)
        await world.set_status(sent.key, OrderStatus.PICKING)
        since = placed.created - timedelta(minutes=1)
        orders = await all_of(world.erp.orders(since))
        assert replace(placed, status=OrderStatus.PICKING) in orders
        assert orders == sorted(orders, key=lambda order: order.created)
        assert all(order.created >= since for order in orders)
        later = await all_of(world.erp.orders(placed.created + timedelta(days=2)))
        assert later == []

    async def test_what_is_ordered_is_no_longer_free(self, world: World) -> None:
        async def free() -> Decimal:
            rows = await all_of(world.erp.stock([world.goods[0].id]))
            return next(row.quantity for row in rows if row.warehouse_id == world.customer.outlets[0].warehouse_id)

        if not world.erp.capabilities.live_stock:
            pytest.skip("its stock is told now and then")
        before, sent = await free(), draft(world)
        await world.erp.place(sent)
        assert await free() == before - sent.lines[0].quantity
        await world.erp.cancel(sent.key)
        assert await free() == before

    async def test_a_quote_says_what_the_draft_costs_and_keeps_nothing(self, world: World) -> None:
        sent = draft(world)
        if not world.erp.capabilities.quotes:
            with pytest.raises(ErpUnsupported):
                await world.erp.quote(sent)
            return
        quote = await world.erp.quote(sent)
        assert [line.product_id for line in quote.lines] == [line.product_id for line in sent.lines]
        assert all(line.price is not None and line.price > 0 for line in quote.lines)
        assert all(line.available is None or line.available >= 0 for line in quote.lines)
        assert quote.credit is not False
        assert await world.erp.find(sent.key) is None
        assert await world.documents(sent.key) == 0

    async def test_a_changed_address_is_written_once_and_a_conflict_is_told(self, world: World) -> None:
        outlet = world.customer.outlets[0]
        change = CardChange("C-1", world.customer.id, CardField.ADDRESS, outlet.id, outlet.address, "ул. Новая, 1")
        if CardField.ADDRESS not in world.erp.capabilities.card:
            with pytest.raises(ErpUnsupported):
                await world.erp.change_card(change)
            return
        assert await world.erp.change_card(change) == outlet.id
        assert await world.erp.change_card(change) == outlet.id
        assert await _address(world) == "ул. Новая, 1"
        await world.readdress(outlet.id, "ул. Третья, 3")
        again = replace(change, key="C-2", before="ул. Новая, 1", after="ул. Вторая, 2")
        with pytest.raises(ErpConflict) as conflict:
            await world.erp.change_card(again)
        assert conflict.value.stored == "ул. Третья, 3"
        assert await _address(world) == "ул. Третья, 3"
        await world.erp.change_card(again, force=True)
        assert await _address(world) == "ул. Вторая, 2"
        await world.readdress(outlet.id, outlet.address)

    async def test_a_new_person_is_written_once(self, world: World) -> None:
        change = CardChange("C-3", world.customer.id, CardField.CONTACT, "", "", "Новый Человек", "+79000000077")
        if CardField.CONTACT not in world.erp.capabilities.card:
            with pytest.raises(ErpUnsupported):
                await world.erp.change_card(change)
            return
        subject = await world.erp.change_card(change)
        assert await world.erp.change_card(change) == subject
        customers = await all_of(world.erp.customers())
        people = next(customer for customer in customers if customer.id == world.customer.id).contacts
        assert [(person.id, person.phone) for person in people if person.name == "Новый Человек"] == [
            (subject, "+79000000077")
        ]


async def _address(world: World) -> str:
    customers = await all_of(world.erp.customers())
    customer = next(customer for customer in customers if customer.id == world.customer.id)
    return next(outlet.address for outlet in customer.outlets if outlet.id == world.customer.outlets[0].id)
