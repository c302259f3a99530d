"""Files as 1C writes them. Invented goods and companies."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = ' xmlns="urn:1C.ru:commerceml_2"'
CATALOG = "c0000000-0000-4000-8000-000000000001"
WHOLESALE, RETAIL = "t0000000-0000-4000-8000-000000000001", "t0000000-0000-4000-8000-000000000002"
MAIN = "w0000000-0000-4000-8000-000000000001"
DAIRY, MILK = "g0000000-0000-4000-8000-000000000001", "g0000000-0000-4000-8000-000000000002"
COMPANY = "k0000000-0000-4000-8000-000000000001"
GROUPS = f"""<Группы><Группа><Ид>{DAIRY}</Ид><Наименование>Молочное</Наименование><Группы><Группа><Ид>{MILK}</Ид>
<Наименование>Молоко</Наименование></Группа></Группы></Группа></Группы>"""


def product_id(number: int) -> str:
    return f"p{number:07d}-0000-4000-8000-000000000000"


def xml(inner: str, *, encoding: str = "utf-8", version: str = "2.07", namespace: str = NAMESPACE) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    root = f'<КоммерческаяИнформация{namespace} ВерсияСхемы="{version}" ДатаФормирования="2025-12-15T10:00:00">'
    return f"{head}{root}{inner}</КоммерческаяИнформация>".encode(encoding)


def requisites(pairs: Sequence[tuple[str, str]]) -> str:
    items = "".join(
        f"<ЗначениеРеквизита><Наименование>{escape(name)}</Наименование><Значение>{escape(value)}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in pairs
    )
    return f"<ЗначенияРеквизитов>{items}</ЗначенияРеквизитов>"


def good(
    ref: str,
    name: str,
    *,
    article: str = "",
    unit: str = '<БазоваяЕдиница Код="796">шт</БазоваяЕдиница>',
    group: str = MILK,
    status: str = "",
    more: str = "",
) -> str:
    attribute = f" Статус={quoteattr(status)}" if status else ""
    return (
        f"<Товар{attribute}><Ид>{ref}</Ид><Артикул>{article}</Артикул><Наименование>{escape(name)}</Наименование>{unit}"
        f"<Группы><Ид>{group}</Ид></Группы>{more}</Товар>"
    )


def catalog(*goods: str, whole: bool = True, groups: str = GROUPS, ref: str = CATALOG) -> str:
    changes = str(not whole).lower()
    return (
        f"<Классификатор><Ид>{ref}</Ид><Наименование>Классификатор</Наименование>{groups}</Классификатор>"
        f'<Каталог СодержитТолькоИзменения="{changes}"><Ид>{ref}</Ид><Наименование>Каталог</Наименование>'
        f"<Товары>{''.join(goods)}</Товары></Каталог>"
    )


TYPES = f"""<ТипыЦен><ТипЦены><Ид>{WHOLESALE}</Ид><Наименование>Оптовая</Наименование><Валюта>руб</Валюта></ТипЦены>
<ТипЦены><Ид>{RETAIL}</Ид><Наименование>Розничная</Наименование><Валюта>RUB</Валюта></ТипЦены></ТипыЦен>"""
WAREHOUSES = f"<Склады><Склад><Ид>{MAIN}</Ид><Наименование>Основной</Наименование></Склад></Склады>"


def price(amount: str, kind: str = WHOLESALE, *, unit: str = "шт", factor: str = "1", more: str = "") -> str:
    return (
        f"<Цена><ИдТипаЦены>{kind}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу><Валюта>руб</Валюта>"
        f"<Единица>{unit}</Единица><Коэффициент>{factor}</Коэффициент>{more}</Цена>"
    )


def offer(ref: str, *prices: str, stock: str = "", name: str = "", more: str = "") -> str:
    named = f"<Наименование>{escape(name)}</Наименование>" if name else ""
    priced = f"<Цены>{''.join(prices)}</Цены>" if prices else ""
    return f"<Предложение><Ид>{ref}</Ид>{named}{more}{priced}{stock}</Предложение>"


def at_main(quantity: str) -> str:
    return f'<Количество>{quantity}</Количество><Склад ИдСклада="{MAIN}" КоличествоНаСкладе="{quantity}"/>'


def offers(*rows: str, whole: bool = True, head: str = TYPES + WAREHOUSES, ref: str = CATALOG) -> str:
    return (
        f'<ПакетПредложений СодержитТолькоИзменения="{str(not whole).lower()}"><Ид>{ref}#</Ид>'
        f"<Наименование>Пакет предложений</Наименование><ИдКаталога>{ref}</ИдКаталога>{head}"
        f"<Предложения>{''.join(rows)}</Предложения></ПакетПредложений>"
    )


def company(
    ref: str, name: str, *, tax_id: str = "7701234567", facts: Mapping[str, str] | None = None, **more: str
) -> str:
    address = more.get("address", "ул. Садовая, 12")
    return (
        f"<Контрагент><Ид>{ref}</Ид><Наименование>{escape(name)}</Наименование>"
        f"<ОфициальноеНаименование>{escape(name)}</ОфициальноеНаименование><ИНН>{tax_id}</ИНН>"
        f"<Адрес><Представление>{escape(address)}</Представление></Адрес>"
        f"{more.get('people', '')}{requisites(list((facts or {}).items()))}</Контрагент>"
    )


def companies(*rows: str) -> str:
    return f"<Контрагенты>{''.join(rows)}</Контрагенты>"


def person(ref: str, name: str, phone: str) -> str:
    return (
        f"<Представитель><Контрагент><Отношение>Контактное лицо</Отношение><Ид>{ref}</Ид>"
        f"<Наименование>{escape(name)}</Наименование><Контакты><Контакт><Тип>Телефон мобильный</Тип>"
        f"<Значение>{phone}</Значение></Контакт></Контакты></Контрагент></Представитель>"
    )


def document(
    ref: str,
    number: str,
    pairs: Sequence[tuple[str, str]],
    *,
    lines: str = "",
    customer: str = "",
    day: str = "2025-12-15",
) -> str:
    buyers = (
        f"<Контрагенты><Контрагент><Ид>{customer}</Ид><Наименование>Покупатель</Наименование><Роль>Покупатель</Роль>"
        "</Контрагент></Контрагенты>"
        if customer
        else ""
    )
    goods = f"<Товары>{lines}</Товары>" if lines else ""
    return (
        f"<Документ><Ид>{ref}</Ид><Номер>{number}</Номер><Дата>{day}</Дата><Время>11:20:00</Время>"
        f"<ХозОперация>Заказ товара</ХозОперация><Роль>Продавец</Роль>{buyers}{goods}{requisites(pairs)}</Документ>"
    )


def line(ref: str, quantity: str, amount: str, *, total: str = "", more: str = "") -> str:
    summed = f"<Сумма>{total}</Сумма>" if total else ""
    return (
        f"<Товар><Ид>{ref}</Ид><Наименование>Товар</Наименование><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>"
        f"<Количество>{quantity}</Количество>{summed}{more}</Товар>"
    )
