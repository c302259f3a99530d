"""A file sent from the web page of a running system: `python -m tests.e2e.upload CONVERSATION NAME TEXT < file`.

The page has no upload of its own yet; this stores what its endpoint will store, in the same transaction with the job.
When it is there, `sends_file` posts to it and this module goes.
"""

import asyncio
import subprocess
import sys
from uuid import UUID, uuid4

from api.run.paths import ROOT, import_path, python_of
from api.run.system import System
from tests.e2e.chat import Chat, Message


def sends_file(system: System, chat: Chat, name: str, content: bytes, text: str = "") -> list[Message]:
    """Sends the file and waits for the answer."""
    chat.fetch()
    before = chat.seen
    session = chat.http.post("/webchat/session", json={"visitor": chat.visitor, "code": None}).json()
    command = [str(python_of("api")), "-m", "tests.e2e.upload", session["conversation"], name, text]
    environment = system.environment | {"PYTHONPATH": import_path()}
    done = subprocess.run(command, input=content, cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return chat.wait_for_answer(before)


async def _store(conversation_id: UUID, name: str, text: str, content: bytes) -> None:
    from api.channels.port import Attachment, InboundMessage
    from api.config import settings
    from api.conversations import intake
    from api.db.models import ConversationRow
    from api.db.session import dispose_engines, staff_session

    async with staff_session() as session:
        user = (await session.get_one(ConversationRow, conversation_id)).channel_user
        file = Attachment("document", "f", name, size=len(content))
        message = InboundMessage(str(uuid4()), user, {}, text=text, attachments=(file,))
        await intake.receive(session, settings().clock, "webchat", message, {"f": content})
    await dispose_engines()


if __name__ == "__main__":
    asyncio.run(_store(UUID(sys.argv[1]), sys.argv[2], sys.argv[3], sys.stdin.buffer.read()))
