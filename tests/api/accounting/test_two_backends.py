"""Two legal entities with the same numbers, codes and people: nothing of one opens or becomes the other's."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from api.accounting import service
from api.config import settings
from api.customers import codes, erp_codes, phones
from api.db.models import CompanyCodeRow, ConversationRow, CustomerRow, ProductRow
from api.db.session import staff_session
from api.domain.customer import Contact, Customer
from api.erp.port import Data
from tests.api.accounting.conftest import ChangingErp, Connect, product

PHONE = "+79001112233"


def company(own: str, code: str = "", phone: str = "") -> Customer:
    people = (Contact(f"{own}-1", own, "Иван Жуков", phone),) if phone else ()
    return Customer(own, f"ООО «{own}»", code=code, contacts=people)


async def opens(code: str) -> str | None:
    async with staff_session() as session:
        found = await codes.find(session, code, settings().clock.now())
        return found.customer_id if found else None


async def take(*backends: str, whole: bool = True) -> None:
    for backend in backends:
        await service.read(backend, Data.CUSTOMERS, whole=whole)


async def told(connect: Connect, backend: str, *customers: Customer) -> ChangingErp:
    erp = connect(backend)
    erp.customer_rows = list(customers)
    erp.touch(Data.CUSTOMERS, *(customer.id for customer in customers))
    await take(backend)
    return erp


async def test_one_number_of_goods_in_both(connect: Connect) -> None:
    for backend in ("main", "north"):
        connect(backend).product_rows = [product(1, name=f"Товар из {backend}")]
        await service.read(backend, Data.GOODS)
    async with staff_session() as session:
        rows = (await session.execute(select(ProductRow.id, ProductRow.sku, ProductRow.name))).all()
    assert sorted(rows) == [("north:p1", "1001", "Товар из north"), ("p1", "1001", "Товар из main")]


async def test_a_code_of_both_opens_neither_ever_again(connect: Connect) -> None:
    await told(connect, "main", company("c1", "SAME"), company("c2", "OWN"))
    assert await opens("SAME") == "c1"
    await told(connect, "north", company("c1", "same"), company("c3", "NORTH"))
    assert (await opens("SAME"), await opens("OWN"), await opens("NORTH")) == (None, "c2", "north:c3")
    await take("main", "north", "main", "north")
    assert (await opens("SAME"), await opens("OWN"), await opens("NORTH")) == (None, "c2", "north:c3")


async def test_who_came_by_a_code_that_is_shared_now_is_out(connect: Connect) -> None:
    await told(connect, "main", company("c1", "SAME"))
    async with staff_session() as session:
        code = (await session.scalars(select(CompanyCodeRow))).one()
        chat = ConversationRow(
            id=uuid4(), channel="webchat", channel_user="x", customer_id="c1", signed_in_by=f"code:{code.id}"
        )
        session.add(chat)
    await told(connect, "north", company("c1", "SAME"))
    async with staff_session() as session:
        found = await session.get_one(ConversationRow, chat.id)
        assert (found.customer_id, found.signed_in_by) == (None, "closed:code")


async def test_a_code_of_two_of_one_backend_opens_the_one_that_keeps_it(connect: Connect) -> None:
    erp = await told(connect, "main", company("c1", "SAME"), company("c2", "SAME"))
    assert await opens("SAME") is None
    # Told alone, one of them does not get it: the other was not told to have lost it.
    erp.changed.clear()
    erp.touch(Data.CUSTOMERS, "c1")
    await take("main", whole=False)
    assert await opens("SAME") is None
    erp.customer_rows[1] = company("c2", "OTHER")
    await take("main")
    assert (await opens("SAME"), await opens("OTHER")) == ("c1", "c2")


async def test_a_manager_s_revocation_outlives_readings(connect: Connect) -> None:
    await told(connect, "main", company("c1", "ONE"))
    async with staff_session() as session:
        code = (await session.scalars(select(CompanyCodeRow))).one()
        await codes.revoke(session, code, settings().clock, end_sign_ins=False)
    await take("main", "main")
    assert await opens("ONE") is None


async def test_a_number_known_to_both_belongs_to_several_companies(connect: Connect) -> None:
    await told(connect, "main", company("c1", phone=PHONE))
    north = await told(connect, "north", company("c1", phone=PHONE))
    async with staff_session() as session:
        people = await phones.people_of(session, PHONE)
        assert {person.customer_id for person in people} == {"c1", "north:c1"}
        assert phones.same_person(people)  # one Ivan of two companies: he is asked which
    north.customer_rows = [replace(north.customer_rows[0], contacts=())]
    await take("north")
    async with staff_session() as session:
        assert [person.customer_id for person in await phones.people_of(session, PHONE)] == ["c1"]


@pytest.mark.parametrize("data", [Data.CUSTOMERS, Data.GOODS])
async def test_an_empty_answer_of_one_says_nothing_about_the_other(connect: Connect, data: Data) -> None:
    """The share of what goes is counted within a backend: 30 of main do not hide that all of north would go."""
    for backend, number in (("main", 30), ("north", 1)):
        erp = connect(backend)
        erp.product_rows = [product(n) for n in range(number)]
        erp.customer_rows = [company(f"c{n}") for n in range(number)]
        await service.read(backend, data)
    connect("north")
    with pytest.raises(service.Held):
        await service.read("north", data, whole=True)


async def test_more_codes_than_a_statement_has_places(connect: Connect) -> None:
    """PostgreSQL takes 65,535 values in one statement."""
    await told(connect, "main", company("c1", "OWN"))
    read = erp_codes.ReadCodes()
    read.owners.update({f"{number:064x}": {"c1"} for number in range(70_000)})
    about = CustomerRow.backend == "main"
    async with staff_session() as session:
        await erp_codes.store(session, read, about, "main", settings().clock, whole=True)
        assert await session.scalar(select(func.count()).select_from(CompanyCodeRow)) == 70_000
    assert await opens("OWN") is None
