"""A list in a file, as the customer hears of it."""

from typing import Any

import pytest

from actions import asking, list_text
from actions.showing import ALL_LINES, CARD_LINES, FIRST_LINES
from tests.actions import views
from tests.actions.conftest import Talk

PATH = "cart/lists/12"


def read(**figures: Any) -> dict[str, Any]:
    plain = {"attachment": "12", "file": "заказ.xlsx", "sheet": "", "other_sheets": [], "rows": 3, "placed": 3,
             "unclear": 0, "unknown": 0, "blank": 0, "nameless": [], "columns": []}  # fmt: skip
    return plain | figures


async def test_everything_is_in_the_order(talk: Talk) -> None:
    talk.answers("POST", PATH, views.outcome("changed", views.cart(), attached=read()))
    reply = await talk.run("action_attached_list", attachment="12")
    assert reply.text.startswith("Прочитал «заказ.xlsx»: 3 строки, в заказ вошло всё.\nВаш заказ:\n• Молоко")
    assert reply.buttons[0] == "Оформить"
    assert reply.expecting == "confirm:3"
    assert len(reply.card["lines"]) == 3


async def test_what_is_not_clear_is_asked(talk: Talk) -> None:
    cart = views.cart(questions=[views.question("unknown", "гвозди")], questions_behind=36)
    talk.answers("POST", PATH, views.outcome("changed", cart, attached=read(rows=40, unclear=30, unknown=7)))
    reply = await talk.run("action_attached_list", attachment="12")
    assert "40 строк. В заказ вошло 3, уточнить нужно 30, не нашлось в каталоге 7." in reply.text
    assert "«гвозди»" in reply.text
    assert "Потом уточню ещё 36 позиций. Можно пропустить все" in reply.text
    assert reply.buttons[-2:] == ["Пропустить все", "Позвать человека"]
    assert reply.payload("Пропустить все") == "/skip_questions"
    assert reply.expecting == "question"


async def test_questions_are_skipped(talk: Talk) -> None:
    notice = {"code": "questions_dropped", "phrase": "", "name": None, "quantity_text": "37"}
    talk.answers("DELETE", "cart/questions", views.outcome("unchanged", views.cart(), notices=[notice]))
    reply = await talk.run("action_skip_questions")
    assert "Неуточнённые позиции в заказ не вошли: 37." in reply.text
    assert reply.buttons[0] == "Оформить"


async def test_the_column_of_quantities_is_chosen_by_a_button(talk: Talk) -> None:
    columns = [{"value": "1", "title": "Бар"}, {"value": "2", "title": "Кухня"}]
    talk.answers("POST", PATH, views.outcome("needs_column", views.empty_cart(), attached=read(columns=columns)))
    reply = await talk.run("action_attached_list", attachment="12")
    assert reply.text == (
        "Файл «заказ.xlsx» прочитал, но не понял, в какой колонке количество. Какую взять?\n• Бар\n• Кухня"
    )
    assert reply.buttons == ["Бар", "Кухня", "Количества нет", "Позвать человека"]
    assert reply.payload("Кухня") == '/attached_list{"attachment": "12", "column": "2"}'
    assert reply.payload("Количества нет") == '/attached_list{"attachment": "12", "column": "-1"}'
    talk.answers("POST", PATH, views.outcome("changed", views.cart(), attached=read()))
    chosen = await talk.run("action_attached_list", attachment="12", column="2")
    assert chosen.buttons[0] == "Оформить"
    assert talk.server.log[-1][0].get_json() == {"column": 2}


async def test_what_cannot_be_read_goes_to_a_person(talk: Talk) -> None:
    talk.refuses("POST", PATH, 422, "unreadable", "Не нашёл в файле колонки с товарами.")
    talk.answers("POST", "handoff", {"manager": views.MANAGER, "working_hours": True, "hours_text": "по будням"})
    reply = await talk.run("action_attached_list", attachment="12")
    assert reply.text.startswith("Не нашёл в файле колонки с товарами. Зову менеджера: Анна")
    assert talk.server.log[-1][0].get_json()["reason"] == "attachment"


async def test_another_conversations_file_is_not_found(talk: Talk) -> None:
    talk.refuses("POST", PATH, 404, "no_attachment", "Такого файла в этом разговоре нет.")
    assert (await talk.run("action_attached_list", attachment="12")).text == "Такого файла в этом разговоре нет."


async def test_a_stranger_signs_in_first(talk: Talk) -> None:
    talk.customer = None
    talk.answers("GET", "session", views.visitor())
    reply = await talk.run("action_attached_list", attachment="12")
    assert "код" in reply.text.lower()
    assert [request.path for request, _ in talk.server.log] == ["/v1/session"]


async def test_the_outlet_is_asked_first_and_the_list_is_told_after_it(talk: Talk) -> None:
    waiting = views.outcome("needs_outlet", views.empty_cart(outlet=None), outlets=views.OUTLETS)
    talk.answers("POST", PATH, waiting)
    assert (await talk.run("action_attached_list", attachment="12")).text.startswith("Куда везём?")
    talk.answers("PUT", "cart/outlet", views.outcome("changed", views.cart(), attached=read()))
    assert "Прочитал «заказ.xlsx»" in (await talk.run("action_choose_outlet", outlet="o-1")).text


async def test_an_order_of_hundreds_of_lines_is_told_by_its_first(talk: Talk) -> None:
    many = [views.line({**views.MILK, "sku": str(n)}, "1", "500 ₽") for n in range(300)]
    talk.answers("POST", PATH, views.outcome("changed", views.cart(many), attached=read(rows=300, placed=300)))
    reply = await talk.run("action_attached_list", attachment="12")
    assert reply.text.count("\n•") == FIRST_LINES < ALL_LINES
    assert f"… и ещё {300 - FIRST_LINES} позиций" in reply.text
    assert len(reply.card["lines"]) == CARD_LINES
    assert reply.card["footer"].startswith(f"… и ещё {300 - CARD_LINES} позиций")
    assert len(reply.text) < 4000


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({"rows": 1, "placed": 1}, ["Прочитал «заказ.xlsx»: 1 строка, в заказ вошло всё."]),
        ({"rows": 0, "placed": 0, "blank": 5}, ["В файле «заказ.xlsx» не указано ни одного количества."]),
        ({"rows": 0, "placed": 0}, ["В файле «заказ.xlsx» не нашёл ни одной строки с товаром."]),
        ({"file": ""}, ["Прочитал список: 3 строки, в заказ вошло всё."]),
        (
            {"blank": 21, "nameless": [4, 9], "sheet": "Май", "other_sheets": ["Июнь", "Июль"]},
            [
                "Прочитал «заказ.xlsx»: 3 строки, в заказ вошло всё.",
                "Без количества 21 строка: их не заказываю.",
                "Есть количество, но нет названия: строки 4, 9 файла. Их пропустил.",
                "Прочитан лист «Май».",
                "Другие листы с товарами не читал: «Июнь», «Июль». Пришлите их, пожалуйста, отдельно.",
            ],
        ),
    ],
)
def test_summaries(figures: dict[str, Any], told: list[str]) -> None:
    assert list_text.summary(read(**figures)) == told  # type: ignore[arg-type]


def test_few_questions_behind_need_no_advice() -> None:
    questions = [views.question("unknown", f"гвозди {n}", id=f"q{n}") for n in range(asking.AT_ONCE + 1)]
    text, buttons = asking.ask(questions)  # type: ignore[arg-type]
    assert text.endswith("Потом уточню ещё 1 позицию.")
    assert [button["title"] for button in buttons[-2:]] == ["Пропустить все", "Позвать человека"]
