"""POST, PATCH, PUT, DELETE and the functions of a document, with what a live base does wrong in silence."""

import base64
import json
import uuid
from decimal import Decimal

from api.erp.demo import registers
from api.erp.demo.address import Target
from api.erp.demo.base import Base
from api.erp.demo.entities import EMPTY_DATE, EMPTY_REF, ORDERS, PARTNERS, UNITS
from api.erp.demo.errors import ODataError, bad_url, refused
from api.erp.demo.faults import Faults
from api.erp.demo.query import whole
from api.erp.demo.reading import Found, instance
from api.erp.demo.schema import SCHEMA, Entity
from api.erp.demo.store import Row, Store
from api.erp.demo.values import GUID, READ_ONLY, assign

OTHER_REFUSALS = {
    "stock": "Не удалось провести документ. Номенклатура «Молоко»: не хватает 5 шт, свободный остаток 0.",
    "period": "Изменение данных до даты запрета 31.12.2025 не допускается.",
}


def parse_body(body: bytes) -> Row:
    """The JSON object of a write."""
    try:
        data = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ODataError(400, 14, "Ошибка разбора тела запроса") from error
    if not isinstance(data, dict):
        raise ODataError(400, 14, "Ошибка разбора тела запроса: ожидается объект")
    return data


def create(base: Base, entity: Entity, values: Row) -> Row:
    """Store a new object; the whole of it, as it goes out."""
    _require_writable(entity)
    faults = base.faults.current()
    with base.store.writing():
        row = _blank(base, entity, values)
        assign(base.store, faults, entity, row, values)
        row["DataVersion"] = _version(base.store)
        _fill(base, entity, row)
        base.store.put(entity.name, row["Ref_Key"], row)
    return _out(base, entity, row)


def change(base: Base, entity: Entity, key: str, values: Row, if_match: str | None, *, full: bool = False) -> Row:
    """PATCH, or PUT when `full`: attributes not given fall back to empty ones."""
    _require_writable(entity)
    faults = base.faults.current()
    with base.store.writing():
        old = instance(base.store, entity, key)
        _check_version(faults, old, if_match)
        row = _emptied(entity, old) if full else dict(old)
        assign(base.store, faults, entity, row, values)
        row["DataVersion"] = _version(base.store)
        _follow_up(base, entity, old, row)
        base.store.put(entity.name, key, row)
    return _out(base, entity, row)


def delete(base: Base, entity: Entity, key: str, if_match: str | None) -> None:
    """Physical removal, as OData does it."""
    _require_writable(entity)
    with base.store.writing():
        _check_version(base.faults.current(), instance(base.store, entity, key), if_match)
        base.store.remove(entity.name, key)


def call(base: Base, entity: Entity, target: Target) -> Found:
    """Post or Unpost."""
    if entity.kind != "Document" or target.tail not in {"Post", "Unpost"}:
        raise bad_url(f"функция {target.tail} не найдена")
    if target.tail == "Unpost":
        return Found(f"{entity.name}/@Element", _set_posted(base, entity, target.key, posted=False))
    order = instance(base.store, entity, target.key)
    if base.faults.take("refuse_posting"):
        kind = base.faults.current().refusal
        raise refused(OTHER_REFUSALS.get(kind) or _refusal(base.store, order, Decimal(0)))
    return Found(f"{entity.name}/@Element", _set_posted(base, entity, target.key, posted=True))


def set_status(base: Base, key: str, status: str, *, cancelled: bool | None = None) -> Row:
    """What a person does in the order's form."""
    values: Row = {"Статус": status}
    if cancelled is not None:
        values["Отменен"] = cancelled
    return change(base, SCHEMA[ORDERS], key, values, None)


def _out(base: Base, entity: Entity, row: Row) -> Row:
    return whole(entity, base.store.get)(row)


def _require_writable(entity: Entity) -> None:
    if not entity.writable:
        raise ODataError(405, 6, f"{entity.name}: запись через этот интерфейс не опубликована")


def _version(store: Store) -> str:
    """The next DataVersion; base64 of eight bytes, like «AAAAAwAAAAA=»."""
    return base64.b64encode(store.next_number("version").to_bytes(8, "little")).decode()


