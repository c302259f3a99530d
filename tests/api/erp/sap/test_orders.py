"""Orders into SAP and out of it: two senders, credit, cancelling, simulation."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from api.domain.order import OrderLine, OrderStatus
from api.erp.errors import ErpError, ErpUnsupported, Reason
from api.erp.http import HttpLimits
from tests.api.erp.conformance import all_of
from tests.api.erp.sap.company import CHEESE, CLOCK, CUSTOMER, DEBTOR, MILK, condition, open_emulated
from tests.api.erp.sap.emulator import Emulator
from tests.api.erp.sap.tables import Row
from tests.api.erp.sap.world import SapWorld
from tests.api.erp.worlds import draft

System = tuple[Emulator, str]


async def test_two_processes_leave_one_living_order(world: SapWorld, system: System) -> None:
    """Both look, both create; the higher number is rejected by whoever sees it."""
    other = open_emulated(system[1])
    world.emulator.faults.late_write = 0.2
    sent = draft(world)
    placed = await asyncio.gather(world.erp.place(sent), other.place(sent))
    first, second = world.documents_of(sent.key)
    assert {order.number for order in placed} == {first["SalesOrder"]}
    assert (first["OverallSDDocumentRejectionSts"], second["OverallSDDocumentRejectionSts"]) == ("A", "C")
    found = await world.erp.find(sent.key)
    assert found is not None
    assert (found.number, found.status) == (first["SalesOrder"], OrderStatus.ACCEPTED)
    await other.close()


async def test_a_copy_that_a_person_made_is_left_alone(world: SapWorld) -> None:
    sent = draft(world)
    placed = await world.erp.place(sent)
    copy = twin(world, sent.key, "IVANOVA")
    assert await world.erp.place(sent) == placed
    assert copy["OverallSDDocumentRejectionSts"] == "A"


async def test_a_twin_that_is_delivered_already_is_told(world: SapWorld) -> None:
    sent = draft(world)
    placed = await world.erp.place(sent)
    copy = twin(world, sent.key, "CC0000000007")
    copy["OverallDeliveryStatus"] = "C"
    (difference,) = (await world.erp.place(sent)).differences
    assert (difference.field, difference.stored) == ("Второй заказ с тем же ключом", f"№{copy['SalesOrder']}")
    assert (await world.erp.find(sent.key)) == placed


def twin(world: SapWorld, key: str, maker: str) -> dict[str, object]:
    (row,) = world.documents_of(key)
    copy = row | {"SalesOrder": "5299999", "CreatedByUser": maker}
    world.emulator.tables.rows["A_SalesOrder"].append(copy)
    items = world.emulator.tables.rows["A_SalesOrderItem"]
    items.extend([item | {"SalesOrder": "5299999"} for item in items if item["SalesOrder"] == row["SalesOrder"]])
    return copy


async def test_a_credit_block_is_refused_until_somebody_releases_it(world: SapWorld) -> None:
    sent = draft(world)
    world.limit(CUSTOMER, "100")
    for _ in range(2):
        with pytest.raises(ErpError) as refused:
            await world.erp.place(sent)
        assert (refused.value.permanent, refused.value.reason) == (True, Reason.CREDIT)
        assert refused.value.message == "SAP записала заказ, но задержала его по кредитному контролю."
    assert await world.documents(sent.key) == 1
    found = await world.erp.find(sent.key)
    assert found is not None and found.status is OrderStatus.FAILED
    (row,) = world.documents_of(sent.key)
    row["TotalCreditCheckStatus"] = "D"
    assert (await world.erp.place(sent)).status is OrderStatus.ACCEPTED


async def test_a_quote_tells_the_credit_and_what_can_be_had(world: SapWorld) -> None:
    sent = draft(world)
    quote = await world.erp.quote(sent)
    assert [(line.price, line.available) for line in quote.lines] == [
        (Decimal("500.00"), Decimal(5)),
        (Decimal("99.90"), Decimal("1.5")),
    ]
    assert quote.credit is True
    world.limit(CUSTOMER, "100")
    assert (await world.erp.quote(sent)).credit is False
    much = draft(world, lines=(OrderLine(MILK, Decimal(5000), Decimal(500)),))
    assert (await world.erp.quote(much)).lines[0].available == 200


async def test_a_quote_is_the_customers_own(world: SapWorld) -> None:
    lines = draft(world).lines
    theirs = draft(world, customer_id=DEBTOR, outlet_id=f"{DEBTOR}/{DEBTOR}", lines=lines)
    assert [line.price for line in (await world.erp.quote(theirs)).lines] == [Decimal("520.00"), Decimal("110.00")]


async def test_goods_without_a_price_are_not_sold(world: SapWorld) -> None:
    world.emulator.tables.rows["A_SlsPrcgCndnRecdValidity"].clear()
    assert [line.price for line in (await world.erp.quote(draft(world))).lines] == [None, None]


async def test_the_price_of_another_material_is_not_told(world: SapWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """SAP may put a substitute in a line's place."""
    simulate = world.emulator.sales.simulate

    def substituted(body: Row) -> Row:
        answer = simulate(body)
        answer["to_Item"]["results"][0]["Material"] = CHEESE
        return answer

    monkeypatch.setattr(world.emulator.sales, "simulate", substituted)
    first, second = (await world.erp.quote(draft(world))).lines
    assert (first.product_id, first.price, first.available) == (MILK, None, Decimal(0))
    assert second.price is not None


