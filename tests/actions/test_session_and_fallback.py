"""Signing in, greeting, help; not understood, once, twice, three times."""

import pytest

from actions.sign_in import code_in
from tests.actions import views
from tests.actions.conftest import Talk

ASK = "Здравствуйте! Чтобы показать ваши цены, нужен код компании — его даёт ваш менеджер. Напишите его сюда."


@pytest.mark.parametrize(
    ("text", "asked", "code"),
    [
        ("KOFE-PETRA", False, "KOFE-PETRA"),
        ("kofe-petra.", False, "kofe-petra"),
        ("здравствуйте, код KOFE-PETRA", False, "KOFE-PETRA"),
        ("мой код: 12345", False, "12345"),
        ("LAVKA-24", False, "LAVKA-24"),
        ("48213", False, "48213"),
        ("89001234567", True, None),
        ("+7 900 123-45-67", True, None),
        ("Привет", False, None),
        ("молока 10", True, None),
        ("нет кода", True, None),
        ("не знаю код", True, None),
        ("как обычно, только молока 8", True, None),
        ("Петра", True, "Петра"),
        ("Петра", False, None),
        ("", True, None),
    ],
)
def test_a_code_in_the_words(text: str, asked: bool, code: str | None) -> None:
    assert code_in(text, "order", asked) == code


async def test_a_visitor_signs_in_with_a_code(stranger: Talk) -> None:
    stranger.always("GET", "session", views.visitor())
    hello = await stranger.run("action_greet", intent="start")
    assert hello.text == ASK
    assert hello.buttons == ["Позвать человека"]
    again = await stranger.run("action_order", "молока 10", "order")
    assert again.text.startswith("Без кода компании я не вижу ваших цен")
    assert stranger.sent("POST", "session/sign-in") == []

    stranger.refuses("POST", "session/sign-in", 403, "wrong_code")
    wrong = await stranger.run("action_order", "KOFE-PETYA", "order")
    assert wrong.text == "Такого кода нет. Проверьте, пожалуйста, и напишите ещё раз — или позовите человека."
    assert wrong.buttons == ["Позвать человека"]

    stranger.answers("POST", "session/sign-in", views.me())
    done = await stranger.run("action_sign_in", "KOFE-PETRA", "out_of_scope")
    assert done.text == "Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?"
    assert done.expecting is None
    assert stranger.sent("POST", "session/sign-in") == [{"code": "KOFE-PETYA"}, {"code": "KOFE-PETRA"}]


async def test_too_many_codes(stranger: Talk) -> None:
    stranger.always("GET", "session", views.visitor())
    stranger.refuses("POST", "session/sign-in", 429, "too_many_attempts")
    reply = await stranger.run("action_greet", "CODE-1", "greet")
    assert reply.text.startswith("Слишком много попыток подряд.")
    assert reply.buttons == ["Позвать человека"]


async def test_help_and_a_person_need_no_code(stranger: Talk) -> None:
    stranger.always("GET", "session", views.visitor())
    helped = await stranger.run("action_help", "что ты умеешь", "help")
    assert helped.text.endswith(ASK.removeprefix("Здравствуйте! "))
    assert helped.expecting == "code"
    stranger.answers("POST", "handoff", views.HANDOFF)
    assert (await stranger.run("action_call_human")).text.startswith("Зову менеджера: Анна")


async def test_a_customer_the_api_no_longer_knows_is_asked_again(talk: Talk) -> None:
    talk.refuses("GET", "balance", 403, "no_customer", "Нужен вход")
    talk.always("GET", "session", views.visitor())
    reply = await talk.run("action_balance", "баланс", "balance")
    assert reply.text == ASK


async def test_greeting_with_several_outlets(talk: Talk) -> None:
    talk.answers("GET", "me", views.me(outlets=views.OUTLETS, outlet=None))
    assert (await talk.run("action_greet")).text == (
        "Здравствуйте, ООО «Кофейня у Петра»! Ваши точки: Столовая на Лесной, Столовая на Речной. Что хотите сделать?"
    )
    talk.answers("GET", "me", views.me(outlets=views.OUTLETS, outlet=views.OUTLETS[1]))
    assert "Точка доставки: Столовая на Речной." in (await talk.run("action_greet")).text


async def test_the_menu_offers_only_what_the_person_may(talk: Talk) -> None:
    talk.answers("GET", "me", views.me(rights=["prices"]))
    assert (await talk.run("action_greet")).buttons == ["Статус заказа"]


