"""How the base tells the bot what has changed: a signed POST to its address."""

import hashlib
import hmac
import json
import time
from collections import defaultdict

import httpx

from api.erp.demo.hs.journal import Entry

MANY = 200
"""From so many ids of a kind on, none is named: all of the kind is to be read."""


def message(entries: list[Entry]) -> bytes:
    """The body."""
    ids: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        ids[entry.kind].append(entry.id)
    changes = [{"kind": kind, "ids": found if len(found) < MANY else []} for kind, found in ids.items()]
    return json.dumps({"changes": changes}, ensure_ascii=False).encode()


def signed(secret: str, body: bytes, now: float) -> dict[str, str]:
    """The headers that prove who sends it and when."""
    moment = str(int(now))
    signature = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Bot-Timestamp": moment, "X-Bot-Signature": f"sha256={signature}", "Content-Type": "application/json"}


async def send(url: str, secret: str, entries: list[Entry]) -> int:
    """Tells these changes; the status of the bot's answer."""
    body = message(entries)
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return (await client.post(url, content=body, headers=signed(secret, body, time.time()))).status_code
