"""Customers of МойСклад, what they owe, and what we write into their cards."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.customer import CardChange, CardField, Customer, Invoice
from api.erp.errors import ErpConflict, ErpError, ErpUnsupported
from api.erp.moysklad.backend import Moysklad
from api.erp.moysklad.balances import _owed
from tests.api.erp.conformance import all_of
from tests.api.erp.moysklad.emulator.seed import named
from tests.api.erp.moysklad.emulator.store import MSK, Row, Store
from tests.api.erp.moysklad.world import CLOCK, MoyskladWorld, open_emulator


async def customers(erp: Moysklad) -> dict[str, Customer]:
    return {customer.name: customer for customer in await all_of(erp.customers())}


async def test_a_customer(world: MoyskladWorld) -> None:
    found = world.customer
    assert (found.tax_id, found.code, found.credit_limit, found.payment_delay_days) == (
        "7700000001",
        "ROMASHKA",
        Decimal(100000),
        14,
    )
    assert found.price_list_id == world.store.price_types[1]["id"]
    assert (found.manager_name, found.manager_phone) == ("Иванова Ирина", "+79000000001")
    assert [(contact.name, contact.phone) for contact in found.contacts] == [
        ("ООО «Ромашка»", "+7 495 000-00-01"),
        ("Анна", "+79000000011"),
    ]
    (outlet,) = found.outlets
    assert (outlet.id, outlet.address) == (f"{found.id}/main", "г. Москва, ул. Садовая, 12")
    assert outlet.warehouse_id == named(world.store, "store", "Основной")["id"]


async def test_without_a_type_of_its_own_a_customer_has_the_first_one(world: MoyskladWorld) -> None:
    assert (await customers(world.erp))["Бистро «Долг»"].price_list_id == world.store.price_types[0]["id"]


async def test_a_type_that_is_not_known_gives_nobody_the_prices_of_another(world: MoyskladWorld) -> None:
    """It was added after the types were read."""
    await customers(world.erp)
    new = {"meta": {"href": f"{world.store.base}/context/companysettings/pricetype/new", "type": "pricetype"}}
    named(world.store, "counterparty", "ООО «Ромашка»")["priceType"] = new
    assert (await customers(world.erp))["ООО «Ромашка»"].price_list_id is None


async def test_several_outlets_are_lines_of_a_field(world: MoyskladWorld) -> None:
    chain = (await customers(world.erp))["Сеть «Три точки»"]
    assert [(outlet.name, outlet.address) for outlet in chain.outlets] == [
        ("Центр", "ул. Центральная, 1"),
        ("Юг", "ул. Южная, 2"),
        ("ул. Без имени, 3", "ул. Без имени, 3"),
    ]
    assert len({outlet.id for outlet in chain.outlets}) == 3
    assert {outlet.warehouse_id for outlet in chain.outlets} == {named(world.store, "store", "Южный")["id"]}


async def test_only_the_groups_that_are_sold_to(store: Store) -> None:
    erp = open_emulator(store, customer_tags="покупатели, опт")
    assert "Завод-поставщик" not in await customers(erp)
    assert "Завод-поставщик" in await customers(open_emulator(store))
    await erp.close()


async def test_a_card_in_the_archive_is_not_told(world: MoyskladWorld) -> None:
    named(world.store, "counterparty", "Бистро «Долг»")["archived"] = True
    assert "Бистро «Долг»" not in await customers(world.erp)


async def test_changed_customers(world: MoyskladWorld) -> None:
    for row in world.store.rows["counterparty"].values():
        row["updated"] = "2020-01-01 00:00:00.000"
    since = CLOCK.now() - timedelta(minutes=1)
    assert await all_of(world.erp.customers(since)) == []
    world.store.touch(named(world.store, "counterparty", "ООО «Ромашка»"))
    assert [customer.name for customer in await all_of(world.erp.customers(since))] == ["ООО «Ромашка»"]


async def test_people_beyond_the_hundred_of_an_expanded_card(world: MoyskladWorld) -> None:
    row = named(world.store, "counterparty", "ООО «Ромашка»")
    row["contactpersons"] += [world.store.add("contactperson", name=f"Человек {number}") for number in range(130)]
    assert len((await customers(world.erp))["ООО «Ромашка»"].contacts) == 132


async def test_hidden_employees_leave_customers_without_managers(world: MoyskladWorld) -> None:
    world.store.faults.hidden = {"employee"}
    assert (await customers(world.erp))["ООО «Ромашка»"].manager_name == ""


def debtor(world: MoyskladWorld) -> Row:
    return named(world.store, "counterparty", "Бистро «Долг»")


async def test_a_negative_balance_is_a_debt(world: MoyskladWorld) -> None:
    (balance,) = await all_of(world.erp.balances(debtor(world)["id"]))
    assert (balance.debt, balance.overdue) == (Decimal(1400), Decimal(400))
    assert [(invoice.number, invoice.amount, invoice.rest) for invoice in balance.invoices] == [
        ("00001", Decimal(900), Decimal(400)),
        ("00002", Decimal(1000), Decimal(1000)),
    ]


async def test_a_payment_tied_to_nothing_pays_the_oldest(world: MoyskladWorld) -> None:
    world.store.balances[debtor(world)["id"]] = -90000.0
    (balance,) = await all_of(world.erp.balances(debtor(world)["id"]))
    assert (balance.debt, balance.overdue) == (Decimal(900), Decimal(0))
    assert [(invoice.number, invoice.rest) for invoice in balance.invoices] == [("00002", Decimal(900))]


async def test_an_advance_owes_nothing(world: MoyskladWorld) -> None:
    world.store.balances[debtor(world)["id"]] = 500.0
    (balance,) = await all_of(world.erp.balances(debtor(world)["id"]))
    assert (balance.debt, balance.overdue, balance.invoices) == (Decimal(-5), 0, ())


async def test_an_invoice_is_a_debt_only_as_far_as_it_is_shipped(world: MoyskladWorld) -> None:
    for row in world.store.rows["invoiceout"].values():
        row["shippedSum"] = 60000.0
    (balance,) = await all_of(world.erp.balances(debtor(world)["id"]))
    assert [invoice.rest for invoice in balance.invoices] == [Decimal(100), Decimal(600)]


async def test_shipments_are_due_after_the_days_of_the_counterparty(world: MoyskladWorld) -> None:
    moment = CLOCK.now().astimezone(MSK) - timedelta(days=20)
    romashka = named(world.store, "counterparty", "ООО «Ромашка»")
    world.store.add(
        "demand",
        name="7",
        agent={"meta": romashka["meta"]},
        applicable=True,
        moment=f"{moment:%Y-%m-%d %H:%M:%S}.000",
        sum=50000.0,
        payedSum=0.0,
    )
    world.store.balances[romashka["id"]] = -50000.0
    erp = open_emulator(world.store, debt_documents="demand")
    for balances in (await all_of(erp.balances(romashka["id"])), await all_of(erp.balances())):
        balance = next(one for one in balances if one.customer_id == romashka["id"])
        (invoice,) = balance.invoices
        assert (invoice.due, balance.overdue) == (moment.date() + timedelta(days=14), Decimal(500))
    await erp.close()


async def test_debts_may_be_switched_off(store: Store) -> None:
    erp = open_emulator(store, balances=False)
    with pytest.raises(ErpUnsupported):
        await all_of(erp.balances())
    assert not erp.capabilities.live_balance
    await erp.close()


INVOICES = st.lists(
    st.builds(
        Invoice,
        st.sampled_from(("1", "2")),
        st.dates(date(2026, 1, 1), date(2026, 1, 3)),
        st.dates(date(2026, 1, 1), date(2026, 2, 1)),
        st.just(Decimal(999)),
        st.decimals("0.01", 999, places=2),
    ),
    max_size=6,
)


@given(INVOICES, st.decimals(-2000, 6000, places=2))
def test_the_rests_are_never_more_than_the_debt(invoices: list[Invoice], debt: Decimal) -> None:
    owed = _owed(invoices, debt)
    total = sum((invoice.rest for invoice in invoices), Decimal(0))
    assert sum((invoice.rest for invoice in owed), Decimal(0)) == min(total, max(debt, Decimal(0)))
    assert all(invoice.rest > 0 for invoice in owed)
    assert len({invoice.number for invoice in owed}) == len(owed)


def change(world: MoyskladWorld, field: CardField, subject: str, before: str, after: str) -> CardChange:
    return CardChange("C-7", world.customer.id, field, subject, before, after)


async def test_a_telephone_written_otherwise_is_the_same(world: MoyskladWorld) -> None:
    anna = world.customer.contacts[1]
    row = named(world.store, "counterparty", "ООО «Ромашка»")["contactpersons"][0]
    row["phone"] = "8 (900) 000-00-11"
    done = change(world, CardField.PHONE, anna.id, "+79000000000", "+79000000011")
    assert await world.erp.change_card(done) == anna.id
    assert row["phone"] == "8 (900) 000-00-11"
    await world.erp.change_card(change(world, CardField.PHONE, anna.id, "+79000000011", "+79000000022"))
    assert row["phone"] == "+79000000022"
    with pytest.raises(ErpConflict):
        await world.erp.change_card(change(world, CardField.PHONE, anna.id, "+79000000011", "+79000000033"))


async def test_the_companys_own_number_is_changed_in_its_card(world: MoyskladWorld) -> None:
    own = world.customer.contacts[0]
    await world.erp.change_card(change(world, CardField.PHONE, own.id, "+74950000001", "+74950000002"))
    assert named(world.store, "counterparty", "ООО «Ромашка»")["phone"] == "+74950000002"


async def test_a_person_is_renamed(world: MoyskladWorld) -> None:
    anna = world.customer.contacts[1]
    await world.erp.change_card(change(world, CardField.CONTACT, anna.id, "Анна", "Анна Петровна"))
    assert named(world.store, "counterparty", "ООО «Ромашка»")["contactpersons"][0]["name"] == "Анна Петровна"


async def test_one_outlet_of_several_moves(world: MoyskladWorld) -> None:
    chain = (await customers(world.erp))["Сеть «Три точки»"]
    for outlet, after in ((chain.outlets[1], "ул. Новая, 7"), (chain.outlets[2], "ул. Другая, 8")):
        moved = CardChange("C-8", chain.id, CardField.ADDRESS, outlet.id, outlet.address, after)
        assert await world.erp.change_card(moved) == outlet.id
    now = (await customers(world.erp))["Сеть «Три точки»"]
    assert [outlet.id for outlet in now.outlets] == [outlet.id for outlet in chain.outlets]
    assert [outlet.address for outlet in now.outlets] == ["ул. Центральная, 1", "ул. Новая, 7", "ул. Другая, 8"]


async def test_what_cannot_be_written_is_refused(world: MoyskladWorld) -> None:
    for field, subject, after in (
        (CardField.ADDRESS, "nowhere", "ул. Новая, 1"),
        (CardField.PHONE, "nobody", "+79000000000"),
        (CardField.ADDRESS, world.customer.outlets[0].id, "а" * 256),
    ):
        with pytest.raises(ErpError) as refused:
            await world.erp.change_card(change(world, field, subject, "", after))
        assert refused.value.permanent
        assert refused.value.message.endswith(".")
