"""Many updates at once, repeated and shuffled, to a provider that fails: nothing lost, nothing doubled, limits kept."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from dataclasses import replace
from uuid import UUID

import httpx
import procrastinate
import pytest
from sqlalchemy import func, select

from api.channels import registry
from api.channels.errors import DeliveryError
from api.channels.memory import SECRET_HEADER, MemoryMessenger
from api.channels.port import Capabilities, Outgoing
from api.conversations import assistant
from api.db.models import ConversationRow, InboxRow, OutboxRow
from api.db.session import staff_session

CHATS = 50
PATIENCE_SECONDS = 240
AT_ONCE = 40
"""How many requests a provider sends side by side (Telegram's max_connections)."""


class StormyMessenger(MemoryMessenger):
    """Fails now and then as providers do, and remembers when each message went through."""

    def __init__(self, chance: random.Random, limits: Capabilities) -> None:
        super().__init__(capabilities=limits)
        self.chance = chance
        self.log: list[tuple[float, str, str]] = []
        self.failed: Counter[str] = Counter()

    async def send(self, to: str, message: Outgoing, *, in_window: bool = True) -> str:
        luck = self.chance.random()
        if luck < 0.01:
            self.failed["429"] += 1
            raise DeliveryError("Слишком часто.", permanent=False, evidence="429", retry_after=1, whole_channel=True)
        if luck < 0.15:
            self.failed["502"] += 1
            raise DeliveryError("Нет ответа.", permanent=False, evidence="502")
        self.log.append((time.monotonic(), to, message.text))
        return await super().send(to, message, in_window=in_window)


@pytest.mark.parametrize(
    "updates", [200, pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(PATIENCE_SECONDS + 60)])]
)
async def test_a_storm_of_updates(
    web: httpx.AsyncClient,
    twin: MemoryMessenger,
    monkeypatch: pytest.MonkeyPatch,
    updates: int,
) -> None:
    chance = random.Random(20251215)
    limits = replace(twin.capabilities, per_second=200.0, per_chat_seconds=0.05)
    stormy = StormyMessenger(chance, limits)
    monkeypatch.setitem(registry.OPENERS, stormy.kind, lambda: stormy)
    registry.channels.cache_clear()
    heard = _echo(monkeypatch)

    started = time.monotonic()
    await _deliver_updates(web, stormy, updates, chance)
    received = time.monotonic() - started
    await _work_until_said(updates)
    total = time.monotonic() - started

    async with staff_session() as session:
        rows = (await session.execute(select(InboxRow.conversation_id, InboxRow.text).order_by(InboxRow.id))).all()
        states = dict((await session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))).all())
        users = dict((await session.execute(select(ConversationRow.id, ConversationRow.channel_user))).all())
    arrived: dict[UUID, list[str]] = defaultdict(list)
    for conversation, words in rows:
        arrived[conversation].append(words)
    assert len(rows) == updates, "each update is stored once"
    assert heard == arrived, "each is handled once, in the order of arrival in its chat"
    assert states == {"sent": updates}, "nothing is lost"
    said: dict[str, list[str]] = defaultdict(list)
    for _, to, words in stormy.log:
        said[to].append(words)
    assert said == {users[conversation]: words for conversation, words in arrived.items()}, "nothing doubled, in order"
    fastest = _most_in_a_second([moment for moment, _, _ in stormy.log])
    assert fastest <= limits.per_second * 1.2 + 1
    print(
        f"\nstorm: {updates} updates, {updates // 2} of them twice, in {CHATS} chats: stored in {received:.1f} s, "
        f"all answered after {total:.1f} s; failures {dict(stormy.failed)}; at most {fastest} sent in a second"
    )


def _echo(monkeypatch: pytest.MonkeyPatch) -> dict[UUID, list[str]]:
    """An assistant that answers every message with its own words, and notes what it heard."""
    heard: dict[UUID, list[str]] = defaultdict(list)

    async def ask(conversation: str, text: str, metadata: dict[str, object]) -> assistant.Turn:
        heard[UUID(conversation)].append(text)
        return assistant.Turn([{"text": text}], "order", 0.9)

    monkeypatch.setattr(assistant, "ask", ask)
    return heard


async def _deliver_updates(
    web: httpx.AsyncClient, messenger: MemoryMessenger, updates: int, chance: random.Random
) -> None:
    """Every second update comes twice, and all of them in no order, many at a time."""
    bodies = [{"id": f"u{n}", "user": f"chat{n % CHATS}", "text": f"молока {n}"} for n in range(updates)]
    bodies += bodies[::2]
    chance.shuffle(bodies)
    gate = asyncio.Semaphore(AT_ONCE)

    async def post(body: dict[str, str]) -> int:
        async with gate:
            answer = await web.post("/webhooks/memory", json=body, headers={SECRET_HEADER: messenger.secret})
            return answer.status_code

    assert set(await asyncio.gather(*map(post, bodies))) == {200}


async def _work_until_said(updates: int) -> None:
    from api.worker import app, conninfo

    connector = procrastinate.PsycopgConnector(conninfo=conninfo(), min_size=2, max_size=12)
    with app.replace_connector(connector):
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    concurrency=8,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    fetch_job_polling_interval=0.2,
                )
            )
            try:
                await asyncio.wait_for(_all_said(updates), PATIENCE_SECONDS)
            finally:
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)


async def _all_said(updates: int) -> None:
    while True:
        async with staff_session() as session:
            sent = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "sent")
            if await session.scalar(sent) == updates:
                return
        await asyncio.sleep(0.2)


def _most_in_a_second(moments: list[float]) -> int:
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)
