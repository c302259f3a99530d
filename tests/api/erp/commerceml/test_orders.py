"""Orders on their way to 1C and back."""

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from api.domain.order import OrderDraft, OrderLine, OrderStatus
from api.erp.errors import ErpError, Reason
from api.erp.port import Data
from tests.api.erp.commerceml.bench import FIRST, SECOND, START, Bench, bench, small_shop
from tests.api.erp.commerceml.caller import OneC, fact, zipped
from tests.api.erp.commerceml.files import COMPANY, MAIN, document, line, xml
from tests.api.erp.conformance import all_of

KEY = "AI-0123456789abcdef01234567"
DRAFT = OrderDraft(
    key=KEY,
    customer_id=COMPANY,
    outlet_id=f"{COMPANY}#адрес",
    warehouse_id=MAIN,
    delivery_date=date(2025, 12, 16),
    window_start=time(9),
    window_end=time(12),
    lines=(OrderLine(FIRST, Decimal(24), Decimal(500), "кор"), OrderLine(SECOND, Decimal("1.5"), Decimal("99.90"))),
    address="ул. Садовая, 12",
    comment="Позвонить за час 😀 & <пропуск>",
)


def drafted(number: int) -> OrderDraft:
    return replace(DRAFT, key=f"AI-{number:024d}")


@pytest.fixture
async def ready(shop: Bench) -> Bench:
    await shop.onec.send(small_shop())
    return shop


async def status(shop: Bench, key: str = KEY) -> OrderStatus:
    found = await shop.erp.find(key)
    assert found is not None
    return found.status


async def told(shop: Bench, *pairs: tuple[str, str], lines: str = "", ref: str = KEY) -> None:
    """1C sends back what it has."""
    await shop.onec.begin("sale")
    content = xml(document(ref, KEY, pairs, lines=lines, customer=COMPANY))
    assert await shop.onec.upload("sale", "orders.xml", content) == "success"


async def test_an_order_as_1c_reads_it(ready: Bench) -> None:
    assert (await ready.erp.place(DRAFT)).status is OrderStatus.SENDING
    await ready.onec.begin("sale")
    (found,) = etree.fromstring(await ready.onec.query()).findall("Документ")
    assert [found.findtext(name) for name in ("Ид", "Номер", "Дата", "ХозОперация", "Роль", "Валюта", "Сумма")] == [
        KEY,
        KEY,
        "2025-12-15",
        "Заказ товара",
        "Продавец",
        "руб",
        "12149.85",
    ]
    company = found.find("Контрагенты/Контрагент")
    assert company is not None
    assert [company.findtext(name) for name in ("Ид", "Наименование", "ИНН", "Роль")] == [
        COMPANY,
        "ООО «Ромашка»",
        "7701234567",
        "Покупатель",
    ]
    assert found.findtext("Комментарий") == "Позвонить за час 😀 & <пропуск> Доставка 16.12.2025 с 9:00 до 12:00."
    assert found.findtext("Склады/Склад/Ид") == MAIN
    milk, cheese = found.findall("Товары/Товар")
    assert [milk.findtext(name) for name in ("Ид", "Артикул", "ЦенаЗаЕдиницу", "Количество", "Сумма", "Единица")] == [
        FIRST,
        "10001",
        "500",
        "24",
        "12000.00",
        "796",
    ]
    assert (cheese.findtext("БазоваяЕдиница"), cheese.findtext("Сумма")) == ("кг", "149.85")
    assert fact(milk, "Единица клиента") == "кор"
    assert [fact(found, name) for name in ("Ключ заказа", "Дата доставки", "Адрес доставки", "Отменен")] == [
        KEY,
        "2025-12-16",
        "ул. Садовая, 12",
        "false",
    ]


