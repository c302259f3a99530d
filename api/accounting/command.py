"""`./run erp`: for the administrator who connects an accounting system. Words to the screen are Russian."""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Sequence

import structlog

from api.config import settings
from api.db.session import dispose_engines
from api.deps.erp import close_erp, erp, inner, kind_of
from api.erp.errors import ErpError
from api.erp.port import Checked, Data, Erp, Finding

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
    unknown = [name for name in given.backend if name not in settings().erp_names]
    if unknown:
        print(f"Нет такой учётной системы: {', '.join(unknown)}. Есть: {', '.join(settings().erp_names)}.")
        return 2
    return asyncio.run(_run(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run erp", description="Учётные системы: проверить, прочитать, отправить.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    check = commands.add_parser("check", help="что опубликовано, на что хватает прав, чего не хватает")
    for command in (check,):
        command.add_argument(
            "--backend", action="append", default=[], metavar="ИМЯ", help="только эта система (main, имена ERP_MORE)"
        )
    return parser


async def _run(given: argparse.Namespace) -> int:
    names = given.backend or list(settings().erp_names)
    try:
        outcomes = [await check(name) for name in names]
        return max(outcomes)
    finally:
        await close_erp()
        await dispose_engines()


async def check(name: str) -> int:
    """Says what the backend offers and lacks; 1 when something keeps it from working."""
    print(f"{name} ({kind_of(name)})")
    worst = 0
    async for finding in _findings(erp(name), name):
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


if __name__ == "__main__":
    sys.exit(main())
