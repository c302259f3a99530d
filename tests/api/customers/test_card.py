"""The customer's card in the chat: kinds of change, what the person may change, what waits for a manager."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from api.config import settings
from api.customers import identity
from api.customers.card_words import kind_of, name_in
from api.db.models import ContactPhoneRow, ContactRow, ConversationRow, ProfileRequestRow
from api.db.session import staff_session
from tests.api.customers.conftest import PETRA_CODE, bearer, visitor
from tests.api.orders.conftest import PETRA


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("у нас новый номер", "phone"),
        ("поменялся номер телефона", "phone"),
        ("обновите контакты", "phone"),
        ("добавьте сотрудника", "employee"),
        ("новый повар будет заказывать", "employee"),
        ("дайте доступ сменщице", "employee"),
        ("заказывать теперь будет Ирина", "employee"),
        ("сменился адрес", "address"),
        ("открыли вторую точку", "address"),
        ("мы открыли ещё одно кафе, добавьте", "address"),
        ("у нас новые реквизиты", "requisites"),
        ("теперь мы ооо, а не ип", "requisites"),
        ("сменился директор, что нужно", "requisites"),
        ("сотрудник уволился, закройте ему доступ", "dismissal"),
        ("уберите Петрова из доступа", "dismissal"),
        ("удалите сотрудника", "dismissal"),
        ("какой у вас наш телефон записан", "view"),
        ("мои данные", "view"),
        ("личный кабинет", "view"),
        ("поменяйте мне всё", "other"),
    ],
)
def test_kinds_of_change(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Добавьте Ирину Белову, 8 900 000-11-22", "Ирину Белову"),
        ("Ирина Белова +79000001122", "Ирина Белова"),
        ("Добавьте сотрудника Анна-Мария Петрова-Водкина", "Анна-Мария Петрова-Водкина"),
        ("добавьте сотрудника 8 900 000-11-22", None),
        ("Здравствуйте! Дайте доступ", None),
    ],
)
def test_a_name_in_the_words(text: str, name: str | None) -> None:
    assert name_in(text) == name


Speak = Callable[..., object]


async def chat_as(web: httpx.AsyncClient, contact: str, rights: list[str]) -> UUID:
    conversation, _ = await visitor(web)
    async with staff_session() as session:
        (await session.get_one(ContactRow, contact)).rights = rights
        await session.flush()
        row = await session.get_one(ConversationRow, conversation)
        await identity.sign_in(session, row, PETRA, contact, "login", settings().clock)
    return conversation


async def say(
    web: httpx.AsyncClient, conversation: UUID, text: str, inbox: int, kind: str | None = None
) -> dict[str, str]:
    headers = bearer(conversation, PETRA, inbox=inbox)
    answer = await web.post("/v1/profile", json={"text": text, "kind": kind}, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_who_may_manage_people_adds_an_employee_with_lesser_rights(web: httpx.AsyncClient) -> None:
    conversation = await chat_as(web, "olga", ["order", "people"])
    assert (await say(web, conversation, "добавьте сотрудника", 11))["state"] == "incomplete"
    done = await say(web, conversation, "Ирина Белова, 8 900 000-11-22", 12, "employee")
    again = await say(web, conversation, "Ирина Белова, 8 900 000-11-22", 12, "employee")
    assert (done["state"], again["state"], done["name"]) == ("done", "done", "Ирина Белова")
    assert "Теперь заказы можно оформлять и через" in done["text"]
    async with staff_session() as session:
        (added,) = (await session.scalars(select(ContactRow).filter_by(source="own"))).all()
        phones = (await session.scalars(select(ContactPhoneRow.phone).filter_by(contact_id=added.id))).all()
    assert (added.customer_id, added.rights, list(phones)) == (PETRA, ["order"], ["+79000001122"])
    code = done["text"].partition("?code=")[2].split()[0]
    invited, _ = await visitor(web, code=code)
    async with staff_session() as session:
        assert (await session.get_one(ConversationRow, invited)).contact_id == added.id


async def test_a_second_number_of_one_s_own(web: httpx.AsyncClient) -> None:
    conversation = await chat_as(web, "olga", ["order", "people"])
    assert (await say(web, conversation, "у нас новый номер", 11))["state"] == "incomplete"
    done = await say(web, conversation, "8 900 000-11-33", 12, "phone")
    assert (done["state"], done["text"]) == ("done", "…33")


@pytest.mark.parametrize("kind", ["phone", "employee"])
async def test_a_number_of_somebody_else_is_not_taken(web: httpx.AsyncClient, kind: str) -> None:
    """Else a rival's owner could be made a doubt, or one could become him."""
    conversation = await chat_as(web, "olga", ["order", "people"])
    asked = await say(web, conversation, "Павел, +7 900 777-88-99", 12, kind)
    assert asked["state"] == "requested" and "Берёзка" not in asked["text"]
    async with staff_session() as session:
        owners = (await session.scalars(select(ContactPhoneRow.contact_id).filter_by(phone="+79007778899"))).all()
    assert sorted(owners) == ["anna", "pavel"]


@pytest.mark.parametrize(
    "text", ["добавьте сотрудника Ирина, 8 900 000-11-22", "сменился адрес", "у нас новый номер 8 900 000-11-44"]
)
async def test_the_rest_waits_for_a_manager_once(web: httpx.AsyncClient, text: str) -> None:
    conversation = await chat_as(web, "olga", ["order"])
    for _ in range(2):
        assert await say(web, conversation, text, 12) == {
            "state": "requested", "kind": kind_of(text), "text": "Анна, +7 1", "name": "",
        }  # fmt: skip
    async with staff_session() as session:
        (row,) = (await session.scalars(select(ProfileRequestRow))).all()
    assert (row.customer_id, row.contact_id, row.data["text"], row.state) == (PETRA, "olga", text, "open")


async def test_who_came_by_the_company_s_code_adds_nobody(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    asked = await say(web, conversation, "добавьте сотрудника Ирина, 8 900 000-11-22", 12)
    assert asked["state"] == "requested"


async def test_the_card_as_it_is(web: httpx.AsyncClient) -> None:
    conversation = await chat_as(web, "olga", ["order"])
    assert (await say(web, conversation, "мои данные", 12))["text"] == (
        "Компания: ООО «Кофейня у Петра»\nВы: Ольга Савельева\nНомера: …33\nПрава: заказывает"
    )


async def test_what_a_manager_will_need_is_asked_first(web: httpx.AsyncClient) -> None:
    conversation = await chat_as(web, "olga", ["order"])
    assert (await say(web, conversation, "добавьте сотрудника", 11))["state"] == "incomplete"
    assert (await say(web, conversation, "Ирина Белова, 8 900 000-11-22", 12, "employee"))["state"] == "requested"
    async with staff_session() as session:
        (request,) = (await session.scalars(select(ProfileRequestRow))).all()
    assert (request.kind, request.data["text"]) == ("employee", "Ирина Белова, 8 900 000-11-22")


async def test_who_does_not_tell_it_is_passed_on_all_the_same(web: httpx.AsyncClient) -> None:
    conversation = await chat_as(web, "olga", ["order", "people"])
    assert (await say(web, conversation, "добавьте сотрудника", 11))["state"] == "incomplete"
    assert (await say(web, conversation, "пусть сам позвонит", 12, "employee"))["state"] == "requested"
