"""A machine that MAX cannot reach asks itself."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from api.channels.errors import DeliveryError
from api.channels.max.adapter import MaxMessenger
from api.channels.max.reading import KINDS
from api.channels.port import InboundMessage, Poller, Presence
from tests.api.channels.max.fake import FakeMax, error
from tests.api.channels.max.updates import created, event


def texts(events: tuple[object, ...]) -> list[str]:
    return [one.text for one in events if isinstance(one, InboundMessage)]


async def test_the_next_marker_says_that_the_former_updates_are_stored(
    opened: Callable[..., MaxMessenger], max_server: FakeMax
) -> None:
    channel = opened(mode="polling")
    assert isinstance(channel, Poller)
    assert channel.polls
    max_server.updates = [created(1, "молоко"), created(2, "хлеб"), event("bot_stopped")]
    events, cursor = await channel.poll(None)
    assert texts(events) == ["молоко", "хлеб"]
    assert isinstance(events[-1], Presence)
    again, same = await channel.poll(cursor)
    assert (again, same) == ((), cursor)
    max_server.updates.append(created(3, "сыр"))
    events, cursor = await channel.poll(cursor)
    assert (texts(events), cursor) == (["сыр"], "4")
    assert [one[2].get("marker") for one in max_server.asked] == [None, "3", "3"]
    assert max_server.asked[0][2]["types"].split(",") == list(KINDS)


async def test_a_broken_update_does_not_hold_back_the_others(
    opened: Callable[..., MaxMessenger], max_server: FakeMax
) -> None:
    broken = created(1, "секретное", sender={"user_id": "?"})
    max_server.updates = [broken, created(2, "хлеб")]
    with capture_logs() as logs:
        events, cursor = await opened(mode="polling").poll(None)
    assert (texts(events), cursor) == (["хлеб"], "2")
    assert [(one["event"], one["kind"]) for one in logs] == [("max.broken_update", "message_created")]


async def test_failures_are_told(opened: Callable[..., MaxMessenger], max_server: FakeMax) -> None:
    max_server.failures.append(error(429, "too.many.requests", ""))
    with pytest.raises(DeliveryError) as failed:
        await opened(mode="polling").poll("7")
    assert not failed.value.permanent


def test_the_mode_follows_from_the_public_address(
    opened: Callable[..., MaxMessenger], monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.config import settings

    assert not opened().polls
    assert opened(mode="polling").polls
    monkeypatch.setattr(settings(), "public_url", "")
    assert opened().polls
    assert not opened(mode="webhook").polls
