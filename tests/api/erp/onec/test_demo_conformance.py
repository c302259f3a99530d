"""The 1C adapter keeps the laws of the port, over real HTTP to the demo 1C."""

from decimal import Decimal

import pytest

from api.domain.order import OrderStatus
from api.domain.pricing import Terms, price_for
from api.erp.errors import ErpError
from api.erp.http import HttpLimits
from tests.api.erp.conformance import ErpConformance, all_of
from tests.api.erp.onec.conftest import CLOCK, open_demo
from tests.api.erp.worlds import OnecWorld, draft


class TestOnecOverDemo(ErpConformance):
    pass


async def test_a_busy_answer_to_a_read_is_tried_again(world: OnecWorld) -> None:
    await world._faults(fail_next={"status": 500, "times": 1})
    await world.erp.ping()


async def test_posting_that_failed_by_accident_is_transient(world: OnecWorld) -> None:
    """A busy server says nothing about the order."""
    sent = draft(world)
    await world.lose_answer()
    with pytest.raises(ErpError):
        await world.erp.place(sent)
    await world._faults(fail_next={"status": 503, "times": 50})
    with pytest.raises(ErpError) as busy:
        await world.erp.place(sent)
    assert not busy.value.permanent


async def test_a_wrong_password_is_permanent(demo_process: str) -> None:
    erp = open_demo(demo_process, password="wrong")
    with pytest.raises(ErpError) as refused:
        await erp.ping()
    assert refused.value.permanent
    assert "имя и пароль" in refused.value.message
    await erp.close()


async def test_a_slow_first_write_is_waited_for(world: OnecWorld) -> None:
    await world._faults(slow_first_write_seconds=1.0)
    assert (await world.erp.place(draft(world))).status is OrderStatus.ACCEPTED


async def test_a_write_slower_than_our_patience_is_found_later(world: OnecWorld, demo_process: str) -> None:
    await world._faults(slow_first_write_seconds=1.5)
    hasty = open_demo(demo_process, limits=HttpLimits(read=0.5, first_wait=0.01, attempts=2))
    sent = draft(world)
    with pytest.raises(ErpError) as slow:
        await hasty.place(sent)
    assert not slow.value.permanent
    await hasty.close()
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED
    assert await world.documents(sent.key) == 1


async def test_customers_have_the_prices_of_their_own(world: OnecWorld) -> None:
    """The demo's milk: the café's price list and the shop's contract differ."""
    customers = {customer.code: customer for customer in await all_of(world.erp.customers())}
    milk = next(product for product in await all_of(world.erp.products()) if product.sku == "10001")
    prices = await all_of(world.erp.prices([milk.id]))
    today = CLOCK.now().date()

    def amount(code: str) -> Decimal:
        customer = customers[code]
        found = price_for(prices, Decimal(1), Terms(customer.id, customer.price_list_id, customer.prepayment), today)
        assert found is not None
        return found.amount

    assert amount("KOFE-PETRA") == 500
    assert amount("MAGAZIN-BEREZKA") == 505


async def test_a_price_type_without_vat(world: OnecWorld) -> None:
    """As the base itself keeps it: the demo's goods have a rate of 10 %."""
    path = f"/demo/odata/standard.odata/Catalog_ВидыЦен(guid'{world.customer.price_list_id}')"
    before = await own_of(world)
    (await world.control.patch(path, json={"ЦенаВключаетНДС": False})).raise_for_status()
    try:
        after = await own_of(world)
    finally:
        (await world.control.patch(path, json={"ЦенаВключаетНДС": True})).raise_for_status()
    assert len(before) == 2
    assert after == {product: amount * Decimal("1.1") for product, amount in before.items()}


async def own_of(world: OnecWorld) -> dict[str, Decimal]:
    """Prices of the two goods in the customer's price type, without discounts."""
    found = await all_of(world.erp.prices([product.id for product in world.goods]))
    mine = [price for price in found if price.price_list_id == world.customer.price_list_id]
    plain = [price for price in mine if not (price.min_quantity or price.prepayment or price.promo)]
    return {price.product_id: price.amount for price in plain}


async def test_the_refusal_of_debt_control_keeps_1c_words_for_the_manager(world: OnecWorld) -> None:
    await world._faults(debt_control=True)
    customers = {customer.code: customer for customer in await all_of(world.erp.customers())}
    debtor = customers["BISTRO-DOLG"]
    sent = draft(world, customer_id=debtor.id, outlet_id=debtor.outlets[0].id)
    with pytest.raises(ErpError) as refused:
        await world.erp.place(sent)
    assert refused.value.permanent
    assert "Превышена" in refused.value.evidence
    assert "Превышена" not in refused.value.message