async def test_it_is_offered_until_success(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    for _ in range(3):
        assert await ready.onec.exchange_orders(confirm=False) == 1
        assert await status(ready) is OrderStatus.SENDING
        assert await all_of(ready.erp.orders(START - timedelta(days=1))) == []
    assert await ready.onec.exchange_orders() == 1
    assert await ready.onec.exchange_orders() == 0
    assert ready.onec.loaded == [KEY]
    placed = await ready.erp.find(KEY)
    assert placed is not None
    assert (placed.status, placed.number, placed.differences) == (OrderStatus.ACCEPTED, "УТ-000001", ())
    assert await all_of(ready.erp.orders(START - timedelta(days=1))) == [placed]
    assert Data.ORDERS in await ready.erp.arrived()


async def test_success_tells_it_even_before_1c_sends_anything_back(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.begin("sale")
    await ready.onec.query()
    assert await ready.onec.ask("sale", "success") == "success"
    assert ready.server.changed[-1] == {Data.ORDERS}
    found = await ready.erp.find(KEY)
    assert found is not None
    assert (found.status, found.number) == (OrderStatus.ACCEPTED, KEY)


async def test_a_lost_success_is_repeated(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.begin("sale")
    await ready.onec.query()
    assert await ready.onec.ask("sale", "success") == "success"
    assert await ready.onec.ask("sale", "success") == "success"
    assert await status(ready) is OrderStatus.ACCEPTED


async def test_a_success_that_never_came_is_seen_by_what_1c_sends(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders(confirm=False)
    await told(ready, ("Номер по 1С", "УТ-000077"))
    found = await ready.erp.find(KEY)
    assert found is not None
    assert (found.status, found.number) == (OrderStatus.ACCEPTED, "УТ-000077")
    assert await ready.onec.exchange_orders(confirm=False) == 0


async def test_an_order_between_query_and_success_stays(ready: Bench) -> None:
    await ready.erp.place(drafted(1))
    await ready.onec.begin("sale")
    ready.onec.load(await ready.onec.query())
    await ready.erp.place(drafted(2))
    await ready.onec.ask("sale", "success")
    assert await status(ready, drafted(1).key) is OrderStatus.ACCEPTED
    assert await status(ready, drafted(2).key) is OrderStatus.SENDING
    assert await ready.onec.exchange_orders() == 1
    assert ready.onec.loaded == [drafted(1).key, drafted(2).key]


async def test_success_of_a_session_takes_what_that_session_was_offered(ready: Bench) -> None:
    """Two nodes of exchange at once: the second has not seen the order yet."""
    other = OneC(ready.server.url)
    await other.begin("sale")
    await other.query()
    await ready.erp.place(DRAFT)
    await ready.onec.begin("sale")
    await ready.onec.query()
    await other.ask("sale", "success")
    assert await status(ready) is OrderStatus.SENDING
    await ready.onec.ask("sale", "success")
    assert await status(ready) is OrderStatus.ACCEPTED
    await other.client.aclose()


async def test_orders_survive_and_are_shared_between_processes(ready: Bench) -> None:
    others = [ready.again() for _ in range(3)]
    placed = await asyncio.gather(*(erp.place(DRAFT) for erp in (*others, ready.erp, *others)))
    assert len(set(placed)) == 1
    await asyncio.gather(*(erp.place(drafted(number)) for number, erp in enumerate(others)))
    assert await ready.onec.exchange_orders() == 4


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"customer_id": "nobody"}, Reason.CUSTOMER),
        ({"lines": (OrderLine("nothing", Decimal(1), Decimal(1)),)}, Reason.GOODS),
        ({"key": "x" * 41}, Reason.OTHER),
    ],
)
async def test_what_1c_does_not_know_is_refused(ready: Bench, changes: dict[str, object], reason: Reason) -> None:
    with pytest.raises(ErpError) as refused:
        await ready.erp.place(replace(DRAFT, **changes))  # type: ignore[arg-type]
    assert refused.value.permanent
    assert refused.value.reason is reason
    assert await ready.onec.exchange_orders() == 0


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("Статус заказа", "К обеспечению")], OrderStatus.PICKING),
        ([("Статус заказа", "[P] Собирается, ждём машину")], OrderStatus.PICKING),
        ([("Статус заказа", "Отгружён")], OrderStatus.SHIPPED),
        ([("Статус заказа", "К обеспечению"), ("Дата отгрузки по 1С", "2025-12-16T10:00:00")], OrderStatus.SHIPPED),
        ([("Статус заказа", "К обеспечению"), ("Дата отгрузки по 1С", "T")], OrderStatus.PICKING),
        ([("Отгружен", "true")], OrderStatus.SHIPPED),
        ([("Статус заказа", "[F] Доставлен")], OrderStatus.DELIVERED),
        ([("Статус заказа", "Открыт"), ("ПометкаУдаления", "true")], OrderStatus.CANCELLED),
        ([("Отменен", "Истина")], OrderStatus.CANCELLED),
        ([("Проведен", "true"), ("Дата оплаты по 1С", "2025-12-16")], OrderStatus.ACCEPTED),
        ([("Статус заказа", "Ждёт понедельника")], OrderStatus.ACCEPTED),
    ],
)
async def test_states_come_back(ready: Bench, pairs: list[tuple[str, str]], expected: OrderStatus) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    ready.clock.move(hours=1)
    before = ready.clock.now()
    await told(ready, *pairs, ref="another-id-of-1c")
    assert await status(ready) is expected
    changed = [order.key for order in await all_of(ready.erp.orders(before))]
    assert changed == ([KEY] if expected is not OrderStatus.ACCEPTED or "понедельника" in str(pairs) else [])


