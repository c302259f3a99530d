"""The protocol: addresses, pages, refusals, cut answers."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.erp.errors import ErpError, Reason
from api.erp.http import HttpClient, HttpLimits
from api.erp.onec import names
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import body, is_one_of, is_text, text
from api.erp.onec.records import Record
from api.erp.onec.refusals import Refused, reason_of
from api.erp.onec.streaming import rows_of
from tests.api.erp.onec.fake import QUICK, AnyPath, Base, answer, client, error, ref

NAMES = names.load()
WAREHOUSES = NAMES.warehouses


def warehouse(number: int, name: str = "Склад") -> dict[str, object]:
    return {"Ref_Key": ref(number), "DeletionMark": False, "Description": name}


async def ids(source: ODataClient) -> list[str | None]:
    return [record.ref("id") async for record in source.rows(WAREHOUSES)]


async def test_addresses_are_percent_encoded_utf8(httpserver: HTTPServer) -> None:
    base = Base(httpserver, {})
    source = client(httpserver)
    where = is_text(WAREHOUSES, "name", "Д'Арк + Ко & 50% #1")
    assert [row async for row in source.rows(WAREHOUSES, where)] == []
    (raw,) = base.raw
    assert raw.isascii()
    assert "+" not in raw
    assert "%20eq%20" in raw
    assert "Catalog_%D0%A1%D0%BA%D0%BB%D0%B0%D0%B4%D1%8B" in raw
    assert "$filter=Description eq 'Д''Арк + Ко & 50% #1'" in base.asked[0]
    await source.close()


async def test_pages_are_read_to_the_end_and_a_row_is_told_once(httpserver: HTTPServer) -> None:
    """The third row comes twice, as when somebody adds a document between two pages."""
    rows = [warehouse(number) for number in (1, 2, 3, 3, 4)]
    base = Base(httpserver, {WAREHOUSES.entity: rows})
    source = client(httpserver, page=2)
    assert await ids(source) == [ref(1), ref(2), ref(3), ref(4)]
    assert len(base.asked) == 3
    assert all("$orderby=Ref_Key" in address for address in base.asked)
    await source.close()


async def test_a_row_deleted_between_two_pages_hides_no_other(httpserver: HTTPServer) -> None:
    """A product that is passed over is taken for withdrawn."""
    base = Base(httpserver, {WAREHOUSES.entity: [warehouse(number) for number in range(1, 8)]})

    def refuse(address: str) -> Response | None:
        if "$skip=0" not in address and len(base.rows[WAREHOUSES.entity]) == 7:
            del base.rows[WAREHOUSES.entity][:2]
        return None

    base.refuse = refuse
    source = client(httpserver, page=3)
    assert await ids(source) == [ref(number) for number in range(1, 8)]
    await source.close()


async def test_a_refused_filter_is_done_here_and_not_asked_again(httpserver: HTTPServer) -> None:
    base = Base(httpserver, {WAREHOUSES.entity: [warehouse(1, "А"), warehouse(2, "Б")]})
    base.refuse = lambda address: error(400, 14, "Ошибка при разборе опции") if "$filter" in address else None
    source = client(httpserver)
    for _ in range(2):
        found = [row.ref("id") async for row in source.rows(WAREHOUSES, is_text(WAREHOUSES, "name", "Б"))]
        assert found == [ref(2)]
    assert ["$filter" in address for address in base.asked] == [True, False, False]
    await source.close()


async def test_a_filter_that_is_ignored_is_done_here_too(httpserver: HTTPServer) -> None:
    Base(httpserver, {WAREHOUSES.entity: [warehouse(1, "а"), warehouse(2, "А")]})
    source = client(httpserver)
    found = [row.ref("id") async for row in source.rows(WAREHOUSES, is_text(WAREHOUSES, "name", "А"))]
    assert found == [ref(2)]
    await source.close()


@pytest.mark.parametrize(("style", "asked"), [("doubled", 1), ("nested", 2), ("none", 3)])
async def test_conditions_of_virtual_tables_in_both_styles_of_quotes(
    httpserver: HTTPServer, style: str, asked: int
) -> None:
    def refuse(address: str) -> Response | None:
        understood = {"doubled": "guid''", "nested": "guid'0", "none": "no condition"}[style]
        return error(400, 6, "Неверный формат URL") if "Condition" in address and understood not in address else None

    table = NAMES.stock
    row = {"Склад_Key": ref(9), "ВНаличииBalance": 5, "ВРезервеСоСкладаBalance": 1}
    base = Base(httpserver, {f"{table.entity}/Balance": [row | {"Номенклатура_Key": ref(n)} for n in (1, 2)]})
    base.refuse = refuse
    source = client(httpserver)
    for _ in range(2):
        where = is_one_of(table, "product", [ref(1)])
        rows = [record.ref("product") async for record in source.virtual(table, "Balance", {}, where)]
        assert rows == [ref(1)]
    assert len(base.asked) == asked + 1, "the second time the style is known"
    assert ("Condition" in base.asked[-1]) is (style != "none"), "and the question as exact as the base takes it"
    await source.close()


async def test_an_object_that_is_not_published_is_named_as_such(httpserver: HTTPServer) -> None:
    base = Base(httpserver, {})
    base.refuse = lambda address: error(404, 8, "Тип сущности не найден 'Catalog_Склады'")
    source = client(httpserver)
    with pytest.raises(Refused) as missing:
        await ids(source)
    assert missing.value.permanent
    assert "состав интерфейса OData" in missing.value.message
    assert "Catalog_Склады" in missing.value.evidence
    assert len(base.asked) == 1
    await source.close()


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(401, True), (403, True), (404, True), (302, True), (402, False), (429, False), (500, False), (503, False)],
)
async def test_answers_without_1c_words(httpserver: HTTPServer, status: int, permanent: bool) -> None:
    base = Base(httpserver, {})
    base.refuse = lambda address: Response("<html>…</html>", status, {"Location": "/кириллица"})
    source = client(httpserver)
    with pytest.raises(ErpError) as failed:
        await ids(source)
    assert failed.value.permanent is permanent
    assert len(base.asked) == (1 if permanent else QUICK.attempts)
    await source.close()


@pytest.mark.parametrize(
    ("status", "code", "words", "permanent"),
    [
        (500, -1, "Превышена допустимая сумма задолженности партнера «Ромашка»", True),
        (500, -1, "Конфликт блокировок при выполнении транзакции", False),
        (500, -1, "Не обнаружено свободной лицензии", False),
        (500, -1, "У контрагента нет лицензии на алкоголь", True),
        (400, 16, "Ошибка при присвоении значения свойству 'Цена'", True),
        (500, 20, "Недостаточно прав", True),
    ],
)
async def test_refusals_of_writes(httpserver: HTTPServer, status: int, code: int, words: str, permanent: bool) -> None:
    base = Base(httpserver, {})
    base.refuse = lambda address: error(status, code, words)
    source = client(httpserver)
    with pytest.raises(Refused) as refused:
        await source.post(NAMES.orders, ref(1))
    assert refused.value.permanent is permanent
    assert words in refused.value.evidence
    assert "Ромашка" not in refused.value.message
    assert len(base.asked) == 1, "writes are never repeated"
    await source.close()


@pytest.mark.parametrize("configuration", names.shipped())
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Превышена допустимая сумма задолженности партнера «Ромашка» на 500 руб.", Reason.CREDIT),
        ("Превышен кредитный лимит", Reason.CREDIT),
        ("У контрагента есть просроченный долг", Reason.CREDIT),
        ("Номенклатура «Молоко»: не хватает 5 шт", Reason.STOCK),
        ("Превышен доступный остаток товара", Reason.STOCK),
        ("Недостаточно товара на складе", Reason.STOCK),
        ("Изменение данных до даты запрета 31.12.2025 не допускается", Reason.PERIOD),
        ("Период закрыт", Reason.PERIOD),
        ("Недостаточно прав доступа", Reason.RIGHTS),
        ("Договор не действует", Reason.CUSTOMER),
        ("Номенклатура помечена на удаление", Reason.GOODS),
        ("Цена ниже минимальной", Reason.PRICE),
        ("Что-то пошло не так", Reason.OTHER),
    ],
)
def test_why_an_order_was_refused_is_read_from_1c_words(configuration: str, words: str, reason: Reason) -> None:
    assert reason_of(words, names.load(configuration).words) is reason


async def test_a_base_answers_the_same_in_pieces_of_any_size() -> None:
    """The rows of a table read whole come as the bytes arrive."""
    rows = [{"Номер": number, "Цена": Decimal("1.5"), "Текст": '] , [ "value": {ё'} for number in range(50)]
    told = [{**found, "Цена": 1.5} for found in rows]
    whole = ("\ufeff" + json.dumps({"odata.metadata": "x", "value": told}, ensure_ascii=False)).encode()

    async def pieces(size: int, end: int) -> AsyncIterator[bytes]:
        for start in range(0, end, size):
            yield whole[start : min(start + size, end)]

    for size in (1, 7, 1000, len(whole)):
        assert [row async for row in rows_of(pieces(size, len(whole)), "x")] == rows
    for end in (0, 5, 60, len(whole) - 2):
        with pytest.raises(ErpError) as cut:
            _ = [row async for row in rows_of(pieces(100, end), "x")]
        assert not cut.value.permanent


async def test_allowed_only_is_asked_for_in_every_reading(httpserver: HTTPServer) -> None:
    base = Base(httpserver, {})
    http = HttpClient(httpserver.url_for("/base/odata/standard.odata"), limits=QUICK)
    source = ODataClient(http, NAMES, allowed_only=True)
    assert await ids(source) == []
    assert [row async for row in source.virtual(NAMES.stock, "Balance", {})] == []
    await source.object(WAREHOUSES, ref(1))
    assert all("allowedOnly=true" in asked for asked in base.asked)
    await source.close()


async def test_a_byte_order_mark_is_not_data(httpserver: HTTPServer) -> None:
    httpserver.expect_request(AnyPath()).respond_with_handler(
        lambda request: Response(b"\xef\xbb\xbf" + answer([warehouse(1)]).get_data())
    )
    source = client(httpserver)
    assert await ids(source) == [ref(1)]
    await source.close()


@pytest.mark.parametrize("text", ['{"value": [{"Ref_Key": "0', "<html>login</html>", "[]", '{"value": 1}'])
async def test_half_an_answer_is_transient(httpserver: HTTPServer, text: str) -> None:
    httpserver.expect_request(AnyPath()).respond_with_data(text)
    source = client(httpserver)
    with pytest.raises(ErpError) as cut:
        await ids(source)
    assert not cut.value.permanent
    await source.close()


@pytest.fixture
def half_body() -> Iterator[int]:
    """A server that promises more than it sends."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"value": [')

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


