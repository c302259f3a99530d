"""What the folder lacks, for the administrator: is it there, may we write, which tables came and how old they are."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from api.domain.clock import Clock
from api.erp.errors import ErpError
from api.erp.folder.inbox import PASSING
from api.erp.folder.layout import INBOX, ORDERS, REFUSED, Layout
from api.erp.folder.snapshots import Snapshots
from api.erp.folder.state import State
from api.erp.folder.tables import TABLES
from api.erp.port import Data, Finding

NEEDED = (Data.GOODS, Data.PRICES, Data.CUSTOMERS)
OLD = {Data.STOCK: timedelta(days=1), Data.BALANCES: timedelta(days=3), Data.PRICES: timedelta(days=14)}
"""Older than this is worth a word."""
WAITING, STUCK = timedelta(days=1), timedelta(minutes=10)


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
    """Files that somebody should look at."""
    found = []
    if lying := _older(layout.inbox, "*", clock, STUCK):
        text = f"В папке «{INBOX}» лежат непрочитанные файлы: {lying}."
        todo = "Закройте их в Excel, проверьте права на чтение и работает ли обмен."
        found.append(Finding("warning", text, todo))
    if waiting := _older(layout.orders, "*.csv", clock, WAITING):
        text = f"В папке «{ORDERS}» файлов старше суток: {waiting}."
        found.append(Finding("warning", text, "Внесите заказы в учёт и переместите файлы в другую папку."))
    if refused := len(list(layout.refused.glob("*.причина.txt"))):
        text = f"В папке «{REFUSED}» непринятых файлов: {refused}."
        todo = "Рядом с каждым лежит причина. Исправленный положите снова, старый удалите."
        found.append(Finding("warning", text, todo))
    return found


def _older(folder: Path, pattern: str, clock: Clock, age: timedelta) -> int:
    """How many files were last touched longer ago than this; what Windows and Excel leave there does not count."""
    since = (clock.now() - age).timestamp()
    files = (path for path in folder.glob(pattern) if not PASSING.search(path.name))
    return sum(path.stat().st_ctime < since for path in files)
