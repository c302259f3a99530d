"""`./run erp`: for the administrator who connects an accounting system. Words to the screen are Russian."""

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from time import monotonic

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from api.accounting import service
from api.accounting.words import TITLES
from api.config import MAIN_ERP, settings
from api.db.models import SyncRunRow
from api.db.session import dispose_engines, staff_session
from api.deps.erp import close_erp, erp, inner, kind_of
from api.deps.holds import losses_accepted
from api.domain.order import OrderStatus
from api.erp.errors import ErpError
from api.erp.port import Checked, Data, Erp, Finding, Subscriber
from api.erp.settings import prefix_of
from api.errors import ApiError
from api.orders import by_staff
from api.orders.sent import STATUS_TEXTS

PROGRESS_SECONDS = 5
MARKS = {"ok": "✓", "warning": "!", "error": "✗"}
PARTS = {"outlets": "торговые точки", "contacts": "люди клиентов", "codes": "коды для входа"}
"""What comes with the customers, by the words of api/deps/holds.py."""


def main(words: Sequence[str] | None = None) -> int:
    """The command line; 0 when all is well."""
    parser = _parser()
    given = parser.parse_args(words)
    if strange := set(getattr(given, "data", ())) - {data.value for data in Data}:
        parser.error(f"неизвестно: {', '.join(sorted(strange))}")
    try:
        settings()
    except ValueError as error:
        print(_wrong(error, ""))
        return 2
    unknown = [name for name in getattr(given, "backend", ()) if name not in settings().erp_names]
    if unknown:
        print(f"Нет такой учётной системы: {', '.join(unknown)}. Есть: {', '.join(settings().erp_names)}.")
        return 2
    return asyncio.run(_run(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run erp", description="Учётные системы: проверить, прочитать, отправить.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    check = commands.add_parser("check", help="что опубликовано, на что хватает прав, чего не хватает")
    subscribe = commands.add_parser("subscribe", help="попросить систему сообщать об изменениях (где она это умеет)")
    sync = commands.add_parser("sync", help="прочитать сейчас")
    names = ", ".join(f"{data.value} ({words})" for data, words in TITLES.items())
    sync.add_argument("data", nargs="*", metavar="ЧТО", help=f"{names}; без слов — всё")
    sync.add_argument("--dry-run", action="store_true", help="показать, что пропало бы и подорожало; не записывать")
    sync.add_argument("--accept", action="store_true", help="согласиться с тем, что строк или цен стало намного меньше")
    replay = commands.add_parser("replay", help="отправить заказ ещё раз; второго документа не будет")
    replay.add_argument("order", metavar="ЗАКАЗ", help="номер заказа или его ключ (AI-…)")
    replay.add_argument("--dry-run", action="store_true", help="показать, что с заказом, и не отправлять")
    for command in (check, subscribe, sync):
        command.add_argument(
            "--backend", action="append", default=[], metavar="ИМЯ", help="только эта система (main, имена ERP_MORE)"
        )
    return parser


async def _run(given: argparse.Namespace) -> int:
    try:
        if given.command == "replay":
            return await replay(given.order, dry_run=given.dry_run)
        names = given.backend or list(settings().erp_names)
        if given.command == "sync":
            chosen = [Data(word) for word in given.data]
            return max([await sync(name, chosen, dry_run=given.dry_run, accept=given.accept) for name in names])
        return max([await COMMANDS[given.command](name) for name in names])
    except OperationalError:
        print("База данных не отвечает. Запустите ./run up и повторите.")
        return 1
    finally:
        await close_erp()
        await dispose_engines()


def _opened(name: str) -> Erp | None:
    """The backend under its heading; None, said in words, when its settings cannot be right."""
    try:
        backend = erp(name)
        print(f"{name} ({kind_of(name)})")
    except ValueError as error:
        print(f"{name}\n{_wrong(error, prefix_of(name, MAIN_ERP))}")
        return None
    return backend


def _wrong(error: ValueError, prefix: str) -> str:
    """What is wrong in the settings whose variables begin with `prefix`. Values are secrets: none is quoted."""
    told = str(error)
    if isinstance(error, ValidationError):
        parts = [(str(one["loc"][0]).upper() if one["loc"] else "*", one["msg"]) for one in error.errors()]
        told = "; ".join(f"{prefix}{name}: {what}" for name, what in parts)
    return f"  {MARKS['error']} Настройки (.env): {told}."


async def check(name: str) -> int:
    """Says what the backend offers and lacks; 1 when something keeps it from working."""
    backend = _opened(name)
    if backend is None:
        return 1
    worst = 0
    async for finding in _findings(backend, name):
        print(f"  {MARKS[finding.severity]} {finding.text}")
        if finding.todo:
            print(f"      → {finding.todo}")
        worst = max(worst, int(finding.severity == "error"))
    print("  Исправьте отмеченное ✗ и повторите." if worst else "  Можно работать.")
    return worst


async def _findings(backend: Erp, name: str) -> AsyncIterator[Finding]:
    checked = inner(name)
    try:
        if isinstance(checked, Checked):
            async for finding in checked.check():
                yield finding
            return
        await backend.ping()
        yield Finding("ok", "Отвечает и принимает нашего пользователя.")
    except ErpError as error:
        yield Finding("error", error.message, error.evidence)
    absent = [words for data, words in TITLES.items() if data not in backend.capabilities.reads]
    if absent:
        yield Finding("warning", f"Не отдаёт: {', '.join(absent)}.")


def _say_refused(error: ErpError, what: str = "") -> None:
    print(f"  {MARKS['error']} {f'{what}: ' if what else ''}{error.message}\n      → {error.evidence}")


async def subscribe(name: str) -> int:
    """Has the backend tell us of changes; 1 when it refuses."""
    if _opened(name) is None:
        return 1
    backend = inner(name)
    if not isinstance(backend, Subscriber):
        print("  Её не просят: изменения читаются по расписанию.")
        return 0
    try:
        asked = await backend.subscribe()
    except ErpError as error:
        _say_refused(error)
        return 1
    print("\n".join(f"  {MARKS['ok']} {one}" for one in asked) or "  Всё уже приходит.")
    return 0


async def sync(name: str, chosen: Sequence[Data], *, dry_run: bool, accept: bool) -> int:
    """Reads now, or tells what a reading would take away; 1 when something was not read."""
    if _opened(name) is None:
        return 1
    losses_accepted.set(accept)
    failed = 0
    for data in service.reads(name):
        if not chosen or data in chosen:
            failed |= await (_rehearsed(name, data) if dry_run else _read(name, data))
    for data in chosen:
        if data not in service.reads(name):
            print(f"  {MARKS['warning']} {TITLES[data]}: эта система их не отдаёт.")
    return failed


async def _read(name: str, data: Data) -> int:
    started, ticking = monotonic(), asyncio.create_task(_tell_progress(name, data))
    try:
        rows = await service.read(name, data, whole=True, wait=True)
    except ErpError as error:
        _say_refused(error, TITLES[data])
        return 1
    finally:
        ticking.cancel()
    print(f"  {MARKS['ok']} {TITLES[data]}: строк {rows} за {monotonic() - started:.1f} с")
    return 0


async def _tell_progress(name: str, data: Data) -> None:
    """A line now and then while a long reading goes on."""
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        async with staff_session() as session:
            run = await session.get(SyncRunRow, (name, data.value))
        if run is not None and run.so_far:
            print(f"    {TITLES[data]}: {run.so_far}…", flush=True)


async def _rehearsed(name: str, data: Data) -> int:
    try:
        losses = await service.rehearse(name, data)
    except ErpError as error:
        _say_refused(error, TITLES[data])
        return 1
    if not losses:
        print(f"  {MARKS['ok']} {TITLES[data]}: ничего не пропадёт")
    for loss in losses:
        mark = MARKS["warning" if loss.shrinks or loss.reprices else "ok"]
        repriced = f", другая цена у {loss.repriced}" if loss.repriced else ""
        print(f"  {mark} {PARTS.get(loss.what, TITLES[data])}: известно {loss.known}, пропадёт {loss.gone}{repriced}")
    return 0


async def replay(wanted: str, *, dry_run: bool) -> int:
    """Sends an order once more by its key; 1 when there is nothing to send."""
    async with staff_session() as session:
        found = await by_staff.meant(session, wanted)
        if len(found) != 1:
            keys = ", ".join(order.key for order in found)
            print(f"Заказов с таким номером несколько, назовите ключ: {keys}." if found else f"Заказа {wanted} нет.")
            return 1
        (order,) = found
        print(f"Заказ {order.number or order.key}: {STATUS_TEXTS[OrderStatus(order.status)]}.")
        if order.evidence:
            print(f"  Последний ответ учётной системы: {order.evidence}")
        if dry_run:
            return 0
        try:
            await by_staff.replay(session, order.id, f"{getpass.getuser()} (./run erp)")
        except ApiError as error:
            print(f"  {MARKS['error']} {error.message}")
            return 1
    print(f"  {MARKS['ok']} Отправляется. Второго документа не будет: бот сначала ищет заказ по ключу.")
    return 0


COMMANDS: dict[str, Callable[[str], Awaitable[int]]] = {"check": check, "subscribe": subscribe}


if __name__ == "__main__":
    # What is found is said in words; the log of each try would only hide it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main())
