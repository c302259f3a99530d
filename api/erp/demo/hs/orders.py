"""Orders of the service: read, priced, written once, withdrawn."""

import json
from datetime import datetime
from decimal import Decimal

from api.erp.demo import writing
from api.erp.demo.address import Target
from api.erp.demo.entities import CONTRACTS, EMPTY_DATE, EMPTY_REF, ORDERS, OUTLETS, PRODUCTS
from api.erp.demo.errors import ODataError
from api.erp.demo.hs.bodies import Draft
from api.erp.demo.hs.desk import Desk
from api.erp.demo.hs.goods import free, is_sold, money, plain, ref
from api.erp.demo.hs.partners import balances, known
from api.erp.demo.hs.prices import agreement_of, all_prices, own_price
from api.erp.demo.hs.problems import Json, Problem, refused
from api.erp.demo.registers import amount, over_limit
from api.erp.demo.schema import SCHEMA
from api.erp.demo.store import Row

REGISTER = "_hs_orders"
"""The register «бот_Заказы» of the extension: key → document, fingerprint of the body, version after our writing."""
STATUSES = {"НеСогласован": "accepted", "КОбеспечению": "picking", "КОтгрузке": "shipped", "Закрыт": "delivered"}
KOPECK = Decimal("0.01")


def order(desk: Desk, row: Row) -> Json:
    """The document as the contract shows it."""
    created = datetime.fromisoformat(row["Date"]).replace(tzinfo=desk.base.clock.now().tzinfo)
    delivery = row["ЖелаемаяДатаОтгрузки"]
    return {
        "id": row["Ref_Key"],
        "key": row["НомерПоДаннымКлиента"],
        "number": row["Number"],
        "created": created.isoformat(),
        "status": status(row),
        "customer_id": row["Партнер_Key"],
        "outlet_id": ref(row["ТорговаяТочка_Key"]),
        "warehouse_id": ref(row["Склад_Key"]),
        "delivery_date": None if delivery == EMPTY_DATE else delivery[:10],
        "address": row["АдресДоставки"],
        "comment": row["Комментарий"],
        "total": money(row["СуммаДокумента"]),
        "lines": [_line(line) for line in row["Товары"]],
    }


def status(row: Row) -> str:
    if row["Отменен"] or row["DeletionMark"]:
        return "cancelled"
    return STATUSES.get(row["Статус"], "accepted") if row["Posted"] else "failed"


def is_told(row: Row) -> bool:
    """Drafts that somebody keeps in 1C are no orders yet."""
    return bool(row["НомерПоДаннымКлиента"]) or status(row) != "failed"


def _line(line: Row) -> Json:
    """In base units: УТ keeps the price of a packing."""
    quantity, price, total = amount(line["Количество"]), amount(line["Цена"]), amount(line["Сумма"])
    if quantity and (quantity * price).quantize(KOPECK) != total:
        price = total / quantity
    return {"product_id": line["Номенклатура_Key"], "quantity": plain(quantity), "price": money(price)}


def get(desk: Desk, key: str) -> Row:
    """The document with this key; Problem «missing»."""
    rows = [row for row in desk.base.store.rows(ORDERS) if row["НомерПоДаннымКлиента"] == key]
    if not rows:
        raise Problem("missing", f"Заказа с ключом {key} нет.")
    return min(rows, key=lambda row: (row["DeletionMark"], row["Number"]))


def quote(desk: Desk, draft: Draft) -> Json:
    """What the draft would cost; nothing is kept."""
    base, today = desk.base, desk.base.now().date()
    known(base.store, draft.customer_id)
    agreement = _agreement(desk, draft)
    prices, stock = all_prices(base.store, base.now()), free(base.store)
    lines, total = [], Decimal(0)
    for line in draft.lines:
        product = base.store.get(PRODUCTS, line.product_id)
        price = own_price(prices, line.product_id, line.quantity, agreement, today)
        if product is None or not is_sold(product):
            price = None
        here = stock.get(line.product_id, {}).get(_warehouse(desk, draft, agreement), Decimal(0))
        available = None if product is None or product["СрокПоставкиДней"] else plain(here)
        shown = None if price is None else money(price)
        lines.append({"product_id": line.product_id, "price": shown, "available": available})
        total += (price or Decimal(0)) * line.quantity
    bill = {"Соглашение_Key": agreement["Ref_Key"], "Партнер_Key": draft.customer_id, "СуммаДокумента": total}
    (balance,) = balances(base.store, [draft.customer_id])
    return {"lines": lines, "credit": over_limit(base.store, bill) is None, "balance": balance}