async def test_amounts_in_another_currency_are_not_taken_for_roubles(world: SapWorld) -> None:
    world.emulator.sales.currency = "USD"
    with pytest.raises(ErpError) as refused:
        await world.erp.quote(draft(world))
    assert (refused.value.permanent, refused.value.reason) == (True, Reason.PRICE)


async def test_withdrawn_goods_are_refused_before_anything_is_sent(world: SapWorld) -> None:
    sent = draft(world, lines=(OrderLine("OLD-1", Decimal(1), Decimal(1)),))
    for call in (world.erp.place(sent), world.erp.quote(sent)):
        with pytest.raises(ErpError) as refused:
            await call
        assert (refused.value.permanent, refused.value.reason) == (True, Reason.GOODS)
    assert not [line for line in world.emulator.asked if line.startswith("POST")]


async def test_another_customers_outlet_is_refused(world: SapWorld) -> None:
    with pytest.raises(ErpError) as refused:
        await world.erp.place(draft(world, customer_id=DEBTOR))
    assert (refused.value.permanent, refused.value.reason) == (True, Reason.CUSTOMER)


@pytest.mark.parametrize("key", ["", "AI-" + "x" * 33])
async def test_a_key_that_does_not_fit_is_refused(world: SapWorld, key: str) -> None:
    with pytest.raises(ErpError) as refused:
        await world.erp.place(draft(world, key=key))
    assert refused.value.permanent


async def test_a_changed_price_is_told_and_kopecks_of_rounding_are_not(world: SapWorld) -> None:
    first, second = draft(world).lines
    lines = (OrderLine(MILK, first.quantity, Decimal("499.00")), second)
    (difference,) = (await world.erp.place(draft(world, lines=lines))).differences
    assert (difference.field, difference.sent, difference.stored) == ("Строка 1: сумма", "2495.00", "2500.00")


async def test_a_price_of_a_carton_is_no_difference(world: SapWorld) -> None:
    """A carton of 12 for 100 roubles: 8.33 a piece here, 100.00 there."""
    tables = world.emulator.tables
    condition(
        tables,
        "0100",
        MILK,
        "100",
        Customer=CUSTOMER,
        record_fields={"ConditionToBaseQtyNmrtr": "12", "ConditionToBaseQtyDnmntr": "1"},
    )
    sent = draft(world, lines=(OrderLine(MILK, Decimal(12), Decimal("8.33")),))
    assert (await world.erp.quote(sent)).lines[0].price == Decimal("8.33")
    assert (await world.erp.place(sent)).differences == ()
    dearer = draft(world, lines=(OrderLine(MILK, Decimal(12), Decimal("8.20")),))
    assert [row.field for row in (await world.erp.place(dearer)).differences] == ["Строка 1: сумма"]


async def test_a_write_slower_than_our_patience_is_found_later(world: SapWorld, system: System) -> None:
    hasty = open_emulated(system[1], limits=HttpLimits(read=0.2, attempts=1, first_wait=0.01))
    await hasty.place(draft(world))
    world.emulator.faults.late_write = 0.5
    sent = draft(world)
    with pytest.raises(ErpError) as slow:
        await hasty.place(sent)
    assert not slow.value.permanent
    await asyncio.sleep(0.6)
    assert (await hasty.place(sent)).status is OrderStatus.ACCEPTED
    assert await world.documents(sent.key) == 1
    await hasty.close()


