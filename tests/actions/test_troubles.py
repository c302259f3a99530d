"""The gateway refuses, falls silent, or answers nonsense: the customer always hears words, and a way to a person."""

import pytest
from werkzeug import Request, Response

from actions import gateway
from tests.actions import views
from tests.actions.conftest import Talk, slow


def has_a_way_to_a_person(buttons: list[str]) -> bool:
    return "Позвать человека" in buttons


@pytest.mark.parametrize(
    ("status", "code", "message", "text"),
    [
        (
            503,
            "erp",
            "",
            "Сейчас не получается это сделать. Попробуйте, пожалуйста, через минуту — или позовите человека.",
        ),
        (
            500,
            "x",
            "Traceback",
            "Сейчас не получается это сделать. Попробуйте, пожалуйста, через минуту — или позовите человека.",
        ),
        (403, "no_right", "Баланс видит только бухгалтер.", "Баланс видит только бухгалтер."),
        (403, "no_right", "", "На это у вас нет прав. Их даёт менеджер."),
        (401, "token", "", "Не получилось обработать сообщение. Повторите его, пожалуйста."),
        (409, "conflict", "", "Заказ только что изменился, возможно, его правит коллега. Посмотрите на него ещё раз."),
        (422, "validation", "", "Не получилось это выполнить. Попробуйте, пожалуйста, иначе."),
        (429, "rate", "", "Слишком много сообщений подряд. Подождите, пожалуйста, минуту."),
    ],
)
async def test_refusals(talk: Talk, status: int, code: str, message: str, text: str) -> None:
    talk.slots |= {"expecting": "confirm:3", "fallbacks": 1.0}
    talk.refuses("GET", "balance", status, code, message)
    reply = await talk.run("action_balance", "баланс", "balance")
    assert reply.text == text
    assert has_a_way_to_a_person(reply.buttons)
    assert reply.slots == {"expecting": "confirm:3", "fallbacks": 1.0}


async def test_a_conflict_offers_to_look_at_the_order(talk: Talk) -> None:
    talk.refuses("PUT", "cart/lines/1", 409, "conflict")
    assert (await talk.run("action_set_line", sku="1", quantity="2")).buttons == ["Показать заказ", "Позвать человека"]


async def test_a_slow_gateway(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await gateway.shared_client().aclose()
    monkeypatch.setenv("API_TIMEOUT_SECONDS", "0.2")
    talk.server.expect_request("/v1/me").respond_with_handler(slow)
    reply = await talk.run("action_greet")
    await gateway.shared_client().aclose()
    assert reply.text.startswith("Сейчас не получается это сделать.")
    assert has_a_way_to_a_person(reply.buttons)


async def test_a_gateway_that_is_not_there(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "http://127.0.0.1:9")
    reply = await talk.run("action_show_cart")
    assert reply.text.startswith("Сейчас не получается это сделать.")


@pytest.mark.parametrize("body", ["<html>", '{"unexpected": 1}', "[]", "null"])
async def test_answers_that_are_not_in_the_contract(talk: Talk, body: str) -> None:
    def answer(_: Request) -> Response:
        return Response(body, content_type="application/json")

    talk.server.expect_request("/v1/cart").respond_with_handler(answer)
    reply = await talk.run("action_show_cart")
    assert reply.text.startswith("Сейчас не получается это сделать.")
    assert has_a_way_to_a_person(reply.buttons)


async def test_an_error_without_the_agreed_body(talk: Talk) -> None:
    talk.server.expect_request("/v1/cart").respond_with_data("Bad Gateway", status=502)
    assert (await talk.run("action_show_cart")).text.startswith("Сейчас не получается это сделать.")


async def test_a_button_without_its_value(talk: Talk) -> None:
    reply = await talk.run("action_set_line", sku="20001")
    assert reply.text.startswith("Сейчас не получается это сделать.")


async def test_what_was_done_is_told_though_the_rest_failed(talk: Talk) -> None:
    told = views.milk_eight() | {"also": [{"intent": "balance", "text": "и сколько мы должны?"}]}
    talk.answers("POST", "cart/messages", told)
    talk.refuses("GET", "balance", 503, "down")
    reply = await talk.run("action_order", "молока 8, и сколько мы должны?", "order")
    assert reply.messages[0]["text"].startswith("Молоко — теперь 8 шт.")
    assert has_a_way_to_a_person(reply.buttons)