def put(desk: Desk, key: str, draft: Draft) -> tuple[int, Row]:
    """By the table of the contract: 201 for a new document, 200 for one that is there."""
    store, ours = desk.base.store, _fingerprint(draft)
    with desk.one_by_one:
        note = store.get(REGISTER, key)
        row = None if note is None else store.get(ORDERS, note["Ref_Key"])
        if note is None or row is None:
            return 201, _posted(desk, key, _written(desk, key, draft, ours, None))
        if note["fingerprint"] != ours:
            if note["version"] != row["DataVersion"] or status(row) not in ("accepted", "failed"):
                raise Problem("late", f"Заказ {row['Number']} уже изменён в 1С.", order=order(desk, row))
            row = _written(desk, key, draft, ours, row)
        return 200, _posted(desk, key, row) if status(row) == "failed" else row


def cancel(desk: Desk, key: str) -> Row:
    """Withdraws the document."""
    with desk.one_by_one:
        row = get(desk, key)
        if status(row) in ("shipped", "delivered"):
            raise Problem("late", f"Заказ {row['Number']} уже отгружен.", order=order(desk, row))
        if status(row) != "cancelled":
            writing.change(desk.base, SCHEMA[ORDERS], row["Ref_Key"], {"Отменен": True}, None)
        return get(desk, key)


def _fingerprint(draft: Draft) -> str:
    """The order's values, however they were written down."""
    values = draft.model_dump(mode="json", exclude={"check_prices", "lines"})
    lines = [[line.product_id, plain(line.quantity), money(line.price)] for line in draft.lines]
    return json.dumps([values, lines], ensure_ascii=False, sort_keys=True)


def _written(desk: Desk, key: str, draft: Draft, fingerprint: str, old: Row | None) -> Row:
    """The document, written and not posted yet, together with its note."""
    if (code := desk.faults.take_refusal()) is not None:
        raise Problem(code, "Отказ по требованию теста.")
    _check(desk, draft)
    store, entity = desk.base.store, SCHEMA[ORDERS]
    with store.writing():
        values = _values(desk, key, draft)
        try:
            if old is None:
                made = writing.create(desk.base, entity, values)["Ref_Key"]
            else:
                made = old["Ref_Key"]
                writing.call(desk.base, entity, Target(ORDERS, made, "Unpost"))
                writing.change(desk.base, entity, made, values, None)
        except ODataError as error:
            raise refused(error) from error
        row = _stored(desk, made)
        store.put(REGISTER, key, {"Ref_Key": made, "fingerprint": fingerprint, "version": row["DataVersion"]})
    return row


def _posted(desk: Desk, key: str, row: Row) -> Row:
    """Posts what is not posted; a refusal leaves the document for the manager."""
    store, made = desk.base.store, row["Ref_Key"]
    try:
        writing.call(desk.base, SCHEMA[ORDERS], Target(ORDERS, made, "Post"))
    except ODataError as error:
        raise refused(error, order(desk, _stored(desk, made))) from error
    row = _stored(desk, made)
    note = store.get(REGISTER, key) or {}
    store.put(REGISTER, key, note | {"version": row["DataVersion"]})
    return row


def _stored(desk: Desk, made: str) -> Row:
    row = desk.base.store.get(ORDERS, made)
    if row is None:
        raise Problem("missing", "Документ удалён.")
    return row


