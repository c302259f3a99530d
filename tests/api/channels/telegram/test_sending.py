"""What goes out: how it is drawn, and what each of Telegram's refusals means."""

import asyncio

import pytest
from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs
from werkzeug import Response

from api.channels import rendering
from api.channels.errors import DeliveryError
from api.channels.port import Outgoing
from api.channels.telegram import session as session_module
from api.channels.telegram.adapter import Telegram
from api.channels.telegram.settings import TelegramSettings
from tests.api.channels.telegram import updates
from tests.api.channels.telegram.fake import FakeTelegram, Refused
from tests.api.channels.telegram.updates import TOKEN

ANNA = str(updates.CHAT["id"])
TEXT = "Заказ принят: молоко — 5 шт."


async def say(telegram: Telegram, text: str, buttons: list[dict[str, str]]) -> None:
    for part in rendering.fit(7, text, buttons, telegram.capabilities).parts:
        await telegram.send(ANNA, part)


async def test_a_message_goes_out_as_plain_text(telegram: Telegram, fake: FakeTelegram) -> None:
    await telegram.send(ANNA, Outgoing(TEXT))
    assert fake.called("sendMessage") == [
        {"chat_id": ANNA, "text": TEXT, "link_preview_options": {"is_disabled": True}},
    ]


async def test_quick_replies_and_links_are_an_inline_keyboard(telegram: Telegram, fake: FakeTelegram) -> None:
    titles = ["Оформить", "Изменить", "Молоко «Простоквашино» 3,2 % 930 мл"]
    buttons = [{"title": title, "payload": "/x"} for title in titles]
    await say(telegram, "Что дальше?", [*buttons, {"title": "Сайт", "url": "https://shop.example/"}])
    (sent,) = fake.called("sendMessage")
    assert sent["reply_markup"]["inline_keyboard"] == [
        [{"text": "Оформить", "callback_data": "7:0"}, {"text": "Изменить", "callback_data": "7:1"}],
        [{"text": titles[2], "callback_data": "7:2"}],
        [{"text": "Сайт", "url": "https://shop.example/"}],
    ]


