"""What the folder lacks, for the administrator: is it there, may we write, which tables came and how old they are."""

import os
from datetime import datetime, timedelta

from api.domain.clock import Clock
from api.erp.errors import ErpError
from api.erp.folder.layout import INBOX, REFUSED, Layout
from api.erp.folder.snapshots import Snapshots
from api.erp.folder.state import State
from api.erp.folder.tables import TABLES
from api.erp.port import Data, Finding

NEEDED = (Data.GOODS, Data.PRICES, Data.CUSTOMERS)
OLD = {Data.STOCK: timedelta(days=1), Data.BALANCES: timedelta(days=3), Data.PRICES: timedelta(days=14)}
"""Older than this is worth a word."""
WAITING = timedelta(days=1)


def check(layout: Layout, state: State, tables: Snapshots, clock: Clock) -> list[Finding]:
    """Lays the folder out the first time; writes nothing else. Blocks: call it in a thread."""
    try:
        layout.ready()
        for part in (layout.inbox, layout.orders, layout.archive, layout.refused, layout.withdrawn):
            if not os.access(part, os.W_OK | os.X_OK):
                raise PermissionError(f"no right to write into {part}")
    except (ErpError, OSError) as error:
        why = error.evidence if isinstance(error, ErpError) else str(error)
        todo = "Проверьте, что папка подключена, а бот может создавать, переименовывать и удалять в ней файлы."
        return [Finding("error", f"Папка обмена недоступна: {why}.", todo)]
    found = [Finding("ok", f"Папка обмена доступна: {layout.root}.")]
    found += [_table(data, state, tables, clock) for data in TABLES if data is not Data.ORDERS]
    return found + _waiting(layout, clock)


def _table(data: Data, state: State, tables: Snapshots, clock: Clock) -> Finding:
    name = TABLES[data].name
    if tables.path(data) is None:
        todo = f"Положите файл «{name}» в папку «{INBOX}»; образец — в папке «Образцы»."
        return Finding("error" if data in NEEDED else "warning", f"Файла «{name}» ещё не было.", todo)
    row = state.row("SELECT at FROM taken_over WHERE data = ?", data)
    if row is None:
        return Finding("warning", f"Файл «{name}» прочитан, но ещё не принят в каталог бота.")
    at = datetime.fromisoformat(row["at"])
    told = f"«{name}»: последний файл принят {at:%d.%m.%Y в %H:%M}."
    if data in OLD and clock.now() - at > OLD[data]:
        return Finding("warning", told, f"Данные устарели: положите новый файл «{name}».")
    return Finding("ok", told)


def _waiting(layout: Layout, clock: Clock) -> list[Finding]:
    """Orders that nobody takes, and files that were not accepted."""
    found = []
    since = (clock.now() - WAITING).timestamp()
    old = [path for path in layout.orders.glob("*.csv") if path.stat().st_mtime < since]
    if old:
        text = f"В папке «Заказы» файлов старше суток: {len(old)}."
        found.append(Finding("warning", text, "Внесите заказы в учёт и переместите файлы в другую папку."))
    refused = list(layout.refused.glob("*.причина.txt"))
    if refused:
        text = f"В папке «{REFUSED}» непринятых файлов: {len(refused)}."
        found.append(
            Finding("warning", text, "Рядом с каждым лежит причина. Исправленное положите снова, старое удалите.")
        )
    return found