def _check(desk: Desk, draft: Draft) -> None:
    """What is refused before anything is written."""
    store, today = desk.base.store, desk.base.now().date()
    known(store, draft.customer_id)
    outlet = store.get(OUTLETS, draft.outlet_id or "")
    if draft.outlet_id and (outlet is None or outlet["Owner_Key"] != draft.customer_id):
        raise Problem("customer", f"Торговой точки {draft.outlet_id} у клиента нет.")
    agreement = _agreement(desk, draft)
    cards = {line.product_id: store.get(PRODUCTS, line.product_id) for line in draft.lines}
    if closed := [found for found, card in cards.items() if card is None or not is_sold(card)]:
        raise Problem("goods", "Товара нет или он закрыт для продажи.", products=closed)
    if draft.delivery_date < today:
        raise Problem("period", "Дата отгрузки в закрытом периоде.")
    if any(line.quantity <= 0 for line in draft.lines):
        raise Problem("invalid", "lines.quantity: не число больше нуля")
    if draft.check_prices:
        _check_prices(desk, draft, agreement)
    if desk.faults.current.stock_control:
        _check_stock(desk, draft, agreement)


def _check_prices(desk: Desk, draft: Draft, agreement: Row) -> None:
    prices = all_prices(desk.base.store, desk.base.now())
    now = desk.base.now().date()
    other = [
        line.product_id
        for line in draft.lines
        if own_price(prices, line.product_id, line.quantity, agreement, now) != line.price
    ]
    if other:
        raise Problem("price", "Цены по правилам 1С другие.", products=other)


def _check_stock(desk: Desk, draft: Draft, agreement: Row) -> None:
    stock, place = free(desk.base.store), _warehouse(desk, draft, agreement)
    short = [
        line.product_id for line in draft.lines if stock.get(line.product_id, {}).get(place, Decimal(0)) < line.quantity
    ]
    if short:
        raise Problem("stock", "Не хватает на складе.", products=short)


def _agreement(desk: Desk, draft: Draft) -> Row:
    found = agreement_of(desk.base.store, draft.customer_id, desk.base.now().date())
    if found is None:
        raise Problem("customer", "У клиента нет действующего соглашения.")
    return found


def _warehouse(desk: Desk, draft: Draft, agreement: Row) -> str:
    outlet = desk.base.store.get(OUTLETS, draft.outlet_id or "") or {}
    places = (draft.warehouse_id, ref(outlet.get("Склад_Key", EMPTY_REF)), ref(agreement["Склад_Key"]))
    return next((place for place in places if place), EMPTY_REF)


def _values(desk: Desk, key: str, draft: Draft) -> Row:
    """The document as the extension fills it."""
    agreement = _agreement(desk, draft)
    contract = desk.base.store.get(CONTRACTS, agreement["Договор_Key"]) or {}
    return {
        "Партнер_Key": draft.customer_id,
        "Контрагент_Key": contract.get("Контрагент_Key", EMPTY_REF),
        "Соглашение_Key": agreement["Ref_Key"],
        "Договор_Key": agreement["Договор_Key"],
        "Организация_Key": agreement["Организация_Key"],
        "Склад_Key": _warehouse(desk, draft, agreement),
        "ТорговаяТочка_Key": draft.outlet_id or EMPTY_REF,
        "НомерПоДаннымКлиента": key,
        "ЖелаемаяДатаОтгрузки": f"{draft.delivery_date.isoformat()}T00:00:00",
        "АдресДоставки": draft.address,
        "Комментарий": draft.comment,
        "ЦенаВключаетНДС": True,
        "Товары": [
            {
                "LineNumber": place,
                "Номенклатура_Key": line.product_id,
                "КоличествоУпаковок": line.quantity,
                "Количество": line.quantity,
                "Цена": line.price,
                "Сумма": (line.quantity * line.price).quantize(KOPECK),
                "СтавкаНДС": (desk.base.store.get(PRODUCTS, line.product_id) or {}).get("СтавкаНДС", ""),
            }
            for place, line in enumerate(draft.lines, start=1)
        ],
    }
