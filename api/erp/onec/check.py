"""What a base lacks for the bot, and what to do about it: the names against `$metadata`, and a reading of every set.

Nothing is written. Whether our user may write is seen at the first order only.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import fields

from api.erp.errors import ErpError, Reason
from api.erp.onec.client import ODataClient
from api.erp.onec.edmx import Metadata, NotEdmx, parse
from api.erp.onec.literals import is_one_of
from api.erp.onec.money import money_of
from api.erp.onec.names import Names, Table
from api.erp.onec.records import EMPTY_REF, Record
from api.erp.onec.refusals import NO_ENTITY, Refused
from api.erp.onec.shapes import DIMENSIONS, NEEDED, SHAPES, Shape
from api.erp.onec.versions import LIGHT
from api.erp.port import Finding

KINDS = {
    "Catalog": "справочник",
    "Document": "документ",
    "InformationRegister": "регистр сведений",
    "AccumulationRegister": "регистр накопления",
    "AccountingRegister": "регистр бухгалтерии",
}
PUBLISH = (
    "Отметьте объект в 1С: обработка «Настройка состава стандартного интерфейса OData» (раздел администрирования, "
    "«Синхронизация данных»). Если такого объекта в базе нет, впишите его имя или пустое имя в файл имён, таблица «{}»."
)
MEND = "Впишите верное имя или пустое имя в файл имён: таблица «{}», поле «{}»; свой файл называет ERP_CONFIGURATION."
RIGHT = "Дайте пользователю бота право чтения на этот объект."
HIDDEN = (
    "Если записи закрыты ограничением доступа (RLS), дайте право на них или включите ERP_ALLOWED_ONLY=true: "
    "тогда закрытые записи пропускаются."
)
ROUBLES = (
    "Бот показывает только рублёвые цены: не назначайте эти виды цен и соглашения клиентам бота. Если это рубли, "
    "впишите код или наименование валюты в файл имён: «words», «roubles»."
)
RATES = (
    "Впишите ставки в файл имён: «words», «vat_rates» (сейчас неизвестны: {}). Если цены всё-таки с НДС или продавец "
    "не платит НДС, оставьте пустым имя «vat_included» таблицы «price_types»."
)
AGAIN = "Повторите проверку позже."
MONEY = ("price_types", "currencies", "agreements", "products")
"""The tables that say what the amounts of prices are."""
CALL = "Проверьте ERP_URL, имя и пароль; откройте этот адрес с «/odata/standard.odata/$metadata» в браузере."
WORDS_OF_NAME = re.compile(r"[A-ZА-ЯЁ]+(?![a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё]+|\d+")


async def check(client: ODataClient) -> AsyncIterator[Finding]:
    """See Checked."""
    try:
        found = parse(await client.metadata())
    except ErpError as error:
        yield Finding("error", error.message, CALL)
        return
    except NotEdmx:
        yield Finding("error", "По этому адресу нет описания интерфейса 1С ($metadata).", CALL)
        return
    names = client.names
    read = dict[str, bool]()
    for name, table in tables_of(names):
        shape = SHAPES[name]
        if not shape.part_of and name != "contact_info" and table.entity not in found.sets:
            yield _unpublished(name, table, shape)
            continue
        lacking = list(_lacking(name, table, names, found))
        for finding in lacking:
            yield finding
        if shape.part_of or name == "contact_info" or lacking:
            continue
        read[name] = True
        async for finding in _probed(client, name, table, shape):
            read[name] &= finding.severity != "error"
            yield finding
    for finding in _functions(names, found):
        yield finding
    if all(read.get(name, not getattr(names, name)) for name in MONEY):
        async for finding in _prices(client):
            yield finding
    yield Finding("ok", f"Прочитано объектов: {len(read)}. Право записи видно только при первом заказе.")


def tables_of(names: Names) -> Iterator[tuple[str, Table]]:
    """The tables that this base has, with our names of them."""
    for field in fields(names):
        table = getattr(names, field.name)
        if isinstance(table, Table) and table:
            yield field.name, table


def title(entity: str) -> str:
    """An object as 1C's lists call it: «справочник «Виды цен» (Catalog_ВидыЦен)»."""
    kind, _, name = entity.partition("_")
    words = WORDS_OF_NAME.findall(name.removesuffix("_RecordType"))
    small = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    text = " ".join(small)
    return f"{KINDS.get(kind, 'объект')} «{text[:1].upper()}{text[1:]}» ({entity})"


def _unpublished(name: str, table: Table, shape: Shape) -> Finding:
    todo = PUBLISH.format(name)
    if shape.without == NEEDED:
        return Finding("error", f"Не опубликован {title(table.entity)}: без него бот не работает.", todo)
    # Without an entry in the file of names the bot goes on asking for it, and the reading fails.
    return Finding("error", f"Не опубликован {title(table.entity)}. Если его нет: {shape.without}.", todo)


def _lacking(name: str, table: Table, names: Names, found: Metadata) -> Iterator[Finding]:
    """Fields that the file of names promises and the base has not."""
    shape = SHAPES[name]
    for owner, known in _published(name, table, names, found):
        for field, one in table.names.items():
            wanted = [one, f"{one}_Type"] if field in table.types else [one]
            if field == DIMENSIONS or not one or set(wanted) <= known:
                continue
            without = shape.fields[field]
            effect = "без него бот не работает" if without == NEEDED else f"если его нет: {without}"
            yield Finding("error", f"{owner}: нет реквизита «{one}»; {effect}.", MEND.format(name, field))


