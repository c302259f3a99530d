"""What an account holds: rows by type, links between them, Moscow times."""

import uuid
from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.api.erp.moysklad.emulator.faults import Faults
from tests.api.erp.moysklad.emulator.limits import Limits

MSK = ZoneInfo("Europe/Moscow")
Row = dict[str, Any]
ROOT = "/api/remap/1.2"


class MoyskladError(Exception):
    """An answer of the shape {"errors": […]}."""

    def __init__(self, status: int, code: int, words: str, parameter: str = "") -> None:
        super().__init__(words)
        self.status = status
        body = {"error": words, "code": code, "moreInfo": f"https://dev.moysklad.ru/doc/api/remap/1.2/#error_{code}"}
        self.body = {"errors": [body | ({"parameter": parameter} if parameter else {})]}


class Store:
    """One account. Tests read and change it directly, as its people would in the browser."""

    def __init__(self) -> None:
        self.base = ""
        self.clear()

    def clear(self) -> None:
        """An empty account at the same address."""
        self.token = "token-of-the-tests"
        self.rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self.metadata: dict[str, Row] = defaultdict(lambda: {"attributes": [], "states": []})
        self.price_types: list[Row] = []
        self.stock: dict[tuple[str, str | None], float] = {}
        """On hand by product and warehouse; orders' reserves are taken off by the report."""
        self.stock_changed: dict[str, datetime] = {}
        self.balances: dict[str, float] = {}
        """Kopecks; negative: the counterparty owes."""
        self.discounts: dict[tuple[str, str], float] = {}
        """Percent by counterparty and product."""
        self.faults = Faults()
        self.limits = Limits(units=45_000)
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def meta(self, path: str, kind: str, **more: Any) -> Row:
        meta: Row = {"href": f"{self.base}/{path}", "type": kind, "mediaType": "application/json"}
        return {"meta": meta | more}

    def link(self, kind: str, ref: str) -> Row:
        return self.meta(f"entity/{kind}/{ref}", kind)

    def add(self, kind: str, **fields: Any) -> Row:
        """A new row of this type with what МойСклад adds by itself."""
        ref = fields.pop("id", None) or str(uuid.uuid4())
        row: Row = self.link(kind, ref) | {"id": ref, "accountId": "account", "updated": now()}
        row |= {"externalCode": uuid.uuid4().hex[:22]} | fields
        self.rows[kind][ref] = row
        return row

    def touch(self, row: Row) -> None:
        row["updated"] = now()

    def find(self, kind: str, ref: str) -> Row:
        row = self.rows[kind].get(ref)
        if row is None:
            raise MoyskladError(404, 1021, f"Объект с типом '{kind}' и идентификатором '{ref}' не найден")
        return row

    def linked(self, link: Any, *kinds: str) -> Row:
        """What a body's link points to."""
        href = str(((link or {}).get("meta") or {}).get("href", ""))
        if not href.startswith(f"{self.base}/"):
            raise MoyskladError(400, 1059, f"Некорректный сервер в идентификаторе объекта: '{href}'")
        kind, _, ref = href.removeprefix(f"{self.base}/entity/").partition("/")
        if kind not in kinds or (link["meta"].get("type") != kind):
            raise MoyskladError(400, 1060, "Некорректный тип данных в meta сущности, поле type")
        if ref not in self.rows[kind]:
            raise MoyskladError(400, 1021, f"Объект с типом '{kind}' и идентификатором '{ref}' не найден")
        return self.rows[kind][ref]


def now() -> str:
    return f"{datetime.now(MSK):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def id_of(link: Any) -> str:
    return str(link["meta"]["href"]).rsplit("/", 1)[-1] if link else ""