def _blank(base: Base, entity: Entity, values: Row) -> Row:
    row: Row = {prop.name: prop.default for prop in entity.properties}
    row.update({part: [] for part in entity.parts})
    given = values.get("Ref_Key")
    row["Ref_Key"] = given.lower() if isinstance(given, str) and GUID.fullmatch(given) else str(uuid.uuid4())
    if row["Ref_Key"] == EMPTY_REF:
        row["Ref_Key"] = str(uuid.uuid4())
    if base.store.get(entity.name, row["Ref_Key"]) is not None:
        raise ODataError(400, 15, "Сущность с таким ключом уже существует")
    return row


def _emptied(entity: Entity, old: Row) -> Row:
    kept = {name: value for name, value in old.items() if name in {*READ_ONLY, "Number"} or name.startswith("_")}
    return {prop.name: prop.default for prop in entity.properties} | {part: [] for part in entity.parts} | kept


def _fill(base: Base, entity: Entity, row: Row) -> None:
    """What 1C sets by itself when an object is new."""
    if entity.kind == "Document":
        row["Number"] = row["Number"] or f"УТ00-{base.store.next_number('order'):06d}"
        if row["Date"] == EMPTY_DATE:
            row["Date"] = base.now().isoformat()
    elif not row["Code"]:
        row["Code"] = f"{base.store.next_number('code'):09d}"
    if entity.name == ORDERS:
        row["Статус"] = row["Статус"] or "НеСогласован"
        _total(base.store, row)


def _follow_up(base: Base, entity: Entity, old: Row, row: Row) -> None:
    """What follows from a change of an order."""
    if row["DeletionMark"] and entity.kind == "Document":
        row["Posted"] = False
    if entity.name == ORDERS:
        _total(base.store, row)
        if row["Статус"] == "Закрыт" != old["Статус"]:
            row[registers.CLOSED_AT] = base.now().isoformat()


def _total(store: Store, order: Row) -> None:
    """Quantities and sums that were not given, and the document's total."""
    total = Decimal(0)
    lines = []
    for line in order["Товары"]:
        line = dict(line)
        if not line["Количество"] and line["КоличествоУпаковок"]:
            line["Количество"] = registers.number(registers.amount(line["КоличествоУпаковок"]) * _factor(store, line))
        if not line["Сумма"]:
            line["Сумма"] = registers.number(
                (registers.amount(line["Количество"]) * registers.amount(line["Цена"])).quantize(Decimal("0.01"))
            )
        total += registers.amount(line["Сумма"])
        lines.append(line)
    order["Товары"] = lines
    order["СуммаДокумента"] = registers.number(total)


def _factor(store: Store, line: Row) -> Decimal:
    pack = store.get(UNITS, line["Упаковка_Key"])
    if pack is None or not pack["Знаменатель"]:
        return Decimal(1)
    return registers.amount(pack["Числитель"]) / registers.amount(pack["Знаменатель"])


def _check_version(faults: Faults, row: Row, if_match: str | None) -> None:
    if faults.stale_if_match_accepted or if_match is None:
        return
    if if_match.strip('"') != row["DataVersion"]:
        raise ODataError(412, -1, "Версия данных изменилась")


def _set_posted(base: Base, entity: Entity, key: str, *, posted: bool) -> Row:
    with base.store.writing():
        old = instance(base.store, entity, key)
        if posted:
            _may_post(base, old)
        row = dict(old) | {"Posted": posted, "DataVersion": _version(base.store)}
        base.store.put(entity.name, key, row)
    return _out(base, entity, row)


def _may_post(base: Base, order: Row) -> None:
    if order["DeletionMark"]:
        raise refused("Помеченный на удаление документ не может быть проведен!")
    if not order["Товары"]:
        raise refused("Не введено ни одной строки в список «Товары».")
    if base.faults.current().debt_control:
        over = registers.over_limit(base.store, order)
        if over is not None:
            raise refused(_refusal(base.store, order, over))


def _refusal(store: Store, order: Row, over: Decimal) -> str:
    partner = store.get(PARTNERS, order.get("Партнер_Key", EMPTY_REF))
    name = partner["Description"] if partner else "<Объект не найден>"
    text = (
        f"Не удалось провести «Заказ клиента {order['Number']}». "
        f"Превышена допустимая сумма задолженности партнера «{name}»"
    )
    return f"{text} на {over} руб." if over else f"{text}."
