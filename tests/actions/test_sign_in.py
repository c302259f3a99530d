"""Signing in, in words: what is asked depends on the ways; numbers, codes, companies, the page for a password."""

import pytest

from actions.sign_in import phone_in
from tests.actions import views
from tests.actions.conftest import Talk

COMPANIES = [{"id": "c1", "name": "Кофейня у Петра"}, {"id": "c2", "name": "Столовая № 7"}]


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+7 900 123-45-67", "+7 900 123-45-67"),
        ("мой номер 8(900)123-45-67, жду", "8(900)123-45-67"),
        ("89001234567", "89001234567"),
        ("молока 10, сливок 20", None),
        ("КОД 12345", None),
        ("482913", None),
    ],
)
def test_a_phone_in_the_words(text: str, phone: str | None) -> None:
    assert phone_in(text) == phone


async def test_first_words_follow_the_policy_and_the_channel(stranger: Talk) -> None:
    stranger.answers("GET", "session", views.visitor(ways=["contact", "code", "login"]))
    reply = await stranger.run("action_greet", intent="start")
    assert reply.text == (
        "Здравствуйте! Чтобы показать ваши цены, нужно узнать вас. Нажмите «Отправить мой номер». "
        "Или напишите код компании — его даёт ваш менеджер. Или войдите с логином и паролем."
    )
    assert reply.buttons == ["Отправить мой номер", "Войти с паролем", "Позвать человека"]
    assert reply.messages[-1]["buttons"][0] == {"title": "Отправить мой номер", "request": "contact"}


async def test_an_unknown_number_leaves_the_other_ways(stranger: Talk) -> None:
    stranger.answers("GET", "session", views.visitor(ways=["contact", "code"], problem="unknown_phone"))
    reply = await stranger.run("action_share_phone")
    assert reply.text.startswith("Вашего номера нет в карточках наших клиентов. Чтобы показать ваши цены, нужен код")
    assert "Позвать человека" in reply.buttons


async def test_a_forwarded_contact_is_refused_in_words(stranger: Talk) -> None:
    stranger.answers("GET", "session", views.visitor(ways=["contact"], problem="foreign_contact"))
    assert (await stranger.run("action_share_phone")).text.startswith("Это чужой контакт.")


async def test_one_person_of_two_companies_chooses(stranger: Talk) -> None:
    stranger.answers("GET", "session", views.visitor(step="company", companies=COMPANIES))
    asked = await stranger.run("action_share_phone")
    assert asked.text == "От какой компании вы пишете?"
    assert asked.payload("Столовая № 7") == '/choose_company{"company": "c2"}'
    stranger.answers("POST", "session/company", views.visitor(step="signed_in", me=views.me(can_switch=True)))
    done = await stranger.run("action_choose_company", company="c2")
    assert done.text == "Здравствуйте, ООО «Кофейня у Петра»! Что хотите сделать?"
    assert done.buttons[-1] == "Сменить компанию"
    assert stranger.sent("POST", "session/company") == [{"company": "c2"}]


async def test_a_company_that_was_not_offered(talk: Talk) -> None:
    talk.refuses("POST", "session/company", 403, "no_company")
    reply = await talk.run("action_choose_company", company="c9")
    assert reply.text == "Выберите, пожалуйста, компанию заново."


async def test_a_typed_phone_a_wrong_code_another_and_the_right_one(stranger: Talk) -> None:
    stranger.answers("GET", "session", views.visitor(ways=["typed", "code"]))
    sent = views.visitor(step="code_sent", ways=["typed", "code"])
    stranger.answers("POST", "session/phone", sent)
    asked = await stranger.run("action_order", "8 900 123-45-67", "order")
    assert asked.text == (
        "Если этот номер есть в карточке клиента, на него или на почту придёт код. "
        "Напишите код сюда — он действует 10 минут."
    )
    assert asked.buttons == ["Новый код", "Позвать человека"]
    stranger.always("GET", "session", sent)
    stranger.refuses("POST", "session/one-time-code", 403, "wrong_one_time_code")
    wrong = await stranger.run("action_order", "482 913", "order")
    assert wrong.text.startswith("Код не подошёл.")
    stranger.refuses("POST", "session/resend", 429, "code_just_sent")
    assert (await stranger.run("action_resend_code")).text.startswith("Код уже отправлен.")
    stranger.answers("POST", "session/one-time-code", views.visitor(step="signed_in", me=views.me()))
    assert (await stranger.run("action_order", "код 111222", "order")).text.startswith("Здравствуйте, ООО")
    assert stranger.sent("POST", "session/one-time-code") == [{"code": "482913"}, {"code": "111222"}]


