"""Order documents: reading, comparing, and writing with everything that 1C may do to them."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.domain.order import Difference, OrderDraft, OrderLine, OrderStatus
from api.erp.errors import ErpError, Reason
from api.erp.onec import names
from api.erp.onec.orders import differences
from tests.api.erp.onec.fake import EMPTY, NOW, ZONE, AnyPath, Base, all_of, answer, error, onec, ref, row

NAMES = names.load()
SHOP, OUTLET, MILK = ref(1), ref(2), ref(3)
DRAFT = OrderDraft(
    key="AI-20251215-1",
    customer_id=SHOP,
    outlet_id=OUTLET,
    warehouse_id=ref(4),
    delivery_date=date(2025, 12, 16),
    window_start=time(9),
    window_end=time(12),
    lines=(OrderLine(MILK, Decimal(5), Decimal("500.50")),),
    address="ул. Садовая, 12",
    comment="Позвонить",
)


def document(number: int, **ours: object) -> dict[str, Any]:
    plain: dict[str, object] = {
        "id": ref(number), "number": f"УТ00-{number:06d}", "date": "2025-12-15T11:00:00", "posted": True,
        "customer": SHOP, "status": "НеСогласован", "lines": [],
    }  # fmt: skip
    return row(NAMES.orders, **(plain | ours))


def line(quantity: object, price: object, total: object) -> dict[str, Any]:
    return row(NAMES.order_lines, product=MILK, quantity=quantity, price=price, sum=total)


async def read(server: HTTPServer, rows: list[dict[str, Any]], since: datetime = NOW - timedelta(days=1)) -> list[Any]:
    Base(server, {NAMES.orders.entity: rows})
    erp = onec(server)
    found = await all_of(erp.orders(since))
    await erp.close()
    return found


@pytest.mark.parametrize(
    ("ours", "status"),
    [
        ({}, OrderStatus.ACCEPTED),
        ({"status": "КОбеспечению"}, OrderStatus.PICKING),
        ({"status": "КОтгрузке"}, OrderStatus.SHIPPED),
        ({"status": "Закрыт"}, OrderStatus.DELIVERED),
        ({"status": "ЧтоТоНовое"}, OrderStatus.ACCEPTED),
        ({"status": "Закрыт", "cancelled": True}, OrderStatus.CANCELLED),
        ({"posted": False, "deleted": True}, OrderStatus.CANCELLED),
        ({"posted": False, "key": "AI-1"}, OrderStatus.FAILED),
    ],
)
async def test_states(httpserver: HTTPServer, ours: dict[str, object], status: OrderStatus) -> None:
    (order,) = await read(httpserver, [document(1, **ours)])
    assert order.status is status


async def test_drafts_of_1c_people_are_no_orders(httpserver: HTTPServer) -> None:
    assert await read(httpserver, [document(1, posted=False)]) == []


async def test_a_draft_with_a_customers_own_number_is_no_order(httpserver: HTTPServer) -> None:
    assert await read(httpserver, [document(1, posted=False, key="заявка 12")]) == []


async def test_a_customers_own_number_is_no_key_of_ours(httpserver: HTTPServer) -> None:
    """Our keys stand in «Номер по данным клиента», where people write such numbers."""
    (order,) = await read(httpserver, [document(1, key="12")])
    assert order.key == ""


async def test_moments_are_in_the_zone_of_the_base(httpserver: HTTPServer) -> None:
    since = datetime(2025, 12, 15, 7, 59, tzinfo=ZONE).astimezone()
    rows = [document(1, date="2025-12-15T07:58:59"), document(2, date="2025-12-15T08:00:00")]
    (order,) = await read(httpserver, rows, since)
    assert order.created == datetime(2025, 12, 15, 8, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("stored", "price"),
    [(line(10, 50, 500), "50"), (line(24, 1200, 2400), "100.00"), (line(3, 100, 270), "90.00"), (line(3, 5, 0), "5")],
)
async def test_prices_of_lines_are_of_a_base_unit(httpserver: HTTPServer, stored: dict[str, Any], price: str) -> None:
    """Whole packings and discounts change what a base unit cost."""
    (order,) = await read(httpserver, [document(1, lines=[stored])])
    assert order.lines[0].price == Decimal(price)


def test_differences_are_named_as_1c_names_them() -> None:
    sent = {
        "Партнер_Key": "a", "Комментарий": "длинный", "Отменен": False,
        "Товары": [{"LineNumber": 1, "Цена": Decimal("10.50")}, {"LineNumber": 2, "Цена": Decimal(3)}],
    }  # fmt: skip
    same = {**sent, "Товары": [{"LineNumber": "1", "Цена": 10.5}, {"LineNumber": "2", "Цена": 3}], "Ещё": 1}
    assert differences(sent, same, "Товары") == ()
    other = {"Партнер_Key": "b", "Комментарий": "длин", "Отменен": False, "Товары": [{"LineNumber": "1", "Цена": 10}]}
    assert differences(sent, other, "Товары") == (
        Difference("Партнер", "a", "b"),
        Difference("Комментарий", "длинный", "длин"),
        Difference("Товары: строк", "2", "1"),
        Difference("Товары, строка 1: Цена", "10.50", "10"),
    )


class Writable:
    """A base of one shop that keeps the documents it is sent; `spoil` is what it does to them."""

    def __init__(self, server: HTTPServer, spoil: Callable[[dict[str, Any]], None] = lambda stored: None) -> None:
        self.documents: list[dict[str, Any]] = []
        self.created: list[dict[str, Any]] = []
        self.refuse_create: Callable[[dict[str, Any]], Response | None] = lambda sent: None
        self._spoil = spoil
        self.asked: list[str] = []
        self.refuses_keys = False
        self.outlet = row(NAMES.outlets, id=OUTLET, customer=SHOP)
        self.rows = {
            NAMES.agreements.entity: [row(NAMES.agreements, id=ref(8), customer=SHOP, status="Действует", lines=[])],
            NAMES.companies.entity: [row(NAMES.companies, id=ref(7), customer=SHOP)],
            NAMES.products.entity: [row(NAMES.products, id=MILK, name="Молоко", vat="НДС10")],
            NAMES.organizations.entity: [row(NAMES.organizations, id=ref(6))],
        }
        server.expect_request(AnyPath()).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        path = request.path.split("/standard.odata/")[1]
        entity = path.split("(")[0]
        if entity == NAMES.outlets.entity:
            return self._object(self.outlet)
        if entity != NAMES.orders.entity:
            return answer(self.rows.get(entity, []))
        if path.endswith("/Post"):
            self.documents[-1]["Posted"] = True
            return self._object(self.documents[-1])
        if request.method == "POST":
            return self._create(json.loads(request.data))
        if "guid'" in path:
            named = [document for document in self.documents if document["Ref_Key"] in path]
            return self._object(named[0]) if named else error(404, 9, "Экземпляр сущности не найден")
        self.asked.append(request.args.get("$filter", ""))
        if self.refuses_keys and "НомерПоДаннымКлиента eq" in self.asked[-1]:
            return error(400, 14, "Ошибка при разборе опции")
        return answer(self.documents)

    def _create(self, sent: dict[str, Any]) -> Response:
        self.created.append(sent)
        if (refused := self.refuse_create(sent)) is not None:
            return refused
        stored = row(NAMES.orders) | {"Ref_Key": ref(99), "Number": "УТ00-000099"} | sent | {"Posted": False}
        stored["СуммаДокумента"] = 0
        self._spoil(stored)
        self.documents.append(stored)
        return self._object(stored, 201)

    def _object(self, stored: dict[str, Any], status: int = 200) -> Response:
        return Response(json.dumps(stored), status, {"Location": "http://x/Document_ЗаказКлиента"})


async def place(server: HTTPServer, draft: OrderDraft = DRAFT) -> Any:
    erp = onec(server)
    try:
        return await erp.place(draft)
    finally:
        await erp.close()


async def test_what_is_sent(httpserver: HTTPServer) -> None:
    base = Writable(httpserver)
    placed = await place(httpserver)
    (sent,) = base.created
    assert placed.differences == ()
    assert sent["НомерПоДаннымКлиента"] == DRAFT.key
    assert (sent["Контрагент_Key"], sent["Соглашение_Key"], sent["Организация_Key"]) == (ref(7), ref(8), ref(6))
    assert (sent["Date"], sent["ЖелаемаяДатаОтгрузки"]) == ("2025-12-15T12:00:00", "2025-12-16T00:00:00")
    assert sent["Комментарий"] == "Позвонить Доставка с 9:00 до 12:00."
    assert sent["ЦенаВключаетНДС"] is True, "the customer confirmed prices with VAT"
    assert "Posted" not in sent, "a document is posted by the function, never by the field"
    assert sent["Товары"] == [
        {
            "LineNumber": 1, "Номенклатура_Key": MILK, "Упаковка_Key": EMPTY, "КоличествоУпаковок": 5, "Количество": 5,
            "Цена": 500.5, "Сумма": 2502.5, "СтавкаНДС": "НДС10",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda stored: stored.update(АдресДоставки="ул. Сад"), "АдресДоставки"),
        (lambda stored: stored.update(ЦенаВключаетНДС=False), "ЦенаВключаетНДС"),
        (lambda stored: stored.update(ТорговаяТочка_Key=EMPTY), "ТорговаяТочка"),
        (lambda stored: stored.pop("НомерПоДаннымКлиента"), None),
        (lambda stored: stored["Товары"][0].update(Количество=4), "Товары, строка 1: Количество"),
        (lambda stored: stored["Товары"][0].update(Цена=500), "Товары, строка 1: Цена"),
        (lambda stored: stored["Товары"].append(stored["Товары"][0]), "Товары: строк"),
        (lambda stored: stored.update(Товары=[]), "Товары: строк"),
    ],
)
async def test_what_1c_changes_in_silence_is_told(
    httpserver: HTTPServer, spoil: Callable[[dict[str, Any]], None], field: str | None
) -> None:
    Writable(httpserver, spoil)
    if field is None:
        with pytest.raises(ErpError):
            await place(httpserver)
        return
    placed = await place(httpserver)
    assert [difference.field for difference in placed.differences] == [field]


async def test_a_base_that_refuses_our_reference_chooses_its_own(httpserver: HTTPServer) -> None:
    base = Writable(httpserver)
    base.refuse_create = lambda sent: error(400, 16, "Ошибка при присвоении") if "Ref_Key" in sent else None
    placed = await place(httpserver)
    assert placed.erp_id == ref(99)
    assert ["Ref_Key" in sent for sent in base.created] == [True, False]


async def test_a_refused_create_is_not_repeated(httpserver: HTTPServer) -> None:
    base = Writable(httpserver)
    base.refuse_create = lambda sent: error(500, -1, "Запрещено для «Ромашка»")
    with pytest.raises(ErpError) as refused:
        await place(httpserver)
    assert refused.value.permanent
    assert "Ромашка" not in refused.value.message
    assert len(base.created) == 1


async def test_a_key_that_1c_would_cut_is_refused(httpserver: HTTPServer) -> None:
    base = Writable(httpserver)
    with pytest.raises(ErpError) as refused:
        await place(httpserver, replace(DRAFT, key="AI-" + "1" * 40))
    assert refused.value.permanent
    assert base.created == []


async def test_a_base_that_does_not_filter_by_key_is_not_read_by_the_orders_of_all_years(
    httpserver: HTTPServer,
) -> None:
    base = Writable(httpserver)
    base.refuse_create = lambda sent: error(400, 16, "Ошибка при присвоении") if "Ref_Key" in sent else None
    first = await place(httpserver)
    base.refuses_keys = True
    again = await place(httpserver)
    assert (again.erp_id, len(base.documents)) == (first.erp_id, 1)
    assert all(asked for asked in base.asked)
    assert "Date ge datetime'2025-11-14T12:00:00'" in base.asked[-1]


async def test_a_lost_document_of_ours_is_found_by_its_reference(httpserver: HTTPServer) -> None:
    """Somebody wrote over the number: it is still our order, for a repeat as for a cancellation."""
    base = Writable(httpserver)
    placed = await place(httpserver)
    base.documents[0]["НомерПоДаннымКлиента"] = "заказ по телефону"
    erp = onec(httpserver)
    found = await erp.find(DRAFT.key)
    assert found is not None
    assert found.erp_id == placed.erp_id
    assert [difference.field for difference in (await erp.place(DRAFT)).differences] == ["НомерПоДаннымКлиента"]
    assert len(base.documents) == 1
    await erp.close()


@pytest.mark.parametrize(("deleted", "ours"), [(False, True), (True, False)])
async def test_of_a_document_and_its_copy_ours_is_meant_while_it_lives(
    httpserver: HTTPServer, deleted: bool, ours: bool
) -> None:
    """1C copies our key, too; numbers begin anew each year, so the copy may have the lesser one."""
    base = Writable(httpserver)
    placed = await place(httpserver)
    base.documents.append(base.documents[0] | {"Ref_Key": ref(77), "Number": "УТ00-000001"})
    base.documents[0]["DeletionMark"] = deleted
    erp = onec(httpserver)
    found = await erp.find(DRAFT.key)
    assert found is not None
    assert (found.erp_id == placed.erp_id) is ours
    await erp.close()


async def test_an_order_that_was_written_is_finished_though_its_goods_are_gone(httpserver: HTTPServer) -> None:
    """The answer was lost, then the product was closed: the order is there, and is not refused."""
    base = Writable(httpserver)
    await place(httpserver)
    base.documents[0]["Posted"] = False
    base.rows[NAMES.products.entity] = base.rows[NAMES.agreements.entity] = []
    placed = await place(httpserver)
    assert (placed.status, len(base.documents)) == (OrderStatus.ACCEPTED, 1)


@pytest.mark.parametrize(("code", "written"), [("840", 0), ("643", 1)])
async def test_roubles_are_not_written_under_an_agreement_in_dollars(
    httpserver: HTTPServer, code: str, written: int
) -> None:
    base = Writable(httpserver)
    base.rows[NAMES.agreements.entity][0][NAMES.agreements["currency"]] = ref(62)
    base.rows[NAMES.currencies.entity] = [row(NAMES.currencies, id=ref(62), code=code)]
    with nullcontext() if written else pytest.raises(ErpError) as refused:
        await place(httpserver)
    if refused is not None:
        assert (refused.value.permanent, refused.value.reason) == (True, Reason.PRICE)
    assert len(base.created) == written


@pytest.mark.parametrize("change", [{"Owner_Key": ref(55)}, {"DeletionMark": True}])
async def test_an_outlet_of_another_customer_or_a_closed_one_is_refused(
    httpserver: HTTPServer, change: dict[str, object]
) -> None:
    base = Writable(httpserver)
    base.outlet |= change
    with pytest.raises(ErpError) as refused:
        await place(httpserver)
    assert (refused.value.permanent, refused.value.reason) == (True, Reason.CUSTOMER)
    assert base.created == []
