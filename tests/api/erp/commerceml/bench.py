"""A backend over a folder of its own, its server, and a 1C that calls it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from api.erp.commerceml.backend import CommerceMl, open_commerceml
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.port import Place
from tests.api.erp.commerceml import files
from tests.api.erp.commerceml.caller import PASSWORD, USER, OneC, Server, serving

ZONE = ZoneInfo("Europe/Moscow")
START = datetime(2025, 12, 15, 12, 0, tzinfo=ZONE)


@dataclass
class MovableClock:
    """Stands still until it is moved."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def move(self, **step: float) -> None:
        self.moment += timedelta(**step)


@dataclass
class Bench:
    erp: CommerceMl
    clock: MovableClock
    server: Server
    onec: OneC
    folder: Path

    def again(self, **settings: Any) -> CommerceMl:
        """Another process over the same folder."""
        return opened(self.folder, self.clock, **settings)


def opened(folder: Path, clock: Any, **settings: Any) -> CommerceMl:
    values: dict[str, Any] = {"user": USER, "password": SecretStr(PASSWORD), "answer_seconds": 2} | settings
    return open_commerceml(CommercemlSettings(**values), Place("main", ZONE, clock, folder))


@asynccontextmanager
async def bench(folder: Path, *, version: str = "", **settings: Any) -> AsyncIterator[Bench]:
    clock = MovableClock()
    erp = opened(folder, clock, **settings)
    async with serving(erp) as server:
        onec = OneC(server.url, version=version)
        try:
            yield Bench(erp, clock, server, onec, folder)
        finally:
            await onec.client.aclose()


FIRST, SECOND = files.product_id(1), files.product_id(2)


def small_shop(encoding: str = "utf-8") -> dict[str, bytes]:
    """Two goods with prices and stock, the second by weight; one company."""
    kilo = '<БазоваяЕдиница Код="166">кг</БазоваяЕдиница>'
    boxes = "<Пересчет><Единица>812</Единица><Коэффициент>12</Коэффициент></Пересчет>"
    box = f'<БазоваяЕдиница Код="796">шт{boxes}</БазоваяЕдиница>'
    goods = files.catalog(
        files.good(FIRST, "Молоко луговое 3,2%", article="10001", unit=box),
        files.good(SECOND, "Сыр весовой", article="10002", unit=kilo, group=files.DAIRY),
    )
    offers = files.offers(
        files.offer(FIRST, files.price("500"), files.price("550", files.RETAIL), stock=files.at_main("100")),
        files.offer(SECOND, files.price("99.90"), stock=files.at_main("40.5")),
    )
    people = f"<Представители>{files.person('h1', 'Анна Котова', '+7 900 000-00-01')}</Представители>"
    facts = {
        "Вид цен": "Оптовая",
        "Код для входа": "ROMASHKA",
        "Кредитный лимит": "50 000,00",
        "Отсрочка платежа": "14",
    }
    company = files.company(files.COMPANY, "ООО «Ромашка»", facts=facts, people=people)
    return {
        "import.xml": files.xml(goods, encoding=encoding),
        "offers.xml": files.xml(offers, encoding=encoding),
        "contragents.xml": files.xml(files.companies(company), encoding=encoding),
    }
