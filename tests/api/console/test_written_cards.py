"""Cards written back into the accounting system: asked, written, told; conflicts are decided by a rule or a person."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from api.config import settings
from api.customers import phones, sync, written_cards
from api.db.models import (
    CardChangeRow,
    ContactPhoneRow,
    ContactRow,
    CustomerRow,
    OutletRow,
    ProfileRequestRow,
)
from api.db.session import staff_session
from api.deps import erp as connection
from api.deps.holds import losses_accepted
from api.deps.sync import Reading
from api.domain.customer import CardField, Contact, Customer, Outlet
from api.erp.errors import ErpError
from api.erp.memory import EVERYTHING, MemoryErp
from tests.api.console.test_customers import Desk, audited, desk
from tests.api.customers.conftest import people, work
from tests.api.orders.conftest import BEREZKA, PETRA, World

__all__ = ["desk", "people", "work"]

OUTLET = f"{PETRA}-1"
NEW = "ул. Новая, 5"


@pytest.fixture
async def base(people: World, monkeypatch: pytest.MonkeyPatch) -> MemoryErp:
    """An accounting system that knows the customer as the database does."""
    made = MemoryErp(settings().clock)
    async with staff_session() as session:
        outlet = await session.get_one(OutletRow, OUTLET)
    known = Outlet(OUTLET, PETRA, outlet.name, outlet.address)
    made.customer_rows = [Customer(PETRA, "Кофейня", outlets=(known,), contacts=(Contact("olga", PETRA, "Ольга"),))]
    monkeypatch.setitem(connection._open, "main", made)
    return made


async def change() -> CardChangeRow:
    async with staff_session() as session:
        return (await session.scalars(select(CardChangeRow).order_by(CardChangeRow.id.desc()).limit(1))).one()


async def address() -> str:
    async with staff_session() as session:
        return (await session.get_one(OutletRow, OUTLET)).address


async def moved(desk: Desk, **form: object) -> CardChangeRow:
    answer = await desk.do("card", field="address", subject=OUTLET, after=NEW, **form)
    assert answer.status_code == 200, answer.text
    return await change()


def somebody_moves_it(base: MemoryErp, there: str) -> None:
    (row,) = base.customer_rows
    base.customer_rows = [Customer(PETRA, row.name, outlets=(Outlet(OUTLET, PETRA, "", there),))]


async def test_an_address_asked_for_in_the_chat_is_written_and_told(people: World, base: MemoryErp, desk: Desk) -> None:
    await people.add(
        ProfileRequestRow(
            at=settings().clock.now(), customer_id=PETRA, conversation_id=people.conversations[PETRA], kind="address"
        )
    )
    row = await moved(desk, request_id=1)
    assert (row.state, row.field, row.before) == ("waiting", "address", await address())
    assert ("cards.write", {"change_id": row.id}) in await people.jobs()
    await written_cards.write(row.id)
    assert base.customer_rows[0].outlets[0].address == NEW == await address()
    assert ("notifications.request_decided", {"request_id": 1, "decision": "done"}) in await people.jobs()
    assert ("card_change", str(row.id)) in await audited()
    await written_cards.write(row.id)
    assert (await change()).state == "written"


@pytest.mark.parametrize("winner", ["ours", "theirs"])
async def test_an_address_changed_on_both_sides_is_asked_about(base: MemoryErp, desk: Desk, winner: str) -> None:
    row = await moved(desk)
    somebody_moves_it(base, "ул. Их, 7")
    await written_cards.write(row.id)
    assert ((await change()).state, (await change()).stored) == ("conflict", "ул. Их, 7")
    page = (await desk.browser.get(f"/console/customers/{PETRA}")).text
    assert "ул. Их, 7" in page and "Оставить как там" in page
    assert (await desk.do(f"card/{row.id}/{winner}")).status_code == 200
    await written_cards.write(row.id)
    assert base.customer_rows[0].outlets[0].address == (NEW if winner == "ours" else "ул. Их, 7")
    assert (await change()).state == ("written" if winner == "ours" else "kept")
    assert (await desk.do(f"card/{row.id}/{winner}")).status_code == 404


async def test_a_number_changed_there_stays_theirs_and_ours_beside_it(base: MemoryErp, desk: Desk) -> None:
    base.customer_rows = [Customer(PETRA, "Кофейня", contacts=(Contact("olga", PETRA, "Ольга", "+79990000000"),))]
    answer = await desk.do("card", field="phone", subject="olga", after="8 900 555-44-33")
    assert answer.status_code == 200
    await written_cards.write((await change()).id)
    assert ((await change()).state, (await change()).after) == ("kept", "+79005554433")
    assert base.customer_rows[0].contacts[0].phone == "+79990000000"


async def test_a_person_added_here_is_added_there_once(base: MemoryErp, desk: Desk) -> None:
    await desk.do("contacts", name="Семён Новый", phone="+7 900 123-00-00", right="order", write="true")
    row = await change()
    assert (row.field, row.subject_id, row.after, row.phone) == ("contact", "", "Семён Новый", "+79001230000")
    await written_cards.write(row.id)
    (_, added) = base.customer_rows[0].contacts
    assert (added.name, added.phone) == ("Семён Новый", "+79001230000")
    async with staff_session() as session:
        assert await written_cards.names_there(session) == {added.id: row.contact_id}
        contact = await session.get_one(ContactRow, row.contact_id)
        customer = await session.get_one(CustomerRow, PETRA)
        again = await written_cards.propose(session, customer, CardField.PHONE, contact, "+79001230001", by="anna")
    assert again is not None
    assert (again.field, again.subject_id) == ("phone", added.id)
    await written_cards.write(again.id)
    assert base.customer_rows[0].contacts[1].phone == "+79001230001"
    async with staff_session() as session:
        numbers = await session.scalars(select(ContactPhoneRow.phone).filter_by(contact_id=row.contact_id))
        assert set(numbers) == {"+79001230000", "+79001230001"}


async def test_what_cannot_be_written_now_waits(base: MemoryErp, desk: Desk) -> None:
    row = await moved(desk)
    base.down = True
    with pytest.raises(ErpError) as down:
        await written_cards.write(row.id)
    assert not down.value.permanent
    assert (await change()).state == "waiting"
    base.down = False
    await written_cards.write(row.id)
    assert (await change()).state == "written"


async def test_a_refusal_is_shown_to_the_manager(base: MemoryErp, desk: Desk) -> None:
    row = await moved(desk)
    base.customer_rows = []
    await written_cards.write(row.id)
    assert (await change()).state == "refused"
    assert "не приняла" in (await desk.browser.get(f"/console/customers/{PETRA}")).text


async def test_an_accounting_system_that_takes_no_cards_offers_none(
    base: MemoryErp, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "capabilities", type(EVERYTHING)())
    assert "Записать адрес" not in (await desk.browser.get(f"/console/customers/{PETRA}")).text
    answer = await desk.do("card", field="address", subject=OUTLET, after=NEW)
    assert answer.status_code == 404
    assert "не принимает" in answer.text


@pytest.mark.parametrize(("field", "subject"), [("address", "berezka-1"), ("phone", "pavel")])
async def test_nobody_writes_on_another_customer_s_card(base: MemoryErp, desk: Desk, field: str, subject: str) -> None:
    answer = await desk.do("card", field=field, subject=subject, after="+7 900 000-00-09")
    assert answer.status_code == 404
    async with staff_session() as session:
        assert (await session.scalars(select(CardChangeRow))).all() == []


async def test_a_person_written_there_comes_back_as_the_same_person(base: MemoryErp, desk: Desk) -> None:
    await desk.do("contacts", name="Семён Новый", phone="+7 900 123-00-00", right="order", write="true")
    row = await change()
    await written_cards.write(row.id)
    (_, added) = base.customer_rows[0].contacts
    known = replace(
        base.customer_rows[0], contacts=(replace(added, name="Семён Семёнович Новый", phone="+79001239999"),)
    )
    base.customer_rows = [known, Customer("berezka", "Берёзка")]
    token = losses_accepted.set(True)
    await sync.customers(Reading(base, "main"))
    losses_accepted.reset(token)
    async with staff_session() as session:
        assert await session.get(ContactRow, added.id) is None
        person = await session.get_one(ContactRow, row.contact_id)
        assert (person.name, person.source, person.at_work) == ("Семён Семёнович Новый", "own", True)
        numbers = await session.scalars(select(ContactPhoneRow.phone).filter_by(contact_id=row.contact_id))
        assert "+79001239999" in set(numbers)


async def test_a_change_after_one_that_still_waits_follows_it(base: MemoryErp, desk: Desk) -> None:
    """The second one must not be lost as a conflict with our own first one."""
    base.customer_rows = [Customer(PETRA, "Кофейня", contacts=(Contact("olga", PETRA, "Ольга"),))]
    for number in ("+79005554433", "+79005554434"):
        await desk.do("card", field="phone", subject="olga", after=number)
    second = await change()
    await written_cards.write(second.id - 1)
    await written_cards.write(second.id)
    assert (await change()).state == "written"
    assert base.customer_rows[0].contacts[0].phone == "+79005554434"


async def test_a_person_who_is_not_there_yet_is_not_added_twice(base: MemoryErp, desk: Desk) -> None:
    await desk.do("contacts", name="Семён Новый", phone="+7 900 123-00-00", right="order", write="true")
    row = await change()
    assert row.contact_id is not None
    await desk.do("card", field="phone", subject=row.contact_id, after="+79001230001")
    second = await change()
    await written_cards.write(row.id)
    await written_cards.write(second.id)
    (_, added) = base.customer_rows[0].contacts
    assert (added.name, added.phone) == ("Семён Новый", "+79001230001")
    assert (await change()).state == "written"


async def test_a_number_of_a_person_who_is_not_there_after_all_is_refused(base: MemoryErp, desk: Desk) -> None:
    await desk.do("contacts", name="Семён Новый", phone="+7 900 123-00-00", right="order", write="true")
    row = await change()
    assert row.contact_id is not None
    await desk.do("card", field="phone", subject=row.contact_id, after="+79001230001")
    second = await change()
    async with staff_session() as session:
        (await session.get_one(CardChangeRow, row.id)).state = "refused"
    await written_cards.write(second.id)
    assert (await change()).state == "refused"
    assert len(base.customer_rows[0].contacts) == 1


async def numbers(contact_id: str) -> dict[str, str]:
    """Standing numbers and who told them."""
    async with staff_session() as session:
        query = select(ContactPhoneRow).filter_by(contact_id=contact_id, revoked_at=None)
        return {row.phone: row.source for row in await session.scalars(query)}


async def test_a_written_number_is_the_accounting_system_s_to_take_away(base: MemoryErp, desk: Desk) -> None:
    """Kept as a manager's word it would open the company for ever, whoever has the number next year."""
    await desk.do("card", field="phone", subject="olga", after="+79005554433")
    await written_cards.write((await change()).id)
    assert (await numbers("olga"))["+79005554433"] == "erp"