async def test_a_connection_cut_in_the_body_is_transient(half_body: int) -> None:
    http = HttpClient(f"http://127.0.0.1:{half_body}", user="", password="", limits=QUICK)
    source = ODataClient(http, NAMES)
    with pytest.raises(ErpError) as cut:
        await ids(source)
    assert not cut.value.permanent
    await source.close()


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    source = ODataClient(HttpClient(f"http://127.0.0.1:{port}", user="", password="", limits=QUICK), NAMES)
    with pytest.raises(ErpError) as silent:
        await ids(source)
    assert not silent.value.permanent
    await source.close()


async def test_slow_answers_end_by_the_deadline(httpserver: HTTPServer) -> None:
    def slow(request: Request) -> Response:
        time.sleep(2)
        return answer([])

    httpserver.expect_request(AnyPath()).respond_with_handler(slow)
    source = client(httpserver, limits=HttpLimits(read=0.1, attempts=1))
    started = time.monotonic()
    with pytest.raises(ErpError) as late:
        await ids(source)
    assert not late.value.permanent
    assert time.monotonic() - started < 1.9
    await source.close()


async def test_few_sessions_at_a_time(httpserver: HTTPServer) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def count(request: Request) -> Response:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return answer([])

    httpserver.expect_request(AnyPath()).respond_with_handler(count)
    source = client(httpserver, limits=HttpLimits(concurrency=2))
    await asyncio.gather(*(ids(source) for _ in range(8)))
    assert most <= 2
    await source.close()


def test_values_are_written_as_1c_reads_them() -> None:
    assert text("Д'Арк") == "'Д''Арк'"
    assert body({"a": Decimal("99.90"), "b": Decimal("5.000"), "ц": "ё"}).decode() == '{"a": 99.9, "b": 5, "ц": "ё"}'


@pytest.mark.parametrize("row", [{}, {"Ref_Key": "x", "DeletionMark": False}])
def test_an_answer_without_a_promised_field_is_no_default(row: dict[str, object]) -> None:
    """A price that is missing must not become 0."""
    with pytest.raises(ErpError) as broken:
        Record(WAREHOUSES, row).text("name")
    assert broken.value.permanent
    assert "Description" in broken.value.message
