"""What is posted keeps WhatsApp's limits, whatever there is to say."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels import press, rendering
from api.channels.errors import DeliveryError
from api.channels.port import Outgoing
from api.channels.whatsapp import drawing
from api.channels.whatsapp.adapter import WhatsApp
from tests.api.channels.whatsapp.fake import FakeProvider
from tests.api.channels.whatsapp.payloads import ANNA, ANNAS_PERSON

LIMITS = WhatsApp.capabilities
TITLES = st.lists(st.text(min_size=1, max_size=120), max_size=14)


def drawn(text: str, titles: list[str]) -> list[dict[str, Any]]:
    buttons = [{"title": title, "payload": "/x"} for title in titles]
    return [drawing.draw(ANNA, part) for part in rendering.fit(7, text, buttons, LIMITS).parts]


def rows(body: dict[str, Any]) -> list[dict[str, str]]:
    (section,) = body["interactive"]["action"]["sections"]
    found: list[dict[str, str]] = section["rows"]
    return found


@settings(deadline=None, max_examples=200)
@given(text=st.text(min_size=1, max_size=9_000), titles=TITLES)
def test_limits(text: str, titles: list[str]) -> None:
    for body in drawn(text, titles):
        if body["type"] == "text":
            assert len(body["text"]["body"]) <= 4_096
            continue
        interactive = body["interactive"]
        assert 0 < len(interactive["body"]["text"]) <= 1_024
        if interactive["type"] == "button":
            replies = [button["reply"] for button in interactive["action"]["buttons"]]
            assert 1 <= len(replies) <= 3
            assert all(0 < len(one["title"]) <= 20 and len(one["id"]) <= 256 for one in replies)
        else:
            assert len(interactive["action"]["button"]) <= 20
            replies = rows(body)
            assert 1 <= len(replies) <= 10
            assert all(0 < len(one["title"]) <= 24 and len(one["id"]) <= 200 for one in replies)
            assert all(len(one.get("description", "")) <= 72 for one in replies)
        assert all("\n" not in one["title"] for one in replies)
        assert len({one["id"] for one in replies}) == len(replies)


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=3_000))
def test_a_variable_of_a_template_is_one_line(text: str) -> None:
    (component,) = drawing.draw_template(ANNA, text, name="n", language="ru")["template"]["components"]
    (parameter,) = component["parameters"]
    assert parameter["text"].strip()
    assert not re.search(r"[\n\r\t\v\f\x85\u2028\u2029]| {4,}", parameter["text"])
    assert re.sub(r"[\s;…]", "", parameter["text"]) == re.sub(r"[\s;…]", "", text)


def test_three_short_buttons_stay_buttons() -> None:
    (body,) = drawn("Верно?", ["Оформить", "Изменить", "Отменить"])
    assert body["interactive"]["type"] == "button"


def test_a_long_title_or_a_fourth_button_makes_a_list() -> None:
    (body,) = drawn("Какое?", ["Молоко пастеризованное 3,2 % 930 мл", "Кефир"])
    assert body["interactive"]["action"]["button"] == "Выбрать"
    assert rows(body) == [
        {
            "id": press.data_of(7, 0),
            "title": "Молоко пастеризованное…",
            "description": "Молоко пастеризованное 3,2 % 930 мл",
        },
        {"id": press.data_of(7, 1), "title": "Кефир"},
    ]
    (body,) = drawn("Какое?", [f"Молоко {n}" for n in range(4)])
    assert [row["title"] for row in rows(body)] == ["Молоко 0", "Молоко 1", "Молоко 2", "Молоко 3"]


def test_eleven_choices_are_numbered() -> None:
    (body,) = drawn("Какое?", [f"Молоко {n}" for n in range(1, 12)])
    assert body["text"]["body"].endswith("10. Молоко 10\n11. Молоко 11")


def test_a_long_cart_goes_first_and_its_end_holds_the_buttons() -> None:
    lines = [f"• Товар с длинным названием {n} — 10 шт — 2 500 ₽" for n in range(40)]
    text = "\n".join(["Ваш заказ:", *lines, "Итого: 100 000 ₽"])
    first, last = drawn(text, ["Оформить", "Изменить"])
    body = last["interactive"]["body"]["text"]
    assert f"{first['text']['body']}\n{body}" == text
    assert body.startswith("• Товар")
    assert body.endswith("Итого: 100 000 ₽")
    assert 900 < len(body) <= 1_024


def test_a_message_of_several_lines_reads_well_in_one() -> None:
    assert drawing.flat("Заказ принят.\n\nМолоко — 8 шт\n\tХлеб   —     10 шт\nИтого: 5 ₽") == (
        "Заказ принят. Молоко — 8 шт; Хлеб — 10 шт; Итого: 5 ₽"
    )


def test_whom_a_message_goes_to() -> None:
    assert drawing.addressed(ANNA)["to"] == ANNA
    assert drawing.addressed(ANNAS_PERSON)["recipient"] == ANNAS_PERSON
    assert "to" not in drawing.addressed(ANNAS_PERSON)
    assert drawing.addressed("Y2FwaV9ncm91cDox")["recipient_type"] == "group"


async def test_outside_the_window_the_template_speaks(provider: FakeProvider) -> None:
    channel = provider.channel(template="order_update")
    assert await channel.send(ANNA, Outgoing("Заказ № 12 отгружен.\nЖдите сегодня."), in_window=False) == "wamid.OUT1"
    await channel.close()
    assert provider.sent[0]["template"] == {
        "name": "order_update",
        "language": {"code": "ru"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Заказ № 12 отгружен. Ждите сегодня."}]}
        ],
    }


async def test_without_a_template_nothing_goes_out(provider: FakeProvider, channel: WhatsApp) -> None:
    with pytest.raises(DeliveryError) as failed:
        await channel.send(ANNA, Outgoing("Заказ отгружен."), in_window=False)
    assert (failed.value.permanent, failed.value.blocked, provider.asked) == (True, False, [])