async def test_own_words_for_states(tmp_path: Path) -> None:
    async with bench(tmp_path, statuses={"Ждёт понедельника": "picking", "Новый": "picking"}) as shop:
        await shop.onec.send(small_shop())
        await shop.erp.place(DRAFT)
        await shop.onec.exchange_orders()
        await told(shop, ("Статус заказа", "ждет  понедельника"))
        assert await status(shop) is OrderStatus.PICKING


async def test_lines_changed_in_1c_are_told(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    lines = line(FIRST, "1", "6000", more="<Коэффициент>12</Коэффициент>") + line("ORDER_DELIVERY", "1", "300").replace(
        "</Товар>",
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование><Значение>Услуга</Значение>"
        "</ЗначениеРеквизита></ЗначенияРеквизитов></Товар>",
    )
    await told(ready, ("Дата доставки", "18.12.2025"), lines=lines)
    (order,) = await all_of(ready.erp.orders(START - timedelta(days=1)))
    assert order.lines == (OrderLine(FIRST, Decimal(12), Decimal("500.00"), "кор"),)
    assert order.delivery_date == date(2025, 12, 18)
    again = await ready.erp.place(DRAFT)
    assert [difference.field for difference in again.differences] == ["Строки", "Дата доставки"]


async def test_a_discount_outside_the_price_is_in_the_price(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    await told(ready, lines=line(FIRST, "10", "500", total="4500.00"))
    (order,) = await all_of(ready.erp.orders(START - timedelta(days=1)))
    assert [(row.quantity, row.price) for row in order.lines] == [(Decimal(10), Decimal("450.00"))]


async def test_orders_made_in_1c(ready: Bench) -> None:
    await ready.onec.begin("sale")
    mine = document(
        "id-of-1c", "УТ-55", [("Статус заказа", "К отгрузке")], lines=line(FIRST, "3", "500"), customer=COMPANY
    )
    other = mine.replace("Заказ товара", "Отпуск товара").replace("id-of-1c", "shipment")
    nobody = document("nobody", "УТ-56", [], lines=line(FIRST, "1", "5"))
    await ready.onec.upload("sale", "orders.xml", xml(f"<Контейнер>{mine}{other}</Контейнер>{nobody}"))
    (order,) = await all_of(ready.erp.orders(START - timedelta(days=1)))
    assert (order.erp_id, order.number, order.key, order.customer_id) == ("id-of-1c", "УТ-55", "", COMPANY)
    assert (order.status, order.lines) == (OrderStatus.SHIPPED, (OrderLine(FIRST, Decimal(3), Decimal("500.00")),))
    assert order.created.isoformat() == "2025-12-15T11:20:00+03:00"
    await ready.onec.upload("sale", "orders.xml", xml(mine.replace("К отгрузке", "Закрыт")))
    (order,) = await all_of(ready.erp.orders(START - timedelta(days=1)))
    assert order.status is OrderStatus.DELIVERED


async def test_an_order_does_not_overwrite_the_card_of_its_company(ready: Bench) -> None:
    before = await all_of(ready.erp.customers())
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    await told(ready, ("Статус заказа", "Новый"))
    assert await all_of(ready.erp.customers()) == before


async def test_broken_states_are_refused_and_the_next_ones_read(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    broken = xml(document(KEY, KEY, [("Статус заказа", "Закрыт")])).replace("</Номер>".encode(), b"")
    assert (await ready.onec.upload("sale", "orders.xml", broken)).startswith("failure\nОшибка XML")
    await told(ready, ("Статус заказа", "Закрыт"))
    assert await status(ready) is OrderStatus.DELIVERED


async def test_states_in_pieces_and_in_an_archive(tmp_path: Path) -> None:
    async with bench(tmp_path, file_limit=1024) as shop:
        await shop.onec.send(small_shop())
        await shop.erp.place(DRAFT)
        await shop.onec.exchange_orders()
        content = xml(
            document(KEY, KEY, [("Статус заказа", "Закрыт"), ("Прочее", "п" * 3000)]), encoding="windows-1251"
        )
        await shop.onec.begin("sale")
        assert await shop.onec.upload("sale", "orders.xml", content) == "success"
        assert await status(shop) is OrderStatus.DELIVERED
        packed = zipped({"orders.xml": xml(document(KEY, KEY, [("Отменен", "true")]))})
        assert await shop.onec.upload("sale", "orders.zip", packed) == "success"
        assert await status(shop) is OrderStatus.CANCELLED


async def test_cancelled_before_it_was_fetched_is_never_offered(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    assert (await ready.erp.cancel(KEY)).status is OrderStatus.CANCELLED
    assert await ready.onec.exchange_orders() == 0


async def test_cancelled_later_goes_as_a_second_document(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    assert (await ready.erp.cancel(KEY)).status is OrderStatus.CANCELLED
    await told(ready, ("Статус заказа", "К обеспечению"))
    assert await status(ready) is OrderStatus.CANCELLED
    assert await ready.onec.exchange_orders() == 1
    assert ready.onec.orders[KEY].cancelled
    assert ready.onec.loaded == [KEY]
    assert await status(ready) is OrderStatus.CANCELLED
    assert await ready.onec.exchange_orders() == 0


async def test_cancelled_while_it_was_being_fetched(ready: Bench) -> None:
    """1C has asked and not yet confirmed: it may have the order."""
    await ready.erp.place(DRAFT)
    await ready.onec.begin("sale")
    ready.onec.load(await ready.onec.query())
    await ready.erp.cancel(KEY)
    await ready.onec.ask("sale", "success")
    assert await status(ready) is OrderStatus.CANCELLED
    assert await ready.onec.exchange_orders() == 1
    assert ready.onec.orders[KEY].cancelled


async def test_1c_may_go_on_with_what_was_cancelled(ready: Bench) -> None:
    await ready.erp.place(DRAFT)
    await ready.onec.exchange_orders()
    await ready.erp.cancel(KEY)
    await told(ready, ("Статус заказа", "Отгружен"))
    assert await status(ready) is OrderStatus.SHIPPED
    assert await ready.onec.exchange_orders(confirm=False) == 0


async def test_a_distributor_may_keep_cancelling_to_its_people(tmp_path: Path) -> None:
    async with bench(tmp_path, cancel_taken=False) as shop:
        await shop.onec.send(small_shop())
        await shop.erp.place(DRAFT)
        await shop.onec.exchange_orders()
        with pytest.raises(ErpError) as late:
            await shop.erp.cancel(KEY)
        assert (late.value.permanent, late.value.reason) == (True, Reason.LATE)
        assert await status(shop) is OrderStatus.ACCEPTED


async def test_a_disk_that_is_gone_is_transient(ready: Bench) -> None:
    for path in ready.folder.glob("exchange.sqlite*"):
        path.unlink()
    (ready.folder / "exchange.sqlite").mkdir()
    for call in (ready.erp.ping(), ready.erp.find(KEY), ready.erp.place(DRAFT), ready.erp.cancel(KEY)):
        with pytest.raises(ErpError) as down:
            await call
        assert not down.value.permanent
        assert down.value.message == "Папка обмена с 1С недоступна."