@pytest.mark.parametrize("meanwhile", ["moved", "revoked"])
async def test_a_number_written_late_opens_no_door_that_was_closed(base: MemoryErp, desk: Desk, meanwhile: str) -> None:
    await desk.do("card", field="phone", subject="olga", after="+79005554433")
    async with staff_session() as session:
        if meanwhile == "moved":
            (await session.get_one(ContactRow, "olga")).customer_id = BEREZKA
        else:
            await phones.add(session, "olga", "+79005554433", "manager", settings().clock.now())
            await phones.revoke(session, "olga", "+79005554433", settings().clock)
    await written_cards.write((await change()).id)
    assert (await change()).state == "written"
    assert "+79005554433" not in await numbers("olga")


@pytest.mark.parametrize("request_id", [1, 99])
async def test_nobody_answers_the_request_of_another_customer(
    people: World, base: MemoryErp, desk: Desk, request_id: int
) -> None:
    await people.add(
        ProfileRequestRow(
            at=settings().clock.now(), customer_id=BEREZKA, conversation_id=people.conversations[PETRA], kind="address"
        )
    )
    answer = await desk.do("card", field="address", subject=OUTLET, after=NEW, request_id=request_id)
    assert answer.status_code == 404
    async with staff_session() as session:
        assert (await session.scalars(select(CardChangeRow))).all() == []


async def test_a_customer_of_an_accounting_system_that_is_no_more(people: World, base: MemoryErp, desk: Desk) -> None:
    async with staff_session() as session:
        (await session.get_one(CustomerRow, PETRA)).backend = "former"
    answer = await desk.browser.get(f"/console/customers/{PETRA}")
    assert answer.status_code == 200
    assert "Записать адрес" not in answer.text
