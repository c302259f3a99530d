"""What an administrator is told of the exchange: what came, how old it is, what is missing in it."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

from api.domain.clock import Clock
from api.erp.commerceml.ledger import Ledger
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.state import State
from api.erp.errors import ErpError
from api.erp.port import Data, Finding

OLD = timedelta(days=1)
FETCHED_WITHIN = timedelta(hours=1)
MINUTE, HOUR, DAY = 60, 3600, 86400
EXCHANGE = "«Администрирование → Синхронизация данных → Обмен с сайтом» в 1С"

TITLES = {
    Data.GOODS: "Товары",
    Data.PRICES: "Цены",
    Data.STOCK: "Остатки",
    Data.CUSTOMERS: "Клиенты",
    Data.ORDERS: "Вести о заказах",
}
TODO = {
    Data.GOODS: f"Включите выгрузку товаров: {EXCHANGE}.",
    Data.PRICES: f"Включите выгрузку цен и отметьте виды цен: {EXCHANGE}.",
    Data.STOCK: f"Включите выгрузку остатков: {EXCHANGE}.",
    Data.CUSTOMERS: f"Включите выгрузку контрагентов: {EXCHANGE}. Без клиентов заказать никто не сможет.",
    Data.ORDERS: f"Включите обмен заказами в обе стороны: {EXCHANGE}.",
}


class Check:
    """See Checked."""

    def __init__(self, settings: CommercemlSettings, clock: Clock, ledger: Ledger, state: State) -> None:
        self._settings = settings
        self._clock = clock
        self._ledger = ledger
        self._state = state

    async def findings(self) -> AsyncIterator[Finding]:
        """All there is to say. Never raises ErpError."""
        try:
            if not (visited := await self._visit()):
                yield Finding("error", "1С ещё ни разу не обращалась к боту.", f"Настройте обмен: {EXCHANGE}.")
            else:
                yield visited
            for finding in [*await self._brought(), *await self._files(), *await self._prices(), *await self._people()]:
                yield finding
            async for finding in self._orders():
                yield finding
        except ErpError as error:
            yield Finding("error", error.message, f"Проверьте место и права на диске: {error.evidence}.")

    async def _visit(self) -> Finding | None:
        row = await self._ledger.store.read(lambda db: db.execute("SELECT MAX(last) AS at FROM exchange").fetchone())
        if row["at"] is None:
            return None
        text = f"1С обращалась {self._ago(row['at'])}."
        if self._now() - row["at"] > OLD.total_seconds():
            return Finding("warning", text, f"Проверьте расписание обмена: {EXCHANGE}.")
        return Finding("ok", text)

    async def _brought(self) -> list[Finding]:
        query = "SELECT data, at, version > taken AS pending, error FROM brought"
        rows = await self._ledger.store.read(lambda db: db.execute(query).fetchall())
        known = {Data(row["data"]): row for row in rows}
        found = []
        for data, title in TITLES.items():
            row = known.get(data)
            if row is None:
                needed = data in (Data.GOODS, Data.PRICES, Data.CUSTOMERS)
                found.append(Finding("error" if needed else "warning", f"{title}: ещё не приходили.", TODO[data]))
            elif row["error"]:
                found.append(Finding("error", f"{title}: пришли {self._ago(row['at'])}, но не приняты: {row['error']}"))
            else:
                waits = ", ещё не перенесены в базу бота" if row["pending"] else ""
                old = self._now() - row["at"] > OLD.total_seconds()
                found.append(Finding("warning" if old else "ok", f"{title}: пришли {self._ago(row['at'])}{waits}."))
        return found

    async def _files(self) -> list[Finding]:
        query = "SELECT name, error, done FROM file WHERE state = 'failed' AND done > ? ORDER BY id DESC LIMIT 3"
        week = self._now() - 7 * DAY
        rows = await self._ledger.store.read(lambda db: db.execute(query, (week,)).fetchall())
        return [
            Finding("error", f"Файл {row['name']} не прочитан {self._ago(row['done'])}: {row['error']}") for row in rows
        ]

    async def _prices(self) -> list[Finding]:
        query = (
            "SELECT name, currency, roubles, EXISTS (SELECT 1 FROM price WHERE type = price_type.id) AS used"
            " FROM price_type ORDER BY name"
        )
        rows = await self._state.store.read(lambda db: db.execute(query).fetchall())
        found = []
        for row in rows:
            if not row["roubles"]:
                text = f"Вид цен «{row['name']}» в валюте {row['currency']} не читается: бот знает только рубли."
                found.append(Finding("warning", text, "Уберите его из выгрузки или выгружайте в рублях."))
            elif not row["used"]:
                found.append(Finding("warning", f"По виду цен «{row['name']}» не пришло ни одной цены."))
        used = [f"«{row['name']}»" for row in rows if row["roubles"] and row["used"]]
        if used:
            found.append(Finding("ok", f"Виды цен: {', '.join(used)}."))
        wanted = self._settings.price_type
        if rows and wanted and wanted.lower() not in await self._state.price_types():
            text = f"Вида цен «{wanted}» (ERP_PRICE_TYPE) среди выгруженных нет."
            found.append(Finding("error", text, f"Выгрузите его или назовите другой: {', '.join(used)}."))
        return found

    async def _people(self) -> list[Finding]:
        total = no_price = no_code = no_phone = 0
        async for row in self._state.customers():
            total += 1
            no_price += row.price_list_id is None
            no_code += not row.code
            no_phone += not any(contact.phone for contact in row.contacts)
        return list(self._about(total, no_price, no_code, no_phone))

    def _about(self, total: int, no_price: int, no_code: int, no_phone: int) -> Iterator[Finding]:
        if not total:
            return
        yield Finding("ok", f"Клиентов: {total}.")
        field = self._settings.price_type_field
        if no_price:
            todo = f"Заполните реквизит «{field}» у контрагентов или назовите общий вид цен в ERP_PRICE_TYPE."
            yield Finding("error", f"Без вида цен: {no_price} из {total}. Цен они не увидят.", todo)
        if no_phone:
            yield Finding("warning", f"Без телефона: {no_phone} из {total}. По номеру им не войти.")
        if no_code == total:
            todo = f"Если вход по коду нужен, выгружайте реквизит «{self._settings.code_field}»."
            yield Finding("warning", "Кода для входа нет ни у одного клиента.", todo)

    async def _orders(self) -> AsyncIterator[Finding]:
        query = "SELECT COUNT(*) AS total, MIN(created) AS oldest FROM document WHERE waiting"
        row = await self._ledger.store.read(lambda db: db.execute(query).fetchone())
        if row["total"]:
            late = self._now() - row["oldest"] > FETCHED_WITHIN.total_seconds()
            text = f"Ждут, пока их заберёт 1С: {row['total']}, старший заказ оформлен {self._ago(row['oldest'])}."
            todo = f"Включите загрузку заказов и проверьте расписание: {EXCHANGE}." if late else ""
            yield Finding("warning" if late else "ok", text, todo)
        query = "SELECT DISTINCT word FROM document WHERE word <> '' ORDER BY word LIMIT 20"
        rows = await self._ledger.store.read(lambda db: db.execute(query).fetchall())
        words = [item["word"] for item in rows]
        if words:
            example = json.dumps({words[0]: "picking"}, ensure_ascii=False)
            text = f"Непонятные состояния заказов: {', '.join(f'«{word}»' for word in words)}."
            yield Finding("warning", text, f"Назовите их в ERP_STATUSES, например {example}.")

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _ago(self, stamp: float) -> str:
        seconds = max(0, int(self._now() - stamp))
        if seconds < MINUTE:
            return "только что"
        for size, word in ((DAY, "дн."), (HOUR, "ч"), (MINUTE, "мин")):
            if seconds >= size:
                return f"{seconds // size} {word} назад"
        return "только что"
