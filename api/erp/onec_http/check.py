"""What is missing on the side of 1C, found by asking it; nothing is written there."""

from collections.abc import AsyncIterator, Iterator

from api.domain.clock import Clock
from api.erp.errors import ErpError
from api.erp.onec_http import wire
from api.erp.onec_http.client import BotClient
from api.erp.port import Finding

CONTRACT = "1"
README = "docs/onec-http-service/README.md"
SKEW_NOTED, SKEW_FATAL = 60, 300
"""Seconds between the clocks; the webhook is refused from the second on."""
ABILITIES = {
    "goods": "товары",
    "prices": "цены",
    "stock": "остатки",
    "customers": "клиентов",
    "balances": "задолженность",
    "orders": "заказы",
    "draft": "расчёт черновика заказа",
    "place": "запись заказов",
    "cancel": "отмену заказов",
    "card": "изменение карточки клиента",
    "changes": "список изменений",
    "webhook": "вебхук",
}
LISTS: dict[str, tuple[str, type[wire.Wire]]] = {
    "/goods": ("товаров", wire.Product),
    "/prices": ("цен", wire.ProductPrices),
    "/price-lists": ("видов цен", wire.Named),
    "/warehouses": ("складов", wire.Named),
    "/stock": ("остатков", wire.ProductStock),
    "/customers": ("клиентов", wire.Customer),
}
"""What no distributor is without."""


async def check(client: BotClient, clock: Clock, *, webhook: bool, poll_seconds: int) -> AsyncIterator[Finding]:
    """See Checked."""
    try:
        ping = await client.read("/ping", wire.Ping)
    except ErpError as error:
        yield Finding(
            "error", f"1С не ответила: {error.message}", f"Проверьте ERP_URL, ERP_USER и публикацию; {README}"
        )
        return
    for finding in _about(ping, clock, webhook):
        yield finding
    if not webhook:
        yield Finding(
            "warning",
            f"Вебхук не настроен: об изменениях бот узнаёт раз в {poll_seconds} с.",
            f"Задайте ERP_WEBHOOK_SECRET и тот же секрет и адрес бота в 1С; {README}",
        )
    for path, (name, kind) in LISTS.items():
        yield await _list(client, path, name, kind)


def _about(ping: wire.Ping, clock: Clock, webhook: bool) -> Iterator[Finding]:
    text = f"{ping.configuration}, расширение {ping.extension}, договор {ping.contract}"
    if ping.contract.split(".")[0] == CONTRACT:
        yield Finding("ok", text)
    else:
        yield Finding("error", f"{text}: бот понимает договор {CONTRACT}.x.", "Обновите расширение или бота.")
    for ability, name in ABILITIES.items():
        if ability not in ping.can:
            yield Finding("warning", f"Расширение не умеет {name}.", f"Вставьте недостающий модуль; {README}")
    for words in ping.missing:
        yield Finding("error", words, f"Исправьте в 1С; {README}, «Что приспособить»")
    skew = abs((clock.now() - ping.now).total_seconds())
    if skew > SKEW_NOTED:
        fatal = webhook and skew > SKEW_FATAL
        said = "Вебхуки отклоняются." if fatal else "Больше 5 минут — и вебхуки будут отклонены."
        text = f"Часы 1С и бота расходятся на {skew:.0f} с. {said}"
        yield Finding("error" if fatal else "warning", text, "Включите синхронизацию времени на сервере 1С.")


async def _list(client: BotClient, path: str, name: str, kind: type[wire.Wire]) -> Finding:
    try:
        page = await client.read(path, wire.Page[kind], limit="1")  # type: ignore[valid-type]
    except ErpError as error:
        return Finding(
            "error", f"Чтение {name}: {error.message}", f"Права роли бот_Обмен или запрос в модуле; {README}"
        )
    if page.items:
        return Finding("ok", f"Чтение {name}: есть.")
    return Finding(
        "warning", f"Чтение {name}: пусто.", "Проверьте отборы в модуле бот_Конфигурация и права роли бот_Обмен."
    )
