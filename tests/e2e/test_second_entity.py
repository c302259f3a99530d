"""A second legal entity beside the demo 1C: its own 1C comes to us by «Обмен с сайтом»."""

import time
from collections.abc import Iterator
from itertools import count

import httpx
import psycopg
import pytest

from api.run.system import System
from tests.conftest import NORTH_PASSWORD
from tests.e2e.chat import Chat
from tests.running import Demo1C

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2"'
    ' ВерсияСхемы="2.08" ДатаФормирования="2025-12-15T09:00:00">'
)
IMPORT = (
    f"{HEAD}<Классификатор><Ид>c</Ид><Наименование>К</Наименование><Группы><Группа><Ид>g</Ид>"
    "<Наименование>Выпечка</Наименование></Группа></Группы></Классификатор>"
    '<Каталог СодержитТолькоИзменения="false"><Ид>k</Ид><ИдКлассификатора>c</ИдКлассификатора>'
    "<Наименование>К</Наименование><Товары><Товар><Ид>t1</Ид><Артикул>20001</Артикул>"
    '<Наименование>Круассан сливочный 60 г</Наименование><БазоваяЕдиница Код="796">шт</БазоваяЕдиница>'
    "<Группы><Ид>g</Ид></Группы></Товар></Товары></Каталог></КоммерческаяИнформация>"
)
OFFERS = (
    f'{HEAD}<ПакетПредложений СодержитТолькоИзменения="false"><Ид>p</Ид><Наименование>П</Наименование>'
    "<ИдКаталога>k</ИдКаталога><ТипыЦен><ТипЦены><Ид>o</Ид><Наименование>Опт</Наименование><Валюта>RUB</Валюта>"
    "</ТипЦены></ТипыЦен><Склады><Склад><Ид>w</Ид><Наименование>Главный</Наименование></Склад></Склады>"
    "<Предложения><Предложение><Ид>t1</Ид><Цены><Цена><ИдТипаЦены>o</ИдТипаЦены><ЦенаЗаЕдиницу>45.50"
    "</ЦенаЗаЕдиницу><Валюта>RUB</Валюта><Единица>шт</Единица><Коэффициент>1</Коэффициент></Цена></Цены>"
    '<Количество>300</Количество><Склад ИдСклада="w" КоличествоНаСкладе="300"/></Предложение></Предложения>'
    "</ПакетПредложений></КоммерческаяИнформация>"
)
HOUSES = count(1)
"""The exchange tells only what is new in a file, and the database forgets the customers before each test."""


def customers() -> str:
    address = f"<Адрес><Представление>ул. Северная, {next(HOUSES)}</Представление></Адрес>"
    return (
        f"{HEAD}<Контрагенты><Контрагент><Ид>a1</Ид><Наименование>Кофейня «Север»</Наименование>{address}"
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Вид цен</Наименование><Значение>Опт</Значение>"
        "</ЗначениеРеквизита><ЗначениеРеквизита><Наименование>Код для входа</Наименование>"
        "<Значение>SEVER-1</Значение></ЗначениеРеквизита></ЗначенияРеквизитов></Контрагент></Контрагенты>"
        "</КоммерческаяИнформация>"
    )


class Their1C:
    """1C of the second entity: the client of the exchange."""

    def __init__(self, system: System) -> None:
        self.http = httpx.Client(base_url=f"{system.url}/erp/north", timeout=30, trust_env=False)
        said = self.http.get("", params={"type": "catalog", "mode": "checkauth"}, auth=("north", NORTH_PASSWORD))
        assert said.text.startswith("success"), said.text
        name, value = said.text.split("\n")[1:3]
        self.http.headers["Cookie"] = f"{name.strip()}={value.strip()}"

    def ask(self, kind: str, mode: str, body: str = "", **query: str) -> str:
        params = {"type": kind, "mode": mode, **query}
        send = self.http.post if body else self.http.get
        answer = send("", params=params, content=body.encode()) if body else send("", params=params)
        assert answer.status_code == 200, answer.text
        return answer.content.decode("windows-1251" if mode == "query" else "utf-8")

    def bring(self, name: str, body: str) -> None:
        """Uploads a file and waits until it is taken in."""
        assert self.ask("catalog", "file", body, filename=name).startswith("success")
        deadline = time.monotonic() + 40
        while (said := self.ask("catalog", "import", filename=name)).startswith("progress"):
            assert time.monotonic() < deadline, said
        assert said.startswith("success"), said

    def close(self) -> None:
        self.http.close()


@pytest.fixture
def north(system: System, fresh: None) -> Iterator[Their1C]:
    base = Their1C(system)
    base.ask("catalog", "init")
    for name, body in (("import.xml", IMPORT), ("offers.xml", OFFERS), ("contragents.xml", customers())):
        base.bring(name, body)
    yield base
    base.close()


def signed_in(system: System) -> Chat:
    """A customer of the entity, once all that was brought is read: within seconds."""
    deadline = time.monotonic() + 40
    while not _is_read(system):
        assert time.monotonic() < deadline, "what was brought is not read"
        time.sleep(1)
    return Chat(system.url, "SEVER-1")


def _is_read(system: System) -> bool:
    """Prices and stock of its goods, and its customers."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM customers WHERE backend = 'north')"
        " AND EXISTS (SELECT 1 FROM products JOIN prices ON prices.product_id = products.id"
        " JOIN stock ON stock.product_id = products.id WHERE backend = 'north')"
    )
    with psycopg.connect(system.database_url) as connection:
        connection.execute("SET ROLE orders_staff")
        row = connection.execute(query).fetchone()
    return row == (True,)


def test_its_customers_see_its_goods_and_its_orders_are_fetched(system: System, north: Their1C, demo: Demo1C) -> None:
    cafe, before = signed_in(system), demo.count()
    cafe.say("молока 5 и круассанов 20")
    assert "«молок" in cafe.last(), "the main entity sells milk, this one does not"
    cafe.say("без молока")
    assert [(line["quantity"], line["price_text"]) for line in cafe.card()["lines"]] == [("20", "45,50 ₽")]
    cafe.say("оформляйте")
    assert cafe.wait_for("Подтвердим, как только учётная система его заберёт")
    orders = north.ask("sale", "query")
    assert (orders.count("<Документ>"), orders.count("45.50")) == (1, 1)
    assert north.ask("sale", "query").count("<Документ>") == 1, "offered until it is taken"
    north.ask("sale", "success")
    assert cafe.wait_for("принят!")
    assert north.ask("sale", "query").count("<Документ>") == 0
    assert demo.count() == before, "nothing of it went to the other entity"


def test_the_same_number_is_another_thing_to_the_main_entity(system: System, north: Their1C) -> None:
    signed_in(system)
    petra = Chat(system.url, "KOFE-PETRA")
    petra.say("круассаны сливочные 60 г почём?")
    assert "45,50" not in petra.last()


def test_a_stranger_brings_nothing(system: System) -> None:
    with httpx.Client(base_url=f"{system.url}/erp/north", timeout=30, trust_env=False) as stranger:
        said = stranger.get("", params={"type": "catalog", "mode": "checkauth"}, auth=("north", "guessed-word"))
        assert said.status_code == 401
        said = stranger.post("", params={"type": "catalog", "mode": "file", "filename": "import.xml"}, content=b"<x/>")
        assert not said.text.startswith("success")
