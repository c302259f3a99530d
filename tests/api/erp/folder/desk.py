"""Plays the distributor's people at the file share, and the engine that reads what they bring."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from api.domain.clock import Clock
from api.domain.customer import Customer, Outlet
from api.domain.order import OrderStatus
from api.domain.product import Packaging, Product
from api.erp.folder.backend import FolderErp, open_folder
from api.erp.folder.settings import FolderSettings
from api.erp.port import Data, Place

ZONE = ZoneInfo("Europe/Moscow")
STATUS_WORDS = {
    OrderStatus.ACCEPTED: "принят",
    OrderStatus.PICKING: "Собирается",
    OrderStatus.SHIPPED: "отгружен",
    OrderStatus.DELIVERED: "Доставлен",
}


def csv_of(rows: Iterable[Sequence[str]], encoding: str = "utf-8", mark: str = ";") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


def order_rows(path: Path) -> list[dict[str, str]]:
    """An order as a program that knows nothing of us reads it."""
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


@dataclass
class Desk:
    """A share with the backend beside it."""

    place: Path
    clock: Clock
    settings: FolderSettings
    erp: FolderErp = field(init=False)

    def __post_init__(self) -> None:
        self.erp = self.another()

    @property
    def root(self) -> Path:
        return self.settings.folder or self.place

    def another(self) -> FolderErp:
        """A second process over the same folders."""
        return open_folder(self.settings, Place("main", ZONE, self.clock, self.place))

    def put(self, name: str, content: bytes | Sequence[Sequence[str]]) -> Path:
        path = self.root / "Входящие" / name
        path.write_bytes(content if isinstance(content, bytes) else csv_of(content))
        return path

    async def bring(self, name: str, content: bytes | Sequence[Sequence[str]]) -> frozenset[Data]:
        """A person puts a file there; the engine notices it and takes it over."""
        await self.erp.ping()
        self.put(name, content)
        return await self.engine()

    async def engine(self) -> frozenset[Data]:
        arrived = await self.erp.arrived()
        for data in arrived:
            await self.erp.taken(data)
        return arrived

    def names(self, part: str) -> list[str]:
        return sorted(path.name for path in (self.root / part).rglob("*") if path.is_file())

    def only(self, part: str, ending: str) -> str:
        """The text of the only such file."""
        (found,) = [path for path in (self.root / part).rglob("*") if path.name.endswith(ending)]
        content = found.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert b"\n" not in content.replace(b"\r\n", b"")
        return content.decode("utf-8-sig")


GOODS = [
    ["Артикул", "Наименование", "Ед.", "Категория", "Бренд", "Упаковка", "Кратность"],
    ["10001", "Молоко 3,2% 10л", "шт", "Молочное / Молоко", "Луговое", "кор=12", ""],
    ["10002", "Сыр весовой", "кг", "Молочное", "", "", "0,1"],
]
PRICES = [
    ["Артикул", "Цена", "Вид цен", "Клиент"],
    ["10001", "500", "Оптовая", ""],
    ["10002", "99,90", "", "К-1"],
    ["10002", "120,00", "Оптовая", ""],
]
STOCK = [["Артикул", "Остаток", "Склад"], ["10001", "100", "Основной"], ["10002", "100,5", "Основной"]]


@dataclass
class FolderWorld:
    """The conformance suite's world: a small company that exchanges files."""

    desk: Desk
    clock: Clock
    lacks: frozenset[str] = frozenset({"lose_answer", "truncate", "refuse", "recall"})

    def __post_init__(self) -> None:
        self.erp = self.desk.erp
        packings = (Packaging("кор", Decimal(12)),)
        self.goods = (
            Product("10001", "10001", "Молоко 3,2% 10л", "шт", "Молочное / Молоко", "Луговое", packings),
            Product("10002", "10002", "Сыр весовой", "кг", "Молочное", step=Decimal("0.1")),
        )
        outlet = Outlet("К-1/Т-1", "К-1", "На Садовой", "ул. Садовая, 12", "Основной")
        self.customer = Customer("К-1", "ООО «Ромашка»", "Оптовая", outlets=(outlet,), code="ROMASHKA")

    async def fill(self) -> None:
        today = self.clock.now().date()
        customers = [
            ["Код клиента", "Клиент", "Вид цен", "Код для входа", "Код точки", "Торговая точка", "Адрес", "Склад",
             "Контакт", "Телефон"],
            ["К-1", "ООО «Ромашка»", "Оптовая", "ROMASHKA", "Т-1", "На Садовой", "ул. Садовая, 12", "Основной", "", ""],
            ["К-2", "ИП Луговой", "Оптовая", "", "", "", "", "", "Иван", "+79000000099"],
        ]  # fmt: skip
        days = [f"{today - timedelta(days=back):%d.%m.%Y}" for back in (20, 6)]
        debts = [["Клиент", "Накладная", "Дата", "Оплатить до", "Сумма", "Осталось оплатить"]]
        debts.append(["ип луговой", "7", *days, "900", "400"])
        await self.desk.erp.ping()
        files = {"Цены": PRICES, "Долги": debts, "Клиенты": customers, "Остатки": STOCK, "Товары": GOODS}
        for name, rows in files.items():
            self.desk.put(f"{name}.csv", rows)
        await self.desk.engine()

    async def settle(self) -> None:
        """The operator takes the orders that lie there."""
        taken = self.desk.root / "Внесено"
        taken.mkdir(exist_ok=True)
        for path in (self.desk.root / "Заказы").glob("*.csv"):
            path.rename(taken / path.name)

    async def down(self, on: bool) -> None:
        """The share is not mounted: its folder is there and empty."""
        away = self.desk.root.with_name("away")
        if on:
            self.desk.root.rename(away)
            self.desk.root.mkdir()
        else:
            self.desk.root.rmdir()
            away.rename(self.desk.root)

    async def set_status(self, key: str, status: OrderStatus) -> None:
        await self.desk.bring("Статусы.csv", [["Ключ", "Статус"], [key, STATUS_WORDS[status]]])

    async def documents(self, key: str) -> int:
        """Wherever they were moved to."""
        return len([path for path in self.desk.root.rglob("*.csv") if key in path.name])

    async def lose_answer(self) -> None:
        raise NotImplementedError

    async def truncate(self) -> None:
        raise NotImplementedError

    async def refuse(self) -> None:
        raise NotImplementedError

    async def readdress(self, outlet_id: str, address: str) -> None:
        raise NotImplementedError