async def test_the_number_is_asked_for_by_a_keyboard_of_its_own(telegram: Telegram, fake: FakeTelegram) -> None:
    await say(
        telegram,
        "Чтобы показать ваши цены, мне нужен ваш номер.",
        [{"title": "Поделиться номером", "request": "contact"}, {"title": "Ввести код", "payload": "/code"}],
    )
    first, second = fake.called("sendMessage")
    assert first["text"] == "Чтобы показать ваши цены, мне нужен ваш номер."
    assert first["reply_markup"] == {
        "keyboard": [[{"text": "Поделиться номером", "request_contact": True}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    assert second["text"] == rendering.OTHERWISE
    assert second["reply_markup"]["inline_keyboard"] == [[{"text": "Ввести код", "callback_data": "7:1"}]]


async def test_the_keyboard_goes_once_the_number_has_come(telegram: Telegram, fake: FakeTelegram) -> None:
    await telegram.acknowledge(ANNA, updates.shared(1, "79000000011", updates.ANNA["id"]))
    (sent,) = fake.called("sendMessage")
    assert sent["reply_markup"] == {"remove_keyboard": True}
    assert sent["disable_notification"] == "true"
    assert fake.chats[ANNA] == {}, "the message that took the keyboard away is taken back"


async def test_a_press_ends_its_spinner_and_words_show_typing(telegram: Telegram, fake: FakeTelegram) -> None:
    pressed = updates.pressed(1, "7:0")
    await telegram.acknowledge(ANNA, pressed)
    await telegram.acknowledge(ANNA, updates.wrote(2, text="молоко"))
    assert fake.calls == [
        ("answerCallbackQuery", {"callback_query_id": pressed["callback_query"]["id"]}),
        ("sendChatAction", {"chat_id": ANNA, "action": "typing"}),
    ]


async def test_a_press_that_is_too_old_to_be_answered_is_no_failure(telegram: Telegram, fake: FakeTelegram) -> None:
    words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    fake.failures.append(Refused(400, words))
    await telegram.acknowledge(ANNA, updates.pressed(1, "7:0"))
    fake.failures.append(Refused(400, "Bad Request: something else"))
    with pytest.raises(DeliveryError, match="something else"):
        await telegram.acknowledge(ANNA, updates.pressed(1, "7:0"))


async def test_an_edit_without_buttons_takes_them_away(telegram: Telegram, fake: FakeTelegram) -> None:
    await say(telegram, "Молоко — 5 шт.", [{"title": "Оформить", "payload": "/x"}])
    (message_id,) = fake.chats[ANNA]
    await telegram.edit(ANNA, str(message_id), Outgoing("Молоко — 8 шт."))
    assert fake.chats[ANNA][message_id] == {"text": "Молоко — 8 шт.", "reply_markup": None}


REFUSALS = [
    (Refused(403, "Forbidden: bot was blocked by the user"), True, True),
    (Refused(403, "Forbidden: user is deactivated"), True, True),
    (Refused(403, "Forbidden: bot was kicked from the supergroup chat"), True, True),
    (Refused(403, "Forbidden: bot can't initiate conversation with a user"), True, True),
    (Refused(400, "Bad Request: chat not found"), True, True),
    (Refused(400, "Bad Request: PEER_ID_INVALID"), True, True),
    (Refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100777), True, True),
    (Refused(400, "Bad Request: message text is empty"), True, False),
    (Refused(400, "Bad Request: BUTTON_DATA_INVALID"), True, False),
    (Refused(413, "Request Entity Too Large"), True, False),
    (Refused(401, "Unauthorized"), False, False),
    (Refused(404, "Not Found"), False, False),
    (Refused(409, "Conflict: terminated by other getUpdates request"), False, False),
    (Refused(500, "Internal Server Error"), False, False),
    (Refused(502, "Bad Gateway"), False, False),
    (Refused(418, "I'm a teapot"), False, False),
    (Response("<html>Доступ ограничен</html>", 200), False, False),
    (Response("", 504), False, False),
    (Response("[]", 200), False, False),
]


@pytest.mark.parametrize(
    ("failure", "permanent", "blocked"), REFUSALS, ids=lambda one: getattr(one, "description", None)
)
async def test_refusals(
    telegram: Telegram, fake: FakeTelegram, failure: Refused | Response, permanent: bool, blocked: bool
) -> None:
    fake.failures.append(failure)
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(ANNA, Outgoing(TEXT))
    assert (failed.value.permanent, failed.value.blocked) == (permanent, blocked)
    assert failed.value.evidence
    assert failed.value.retry_after is None


async def test_flood_control_binds_the_whole_channel(telegram: Telegram, fake: FakeTelegram) -> None:
    fake.failures.append(Refused(429, "Too Many Requests: retry after 35", retry_after=35))
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(ANNA, Outgoing(TEXT))
    error = failed.value
    assert (error.permanent, error.retry_after, error.whole_channel) == (False, 35, True)
    assert ANNA not in error.evidence


async def test_a_revoked_token_is_told_loudly_and_never_shown(telegram: Telegram, fake: FakeTelegram) -> None:
    fake.failures.append(Refused(401, "Unauthorized"))
    with capture_logs() as logs, pytest.raises(DeliveryError):
        await telegram.send(ANNA, Outgoing(TEXT))
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("telegram.token_refused", "error")]
    assert TOKEN not in str(logs)


async def test_a_message_that_was_sent_is_sent_whatever_the_answer_says_beside_its_number(
    telegram: Telegram, fake: FakeTelegram
) -> None:
    answer = '{"ok": true, "result": {"message_id": 5, "date": "завтра", "chat": {}}}'
    fake.failures.append(Response(answer, 200, content_type="application/json"))
    assert await telegram.send(ANNA, Outgoing(TEXT)) == "5"


async def nobody(token: str = TOKEN, **more: str) -> DeliveryError:
    """How a bot fails whose servers do not answer."""
    adapter = Telegram(TelegramSettings(token=token, api_url="http://127.0.0.1:9", mode="polling", **more))
    try:
        with pytest.raises(DeliveryError) as failed:
            await adapter.send(ANNA, Outgoing(TEXT))
    finally:
        await adapter.close()
    return failed.value


async def test_no_connection_is_transient() -> None:
    error = await nobody()
    assert not error.permanent
    assert "127.0.0.1" in error.evidence
    assert TOKEN not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__, "the cause would show the token in a traceback"


async def test_silence_is_transient(
    fake: FakeTelegram, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "TIMEOUT_SECONDS", 0.2)
    done = asyncio.Event()
    server = await asyncio.start_server(lambda _reader, _writer: done.wait(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    adapter = Telegram(TelegramSettings(token=TOKEN, api_url=f"http://127.0.0.1:{port}", mode="polling"))
    with pytest.raises(DeliveryError) as failed:
        await adapter.send(ANNA, Outgoing(TEXT))
    assert not failed.value.permanent
    done.set()
    await adapter.close()
    server.close()


async def test_a_proxy_is_asked(httpserver: HTTPServer) -> None:
    """A plain-HTTP proxy gets the whole address; the tests' server plays it."""
    answer = {"ok": True, "result": {"message_id": 5}}
    httpserver.expect_request(f"/bot{TOKEN}/sendMessage").respond_with_json(answer)
    settings = TelegramSettings(
        token=TOKEN, api_url="http://telegram.invalid", proxy=httpserver.url_for(""), mode="polling"
    )
    adapter = Telegram(settings)
    assert await adapter.send(ANNA, Outgoing(TEXT)) == "5"
    await adapter.close()
    request, _ = httpserver.log[0]
    assert request.headers["Host"] == "telegram.invalid"


async def test_a_file_is_fetched(telegram: Telegram, fake: FakeTelegram) -> None:
    fake.files["F1"] = ("documents/file_1.xlsx", b"PK" * 50_000)
    assert await telegram.fetch("F1") == b"PK" * 50_000


async def test_a_large_file_is_refused_whatever_its_size_was_said_to_be(telegram: Telegram, fake: FakeTelegram) -> None:
    fake.files["F1"] = ("documents/film.mkv", b"0" * (telegram.capabilities.attachment_bytes + 1))
    with pytest.raises(DeliveryError) as failed:
        await telegram.fetch("F1")
    assert failed.value.permanent
    answer = '{"ok": true, "result": {"file_id": "F1", "file_unique_id": "u", "file_path": "documents/film.mkv"}}'
    fake.failures.append(Response(answer, 200, content_type="application/json"))
    with pytest.raises(DeliveryError) as failed:
        await telegram.fetch("F1")
    assert failed.value.permanent


async def test_a_file_that_telegram_has_no_more(telegram: Telegram, fake: FakeTelegram) -> None:
    answer = '{"ok": true, "result": {"file_id": "F1", "file_unique_id": "u", "file_path": "documents/gone"}}'
    fake.failures.append(Response(answer, 200, content_type="application/json"))
    with pytest.raises(DeliveryError) as failed:
        await telegram.fetch("F1")
    assert failed.value.permanent
    assert TOKEN not in str(failed.value)
    fake.failures.append(Refused(400, "Bad Request: file is too big"))
    with pytest.raises(DeliveryError) as failed:
        await telegram.fetch("F1")
    assert failed.value.permanent
