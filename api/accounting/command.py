"""`./run erp`: for the administrator who connects an accounting system. Words to the screen are Russian."""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog
from pydantic import ValidationError

from api.config import MAIN_ERP, settings
from api.db.session import dispose_engines
from api.deps.erp import close_erp, erp, inner, kind_of
from api.erp.errors import ErpError
from api.erp.port import Checked, Data, Erp, Finding, Subscriber
from api.erp.settings import prefix_of

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}
DATA = {
    Data.GOODS: "товары",
    Data.PRICES: "цены",
    Data.STOCK: "остатки",
    Data.CUSTOMERS: "клиенты",
    Data.BALANCES: "взаиморасчёты",
    Data.ORDERS: "заказы",
}


def main(words: Sequence[str] | None = None) -> int:
    """The command line; 0 when all is well."""
    # What is found is said below, in words; the log of each try would only hide it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    given = _parser().parse_args(words)
    try:
        settings()
    except ValueError as error:
        print(_wrong(error, ""))
        return 2
    unknown = [name for name in given.backend if name not in settings().erp_names]
    if unknown:
        print(f"Нет такой учётной системы: {', '.join(unknown)}. Есть: {', '.join(settings().erp_names)}.")
        return 2
    return asyncio.run(_run(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run erp", description="Учётные системы: проверить, прочитать, отправить.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    check = commands.add_parser("check", help="что опубликовано, на что хватает прав, чего не хватает")
    subscribe = commands.add_parser("subscribe", help="попросить систему сообщать об изменениях (где она это умеет)")
    for command in (check, subscribe):
        command.add_argument(
            "--backend", action="append", default=[], metavar="ИМЯ", help="только эта система (main, имена ERP_MORE)"
        )
    return parser


async def _run(given: argparse.Namespace) -> int:
    names = given.backend or list(settings().erp_names)
    try:
        return max([await COMMANDS[given.command](name) for name in names])
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
    absent = [words for data, words in DATA.items() if data not in backend.capabilities.reads]
    if absent:
        yield Finding("warning", f"Не отдаёт: {', '.join(absent)}.")


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
        print(f"  {MARKS['error']} {error.message}\n      → {error.evidence}")
        return 1
    print("\n".join(f"  {MARKS['ok']} {one}" for one in asked) or "  Всё уже приходит.")
    return 0


COMMANDS: dict[str, Callable[[str], Awaitable[int]]] = {"check": check, "subscribe": subscribe}


if __name__ == "__main__":
    sys.exit(main())
