"""Orders as documents of CommerceML: written for 1C, and read from what it sends back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from lxml import etree

from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.domain.wording import window
from api.erp.commerceml import units
from api.erp.commerceml.goods import KOPECK, ONE, Named, is_withdrawn
from api.erp.commerceml.node import TRUE, Node, day
from api.erp.commerceml.reading import ROOT
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.commerceml.statuses import status_of_word

ORDER = "Заказ товара"
KEY = "Ключ заказа"
STATUS = "Статус заказа"
NUMBERS = ("Номер по 1С", "Номер по данным 1С")
SHIPPED = ("Дата отгрузки по 1С", "Дата отгрузки", "Отгружен")
YES = (*TRUE, "истина")
LONGEST = {"Комментарий": 3000, "Наименование": 255, "Представление": 255, "Значение": 1000}
"""Of the schema."""
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
RATE = "1"


@dataclass(frozen=True)
class Waiting:
    """An order that 1C is to fetch."""

    draft: OrderDraft
    created: datetime
    cancelled: bool
    company: Mapping[str, Any]
    """Its card as 1C once told it."""
    goods: Mapping[str, Named]


@dataclass(frozen=True)
class Told:
    """What 1C says of an order. None, or no lines: it does not speak of that."""

    id: str
    number: str
    number_1c: str
    created: datetime | None
    customer_id: str
    status: OrderStatus | None
    lines: tuple[OrderLine, ...]
    delivery_date: date | None
    word: str = ""
    """The status word, where nobody knows it."""


def write(orders: Sequence[Waiting], now: datetime, version: str, settings: CommercemlSettings) -> bytes:
    """The file `orders.xml`. The order of elements is the schema's; like other shops' files it has no namespace."""
    root = etree.Element(ROOT, {"ВерсияСхемы": version, "ДатаФормирования": f"{now:%Y-%m-%dT%H:%M:%S}"})
    for order in orders:
        _document(etree.SubElement(root, "Документ"), order, settings)
    head = f'<?xml version="1.0" encoding="{settings.encoding}"?>\n'.encode()
    body = etree.tostring(root, encoding=settings.encoding, xml_declaration=False, pretty_print=True)
    return head + cast(bytes, body)


def _document(document: etree._Element, order: Waiting, settings: CommercemlSettings) -> None:
    draft = order.draft
    for name, text in (
        ("Ид", draft.key),
        ("Номер", draft.key),
        ("Дата", f"{order.created:%Y-%m-%d}"),
        ("ХозОперация", ORDER),
        ("Роль", "Продавец"),
        ("Валюта", settings.currency),
        ("Курс", RATE),
        ("Сумма", str(draft.total)),
    ):
        _add(document, name, text)
    _company(_add(_add(document, "Контрагенты"), "Контрагент"), order)
    _add(document, "Время", f"{order.created:%H:%M:%S}")
    _add(document, "Комментарий", _comment(draft))
    if draft.warehouse_id:
        _add(_add(_add(document, "Склады"), "Склад"), "Ид", draft.warehouse_id)
    lines = _add(document, "Товары")
    for line in draft.lines:
        _line(_add(lines, "Товар"), line, order.goods[line.product_id])
    _requisites(document, _facts(order, settings))


def _company(element: etree._Element, order: Waiting) -> None:
    company = order.company
    _add(element, "Ид", order.draft.customer_id)
    _add(element, "Наименование", company["name"])
    _add(element, "ОфициальноеНаименование", company["name"])
    if company["tax_id"]:
        _add(element, "ИНН", company["tax_id"])
    if order.draft.address:
        _add(_add(element, "Адрес"), "Представление", order.draft.address)
    _add(element, "Роль", "Покупатель")


def _line(element: etree._Element, line: OrderLine, goods: Named) -> None:
    """Always in base units: what the customer called it is told beside."""
    _add(element, "Ид", line.product_id)
    if goods.article:
        _add(element, "Артикул", goods.article)
    _add(element, "Наименование", goods.name)
    unit = _add(element, "БазоваяЕдиница", goods.unit)
    code = units.CODES.get(goods.unit, "")
    if code:
        unit.set("Код", code)
        unit.set("НаименованиеПолное", units.FULL.get(goods.unit, goods.unit))
    facts = [("ВидНоменклатуры", "Товар"), ("ТипНоменклатуры", "Товар")]
    _requisites(element, [*facts, *([("Единица клиента", line.unit)] if line.unit else [])])
    _add(element, "ЦенаЗаЕдиницу", f"{line.price:f}")
    _add(element, "Количество", f"{line.quantity:f}")
    _add(element, "Сумма", str(line.sum))
    if code:
        _add(element, "Единица", code)
    _add(element, "Коэффициент", "1")


def _facts(order: Waiting, settings: CommercemlSettings) -> list[tuple[str, str]]:
    draft = order.draft
    return [
        (KEY, draft.key),
        (STATUS, "Отменен" if order.cancelled else "Новый"),
        ("Отменен", "true" if order.cancelled else "false"),
        ("ПометкаУдаления", "true" if order.cancelled else "false"),
        (settings.delivery_field, f"{draft.delivery_date:%Y-%m-%d}"),
        ("Время доставки", window(draft.window_start, draft.window_end)),
        ("Адрес доставки", draft.address),
    ]


def _comment(draft: OrderDraft) -> str:
    hours = window(draft.window_start, draft.window_end)
    return f"{draft.comment.strip()} Доставка {draft.delivery_date:%d.%m.%Y} {hours}.".strip()


def _requisites(element: etree._Element, facts: Sequence[tuple[str, str]]) -> None:
    listed = _add(element, "ЗначенияРеквизитов")
    for name, value in facts:
        item = _add(listed, "ЗначениеРеквизита")
        _add(item, "Наименование", name)
        _add(item, "Значение", value)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, name)
    if text:
        element.text = NOT_XML.sub(" ", text)[: LONGEST.get(name)]
    return element


def read(node: Node, zone: ZoneInfo, settings: CommercemlSettings) -> Told | None:
    """A document of 1C; None: it is no order."""
    if node.text("ХозОперация") != ORDER:
        return None
    facts = dict(reversed(node.requisites()))
    status, word = _status(node, facts, settings)
    buyers = [item for item in node.items("Контрагенты", "Контрагент") if item.text("Роль") in ("", "Покупатель")]
    own_number = next((facts[name] for name in NUMBERS if facts.get(name)), "") or node.text("Номер1С")
    return Told(
        id=node.text("Ид"),
        number=facts.get(KEY) or node.text("Номер"),
        number_1c=own_number,
        created=_moment(node.text("Дата"), node.text("Время"), zone),
        customer_id=buyers[0].text("Ид") if buyers else "",
        status=status,
        lines=tuple(_read_lines(node)),
        delivery_date=day(facts.get(settings.delivery_field, "")),
        word=word,
    )


def _status(node: Node, facts: Mapping[str, str], settings: CommercemlSettings) -> tuple[OrderStatus | None, str]:
    """The state, and the word for it where nobody knows the word. A mark of deletion or of cancelling is above all."""
    if is_withdrawn(node) or any(_yes(facts.get(name, "")) for name in ("Отменен", "ПометкаУдаления")):
        return OrderStatus.CANCELLED, ""
    word = facts.get(STATUS, "")
    status = status_of_word(word, settings.statuses) if word else None
    unknown = word if word and status is None else ""
    if status in (OrderStatus.CANCELLED, OrderStatus.DELIVERED):
        return status, unknown
    if any(_yes(facts.get(name, "")) or day(facts.get(name, "")) for name in SHIPPED):
        return OrderStatus.SHIPPED, unknown
    return status, unknown


def _yes(text: str) -> bool:
    return text.strip().lower() in YES


def _read_lines(node: Node) -> list[OrderLine]:
    """Lines in base units; services, such as delivery, are none. A discount outside the price is in the sum only."""
    lines = []
    for item in node.items("Товары", "Товар"):
        facts = dict(reversed(item.requisites("ЗначенияРеквизитов", "ДополнительныеЗначенияРеквизитов")))
        quantity, price = item.number("Количество"), item.number("ЦенаЗаЕдиницу") or Decimal(0)
        if facts.get("ТипНоменклатуры") == "Услуга" or not item.text("Ид") or not quantity:
            continue
        total = item.number("Сумма")
        if total is not None and abs(total - quantity * price) > KOPECK:
            price = total / quantity
        factor = item.number("Коэффициент") or ONE
        lines.append(
            OrderLine(
                item.text("Ид"),
                quantity * factor,
                (price / factor).quantize(KOPECK),
                facts.get("Единица клиента", ""),
            )
        )
    return lines


def _moment(day_text: str, time_text: str, zone: ZoneInfo) -> datetime | None:
    found = day(day_text)
    if found is None:
        return None
    try:
        clock = time.fromisoformat(time_text.strip()) if time_text.strip() else time(0)
    except ValueError:
        clock = time(0)
    return datetime.combine(found, clock.replace(tzinfo=None), zone)
