"""What an administrator is told."""

from pathlib import Path
from typing import Any

from api.erp.commerceml.backend import CommerceMl
from api.erp.port import Checked, Data
from tests.api.erp.commerceml.bench import Bench, bench, small_shop
from tests.api.erp.commerceml.files import TYPES, companies, company, document, offers, xml
from tests.api.erp.commerceml.test_orders import DRAFT, KEY
from tests.api.erp.conformance import all_of


async def found(erp: CommerceMl) -> dict[str, tuple[str, str]]:
    return {finding.text: (finding.severity, finding.todo) for finding in await all_of(erp.check())}


async def test_before_1c_came(shop: Bench) -> None:
    assert isinstance(shop.erp, Checked)
    texts = await found(shop.erp)
    severity, todo = texts["1С ещё ни разу не обращалась к боту."]
    assert severity == "error"
    assert "Обмен с сайтом" in todo
    assert texts["Клиенты: ещё не приходили."][0] == "error"
    assert texts["Остатки: ещё не приходили."][0] == "warning"


async def test_a_healthy_exchange(shop: Bench) -> None:
    await shop.onec.send(small_shop())
    await shop.onec.exchange_orders()
    await shop.onec.upload("sale", "orders.xml", xml(document("1", "1", [])))
    for data in await shop.erp.arrived():
        await shop.erp.taken(data)
    for read in (shop.erp.products, shop.erp.prices, shop.erp.stock, shop.erp.customers):
        await all_of(read())  # type: ignore[operator]
    await all_of(shop.erp.orders(shop.clock.now()))
    for data in await shop.erp.arrived():
        await shop.erp.taken(data)
    shop.clock.move(minutes=5)
    texts = await found(shop.erp)
    assert {severity for severity, _ in texts.values()} == {"ok"}
    assert "Товары: пришли 5 мин назад." in texts
    assert "Виды цен: «Оптовая», «Розничная»." in texts
    assert "Клиентов: 1." in texts
    shop.clock.move(hours=30)
    assert (await found(shop.erp))["Цены: пришли 1 дн. назад."][0] == "warning"


async def test_what_is_missing(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"price_type": "Особая"}
    async with bench(tmp_path, **settings) as shop:
        await shop.onec.send(small_shop())
        plain = companies(company("k2", "ООО Второе"), company("k3", "ООО Третье"))
        head = TYPES.replace("RUB", "USD")
        more = {"contragents.xml": xml(plain), "offers.xml": xml(offers(head=head, whole=False)), "bad.xml": b"<a"}
        await shop.onec.send(more)
        await all_of(shop.erp.products())
        await shop.erp.taken(Data.GOODS, "Слишком мало строк.")
        await shop.erp.place(DRAFT)
        shop.clock.move(hours=2)
        await shop.onec.begin("sale")
        await shop.onec.upload("sale", "orders.xml", xml(document(KEY, KEY, [("Статус заказа", "Думаем")])))
        await shop.erp.place(DRAFT.__class__(**(DRAFT.__dict__ | {"key": "AI-2"})))
        shop.clock.move(hours=2)
        texts = await found(shop.erp)
    assert texts["Товары: пришли 4 ч назад, но не приняты: Слишком мало строк."][0] == "error"
    assert any(text.startswith("Файл bad.xml не прочитан 4 ч назад: Ошибка XML") for text in texts)
    assert texts["Вид цен «Розничная» в валюте USD не читается: бот знает только рубли."][0] == "warning"
    assert texts["Вида цен «Особая» (ERP_PRICE_TYPE) среди выгруженных нет."][0] == "error"
    assert texts["Без вида цен: 2 из 3. Цен они не увидят."][0] == "error"
    assert texts["Без телефона: 2 из 3. По номеру им не войти."][0] == "warning"
    assert texts["Ждут, пока их заберёт 1С: 1, старший заказ оформлен 2 ч назад."][0] == "warning"
    severity, todo = texts["Непонятные состояния заказов: «Думаем»."]
    assert (severity, '{"Думаем": "picking"}' in todo) == ("warning", True)


async def test_a_folder_that_is_gone_is_told_and_nothing_is_raised(shop: Bench) -> None:
    (shop.folder / "exchange.sqlite").mkdir()
    ((text, (severity, _)),) = (await found(shop.erp)).items()
    assert (severity, text) == ("error", "Папка обмена с 1С недоступна.")
