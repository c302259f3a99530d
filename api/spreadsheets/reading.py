"""A customer's file into sheets, in a process that may die without harm."""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress

from api.domain.sheet import Sheet
from api.spreadsheets import limits, wire
from api.spreadsheets.errors import Unreadable

AT_ONCE = 2
"""Files that one process of ours has read at the same time: each may take a gigabyte."""
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT")
"""What the reader sees of our environment: no addresses, no secrets."""
ENDS = {-signal.SIGKILL: "too_slow", -signal.SIGXCPU: "too_slow"}
"""What the reader's death says of the file; whatever else kills it, the file asked for too much memory."""
_reading = asyncio.Semaphore(AT_ONCE)


def environment() -> dict[str, str]:
    """What a reader's process is started with."""
    return {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | {"PYTHONUTF8": "1"}


async def read(content: bytes) -> tuple[Sheet, ...]:
    """The sheets of the file that hold anything, in their order; raises Unreadable."""
    if len(content) > limits.FILE_BYTES:
        raise Unreadable("too_big", f"{len(content)} bytes")
    async with _reading:
        code, answer = await _asked(content)
    if code != 0:
        raise Unreadable(ENDS.get(code, "bomb" if code < 0 else "broken"), f"the reader ended with {code}")
    if answer.startswith(b"{"):
        refusal = json.loads(answer)
        raise Unreadable(refusal["error"], refusal["evidence"])
    return await asyncio.to_thread(wire.unpacked, answer.decode())


async def _asked(content: bytes) -> tuple[int, bytes]:
    """The reader's exit code and what it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "api.spreadsheets.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(content), limits.WALL_SECONDS)
    except TimeoutError:
        raise Unreadable("too_slow", f"no answer in {limits.WALL_SECONDS} s") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode or 0, answer
