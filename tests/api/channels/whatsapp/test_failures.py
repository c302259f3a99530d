"""What a refusal means for the message, in an answer and in the log."""

import pytest
from structlog.testing import capture_logs
from werkzeug import Response

from api.channels.errors import DeliveryError
from api.channels.port import Outgoing
from api.channels.whatsapp.adapter import WhatsApp
from tests.api.channels.whatsapp.fake import FakeProvider, answer, failure
from tests.api.channels.whatsapp.payloads import ANNA


async def failed(provider: FakeProvider, channel: WhatsApp, response: Response) -> DeliveryError:
    provider.next.append(response)
    with pytest.raises(DeliveryError) as raised:
        await channel.send(ANNA, Outgoing("Заказ принят."))
    return raised.value


@pytest.mark.parametrize(
    ("code", "status", "permanent", "whole", "blocked"),
    [
        (131047, 400, True, False, False),
        (131026, 400, True, False, True),
        (131051, 400, True, False, False),
        (132001, 404, True, False, False),
        (132015, 400, True, False, False),
        (132999, 400, True, False, False),
        (100, 400, True, False, False),
        (777, 400, True, False, False),
        (131056, 429, False, False, False),
        (131000, 500, False, False, False),
        (131016, 503, False, False, False),
        (777, 502, False, False, False),
        (130429, 429, False, True, False),
        (80007, 400, False, True, False),
        (4, 400, False, True, False),
        (131048, 400, False, True, False),
        (190, 401, False, True, False),
        (10, 403, False, True, False),
        (200, 403, False, True, False),
    ],
)
async def test_codes(
    provider: FakeProvider,
    channel: WhatsApp,
    code: int,
    status: int,
    permanent: bool,
    whole: bool,
    blocked: bool,
) -> None:
    error = await failed(provider, channel, failure(code, status, "why"))
    assert (error.permanent, error.whole_channel, error.blocked) == (permanent, whole, blocked)
    assert error.evidence == f"HTTP {status}: {code} why"
    assert (error.retry_after is None) or not permanent
    assert not whole or error.retry_after, "without a wait the next message would run into the same wall"


async def test_an_expired_token_is_told_loudly_and_without_the_token(provider: FakeProvider, channel: WhatsApp) -> None:
    with capture_logs() as logs:
        await failed(provider, channel, failure(190, 401, "Session has expired for 79000000011"))
    (line,) = logs
    assert (line["log_level"], line["evidence"]) == ("error", "HTTP 401: 190 Session has expired for …")


async def test_errors_of_360dialog_itself(provider: FakeProvider, channel: WhatsApp) -> None:
    unpaid = answer({"meta": {"http_code": 400, "developer_message": "lack of payment"}}, 400)
    error = await failed(provider, channel, unpaid)
    assert (error.permanent, error.evidence) == (False, "HTTP 400: lack of payment")
    error = await failed(provider, channel, answer({"error": "Invalid api_key"}, 401))
    assert (error.permanent, error.whole_channel) == (False, True)
    for gateway in (Response("<html>Bad gateway</html>", 502), answer({"message": "slow down"}, 429), answer([], 503)):
        assert not (await failed(provider, channel, gateway)).permanent


async def test_a_provider_that_does_not_answer(provider: FakeProvider) -> None:
    channel = provider.channel(api_url="http://127.0.0.1:9/v26.0")
    with pytest.raises(DeliveryError) as raised:
        await channel.send(ANNA, Outgoing("Заказ принят."))
    await channel.close()
    assert (raised.value.permanent, raised.value.evidence) == (False, "ConnectError")


async def test_an_answer_without_an_id_is_not_sent_twice(provider: FakeProvider, channel: WhatsApp) -> None:
    for odd in (answer({}), answer({"messages": []}), answer({"messages": [{"id": 5}]}), answer([1]), Response("ok")):
        assert (await failed(provider, channel, odd)).permanent


async def test_acknowledging_marks_as_read_and_types(provider: FakeProvider, channel: WhatsApp) -> None:
    await channel.acknowledge(ANNA, {"id": "wamid.IN1"})
    assert provider.read == [
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.IN1",
            "typing_indicator": {"type": "text"},
        }
    ]