def _published(name: str, table: Table, names: Names, found: Metadata) -> Iterator[tuple[str, frozenset[str]]]:
    """What is called how, and the fields that it has; several for a part that several objects have."""
    shape = SHAPES[name]
    if name == "contact_info":
        for owner in (names.contacts, names.managers):
            if owner and owner["info"] and owner.entity in found.sets:
                yield _part(owner, table, found)
    elif shape.part_of:
        owner = getattr(names, shape.part_of)
        # Of an object that is not published nothing more is said.
        if owner and owner["lines"] and owner.entity in found.sets:
            yield _part(owner, table, found)
    elif shape.function:
        fields_ = found.tables.get(f"{table.entity}/{shape.function}") or found.sets[table.entity]
        yield f"{title(table.entity)}, таблица {shape.function}", fields_
    else:
        yield title(table.entity), found.sets[table.entity]


def _part(owner: Table, table: Table, found: Metadata) -> tuple[str, frozenset[str]]:
    known = found.types.get(f"{owner.entity}_{table.entity}_RowType")
    known = known or found.types.get(f"{owner.entity}_{table.entity}", frozenset())
    return f"{title(owner.entity)}, таблица «{table.entity}»", known


async def _prices(client: ODataClient) -> AsyncIterator[Finding]:
    """Prices that are left out: in another currency, or without VAT where the rate is not known."""
    try:
        money = await money_of(client)
        if names := _quoted(money.foreign()):
            yield Finding("warning", f"Не в рублях, не показываются цены видов: {names}.", ROUBLES)
        agreements = client.rows(client.names.agreements.but("lines"))
        foreign = [record async for record in agreements if not (record.flag("deleted") or money.in_roubles(record))]
        if foreign:
            text = f"Не в рублях, не показываются индивидуальные цены соглашений: {len(foreign)}."
            yield Finding("warning", text, ROUBLES)
        if names := _quoted(money.net()):
            rates = await _unknown_rates(client)
            text = f"Без НДС цены видов: {names}. Не показываются цены товаров с неизвестной ставкой: {rates.total()}."
            if rates:
                yield Finding("warning", text, RATES.format(_quoted(rate or "не заполнена" for rate in sorted(rates))))
    except ErpError as error:
        yield Finding("warning", f"Не видно, все ли цены в рублях и с НДС: {error.message}", AGAIN)


async def _unknown_rates(client: ODataClient) -> Counter[str]:
    table, known = client.names.products.only("id", "folder", "vat"), client.names.words.vat_rates
    cards = client.rows(table, page=LIGHT)
    rates = [record.text("vat") async for record in cards if not record.flag("folder")]
    return Counter(rate for rate in rates if rate not in known)


def _quoted(names: Iterable[str]) -> str:
    """«Розничная», «Оптовая»."""
    return ", ".join(f"«{name}»" for name in names)


async def _probed(client: ODataClient, name: str, table: Table, shape: Shape) -> AsyncIterator[Finding]:
    """Reads a row, and asks a condition where we ask conditions."""
    try:
        if shape.function:
            key = "product" if "product" in shape.fields else "customer"
            where = is_one_of(table, key, [EMPTY_REF])
            dimensions = {DIMENSIONS.capitalize(): f"'{table[DIMENSIONS]}'"} if shape.function == "Balance" else {}
            async with aclosing(client.virtual(table, shape.function, dimensions, where)) as rows:
                await anext(rows, None)
            if not client.takes_conditions(table, shape.function):
                text = f"{title(table.entity)}: условия в запросе не принимаются, таблица читается целиком."
                yield Finding("warning", text, "Ничего делать не нужно; на больших базах чтение медленнее.")
            return
        async with aclosing(client.rows(table, page=1)) as rows:
            first: Record | None = await anext(rows, None)
        if first is None and shape.without == NEEDED:
            yield Finding("warning", f"{title(table.entity)}: ни одной записи.", HIDDEN)
    except ErpError as error:
        yield _refused(table, error)


def _refused(table: Table, error: ErpError) -> Finding:
    if error.reason is Reason.RIGHTS:
        return Finding("error", f"Нет права чтения: {title(table.entity)}.", f"{RIGHT} {HIDDEN}")
    if isinstance(error, Refused) and error.code == NO_ENTITY:
        return Finding("error", f"Не опубликован {title(table.entity)}.", RIGHT)
    return Finding("error", f"Не читается {title(table.entity)}: {error.message}", AGAIN)


def _functions(names: Names, found: Metadata) -> Iterator[Finding]:
    """What has to be called, not read."""
    orders = names.orders.entity
    if orders in found.sets and "Post" not in found.functions.get(orders, ()):
        yield Finding(
            "error",
            f"{title(orders)} нельзя провести: функции Post нет.",
            "Проверьте, что документ проводится в этой конфигурации и что у пользователя бота есть право проведения.",
        )
    for name, table in tables_of(names):
        function = SHAPES[name].function
        if function and table.entity in found.sets and function not in found.functions.get(table.entity, ()):
            text = f"{title(table.entity)}: таблицы {function} нет."
            yield Finding("error", text, MEND.format(name, "entity"))
