"""What goes out, and what MAX's refusals mean."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs
from werkzeug import Response

from api.channels import rendering
from api.channels.errors import DeliveryError
from api.channels.max.adapter import MaxMessenger
from api.channels.port import Button, Outgoing
from tests.api.channels.max.fake import FakeMax, answer, error
from tests.api.channels.max.updates import CHAT, GROUP, TOKEN, USER, created, event, pressed


async def test_the_keyboard(channel: MaxMessenger, max_server: FakeMax) -> None:
    buttons = [
        {"title": "Поделиться номером", "request": "contact"},
        {"title": "Сайт", "url": "https://shop.example"},
        {"title": "Да", "payload": "/x"},
    ]
    (part,) = rendering.fit(7, "Кто вы?", buttons, channel.capabilities).parts
    await channel.send(str(USER), part)
    (keyboard,) = max_server.calls("POST", "/messages")[0][3]["attachments"]
    assert keyboard["payload"]["buttons"] == [
        [{"type": "request_contact", "text": "Поделиться номером"}],
        [
            {"type": "link", "text": "Сайт", "url": "https://shop.example"},
            {"type": "callback", "text": "Да", "payload": "7:2"},
        ],
    ]


async def test_addresses(channel: MaxMessenger, max_server: FakeMax) -> None:
    await channel.send(str(USER), Outgoing("Здравствуйте!"))
    await channel.send(f"chat:{GROUP}", Outgoing("Пишите лично."))
    assert [one[2] for one in max_server.asked] == [{"user_id": str(USER)}, {"chat_id": str(GROUP)}]
    for nobody in ("anna", "chat:", ""):
        with pytest.raises(DeliveryError) as failed:
            await channel.send(nobody, Outgoing("?"))
        assert failed.value.permanent


async def test_an_edit_takes_the_keyboard_away(channel: MaxMessenger, max_server: FakeMax) -> None:
    message_id = await channel.send(str(USER), Outgoing("Заказ", ((Button("Оформить", "7:0"),),)))
    await channel.edit(str(USER), message_id, Outgoing("Заказ отправлен."))
    assert max_server.messages[message_id]["attachments"] == []


async def test_a_press_is_ended_and_words_get_typing(channel: MaxMessenger, max_server: FakeMax) -> None:
    for raw in (pressed(1, "7:0"), created(2, "молоко"), event("bot_started"), {}):
        await channel.acknowledge(str(USER), raw)
    press, *typing = max_server.asked
    assert press[:3] == ("POST", "/answers", {"callback_id": "cb.00000001"})
    assert "message" not in press[3], "the message with the button stays as it is"
    assert [one[:2] for one in typing] == [("POST", f"/chats/{CHAT}/actions")] * 2


@pytest.mark.parametrize(
    ("refusal", "permanent", "blocked", "retry_after", "whole_channel"),
    [
        (error(401, "verify.token", "Invalid access_token"), False, False, 60, True),
        (error(403, "verify.token", "Invalid access_token"), False, False, 60, True),
        (error(403, "chat.denied", "Key: error.dialog.suspended"), True, True, None, False),
        (error(404, "not.found", "User not found"), True, True, None, False),
        (error(400, "proto.payload", "text is too long"), True, False, None, False),
        (error(400, "attachment.not.ready", "Key: errors.process.attachment"), False, False, None, False),
        (error(429, "too.many.requests", ""), False, False, 1, True),
        (error(429, "too.many.requests", "", **{"Retry-After": "Wed, 21 Oct"}), False, False, 1, True),
        (error(503, "service.unavailable", "", **{"Retry-After": "30"}), False, False, 30, False),
        (Response("<html>Bad Gateway</html>", 502), False, False, None, False),
        (Response("[]", 500), False, False, None, False),
        (Response("<html>log in to the network</html>", 200), False, False, None, False),
        (answer({"message": {"body": {}}}), False, False, None, False),
        (Response("", 302, {"Location": "https://elsewhere.example"}), True, False, None, False),
    ],
)
async def test_refusals(
    channel: MaxMessenger,
    max_server: FakeMax,
    refusal: Response,
    permanent: bool,
    blocked: bool,
    retry_after: float | None,
    whole_channel: bool,
) -> None:
    max_server.failures.append(refusal)
    with pytest.raises(DeliveryError) as failed:
        await channel.send(str(USER), Outgoing("Цена 2 500 ₽"))
    error_ = failed.value
    found = (error_.permanent, error_.blocked, error_.retry_after, error_.whole_channel)
    assert found == (permanent, blocked, retry_after, whole_channel)
    assert error_.evidence.startswith("POST /messages")
    for secret in (TOKEN, "2 500", str(USER)):
        assert secret not in error_.evidence


async def test_a_message_that_cannot_be_edited_blocks_nobody(channel: MaxMessenger, max_server: FakeMax) -> None:
    """Older than seven days and without a keyboard: it is said anew."""
    message_id = await channel.send(str(USER), Outgoing("Заказ принят."))
    for refusal in (answer({"success": False, "message": "too old"}), error(403, "edit.denied", "too old")):
        max_server.failures.append(refusal)
        with pytest.raises(DeliveryError) as failed:
            await channel.edit(str(USER), message_id, Outgoing("Заказ отгружен."))
        assert (failed.value.permanent, failed.value.blocked) == (True, False)


async def test_a_refused_token_is_loud(channel: MaxMessenger, max_server: FakeMax) -> None:
    max_server.failures.append(error(401, "verify.token", "Invalid access_token"))
    with capture_logs() as logs, pytest.raises(DeliveryError):
        await channel.send(str(USER), Outgoing("Здравствуйте!"))
    assert [(one["event"], one["log_level"]) for one in logs] == [("max.token_refused", "error")]


@pytest.mark.parametrize(
    "given", [{"api_url": "http://127.0.0.1:9"}, {"api_url": "nonsense"}, {"proxy": "http://127.0.0.1:9"}]
)
async def test_nobody_there(opened: Callable[..., MaxMessenger], given: dict[str, str]) -> None:
    with pytest.raises(DeliveryError) as failed:
        await opened(**given).send(str(USER), Outgoing("Здравствуйте!"))
    assert not failed.value.permanent


async def test_nothing_is_sent_twice_by_itself(channel: MaxMessenger, max_server: FakeMax) -> None:
    """An answer that was lost: whether to repeat is decided where the parts that arrived are noted."""
    max_server.failures.append(error(503, "service.unavailable", ""))
    with pytest.raises(DeliveryError):
        await channel.send(str(USER), Outgoing("Здравствуйте!"))
    assert len(max_server.calls("POST", "/messages")) == 1
