"""The webhook and the menu: kept as they should be, and brought back when MAX forgot them."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from api.channels.errors import DeliveryError
from api.channels.max.adapter import MaxMessenger
from api.channels.max.reading import KINDS
from api.channels.menu import MENU
from tests.api.channels.max.conftest import PUBLIC_URL, SECRET
from tests.api.channels.max.fake import FakeMax, answer

OURS = f"{PUBLIC_URL}/webhooks/max"


def writes(server: FakeMax) -> list[tuple[str, str]]:
    return [one[:2] for one in server.asked if one[0] != "GET"]


async def test_the_first_start_subscribes_and_sets_the_menu(channel: MaxMessenger, max_server: FakeMax) -> None:
    await channel.prepare()
    (held,) = max_server.subscriptions
    assert (held["url"], held["secret"], held["update_types"]) == (OURS, SECRET, sorted(KINDS))
    assert [one["name"] for one in max_server.commands] == list(MENU)
    max_server.asked.clear()
    await channel.prepare()
    assert writes(max_server) == []


async def test_a_lost_subscription_is_restored(channel: MaxMessenger, max_server: FakeMax) -> None:
    await channel.prepare()
    max_server.subscriptions.clear()  # eight hours without an answer of ours
    with capture_logs() as logs:
        await channel.prepare()
    assert [one["url"] for one in max_server.subscriptions] == [OURS]
    assert [(one["event"], one["was_lost"]) for one in logs] == [("max.subscribed", True)]
    assert SECRET not in str(logs)


async def test_one_that_misses_kinds_is_renewed(channel: MaxMessenger, max_server: FakeMax) -> None:
    await channel.prepare()
    for kinds in (["message_created"], None):
        max_server.subscriptions[0]["update_types"] = kinds
        await channel.prepare()
        assert max_server.subscriptions[0]["update_types"] == sorted(KINDS)


async def test_another_secret_is_told_at_the_next_start(
    opened: Callable[..., MaxMessenger], max_server: FakeMax
) -> None:
    await opened().prepare()
    await opened(secret="rotated-secret").prepare()
    assert [one["secret"] for one in max_server.subscriptions] == ["rotated-secret"]


async def test_only_leftovers_of_our_own_are_removed(channel: MaxMessenger, max_server: FakeMax) -> None:
    old, foreign = "https://old.example/webhooks/max", "https://crm.example/hooks/7"
    max_server.subscriptions = [{"url": url, "time": 1, "update_types": None} for url in (old, foreign)]
    with capture_logs() as logs:
        await channel.prepare()
    assert {one["url"] for one in max_server.subscriptions} == {OURS, foreign}
    assert ("max.foreign_subscription", foreign) in [(one["event"], one.get("url")) for one in logs]


async def test_polling_needs_our_webhook_gone(opened: Callable[..., MaxMessenger], max_server: FakeMax) -> None:
    await opened().prepare()
    await opened(mode="polling").prepare()
    assert max_server.subscriptions == []
    assert max_server.commands


@pytest.mark.parametrize("address", ["", "http://orders.example"])
async def test_a_webhook_needs_https(
    opened: Callable[..., MaxMessenger], max_server: FakeMax, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    from api.config import settings

    monkeypatch.setattr(settings(), "public_url", address)
    with pytest.raises(DeliveryError) as failed:
        await opened(mode="webhook").prepare()
    assert failed.value.permanent
    assert "PUBLIC_URL" in failed.value.evidence
    assert max_server.asked == []


async def test_a_refusal_with_status_200_is_told(channel: MaxMessenger, max_server: FakeMax) -> None:
    max_server.failures.append(answer({"subscriptions": []}))
    max_server.failures.append(answer({"success": False, "message": "Invalid TLS chain"}))
    with pytest.raises(DeliveryError) as failed:
        await channel.prepare()
    assert "Invalid TLS chain" in failed.value.evidence
    await channel.prepare()
    assert [one["url"] for one in max_server.subscriptions] == [OURS]