async def test_prices_with_tax(system: System, world: SapWorld) -> None:
    gross = open_emulated(system[1], gross=True, tax_rates={"1": Decimal(20)})
    first, second = draft(world).lines
    lines = (OrderLine(MILK, first.quantity, Decimal("600.00")), OrderLine(CHEESE, second.quantity, Decimal("119.88")))
    sent = draft(world, lines=lines)
    assert [line.price for line in (await gross.quote(sent)).lines] == [Decimal("600.00"), Decimal("119.88")]
    assert (await gross.place(sent)).differences == ()
    await gross.close()


async def test_too_late_has_its_reason(world: SapWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    await world.set_status(sent.key, OrderStatus.PICKING)
    with pytest.raises(ErpError) as late:
        await world.erp.cancel(sent.key)
    assert (late.value.permanent, late.value.reason) == (True, Reason.LATE)


async def test_an_item_that_was_changed_meanwhile_is_read_once_more(world: SapWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    world.emulator.faults.fail["PATCH"] = [(412, "/IWBEP/CM_MGW_RT/022")]
    assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
    other = draft(world)
    await world.erp.place(other)
    world.emulator.faults.fail["PATCH"] = [(412, "/IWBEP/CM_MGW_RT/022")] * 2
    with pytest.raises(ErpError) as changed:
        await world.erp.cancel(other.key)
    assert (changed.value.permanent, changed.value.message) == (False, "Документ SAP изменили в ту же минуту.")


async def test_a_cancel_that_broke_off_is_finished_later(world: SapWorld) -> None:
    sent = draft(world)
    await world.erp.place(sent)
    (number,) = {row["SalesOrder"] for row in world.documents_of(sent.key)}
    item = next(row for row in world.emulator.tables.rows["A_SalesOrderItem"] if row["SalesOrder"] == number)
    item["SalesDocumentRjcnReason"] = "10"
    assert (await world.erp.cancel(sent.key)).status is OrderStatus.CANCELLED
    assert len([line for line in world.emulator.asked if line.startswith("PATCH")]) == 1


async def test_without_a_reason_nothing_is_cancelled(system: System) -> None:
    erp = open_emulated(system[1], rejection_reason="")
    assert not erp.capabilities.cancel
    with pytest.raises(ErpUnsupported):
        await erp.cancel("AI-1")
    await erp.close()


async def test_orders_that_people_made_are_read_as_they_are(world: SapWorld) -> None:
    """In cartons, with the customer's own number, a free position under the first, and one line rejected."""
    tables = world.emulator.tables
    placed = await world.erp.place(draft(world))
    (row,) = world.documents_of(placed.key)
    row |= {"PurchaseOrderByCustomer": "Заявка 17", "CustomerPurchaseOrderSuplmnt": "0001"}
    items = [item for item in tables.rows["A_SalesOrderItem"] if item["SalesOrder"] == placed.number]
    items[0] |= {"RequestedQuantity": "2.000", "RequestedQuantityUnit": "CAR", "NetAmount": "12000.00"}
    items[1]["SalesDocumentRjcnReason"] = "10"
    tables.rows["A_SalesOrderItem"].append(
        items[0] | {"SalesOrderItem": "30", "HigherLevelItem": "10", "Material": CHEESE}
    )
    (read,) = await all_of(world.erp.orders(CLOCK.now() - timedelta(hours=1)))
    assert (read.key, read.status) == ("", OrderStatus.ACCEPTED)
    assert read.lines == (OrderLine(MILK, Decimal(24), Decimal("500.00")),)
    assert (read.created.hour, read.created.minute) == (0, 0)
    assert await world.erp.find(placed.key) is None


async def test_history_comes_in_batches_by_number(world: SapWorld) -> None:
    for _ in range(9):
        await world.erp.place(draft(world))
    numbers = [order.number for order in await all_of(world.erp.orders(CLOCK.now() - timedelta(hours=1)))]
    assert numbers == sorted(numbers) and len(numbers) == 9
