"""A channel with a slow pace and a long burst: the wait that a provider asks for is kept all the same."""

from api.channels.port import Capabilities
from api.conversations import pace
from api.db.session import staff_session

SLOW = Capabilities(
    text=400, buttons=3, button_title=20, payload_bytes=64, per_second=1_000, per_chat_seconds=6, chat_burst=5
)


async def test_a_burst_goes_at_once_and_then_the_pace_counts(database: str) -> None:
    waits = [await pace.reserve("slow", "anna", SLOW) for _ in range(8)]
    assert waits[:6] == [0.0] * 6
    assert all(5 < wait <= 6 for wait in waits[6:])
    assert await pace.reserve("slow", "boris", SLOW) == 0.0


async def test_a_wait_that_was_asked_for_is_kept(database: str) -> None:
    async with staff_session() as session:
        await pace.hold(session, "slow", "anna", SLOW, 12, whole_channel=False)
    assert 11 < await pace.reserve("slow", "anna", SLOW) <= 12
    assert await pace.reserve("slow", "boris", SLOW) == 0.0
    async with staff_session() as session:
        await pace.hold(session, "slow", "anna", SLOW, 30, whole_channel=True)
    assert 29 < await pace.reserve("slow", "boris", SLOW) <= 30
