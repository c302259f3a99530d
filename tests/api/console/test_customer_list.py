"""«Клиенты»: the list by key, its search and what stands beside; the pilot one by one and by a pasted list; words."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.config import settings
from api.console import customer_list
from api.db.models import (
    AliasRow,
    BalanceRow,
    ContactRow,
    ConversationRow,
    CreditBlockRow,
    CustomerRow,
    StaffUserRow,
    SyncRunRow,
)
from api.db.session import staff_session
from tests.api.console.test_customers import CARD, Desk, audited, desk
from tests.api.customers.conftest import OLGA, PETRA_CODE, people
from tests.api.orders.conftest import BEREZKA, MILK, NOW, PETRA, World

__all__ = ["desk", "people"]

LIST = "/console/customers"


def names(page: str) -> list[str]:
    return re.findall(r"<strong>(.*?)</strong>", page.split('<div id="found">')[1])


async def flagged() -> list[str]:
    async with staff_session() as session:
        return sorted(await session.scalars(select(CustomerRow.id).where(CustomerRow.pilot)))


async def test_pages_follow_each_other_by_key(desk: Desk, people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await people.add(*[CustomerRow(id=f"c{n}", name=f"Лавка {n % 3}") for n in range(7)])
    monkeypatch.setattr(customer_list, "PAGE", 2)
    seen: list[str] = []
    address = LIST
    while True:
        page = (await desk.browser.get(address)).text
        seen += re.findall(r'name="id" value="([^"]+)"', page)
        following = re.search(r'href="(\?[^"]+)">Следующие', page)
        if following is None:
            break
        address = LIST + following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 9
    async with staff_session() as session:
        assert seen == list(await session.scalars(select(CustomerRow.id).order_by(CustomerRow.name, CustomerRow.id)))


@pytest.mark.parametrize("words", ["Петра", "7701234567", OLGA, "8 (900) 111-22-33", PETRA_CODE, "Савельева", PETRA])
async def test_a_customer_is_found_by_what_is_at_hand(desk: Desk, people: World, words: str) -> None:
    await people.change(CustomerRow, {"id": PETRA}, tax_id="7701234567")
    page = (await desk.browser.get(LIST, params={"q": words})).text
    assert names(page) == ["ООО «Кофейня у Петра»"]


async def test_what_stands_beside_a_customer(desk: Desk, people: World) -> None:
    await people.past_order(PETRA, {"p-milk": ("2", "500")})
    chat = people.conversations[PETRA]
    await people.change(ConversationRow, {"id": chat}, channel="telegram", blocked_at=NOW)
    await people.change(CustomerRow, {"id": PETRA}, pilot=True, active=False)
    await people.add(
        CreditBlockRow(at=NOW, customer_id=PETRA, outlet_id="petra-1", conversation_id=chat, rule="overdue", total=5)
    )
    page = (await desk.browser.get(LIST, params={"q": "Петра"})).text.replace("\u00a0", " ")
    for words in ("заказ 10 декабря", "1 000 ₽", "пишут: Telegram", "остановил бота: Telegram", "в пилоте", "закрыт",
                  "заказ не пропущен"):  # fmt: skip
        assert words in page
    other = (await desk.browser.get(LIST, params={"q": "Берёзка"})).text
    assert "ещё не заказывали" in other and "в пилоте</span>" not in other


async def test_the_pilot_of_one(desk: Desk) -> None:
    for on in ("true", "true", "false"):
        await desk.do("pilot", on=on)
    assert await audited() == [("pilot_on", PETRA), ("pilot_off", PETRA)]
    assert await flagged() == []


async def test_the_pilot_of_the_ticked_and_back_to_the_same_list(desk: Desk) -> None:
    form = {"csrf": desk.csrf, "on": "true", "id": [PETRA, BEREZKA, "nobody"], "q": "о", "pilot": "no"}
    answer = await desk.browser.post(f"{LIST}/pilot", data=form)
    assert str(answer.url).endswith("/console/customers?q=%D0%BE&pilot=no")
    assert await flagged() == [BEREZKA, PETRA]
    page = (await desk.browser.get(LIST, params={"pilot": "yes"})).text
    assert names(page) == ["ООО «Берёзка»", "ООО «Кофейня у Петра»"]
    assert names((await desk.browser.get(LIST, params={"pilot": "no"})).text) == []


async def test_the_pilot_by_a_pasted_list(desk: Desk, people: World) -> None:
    await people.change(CustomerRow, {"id": BEREZKA}, tax_id="7709876543")
    pasted = "ИНН\n7709876543\nооо «кофейня у петра»; 0000000000"
    answer = await desk.browser.post(f"{LIST}/pilot/list", data={"csrf": desk.csrf, "on": "true", "pasted": pasted})
    assert await flagged() == [BEREZKA, PETRA]
    assert "Добавлено в пилот: 2." in answer.text and "Не нашлись: ИНН, 0000000000." in answer.text
    form = {"csrf": desk.csrf, "on": "false", "pasted": f"{PETRA_CODE} 7709876543"}
    answer = await desk.browser.post(f"{LIST}/pilot/list", data=form)
    assert await flagged() == [] and "Убрано из пилота: 2." in answer.text


async def test_the_page_at_a_glance(desk: Desk, people: World) -> None:
    now = settings().clock.now()
    order = await people.past_order(PETRA, {"p-milk": ("2", "500")}, status="failed")
    await people.add(
        BalanceRow(customer_id=PETRA, debt=42_800, overdue=1_500, as_of=now - timedelta(days=3)),
        SyncRunRow(name="balances", succeeded_at=now - timedelta(minutes=12)),
    )
    await people.change(ConversationRow, {"id": people.conversations[PETRA]}, mode="waiting", last_text="вы тут?")
    page = (await desk.browser.get(CARD)).text.replace("\u00a0", " ")
    assert "42 800 ₽" in page and "1 500 ₽" in page
    # The age is of the reading: a debt that did not change is not old.
    assert "Прочитано 12 минут назад" in page
    assert f'href="/console/orders/{order}"' in page and "не принят" in page
    assert f'href="/console/conversations/{people.conversations[PETRA]}"' in page and "ждёт человека" in page
    assert "Точка 1" in page and "по будням, с 9:00 до 12:00" in page


async def test_where_a_person_hears_of_orders(desk: Desk) -> None:
    for channel in ("webchat", "pigeon"):
        answer = await desk.do("contacts/olga/channel", channel=channel)
    assert answer.status_code == 404
    async with staff_session() as session:
        assert (await session.get_one(ContactRow, "olga")).preferred_channel == "webchat"
    await desk.do("contacts/olga/channel", channel="")
    async with staff_session() as session:
        assert (await session.get_one(ContactRow, "olga")).preferred_channel is None
    assert (await desk.do("contacts/pavel/channel", channel="")).status_code == 404
    assert await audited() == [("contact_channel", "olga"), ("contact_channel", "olga")]


async def test_a_customers_word_is_revoked_from_its_page(desk: Desk, people: World) -> None:
    said = {"phrase": "млеко", "said": "млеко", "product_id": "p-milk", "origin": "manager", "created_at": NOW}
    await people.add(AliasRow(customer_id=PETRA, **said), AliasRow(customer_id=None, **said))
    page = (await desk.browser.get(CARD)).text
    assert page.count("«млеко»</strong>") == 1 and MILK in page
    (mine,) = re.findall(r"/words/(\d+)/revoke", page)
    for word, status in ((3 - int(mine), 404), (mine, 200)):
        assert (await desk.do(f"words/{word}/revoke")).status_code == status
    assert "Своих слов пока нет" in (await desk.browser.get(CARD)).text
    assert await audited() == [("alias_revoke", mine)]


async def test_the_codes_page_is_for_printing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "invite_telegram", "prodexpress_bot")
    page = (await desk.do("codes", days="30", uses="5")).text
    code = re.search(r"Новый код: <strong>(\S+)</strong>", page)
    assert code is not None
    assert f"https://t.me/prodexpress_bot?start={code[1]}" in page and f"/chat?code={code[1]}" in page
    assert page.count("<svg") == 2 and "входов: 5" in page and "data-print" in page
    monkeypatch.setattr(settings(), "sign_in_ways", "phone")
    assert "Вход по коду компании выключен" in (await desk.do("codes")).text


FORMS = ("pilot", "contacts/olga/channel", "words/1/revoke")


@pytest.mark.parametrize("form", FORMS)
async def test_forms_are_of_this_session_only(desk: Desk, form: str) -> None:
    desk.csrf = "forged"
    assert (await desk.do(form, on="true")).status_code == 403
    assert await audited() == [] and await flagged() == []


@pytest.mark.parametrize("call", ["pilot", "pilot/list"])
async def test_lists_are_changed_by_managers_of_this_session_only(desk: Desk, call: str) -> None:
    form = {"csrf": "forged", "on": "true", "id": PETRA, "pasted": PETRA}
    assert (await desk.browser.post(f"{LIST}/{call}", data=form)).status_code == 403
    async with staff_session() as session:
        (await session.scalars(select(StaffUserRow))).one().role = "trainer"
    assert (await desk.browser.post(f"{LIST}/{call}", data=form | {"csrf": desk.csrf})).status_code == 403
    assert await flagged() == []
