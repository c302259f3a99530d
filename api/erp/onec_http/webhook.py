"""What 1C tells us: a body signed with the shared secret, fresh, and each but once."""

import hashlib
import hmac
from collections.abc import AsyncIterator

from pydantic import ValidationError

from api.domain.clock import Clock
from api.erp.onec_http.wire import Changed
from api.erp.port import Call, Data, Reply

PATH = "changed"
MAX_BODY = 1_000_000
WINDOW = 300
"""Seconds between 1C's clock and ours; a signature is remembered for as long."""

NOWHERE = Reply(404, "Здесь нет такого адреса: изменения сообщаются на …/changed.".encode())
NOT_POST = Reply(405, "Нужен метод POST.".encode(), headers={"Allow": "POST"})
NO_SECRET = Reply(403, "У бота не задан секрет вебхука (ERP_WEBHOOK_SECRET).".encode())
TOO_LONG = Reply(413, "Тело больше 1 МБ: передайте виды данных без ids.".encode())
NOT_SIGNED = Reply(403, "Подпись не сходится: секрет в 1С и у бота разный, или тело изменили в пути.".encode())
NOT_NOW = Reply(403, "Время в X-Bot-Timestamp далеко от часов бота (больше 5 минут): сверьте часы сервера 1С.".encode())
TWICE = Reply(403, "Это сообщение уже принято; повтор подписывается заново.".encode())
NOT_READ = Reply(400, 'Тело не по договору: ожидается {"changes": [{"kind": …}]}.'.encode())


class Webhook:
    """Checks and reads what comes. Signatures are compared in constant time, over the raw bytes."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._seen: dict[str, float] = {}

    async def answer(self, call: Call) -> Reply:
        """See Exchange."""
        if call.path != PATH:
            return NOWHERE
        if call.method != "POST":
            return NOT_POST
        if not self._secret:
            return NO_SECRET
        body = await _whole(call.body)
        if body is None:
            return TOO_LONG
        return self._refused(call, body) or _read(body)

    def _refused(self, call: Call, body: bytes) -> Reply | None:
        moment, given = call.headers.get("x-bot-timestamp", ""), call.headers.get("x-bot-signature", "")
        mac = hmac.new(self._secret, moment.encode() + b"." + body, hashlib.sha256)
        if not hmac.compare_digest(f"sha256={mac.hexdigest()}".encode(), given.encode()):
            return NOT_SIGNED
        now = self._clock.now().timestamp()
        # A signed moment may still be a word: then it is far from now.
        if not (moment.isascii() and moment.isdigit() and abs(now - int(moment[:12])) <= WINDOW):
            return NOT_NOW
        self._seen = {known: at for known, at in self._seen.items() if now - at <= 2 * WINDOW}
        if given in self._seen:
            return TWICE
        self._seen[given] = now
        return None


def _read(body: bytes) -> Reply:
    """Kinds that we do not know are passed over: the extension may be newer."""
    try:
        told = Changed.model_validate_json(body)
    except ValidationError:
        return NOT_READ
    known = {kind.value for kind in Data}
    return Reply(changed=frozenset(Data(change.kind) for change in told.changes if change.kind in known))


async def _whole(parts: AsyncIterator[bytes]) -> bytes | None:
    """The body; None as soon as it grows too long."""
    body = bytearray()
    async for chunk in parts:
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)