async def test_an_invitation_s_link_carries_its_code(stranger: Talk) -> None:
    stranger.answers("GET", "session", views.visitor(ways=["contact"]))
    stranger.answers("POST", "session/sign-in", views.me())
    assert (await stranger.run("action_greet", intent="start", code="KXTP-2947-MMCA")).text.startswith("Здравствуйте")
    assert stranger.sent("POST", "session/sign-in") == [{"code": "KXTP-2947-MMCA"}]


async def test_the_number_of_the_page_is_typed_into_the_chat(stranger: Talk) -> None:
    page = views.visitor(step="code_sent", sent_by=["page"], ways=["login"])
    stranger.answers("GET", "session", page)
    asked = await stranger.run("action_greet", intent="start")
    assert asked.text == "Пароль подошёл. Напишите сюда число со страницы — оно действует 10 минут."
    assert asked.buttons == ["Позвать человека"]
    stranger.answers("GET", "session", page)
    stranger.refuses("POST", "session/one-time-code", 403, "wrong_page_number")
    wrong = await stranger.run("action_order", "111 111", "order")
    assert wrong.text.startswith("Число не подошло.") and "Войти с паролем" in wrong.buttons
    stranger.answers("GET", "session", page)
    stranger.answers("POST", "session/one-time-code", views.visitor(step="signed_in", me=views.me()))
    assert (await stranger.run("action_order", "482 913", "order")).text.startswith("Здравствуйте, ООО")


async def test_a_password_is_typed_on_a_page(stranger: Talk) -> None:
    stranger.answers("POST", "session/login-link", {"url": "https://orders.example/sign-in/abc"})
    reply = await stranger.run("action_other_way", way="login")
    assert "не в чате" in reply.text
    page = {"title": "Открыть страницу", "url": "https://orders.example/sign-in/abc"}
    assert reply.messages[-1]["buttons"][0] == page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("contact", "Ваш доступ к заказам компании закрыт."),
        ("phone", "Этот номер больше не привязан"),
        ("code", "Код, по которому вы вошли, больше не действует."),
        ("login", "Пароль, с которым вы вошли, больше не действует."),
        ("customer", "Заказы для вашей компании сейчас закрыты."),
    ],
)
async def test_who_was_cut_off_is_told_why_and_whom_to_ask(stranger: Talk, reason: str, words: str) -> None:
    stranger.answers("GET", "session", views.visitor(closed=reason))
    reply = await stranger.run("action_order", "молока 10", "order")
    assert reply.text.startswith(words)
    assert "поможет менеджер: Анна, +7 900 000-00-02" in reply.text


async def test_leaving_and_changing_the_company_in_words(talk: Talk) -> None:
    talk.answers("POST", "session/switch", views.visitor(step="company", companies=COMPANIES))
    assert (await talk.run("action_out_of_scope", "Сменить компанию", "out_of_scope")).buttons[0] == "Кофейня у Петра"
    talk.refuses("POST", "session/switch", 403, "one_company")
    one = await talk.run("action_out_of_scope", "сменить компанию", "out_of_scope")
    assert one.text == "Ваш вход — только для одной компании."
    talk.answers("POST", "session/sign-out", views.visitor(ways=["number"], left=True))
    out = await talk.run("action_deny", "выйти", "deny")
    assert out.text.startswith("Вы вышли.")
    assert out.buttons == ["Войти по номеру", "Позвать человека"]


async def test_an_invitation_pressed_by_somebody_signed_in(talk: Talk) -> None:
    talk.answers("POST", "session/sign-in", views.me(customer={"name": "ООО «Берёзка»"}))
    moved = await talk.run("action_greet", intent="start", code="KXTP-2947-MMCA")
    assert moved.text == "Здравствуйте, ООО «Берёзка»! Что хотите сделать?"
    # WhatsApp's link brings it as words.
    talk.answers("POST", "session/sign-in", views.me())
    assert (await talk.run("action_order", "Код KXTP-2947-MMCA", "order")).text.startswith("Здравствуйте, ООО")
    talk.refuses("POST", "session/sign-in", 403, "wrong_code")
    assert (await talk.run("action_greet", intent="start", code="OLD")).text.startswith("Такого кода нет.")
