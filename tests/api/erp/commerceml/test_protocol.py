"""Who may speak, and what is answered to each step."""

import asyncio
import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.domain.customer import CardChange, CardField
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.errors import ErpUnsupported
from api.erp.port import Data, Exchange, Place
from api.erp.registry import open_erp
from tests.api.erp.commerceml.bench import ZONE, Bench, MovableClock, bench, small_shop
from tests.api.erp.commerceml.caller import PASSWORD, USER, OneC, zipped
from tests.api.erp.commerceml.files import catalog, good, offer, offers, price, product_id, xml
from tests.api.erp.commerceml.test_orders import DRAFT
from tests.api.erp.conformance import all_of

OVER = "failure\nСессия обмена не найдена или истекла: начните обмен заново."


async def test_there_is_no_way_in_without_a_password() -> None:
    with pytest.raises(ValidationError):
        CommercemlSettings(user="bot")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()},
        {"Authorization": "Basic " + base64.b64encode(f"{USER}:".encode()).decode()},
        {"Authorization": "Basic " + base64.b64encode(f"x:{PASSWORD}".encode()).decode()},
    ],
)
async def test_strangers_are_refused(shop: Bench, given: dict[str, str]) -> None:
    answer = await shop.onec.client.get(shop.server.url, params={"type": "catalog", "mode": "checkauth"}, headers=given)
    assert answer.status_code == 401
    assert answer.text == "failure\nНеверное имя пользователя или пароль."
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
async def test_names_in_russian_are_known_in_both_encodings(shop: Bench, encoding: str) -> None:
    packed = base64.b64encode(f"{USER}:{PASSWORD}".encode(encoding)).decode()
    answer = await shop.onec.client.get(
        shop.server.url, params={"type": "sale", "mode": "checkauth"}, headers={"Authorization": f"Basic {packed}"}
    )
    lines = answer.text.split("\n")
    assert lines[:2] == ["success", "cml_session"]
    assert lines[3].startswith("sessid=")


async def test_every_step_needs_the_cookie(shop: Bench) -> None:
    await shop.onec.sign_in("catalog")
    good_cookie = shop.onec.cookie
    token, until, _ = good_cookie.partition("=")[2].split(".")
    later = f"{token}.{int(until) + 9999}.{good_cookie.rpartition('.')[2]}"
    for cookie in (
        "",
        "cml_session=nonsense",
        "cml_session=",
        f"cml_session={later}",
        f"{good_cookie[:-1]}x",
        "a b;;=",
    ):
        shop.onec.cookie = cookie
        for mode in ("init", "file", "import", "query", "success", "complete", "deactivate", "info"):
            assert await shop.onec.ask("catalog", mode, filename="import.xml") == OVER
    shop.onec.cookie = good_cookie
    assert (await shop.onec.ask("catalog", "init")).startswith("zip=yes\nfile_limit=")


async def test_a_session_ends(shop: Bench) -> None:
    await shop.onec.begin("catalog")
    shop.clock.move(minutes=239)
    assert (await shop.onec.ask("catalog", "init")).startswith("zip=")
    shop.clock.move(minutes=2)
    assert await shop.onec.ask("catalog", "init") == OVER


async def test_a_wrong_second_key_is_refused(shop: Bench) -> None:
    await shop.onec.begin("catalog")
    shop.onec.sessid = "0" * 32
    assert await shop.onec.ask("catalog", "init") == OVER


async def test_who_tells_a_version_hears_one(tmp_path: Path) -> None:
    async with bench(tmp_path, version="3.1", zip=False, file_limit=2000) as shop:
        await shop.onec.sign_in("catalog")
        answer = await shop.onec.ask("catalog", "init", version="3.1")
        assert answer.split("\n") == ["zip=no", "file_limit=2000", f"sessid={shop.onec.sessid}", "version=2.09"]


async def test_what_is_not_known_is_answered_in_words(shop: Bench) -> None:
    assert (
        await shop.onec.ask("reference", "checkauth") == "failure\nНеизвестный вид обмена: type=catalog или type=sale."
    )
    await shop.onec.begin("catalog")
    assert await shop.onec.ask("catalog", "dance") == "failure\nНеизвестный шаг обмена."
    assert await shop.onec.ask("catalog", "import", filename="import.xml") == "failure\nЭтот файл не был передан."
    put = await shop.onec.request("catalog", "init", method="PUT")
    assert (put.status_code, put.text) == (405, "failure\nПринимаются запросы GET и POST.")


