"""The worker's own process with a bot that polls: begins by itself, stops when it is told to."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT

from sqlalchemy import select

from api.conversations.watch import last_outcomes
from api.db.models import InboxRow
from api.db.session import staff_session
from api.run.paths import ROOT
from tests.api.channels.telegram import updates
from tests.api.channels.telegram.fake import FakeTelegram


async def stored() -> list[str]:
    async with staff_session() as session:
        return list(await session.scalars(select(InboxRow.text)))


async def prepared() -> dict[str, str]:
    async with staff_session() as session:
        return await last_outcomes(session)


async def test_a_worker_asks_prepares_and_stops(database: str, fake: FakeTelegram) -> None:
    fake.updates = [updates.wrote(5, text="молоко 5")]
    fake.hook |= {"url": "https://elsewhere.example"}
    environment = os.environ | {
        "TELEGRAM_TOKEN": updates.TOKEN,
        "TELEGRAM_API_URL": fake.url,
        "TELEGRAM_MODE": "polling",
        "RASA_URL": "http://127.0.0.1:9",
    }
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.worker", cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT
    )
    try:
        async with asyncio.timeout(60):
            # The webhook of a former mode refuses polling until the watch has taken it away.
            while await stored() != ["молоко 5"] or await prepared() != {"telegram": "ok"}:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        worker.send_signal(signal.SIGTERM)
        async with asyncio.timeout(40):
            output, _ = await worker.communicate()
    finally:
        if worker.returncode is None:
            worker.kill()
    assert worker.returncode == 0
    assert updates.TOKEN not in output.decode()
    assert b"polling.broken" not in output
    assert fake.hook["url"] == ""
    assert fake.commands
