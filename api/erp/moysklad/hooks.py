"""МойСклад tells us of changes. It signs nothing: the last part of the address is a secret, and what changed is read.

A notification must be answered within a second and a half; it is sent three times more at once and then forgotten, so
the sync goes on asking (md/dictionaries/_webhook.md of the documentation). Repeats only make us read once more.
"""

import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from api.erp.errors import ErpError, Reason
from api.erp.moysklad.client import Client
from api.erp.moysklad.rows import text
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.port import Call, Data, Reply

BODY_LIMIT = 1_000_000
URL_LENGTH = 255
SECRET_LENGTH = 24
NO_ADDRESS = "Не задан адрес для уведомлений МоегоСклада: ERP_WEBHOOK_URL и ERP_WEBHOOK_SECRET."
WEAK = f"Секрет адреса уведомлений короче {SECRET_LENGTH} знаков: его можно подобрать."
TOO_LONG = "Адрес для уведомлений длиннее 255 знаков: МойСклад его не примет."

MEANS: dict[str, frozenset[Data]] = {
    "product": frozenset((Data.GOODS, Data.PRICES)),
    "variant": frozenset((Data.GOODS, Data.PRICES)),
    "productfolder": frozenset((Data.GOODS,)),
    "store": frozenset((Data.GOODS,)),
    "counterparty": frozenset((Data.CUSTOMERS,)),
    "customerorder": frozenset((Data.ORDERS, Data.STOCK)),
    "demand": frozenset((Data.ORDERS, Data.STOCK, Data.BALANCES)),
    "salesreturn": frozenset((Data.STOCK, Data.BALANCES)),
    "invoiceout": frozenset((Data.BALANCES,)),
    "paymentin": frozenset((Data.BALANCES,)),
    "cashin": frozenset((Data.BALANCES,)),
    "supply": frozenset((Data.STOCK,)),
    "loss": frozenset((Data.STOCK,)),
    "enter": frozenset((Data.STOCK,)),
    "move": frozenset((Data.STOCK,)),
}
"""What is to be read again when a thing of this type changed."""
ACTIONS = ("CREATE", "UPDATE", "DELETE")


class Hooks:
    """Answers notifications, and asks for them."""

    def __init__(self, client: Client, settings: MoyskladSettings) -> None:
        self._client = client
        self._url = settings.webhook_url.rstrip("/")
        self._secret = settings.webhook_secret.get_secret_value()

    async def answer(self, call: Call) -> Reply:
        """See Exchange. Nothing is asked of МойСклад before the answer."""
        if not self._secret or not hmac.compare_digest(call.path.strip("/").encode(), self._secret.encode()):
            return Reply(404)
        if call.method != "POST":
            return Reply(405)
        body = await _whole(call.body)
        if body is None:
            return Reply(413)
        try:
            types = _types(json.loads(body))
        except (ValueError, TypeError, LookupError):
            return Reply(400)
        changed = frozenset[Data]().union(*(MEANS.get(kind, frozenset()) for kind in types))
        return Reply(204, changed=changed)

    async def missing(self) -> list[tuple[str, str]]:
        """The notifications (type, action) that МойСклад does not send to our address."""
        with self._hidden():
            return await self._missing()

    async def _missing(self) -> list[tuple[str, str]]:
        there = {(text(row, "entityType"), text(row, "action")) async for row in self._ours() if row.get("enabled")}
        return [wanted for wanted in _wanted() if wanted not in there]

    async def subscribe(self) -> list[tuple[str, str]]:
        """Asks for what is missing; needs an administrator's token. Returns what was asked for."""
        if not self._url or not self._secret:
            raise ErpError(NO_ADDRESS, permanent=True, reason=Reason.RIGHTS)
        if len(self._secret) < SECRET_LENGTH:
            raise ErpError(WEAK, permanent=True, reason=Reason.RIGHTS)
        if len(self._address) > URL_LENGTH:
            raise ErpError(TOO_LONG, permanent=True, reason=Reason.RIGHTS)
        with self._hidden():
            return await self._subscribed()

    async def _subscribed(self) -> list[tuple[str, str]]:
        asleep = {
            (text(row, "entityType"), text(row, "action")): text(row, "id")
            async for row in self._ours()
            if not row.get("enabled")
        }
        missing = await self._missing()
        for kind, action in missing:
            if ref := asleep.get((kind, action)):
                # МойСклад switches off what it could not deliver for a week.
                await self._client.put(f"entity/webhook/{ref}", {"enabled": True})
            else:
                body = {"url": self._address, "entityType": kind, "action": action}
                await self._client.post("entity/webhook", body)
        return missing

    @property
    def wanted(self) -> bool:
        """Whether notifications are set up on our side."""
        return bool(self._url and self._secret)

    @contextmanager
    def _hidden(self) -> Iterator[None]:
        """Answers repeat our address: its secret is kept out of the evidence, which is logged and shown."""
        try:
            yield
        except ErpError as error:
            error.evidence = error.evidence.replace(self._secret, "…")
            raise

    @property
    def _address(self) -> str:
        return f"{self._url}/{self._secret}"

    async def _ours(self) -> AsyncIterator[Any]:
        async for row in self._client.rows("entity/webhook"):
            if text(row, "url") == self._address:
                yield row


def _wanted() -> list[tuple[str, str]]:
    return [(kind, action) for kind in MEANS for action in ACTIONS]


def _types(body: Any) -> set[str]:
    """The types of the events; the notification of stock has a report instead."""
    if "reportUrl" in body:
        return {"supply"}
    return {str(event["meta"]["type"]) for event in body["events"]}


async def _whole(body: AsyncIterator[bytes]) -> bytes | None:
    """The body, or None when it is longer than any notification."""
    found = bytearray()
    async for part in body:
        found += part
        if len(found) > BODY_LIMIT:
            return None
    return bytes(found)
