"""УНФ and БП: bases without agreements, outlets, fields for our key. Over fakes: there is no live base here."""

import json
from collections.abc import AsyncIterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.domain.clock import FixedClock
from api.domain.customer import Contact, Outlet
from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.domain.product import Packaging, Price, Stock
from api.erp.errors import ErpUnsupported
from api.erp.http import HttpClient
from api.erp.onec import names
from api.erp.onec.backend import OneC
from api.erp.onec.client import ODataClient
from api.erp.onec.sink import reference_of
from tests.api.erp.onec.fake import NOW, QUICK, ZONE, AnyPath, Base, all_of, answer, error, ref, row

SHOP, MILK, UNIT, RETAIL, CONTRACT, DEPOT = ref(1), ref(3), ref(21), ref(31), ref(41), ref(51)
DRAFT = OrderDraft(
    key="AI-0123456789abcdef01234567",
    customer_id=SHOP,
    outlet_id=SHOP,
    warehouse_id=None,
    delivery_date=date(2025, 12, 16),
    window_start=time(9),
    window_end=time(12),
    lines=(OrderLine(MILK, Decimal(5), Decimal("500.50")),),
    address="ул. Садовая, 12",
    comment="Позвонить",
)


@pytest.fixture(params=["unf", "bp3"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def erp(httpserver: HTTPServer, kind: str) -> AsyncIterator[OneC]:
    http = HttpClient(httpserver.url_for("/base/odata/standard.odata"), limits=QUICK)
    made = OneC(ODataClient(http, names.load(kind)), zone=ZONE, clock=FixedClock(NOW))
    yield made
    await made.close()


def tables(kind: str) -> dict[str, list[dict[str, Any]]]:
    known = names.load(kind)
    info = [
        row(known.contact_info, kind="Адрес", value="ул. Прямая, 1"),
        row(known.contact_info, kind="Телефон", value="+7 (900) 000-00-31", phone="79000000031"),
        row(known.contact_info, kind="АдресЭлектроннойПочты", value="a@example.com"),
    ]
    goods = row(known.products, id=MILK, name="Молоко", unit=UNIT, sku="10", folder=False, service=False)
    if known.products["type"]:
        goods[known.products["type"]] = "Запас"
    contracts = [
        row(known.contracts, id=ref(40), customer=SHOP, kind="СПоставщиком", price_type=ref(30)),
        row(known.contracts, id=CONTRACT, customer=SHOP, kind="СПокупателем", price_type=RETAIL, organization=ref(61)),
    ]
    return {
        known.products.entity: [goods],
        known.units.entity: [row(known.units, id=UNIT, name="л")],
        known.packings.entity: [row(known.packings, id=ref(22), owner=MILK, name="кор", numerator="12")]
        if known.packings
        else [],
        known.customers.entity: [
            row(known.customers, id=SHOP, name="Лавка", buyer=True, folder=False, tax_id="0012345678"),
            row(known.customers, id=ref(2), name="Группа", folder=True, buyer=True),
        ],
        known.contracts.entity: contracts,
        known.contacts.entity: [row(known.contacts, id=ref(71), customer=SHOP, name="Анна", info=info)],
        f"{known.prices.entity}/SliceLast": [
            row(known.prices, product=MILK, price_type=RETAIL, amount="92.5", since="2025-11-01T00:00:00"),
            *(
                [row(known.prices, product=MILK, price_type=RETAIL, amount=1, characteristic=ref(99))]
                if known.prices["characteristic"]
                else []
            ),
        ],
        known.organizations.entity: [row(known.organizations, id=ref(61), name="Мы")],
    }


async def test_goods_customers_and_prices(httpserver: HTTPServer, kind: str, erp: OneC) -> None:
    Base(httpserver, tables(kind))
    (product,) = await all_of(erp.products())
    assert (product.sku, product.base_unit) == ("10", "л")
    assert product.packagings == ((Packaging("кор", Decimal(12)),) if kind == "unf" else ())
    (customer,) = await all_of(erp.customers())
    assert (customer.price_list_id, customer.tax_id) == (RETAIL, "0012345678")
    assert customer.outlets == (Outlet(SHOP, SHOP, "Лавка", ""),)
    assert customer.contacts == (Contact(ref(71), SHOP, "Анна", "79000000031", "a@example.com"),)
    assert await all_of(erp.prices()) == [Price(MILK, Decimal("92.50"), RETAIL, valid_from=date(2025, 11, 1))]


async def test_stock_and_debts(httpserver: HTTPServer, kind: str, erp: OneC) -> None:
    known = names.load(kind)
    if kind == "bp3":
        for stream in (erp.stock(), erp.balances(SHOP)):
            with pytest.raises(ErpUnsupported):
                await all_of(stream)
        return
    Base(httpserver, {
        f"{known.stock.entity}/Balance": [row(known.stock, product=MILK, warehouse=DEPOT, on_hand="10")],
        f"{known.reserves.entity}/Balance": [row(known.reserves, product=MILK, warehouse=DEPOT, reserved=4),
                                             row(known.reserves, product=MILK, reserved=1)],
        f"{known.debts.entity}/Balance": [row(known.debts, customer=SHOP, debt=debt) for debt in (700, -50)],
    })  # fmt: skip
    assert await all_of(erp.stock()) == [Stock(MILK, DEPOT, Decimal(6))]
    (balance,) = await all_of(erp.balances())
    assert (balance.debt, balance.overdue, balance.invoices) == (650, 0, ())


class Documents:
    """Keeps what it is sent; `own_refs`: it chooses references itself."""

    def __init__(self, server: HTTPServer, kind: str, *, own_refs: bool = False) -> None:
        self.names = names.load(kind)
        self.rows = tables(kind)
        self.stored: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self._own_refs = own_refs
        server.expect_request(AnyPath()).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        path = request.path.split("/standard.odata/")[1]
        entity, keyed = path.split("(")[0], "(guid'" in path
        if entity != self.names.orders.entity:
            rows = self.rows.get(entity, [])
            return self._one(rows, path) if keyed else answer(rows)
        if path.endswith("/Post"):
            self._find(self.stored, path)[0]["Posted"] = True
            return Response("{}", mimetype="application/json")
        if request.method == "POST":
            return self._create(json.loads(request.data))
        return self._one(self.stored, path) if keyed else answer(self.stored)

    def _create(self, sent: dict[str, Any]) -> Response:
        if self._own_refs and "Ref_Key" in sent:
            return error(400, 16, "Ошибка при присвоении значения")
        self.sent.append(sent)
        empty = row(self.names.orders) | {f"{name}_Type": "" for name in self.names.orders.names.values()}
        stored = empty | {"Ref_Key": ref(90), "Number": "1"} | sent | {"Posted": False}
        self.stored.append(stored)
        return Response(json.dumps(stored), 201, mimetype="application/json")

    def _find(self, rows: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
        return [found for found in rows if found["Ref_Key"] in path]

    def _one(self, rows: list[dict[str, Any]], path: str) -> Response:
        found = self._find(rows, path)
        if not found:
            return error(404, 9, "Экземпляр сущности не найден")
        return Response(json.dumps(found[0]), mimetype="application/json")


async def test_an_order_is_told_by_its_comment(httpserver: HTTPServer, kind: str, erp: OneC) -> None:
    base = Documents(httpserver, kind)
    placed = await erp.place(DRAFT)
    (sent,) = base.sent
    comment = sent["Комментарий"]
    assert comment.startswith(f"{DRAFT.key} Позвонить Доставка")
    assert (placed.key, placed.status, placed.differences) == (DRAFT.key, OrderStatus.ACCEPTED, ())
    assert sent["Ref_Key"] == reference_of(DRAFT.key)
    assert sent[base.names.orders["contract"]] == CONTRACT
    assert sent[base.names.orders["price_type"]] == RETAIL
    assert sent["СуммаВключаетНДС"] is True
    (line,) = sent[base.names.orders["lines"]]
    if kind == "unf":
        assert sent["ВидОперации"] == "ЗаказНаПродажу"
        assert (line["Номенклатура"], line["Номенклатура_Type"]) == (MILK, "StandardODATA.Catalog_Номенклатура")
        assert (line["ЕдиницаИзмерения"], line["Всего"]) == (UNIT, 2502.5)
        assert "16.12.2025" not in comment
    else:
        assert line["Номенклатура_Key"] == MILK
        assert "Доставка 16.12.2025 с 9:00 до 12:00." in comment
    again = await erp.place(DRAFT)
    assert (again.erp_id, len(base.stored)) == (placed.erp_id, 1)


async def test_a_base_that_chooses_references_is_searched_by_the_comment(
    httpserver: HTTPServer, kind: str, erp: OneC
) -> None:
    base = Documents(httpserver, kind, own_refs=True)
    first, second = await erp.place(DRAFT), await erp.place(DRAFT)
    assert first.erp_id == second.erp_id == ref(90)
    assert len(base.stored) == 1
    assert await erp.find("AI-nothing") is None


async def test_only_a_manager_cancels(httpserver: HTTPServer, erp: OneC) -> None:
    with pytest.raises(ErpUnsupported):
        await erp.cancel(DRAFT.key)


async def test_states_of_unf_stand_in_a_catalogue(httpserver: HTTPServer) -> None:
    known = names.load("unf")
    done = row(known.orders, id=ref(90), number="1", date="2025-12-15T11:00:00", posted=True, customer=SHOP, lines=[])
    base = Base(httpserver, {
        known.orders.entity: [done | {"СостояниеЗаказа": ref(81)}, done | {"Ref_Key": ref(91)}],
        known.order_states.entity: [row(known.order_states, id=ref(81), name="Завершен")],
    })  # fmt: skip
    http = HttpClient(httpserver.url_for("/base/odata/standard.odata"), limits=QUICK)
    erp = OneC(ODataClient(http, known), zone=ZONE, clock=FixedClock(NOW))
    found = [order.status for order in await all_of(erp.orders(NOW.replace(hour=1)))]
    assert found == [OrderStatus.DELIVERED, OrderStatus.ACCEPTED]
    assert sum("СостоянияЗаказов" in asked.split("?")[0] for asked in base.asked) == 1
    await erp.close()


async def test_a_reference_of_a_composite_type_is_cast_in_a_condition(httpserver: HTTPServer) -> None:
    known = names.load("unf")
    base = Base(httpserver, tables("unf"))
    http = HttpClient(httpserver.url_for("/base/odata/standard.odata"), limits=QUICK)
    erp = OneC(ODataClient(http, known), zone=ZONE, clock=FixedClock(NOW))
    await erp._sink._terms(SHOP)
    assert f"$filter=Owner eq cast(guid'{SHOP}','Catalog_Контрагенты')" in base.asked[0]
    await erp.close()
