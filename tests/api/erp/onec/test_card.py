"""A customer's card into 1C: what is compared, what is refused, what becomes of a lost answer. Over the demo 1C."""

from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from api.domain.customer import CardChange, CardField, Contact, Customer
from api.erp.errors import ErpConflict, ErpError, ErpUnsupported, Reason
from api.erp.http import HttpClient
from api.erp.onec import names
from api.erp.onec.card import Card
from api.erp.onec.client import ODataClient
from tests.api.erp.conformance import all_of
from tests.api.erp.onec.fake import QUICK
from tests.api.erp.worlds import OnecWorld

NEW = CardChange("C-31", "", CardField.CONTACT, "", "", "Новый Человек", "+79000000077")


async def card(world: OnecWorld) -> Customer:
    customers = await all_of(world.erp.customers())
    return next(customer for customer in customers if customer.id == world.customer.id)


async def person(world: OnecWorld) -> Contact:
    return (await card(world)).contacts[0]


async def test_a_phone_is_the_same_however_it_is_written(world: OnecWorld) -> None:
    """1C has «+7 900 000-00-11», we have the number."""
    known = await person(world)
    digits = "+" + "".join(letter for letter in known.phone if letter.isdigit())
    change = CardChange("C-11", world.customer.id, CardField.PHONE, known.id, digits, "+79000000088")
    assert known.phone != digits
    assert await world.erp.change_card(change) == known.id
    assert (await person(world)).phone == "+79000000088"
    await world.erp.change_card(replace(change, before="+79000000088", after=known.phone))
    assert await person(world) == known


async def test_a_name_and_a_conflict(world: OnecWorld) -> None:
    known = await person(world)
    change = CardChange("C-12", world.customer.id, CardField.CONTACT, known.id, known.name, "Иное Имя")
    await world.erp.change_card(change)
    with pytest.raises(ErpConflict) as conflict:
        await world.erp.change_card(replace(change, after="Третье Имя"))
    assert conflict.value.stored == "Иное Имя"
    await world.erp.change_card(replace(change, after=known.name), force=True)
    assert await person(world) == known


@pytest.mark.parametrize("field", list(CardField))
async def test_another_customers_outlet_or_person_is_not_there(world: OnecWorld, field: CardField) -> None:
    other = next(row for row in await all_of(world.erp.customers()) if row.id != world.customer.id and row.contacts)
    subject = other.outlets[0].id if field is CardField.ADDRESS else other.contacts[0].id
    with pytest.raises(ErpError) as missing:
        await world.erp.change_card(CardChange("C-13", world.customer.id, field, subject, "", "Чужое"), force=True)
    assert (missing.value.permanent, missing.value.reason) == (True, Reason.CUSTOMER)


async def test_a_new_person_of_nobody_is_refused(world: OnecWorld) -> None:
    with pytest.raises(ErpError) as missing:
        await world.erp.change_card(replace(NEW, customer_id="11111111-2222-3333-4444-555555555555"))
    assert (missing.value.permanent, missing.value.reason) == (True, Reason.CUSTOMER)


@pytest.mark.parametrize("field", [CardField.ADDRESS, CardField.CONTACT])
async def test_a_lost_answer_is_found_written(world: OnecWorld, field: CardField) -> None:
    outlet = world.customer.outlets[0]
    change = replace(NEW, customer_id=world.customer.id)
    if field is CardField.ADDRESS:
        change = CardChange("C-14", world.customer.id, field, outlet.id, outlet.address, "ул. Потерянная, 4")
    await world._faults(lose_answer_after_write=1)
    with pytest.raises(ErpError) as lost:
        await world.erp.change_card(change)
    assert not lost.value.permanent
    subject = await world.erp.change_card(change)
    assert await world.erp.change_card(change) == subject
    now = await card(world)
    assert len([contact for contact in now.contacts if contact.name == NEW.after]) == (field is CardField.CONTACT)
    await world.readdress(outlet.id, outlet.address)


async def test_what_1c_cut_is_no_success(world: OnecWorld) -> None:
    outlet = world.customer.outlets[0]
    await world._faults(truncate_strings=True)
    change = CardChange("C-15", world.customer.id, CardField.ADDRESS, outlet.id, outlet.address, "ул. Длинная " * 60)
    with pytest.raises(ErpError) as cut:
        await world.erp.change_card(change)
    assert cut.value.permanent
    assert "не так, как" in cut.value.message
    await world.readdress(outlet.id, outlet.address)


async def test_no_right_to_write(world: OnecWorld) -> None:
    outlet = world.customer.outlets[0]
    await world._faults(forbidden="Catalog_ТорговыеТочки")
    change = CardChange("C-16", world.customer.id, CardField.ADDRESS, outlet.id, outlet.address, "ул. Новая, 1")
    with pytest.raises(ErpError) as refused:
        await world.erp.change_card(change)
    assert (refused.value.permanent, refused.value.reason) == (True, Reason.RIGHTS)


async def test_a_base_without_the_field_lacks_it(httpserver: HTTPServer) -> None:
    source = ODataClient(HttpClient(httpserver.url_for("/"), limits=QUICK), names.load("unf"))
    with pytest.raises(ErpUnsupported):
        await Card(source).change(replace(NEW, customer_id="1"), force=False)
    assert httpserver.log == []
    await source.close()
