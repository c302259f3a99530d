"""What is missing in the account: for `./run erp check`, in words for the distributor's IT person."""

from collections.abc import AsyncIterator, Callable

from api.erp.errors import ErpError
from api.erp.moysklad.account import Account
from api.erp.moysklad.client import Client
from api.erp.moysklad.hooks import Hooks
from api.erp.moysklad.pace import MoyskladPace
from api.erp.moysklad.refusals import CUT
from api.erp.moysklad.rows import named_in, text
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.moysklad.stock import OPTIONS, REPORT
from api.erp.port import Finding

COUNTERPARTY_FIELDS = {
    "credit_field": "кредитный лимит",
    "delay_field": "отсрочка платежа",
    "minimum_field": "минимальная сумма заказа",
    "prepayment_field": "работа по предоплате",
    "code_field": "код для входа",
    "outlets_field": "несколько адресов доставки",
    "warehouse_field": "свой склад клиента",
}
PRODUCT_FIELDS = {
    "brand_field": "бренд",
    "step_field": "кратность",
    "least_field": "минимум товара в заказе",
    "on_order_field": "товар под заказ",
}
SLOW = 15
"""Requests in three seconds under which a large catalogue is read for minutes."""


class Checkup:
    """Asks for one thing after the other; writes nothing."""

    def __init__(
        self, client: Client, account: Account, hooks: Hooks, settings: MoyskladSettings, pace: MoyskladPace
    ) -> None:
        self._client = client
        self._account = account
        self._hooks = hooks
        self._settings = settings
        self._pace = pace

    async def check(self) -> AsyncIterator[Finding]:
        """See Checked. Without access nothing else is asked: each refusal counts against us at МойСклад."""
        try:
            await self._client.get("entity/organization", {"limit": "1"})
        except ErpError as error:
            yield Finding("error", error.message, "Проверьте ERP_TOKEN, ERP_URL и доступ сервера в интернет.")
            return
        yield self._speed()
        parts: tuple[Callable[[], AsyncIterator[Finding]], ...] = (
            self._organization,
            self._warehouses,
            self._money,
            self._states,
            self._fields,
            self._reports,
            self._webhooks,
        )
        for part in parts:
            try:
                async for finding in part():
                    yield finding
            except ErpError as error:
                yield Finding("error", error.message, f"Подробности: {error.evidence}" if error.evidence else "")
                if not error.permanent and error.message != CUT:
                    return

    def _speed(self) -> Finding:
        count = self._pace.requests
        said = f"Доступ есть; МойСклад разрешает {count} запросов за 3 секунды."
        if count >= SLOW:
            return Finding("ok", said)
        todo = "Токен опубликованного или приватного решения даёт 45 запросов: быстрее будет первая загрузка."
        return Finding("warning", said, todo)

    async def _organization(self) -> AsyncIterator[Finding]:
        found = await self._account.organization()
        yield Finding("ok", f"Юрлицо: {found.name}; {'платит НДС' if found.vat else 'без НДС'}.")
        await self._account.sales_channel()

    async def _warehouses(self) -> AsyncIterator[Finding]:
        found = await self._account.warehouses()
        if not found:
            yield Finding("error", "В МоёмСкладе нет складов.", "Заведите склад или дайте боту право его видеть.")
            return
        names = ", ".join(text(row, "name") for row in found)
        yield Finding("ok", f"Склады: {names}. Если у клиента не указан свой, отгружаем с первого.")

    async def _money(self) -> AsyncIterator[Finding]:
        if not await self._account.roubles():
            yield Finding("error", "В МоёмСкладе нет валюты «рубль».", "Бот показывает цены только в рублях.")
        types = [text(row, "name") for row in await self._account.price_types()]
        if not types:
            yield Finding("error", "В МоёмСкладе нет ни одного типа цен.", "Заведите тип цен и заполните цены товаров.")
            return
        yield Finding("ok", f"Типы цен: {', '.join(types)}. Клиент без типа цен получает «{types[0]}».")

    async def _states(self) -> AsyncIterator[Finding]:
        states = await self._account.states()
        await self._account.new_state()
        guessed = [state.name for state in states.all if not state.known]
        if guessed:
            todo = "Назовите их в ERP_STATES: бот угадывает по типу статуса, и клиент может услышать не то."
            yield Finding("warning", f"Незнакомые статусы заказа: {', '.join(guessed)}.", todo)
        if self._settings.cancel_state and states.cancelled is None:
            yield Finding("error", f"Нет статуса «{self._settings.cancel_state}».", "Проверьте ERP_CANCEL_STATE.")
        elif states.cancelled is None:
            todo = "Заведите статус «Отменён», чтобы отмену было видно; без него бот только снимает проведение."
            yield Finding("warning", "Нет статуса для отменённого заказа.", todo)
        else:
            yield Finding("ok", f"Статусов заказа: {len(states.all)}; отменённый — «{states.cancelled.name}».")

    async def _fields(self) -> AsyncIterator[Finding]:
        for kind, owner, wanted in (
            ("counterparty", "контрагента", COUNTERPARTY_FIELDS),
            ("product", "товара", PRODUCT_FIELDS),
        ):
            rows = [row async for row in self._client.rows(f"entity/{kind}/metadata/attributes")]
            for setting, purpose in wanted.items():
                name: str = getattr(self._settings, setting)
                if name and named_in(rows, name) is None:
                    todo = f"Нужна {purpose} — заведите поле или назовите своё в ERP_{setting.upper()}."
                    yield Finding("warning", f"У {owner} нет дополнительного поля «{name}».", todo)

    async def _reports(self) -> AsyncIterator[Finding]:
        await self._client.get(REPORT, OPTIONS | {"filter": "assortmentId=00000000-0000-0000-0000-000000000000"})
        yield Finding("ok", "Остатки читаются.")
        if not self._settings.balances:
            yield Finding("warning", "Задолженность не читается: ERP_BALANCES=false.")
            return
        await self._client.get("report/counterparty", {"limit": "1"})
        yield Finding("ok", "Задолженность читается.")

    async def _webhooks(self) -> AsyncIterator[Finding]:
        if not self._hooks.wanted:
            todo = "Задайте ERP_WEBHOOK_URL и ERP_WEBHOOK_SECRET, чтобы изменения приходили сразу."
            yield Finding(
                "warning", "Уведомления МоегоСклада не настроены: бот узнаёт о переменах по расписанию.", todo
            )
            return
        missing = await self._hooks.missing()
        if missing:
            todo = "Запустите ./run erp subscribe с токеном администратора."
            yield Finding("warning", f"МойСклад не шлёт боту уведомлений: не хватает {len(missing)}.", todo)
        else:
            yield Finding("ok", "Уведомления приходят.")
