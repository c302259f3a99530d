"""The exchange protocol: one request of 1C, one answer.

https://dev.1c-bitrix.ru/api_help/sale/algorithms/ and the texts of 1C itself. 1C asks by GET, and by POST for files;
others use POST for everything: the method decides nothing here. A failure is answered with 200 and its reason in the
second line, because 1C shows that to its user; only a wrong password is 401.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from api.domain.clock import Clock
from api.domain.order import OrderStatus
from api.erp.commerceml.book import Book
from api.erp.commerceml.intake import Intake
from api.erp.commerceml.ledger import File, Ledger, Session
from api.erp.commerceml.reading import BadFile
from api.erp.commerceml.session import COOKIE, SESSID, Keeper
from api.erp.commerceml.settings import MEGABYTE, CommercemlSettings
from api.erp.commerceml.statuses import WORDS
from api.erp.commerceml.store import on_disk
from api.erp.commerceml.uploads import Uploads
from api.erp.errors import ErpError
from api.erp.port import Call, Data, Reply

log = structlog.get_logger()

OLD_VERSION, VERSION = "2.05", "2.09"
"""Of the schema: for who names none at `init`, and for the others."""
TYPES = ("catalog", "sale")
METHODS = ("GET", "POST")
READ_HERE = 4 * MEGABYTE
"""A file up to this size is read while 1C waits; a larger one by the worker, and 1C hears «progress»."""
GLANCE_SECONDS = 0.3
OVER = "Сессия обмена не найдена или истекла: начните обмен заново."


@dataclass(frozen=True)
class Request:
    """A request whose sender is known."""

    call: Call
    session: Session
    token: str
    type: str
    filename: str


class Protocol:
    """Answers 1C."""

    def __init__(
        self,
        settings: CommercemlSettings,
        clock: Clock,
        ledger: Ledger,
        uploads: Uploads,
        intake: Intake,
        book: Book,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._uploads = uploads
        self._intake = intake
        self._book = book
        self._keeper = Keeper(settings)
        self._modes: dict[str, Callable[[Request], Awaitable[Reply]]] = {
            "init": self._init,
            "file": self._file,
            "import": self._import,
            "query": self._query,
            "success": self._success,
            "deactivate": self._all_came,
            "complete": self._all_came,
            "info": self._info,
        }

    async def answer(self, call: Call) -> Reply:
        """See Exchange."""
        try:
            with on_disk():
                return await self._answer(call)
        except BadFile as error:
            return self._failure(str(error))
        except ErpError as error:
            log.warning("commerceml.not_answered", message=error.message, evidence=error.evidence)
            return self._failure(error.message)

    async def _answer(self, call: Call) -> Reply:
        kind, mode = call.query.get("type", ""), call.query.get("mode", "")
        if call.method.upper() not in METHODS:
            return replace(self._failure("Принимаются запросы GET и POST."), status=405)
        if kind not in TYPES:
            return self._failure("Неизвестный вид обмена: type=catalog или type=sale.")
        if mode == "checkauth":
            return await self._checkauth(call)
        now = self._now()
        token = self._keeper.token(call.headers, now)
        session = await self._ledger.session(token, now) if token else None
        if token is None or session is None:
            return self._failure(OVER)
        given = call.query.get(SESSID)
        if given is not None and given != self._keeper.sessid(token):
            return self._failure(OVER)
        handler = self._modes.get(mode)
        if handler is None:
            return self._failure("Неизвестный шаг обмена.")
        return await handler(Request(call, session, token, kind, call.query.get("filename", "")))

    async def _checkauth(self, call: Call) -> Reply:
        if not self._keeper.knows(call.headers):
            log.warning("commerceml.refused")
            failure = self._failure("Неверное имя пользователя или пароль.")
            return replace(failure, status=401, headers={"WWW-Authenticate": 'Basic realm="1C"'})
        now = self._now()
        token, cookie = self._keeper.cookie(now)
        await self._ledger.begin(token, now)
        lines = (COOKIE, cookie, f"{SESSID}={self._keeper.sessid(token)}", f"timestamp={int(now)}")
        return self._text("success", *lines)

    async def _init(self, request: Request) -> Reply:
        version = request.call.query.get("version", "")
        await self._uploads.start(request.session, version)
        lines = ["zip=yes" if self._settings.zip else "zip=no", f"file_limit={self._settings.file_limit}"]
        if version:
            lines += [f"{SESSID}={self._keeper.sessid(request.token)}", f"version={VERSION}"]
        return self._text(*lines)

    async def _file(self, request: Request) -> Reply:
        length = request.call.headers.get("content-length", "")
        declared = int(length) if length.isdigit() else None
        name = await self._uploads.append(request.session, request.filename, request.call.body, declared)
        by_old = request.type == "sale" and not request.session.version
        if by_old and await self._uploads.is_whole(request.session, name):
            return await self._orders_came(request)
        return self._text("success")

    async def _orders_came(self, request: Request) -> Reply:
        """By the old protocol nothing else is said of a file of orders: it is read as soon as it is there."""
        await self._uploads.unpack(request.session)
        replies = [await self._read(request, item) for item in await self._uploads.uploaded(request.session)]
        failed = next((reply for reply in replies if not reply.body.startswith(b"success")), None)
        changed = frozenset[Data]().union(*(reply.changed for reply in replies))
        return replace(failed or self._text("success"), changed=changed)

    async def _import(self, request: Request) -> Reply:
        await self._uploads.unpack(request.session)
        return await self._read(request, request.filename)

    async def _read(self, request: Request, name: str) -> Reply:
        file = await self._uploads.queue(request.session, name) or await self._ledger.newest(request.session, name)
        if file is None:
            return self._failure("Этот файл не был передан.")
        return await self._when_done(file)

    async def _when_done(self, file: File) -> Reply:
        """Success when the file is in our state: from then on it is ours to bring it to the tables."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._settings.answer_seconds
        while True:
            await asyncio.to_thread(self._intake.merge, READ_HERE, wait=False)
            file = await self._ledger.file(file.id) or file
            if file.state != "waiting" or loop.time() >= until:
                break
            await asyncio.sleep(GLANCE_SECONDS)
        if file.state == "failed":
            return self._failure(file.error)
        if file.state == "waiting":
            if self._now() - file.queued > self._settings.patience_minutes * 60:
                return self._failure("Файл принят, но его некому прочитать: проверьте, работает ли worker.")
            return self._text("progress", "Файл читается.")
        if trouble := await self._ledger.trouble(file.data):
            return self._failure(trouble)
        return self._text("success", changed=file.data)

    async def _query(self, request: Request) -> Reply:
        version = VERSION if request.session.version else OLD_VERSION
        body = await self._book.offer(request.session, version)
        return Reply(body=body, media_type=f"application/xml; charset={self._settings.encoding}")

    async def _success(self, request: Request) -> Reply:
        taken = await self._book.success(request.session)
        return self._text("success", changed=frozenset({Data.ORDERS} if taken else ()))

    async def _all_came(self, request: Request) -> Reply:
        """`deactivate`, which 1C says after a whole export only, and `complete`: what was not named is gone."""
        number = await self._ledger.queue_sweep(request.session, request.call.query["mode"], self._now())
        file = await self._ledger.file(number)
        return await self._when_done(file) if file else self._text("success")

    async def _info(self, request: Request) -> Reply:
        """Our states, for 1C to map its own to."""
        words = {status: word for word, status in reversed(WORDS.items())}
        rows = "".join(
            f"<Элемент><Ид>{status.value}</Ид><Название>{words[status].capitalize()}</Название></Элемент>"
            for status in OrderStatus
            if status in words
        )
        text = f"<Справочник><Статусы>{rows}</Статусы></Справочник>"
        encoding = self._settings.encoding
        body = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)
        return Reply(body=body, media_type=f"application/xml; charset={encoding}")

    def _failure(self, reason: str) -> Reply:
        return self._text("failure", reason)

    def _text(self, *lines: str, changed: frozenset[Data] = frozenset()) -> Reply:
        encoding = self._settings.encoding
        body = "\n".join(lines).encode(encoding, "replace")
        return Reply(body=body, media_type=f"text/plain; charset={encoding}", changed=changed)

    def _now(self) -> float:
        return self._clock.now().timestamp()