async def test_help_thanks_and_sign_out(talk: Talk) -> None:
    assert (await talk.run("action_help", "помощь", "help")).buttons[-1] == "Позвать человека"
    talk.answers("GET", "cart", views.empty_cart())
    assert (await talk.run("action_thanks", "спасибо", "thanks")).text == "Пожалуйста! Буду рад помочь снова."
    talk.answers("POST", "session/sign-out", views.visitor(left=True))
    out = await talk.run("action_sign_out")
    assert (out.text, out.expecting) == (
        f"Вы вышли. {ASK.removeprefix('Здравствуйте! ')}",
        "code",
    )


async def test_thanks_recalls_an_order_that_was_not_sent(talk: Talk) -> None:
    talk.answers("GET", "cart", views.cart())
    reply = await talk.run("action_thanks", "всё, больше ничего", "thanks")
    assert reply.text.endswith("Заказ ещё не отправлен. Оформляем?")
    assert reply.expecting == "confirm:3"


async def test_three_misunderstandings_bring_a_person(talk: Talk) -> None:
    talk.always("POST", "cart/messages", views.outcome("not_order", views.empty_cart()))
    talk.always("POST", "misunderstood", {})
    first = await talk.run("action_not_understood", "фыв абырвалг", "nlu_fallback")
    assert first.text.startswith("Не совсем понял вас.")
    assert "Позвать человека" in first.buttons
    second = await talk.run("action_default_fallback", "бырлы мырлы", "nlu_fallback")
    assert second.text == "Пока не понимаю. Возможно, вам нужно что-то из этого:"
    assert second.buttons == ["Новый заказ", "Повторить последний", "Статус заказа", "Баланс", "Позвать человека"]
    talk.answers("POST", "handoff", views.HANDOFF)
    third = await talk.run("action_not_understood", "шмурдяк", "nlu_fallback")
    assert third.text.startswith("Не получается вас понять, поэтому лучше поможет человек. Зову менеджера: Анна")
    assert third.slots["fallbacks"] == 0.0
    assert talk.sent("POST", "handoff") == [{"reason": "not_understood", "note": "шмурдяк"}]
    assert talk.sent("POST", "misunderstood") == [
        {"text": "фыв абырвалг", "intent": "nlu_fallback", "confidence": 0.9, "stage": 1},
        {"text": "бырлы мырлы", "intent": "nlu_fallback", "confidence": 0.9, "stage": 2},
        {"text": "шмурдяк", "intent": "nlu_fallback", "confidence": 0.9, "stage": 3},
    ]


async def test_an_understood_turn_forgets_the_misunderstandings(talk: Talk) -> None:
    talk.slots["fallbacks"] = 2.0
    talk.answers("GET", "me", views.me())
    assert (await talk.run("action_greet")).slots["fallbacks"] == 0.0


async def test_what_was_not_understood_may_be_an_order(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", views.milk_eight())
    reply = await talk.run("action_not_understood", "млока 8", "nlu_fallback")
    assert reply.text.startswith("Молоко — теперь 8 шт.")
    assert talk.sent("POST", "misunderstood") == []


async def test_a_record_that_fails_does_not_spoil_the_answer(talk: Talk) -> None:
    talk.answers("POST", "cart/messages", views.outcome("not_order", views.empty_cart()))
    talk.refuses("POST", "misunderstood", 503, "down")
    assert (await talk.run("action_not_understood", "хм", "nlu_fallback")).text.startswith("Не совсем понял вас.")


async def test_out_of_scope(talk: Talk) -> None:
    reply = await talk.run("action_out_of_scope", "какая погода", "out_of_scope")
    assert reply.text == "Тут я не помощник: принимаю заказы и отвечаю на вопросы о них. Чем могу помочь?"
    assert reply.buttons[-1] == "Позвать человека"


async def test_a_strange_answer_to_an_open_question_is_read_first(talk: Talk) -> None:
    talk.slots["expecting"] = "quantity:20001"
    talk.answers("POST", "cart/messages", views.milk_eight())
    reply = await talk.run("action_out_of_scope", "восемь", "out_of_scope")
    assert talk.sent("POST", "cart/messages")[0]["focus_sku"] == "20001"
    assert reply.text.startswith("Молоко — теперь 8 шт.")
