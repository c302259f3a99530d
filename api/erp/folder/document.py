"""An order as a file: a row a line, with everything that the person who enters it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.domain.customer import Customer
from api.domain.order import OrderDraft, OrderLine
from api.erp.folder import writing

TITLES = (
    "Ключ", "Номер", "Статус", "Дата заказа", "Код клиента", "Клиент", "Код точки", "Торговая точка", "Адрес",
    "Дата доставки", "Время доставки", "Склад", "Артикул", "Наименование", "Количество", "Ед.", "Цена", "Сумма",
    "Комментарий",
)  # fmt: skip
"""«Номер» and «Статус» are theirs to fill in: the file is then a file of statuses."""


@dataclass(frozen=True)
class Names:
    """What the order's ids are called: the customer, and name and base unit by article."""

    customer: Customer
    goods: Mapping[str, tuple[str, str]]


def document(draft: OrderDraft, created: datetime, names: Names, encoding: str) -> bytes:
    """The file. Quantities are in base units, prices in roubles of one."""
    head = _head(draft, created, names)
    return writing.table([TITLES, *([*head, *_line(line, names), draft.comment] for line in draft.lines)], encoding)


def _head(draft: OrderDraft, created: datetime, names: Names) -> list[object]:
    outlet = next((outlet for outlet in names.customer.outlets if outlet.id == draft.outlet_id), None)
    return [
        draft.key,
        "",
        "",
        created.date(),
        names.customer.id,
        names.customer.name,
        (draft.outlet_id or "").removeprefix(f"{names.customer.id}/"),
        outlet.name if outlet else "",
        draft.address or (outlet.address if outlet else ""),
        draft.delivery_date,
        f"{draft.window_start:%H:%M}-{draft.window_end:%H:%M}",
        draft.warehouse_id,
    ]


def _line(line: OrderLine, names: Names) -> list[object]:
    name, unit = names.goods[line.product_id]
    return [line.product_id, name, line.quantity, unit, line.price, line.sum]