async def test_other_clients_post_everything(shop: Bench) -> None:
    await shop.onec.begin("catalog")
    await shop.onec.upload("catalog", "import.xml", small_shop()["import.xml"])
    answer = await shop.onec.ask("catalog", "import", method="POST", body=b"", filename="import.xml")
    assert answer == "success"


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8"])
async def test_answers_are_in_the_set_encoding(tmp_path: Path, encoding: str) -> None:
    async with bench(tmp_path, encoding=encoding) as shop:
        answer = await shop.onec.request("catalog", "init")
        assert answer.headers["content-type"] == f"text/plain; charset={encoding}"
        assert answer.content.decode(encoding) == OVER
        await shop.onec.begin("sale")
        orders = await shop.onec.request("sale", "query")
        assert orders.headers["content-type"] == f"application/xml; charset={encoding}"
        assert orders.text.startswith(f'<?xml version="1.0" encoding="{encoding}"?>')
        info = await shop.onec.request("sale", "info")
        assert "<Ид>picking</Ид>" in info.content.decode(encoding)


async def test_what_was_brought_is_told_once_it_is_read(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    assert shop.server.changed[-3:] == [
        frozenset({Data.GOODS}),
        frozenset({Data.GOODS, Data.PRICES, Data.STOCK, Data.CUSTOMERS}),
        frozenset({Data.CUSTOMERS}),
    ]
    everything = frozenset({Data.GOODS, Data.PRICES, Data.STOCK, Data.CUSTOMERS})
    assert await shop.erp.arrived() == everything
    await all_of(shop.erp.products())
    await shop.erp.taken(Data.GOODS)
    assert await shop.erp.arrived() == everything - {Data.GOODS}


async def test_what_came_during_a_reading_is_not_taken_with_it(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await all_of(shop.erp.products())
    more = catalog(good(product_id(9), "Кефир"), whole=False)
    await shop.onec.send({"import.xml": xml(more)})
    await shop.erp.taken(Data.GOODS)
    assert Data.GOODS in await shop.erp.arrived()


async def test_a_large_file_is_left_to_the_worker(shop: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.erp.commerceml.protocol.READ_HERE", 100)
    monkeypatch.setattr("api.erp.commerceml.protocol.GLANCE_SECONDS", 0.05)
    await shop.onec.begin("catalog")
    await shop.onec.upload("catalog", "import.xml", small_shop()["import.xml"])
    assert (await shop.onec.ask("catalog", "import", filename="import.xml")).startswith("progress")
    waiting = asyncio.create_task(shop.onec.ask("catalog", "import", filename="import.xml"))
    await asyncio.sleep(0.2)
    worker = shop.again()
    assert await worker.arrived() == frozenset({Data.GOODS})
    assert await waiting == "success"


async def test_nobody_who_reads_is_told_in_the_end(shop: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.erp.commerceml.protocol.READ_HERE", 100)
    await shop.onec.begin("catalog")
    await shop.onec.upload("catalog", "import.xml", small_shop()["import.xml"])
    assert (await shop.onec.ask("catalog", "import", filename="import.xml")).startswith("progress")
    shop.clock.move(minutes=31)
    answer = await shop.onec.ask("catalog", "import", filename="import.xml")
    assert answer == "failure\nФайл принят, но его некому прочитать: проверьте, работает ли worker."
    assert await shop.again().arrived()


async def test_why_it_was_not_taken_reaches_1c(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await all_of(shop.erp.products())
    await shop.erp.taken(Data.GOODS, "Учётная система отдала подозрительно мало строк.")
    answer = await shop.onec.ask("catalog", "import", filename="import.xml")
    assert answer == "failure\nУчётная система отдала подозрительно мало строк."
    await all_of(shop.erp.products())
    await shop.erp.taken(Data.GOODS)
    assert await shop.onec.ask("catalog", "import", filename="import.xml") == "success"


async def test_two_exchanges_at_once(shop: Bench) -> None:
    other = OneC(shop.server.url)
    await shop.onec.begin("catalog")
    await other.begin("catalog")
    mine, theirs = (xml(catalog(good(product_id(n), f"Товар {n}"), whole=False)) for n in (1, 2))
    for onec, content in ((shop.onec, mine), (other, theirs)):
        await onec.upload("catalog", "import.xml", content)
    answers = await asyncio.gather(*(onec.imported("catalog", "import.xml") for onec in (shop.onec, other)))
    assert answers == ["success", "success"]
    assert {row.name for row in await all_of(shop.erp.products())} == {"Товар 1", "Товар 2"}
    await other.client.aclose()


async def test_a_folder_that_is_not_there_is_told(shop: Bench, tmp_path: Path) -> None:
    await shop.onec.begin("catalog")
    (tmp_path / "queue").write_text("a file where a folder should be")
    await shop.onec.upload("catalog", "import.xml", small_shop()["import.xml"])
    assert await shop.onec.ask("catalog", "import", filename="import.xml") == "failure\nПапка обмена с 1С недоступна."
    (tmp_path / "queue").unlink()
    assert await shop.onec.ask("catalog", "import", filename="import.xml") == "success"


async def test_a_client_with_a_session_for_each_file(shop: Bench) -> None:
    """As commerceml-tester does: everything by POST, an archive a file, price types and units named by ids only."""
    only = {"whole": False}
    unit = '<БазоваяЕдиница Код="750" НаименованиеКраткое="бан">750</БазоваяЕдиница>'
    priced = price("1234.5", "BASE").replace("<Единица>шт</Единица><Коэффициент>1</Коэффициент>", "")
    files = {
        "import": catalog(good(product_id(1), "Икра", unit=unit), **only),
        "offers": offers(offer(product_id(1), priced), head="", **only),
        "rests": offers(offer(product_id(1), stock="<Остатки><Остаток>7</Остаток></Остатки>"), head="", **only),
    }
    for name, inner in files.items():
        await shop.onec.begin("catalog")
        await shop.onec.upload("catalog", f"{name}.zip", zipped({f"{name}.xml": xml(inner, encoding="windows-1251")}))
        answer = await shop.onec.ask("catalog", "import", method="POST", body=b"", filename=f"{name}.xml")
        assert answer == "success"
    assert await shop.onec.ask("catalog", "complete", method="POST", body=b"") == "success"
    (product,) = await all_of(shop.erp.products())
    assert (product.base_unit, product.active) == ("бан", True)
    assert [(row.price_list_id, str(row.amount)) for row in await all_of(shop.erp.prices())] == [("BASE", "1234.50")]
    assert [(row.warehouse_id, row.quantity) for row in await all_of(shop.erp.stock())] == [("all", 7)]


async def test_it_is_a_kind_with_settings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("north", ZONE, MovableClock(), tmp_path)
    monkeypatch.setenv("ERP_NORTH_USER", USER)
    monkeypatch.setenv("ERP_NORTH_PASSWORD", PASSWORD)
    monkeypatch.setenv("ERP_NORTH_STATUSES", '{"У курьера": "shipped"}')
    erp = open_erp("commerceml", "ERP_NORTH_", place)
    assert isinstance(erp, Exchange)
    with pytest.raises(ErpUnsupported):
        await erp.change_card(CardChange("C-1", "k", CardField.ADDRESS, "o", "a", "b"))
    with pytest.raises(ErpUnsupported):
        await erp.quote(DRAFT)
    await erp.ping()
    await erp.close()
    monkeypatch.setenv("ERP_NORTH_PASSWORD", "short")
    with pytest.raises(ValueError, match="password") as refused:
        open_erp("commerceml", "ERP_NORTH_", place)
    assert "short" not in str(refused.value).replace("too_short", "").replace("string_too_short", "")


async def test_a_piece_of_four_megabytes(shop: Bench) -> None:
    await shop.onec.begin("catalog")
    assert shop.onec.limit == 4 * 1024 * 1024
    more = "<Описание>" + "о" * 4_000_000 + "</Описание>"
    content = xml(catalog(good(product_id(1), "Вода", more=more)))
    assert await shop.onec.upload("catalog", "import.xml", content) == "success"
    assert (await shop.onec.ask("catalog", "import", filename="import.xml")).startswith("progress")
    assert await shop.erp.arrived() == {Data.GOODS}
    assert await shop.onec.imported("catalog", "import.xml") == "success"
