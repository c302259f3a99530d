"""Tables only: what the demo base publishes, named as УТ 11 names it.

A field is `name:type`; types: s50 (string of 50), text (unlimited), n2 (number with 2 decimals), i16, i64, b, d (date),
g (guid), and `name>Entity` for a reference. `tree` adds IsFolder and Parent_Key. Tabular parts follow in PARTS.
"""

EMPTY_REF = "00000000-0000-0000-0000-000000000000"
EMPTY_DATE = "0001-01-01T00:00:00"

PRODUCTS = "Catalog_Номенклатура"
UNITS = "Catalog_УпаковкиЕдиницыИзмерения"
BRANDS = "Catalog_Марки"
WAREHOUSES = "Catalog_Склады"
CURRENCIES = "Catalog_Валюты"
PRICE_TYPES = "Catalog_ВидыЦен"
ORGANIZATIONS = "Catalog_Организации"
USERS = "Catalog_Пользователи"
AGREEMENTS = "Catalog_СоглашенияСКлиентами"
DISCOUNTS = "Catalog_СкидкиНаценки"
PARTNERS = "Catalog_Партнеры"
COUNTERPARTIES = "Catalog_Контрагенты"
CONTRACTS = "Catalog_ДоговорыКонтрагентов"
OUTLETS = "Catalog_ТорговыеТочки"
CONTACTS = "Catalog_КонтактныеЛицаПартнеров"
ORDERS = "Document_ЗаказКлиента"
PRICES = "InformationRegister_ЦеныНоменклатуры25_RecordType"
FREE_STOCK = "AccumulationRegister_СвободныеОстатки"
SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"
SETTLEMENTS_BY_TERM = "AccumulationRegister_РасчетыСКлиентамиПоСрокам"

CATALOGS = {
    PRODUCTS: f"""tree code11 name100 Артикул:s50 НаименованиеПолное:s1024 ЕдиницаИзмерения_Key>{UNITS}
        Марка_Key>{BRANDS} ТипНоменклатуры:s20 Весовой:b КратностьЗаказа:n3 МинимальноеКоличествоЗаказа:n3
        СрокПоставкиДней:i16 Недействителен:b СтавкаНДС:s10""",
    UNITS: f"code4 name25 Owner_Key>{PRODUCTS} Числитель:n3 Знаменатель:n3",
    BRANDS: "code9 name50",
    WAREHOUSES: "code9 name50",
    CURRENCIES: "code3 name10 НаименованиеПолное:s50",
    PRICE_TYPES: f"code9 name50 ВалютаЦены_Key>{CURRENCIES} ЦенаВключаетНДС:b",
    ORGANIZATIONS: "code9 name50 НаименованиеПолное:s200 ИНН:s12",
    USERS: "code9 name100 Телефон:s30",
    AGREEMENTS: f"""code9 name100 Партнер_Key>{PARTNERS} ВидЦен_Key>{PRICE_TYPES} Статус:s20
        ДатаНачалаДействия:d ДатаОкончанияДействия:d Договор_Key>{CONTRACTS} Склад_Key>{WAREHOUSES} ФормаОплаты:s20
        МинимальнаяСуммаЗаказа:n2 Организация_Key>{ORGANIZATIONS} Валюта_Key>{CURRENCIES} ЦенаВключаетНДС:b""",
    DISCOUNTS: f"""code9 name100 СпособПредоставления:s30 ЗначениеСкидкиНаценки:n2 УсловиеПредоставления:s30
        ЗначениеУсловияОграничения:n3 ДатаНачала:d ДатаОкончания:d ВидЦен_Key>{PRICE_TYPES}""",
    PARTNERS: f"""code9 name100 НаименованиеПолное:s200 ОсновнойМенеджер_Key>{USERS} КодДляБота:s30
        Недействителен:b Комментарий:text""",
    COUNTERPARTIES: f"code9 name100 НаименованиеПолное:s200 Партнер_Key>{PARTNERS} ИНН:s12",
    CONTRACTS: f"""code9 name100 Партнер_Key>{PARTNERS} Контрагент_Key>{COUNTERPARTIES}
        Организация_Key>{ORGANIZATIONS} КонтролироватьСуммуЗадолженности:b ДопустимаяСуммаЗадолженности:n2
        ДопустимоеЧислоДнейЗадолженности:i16""",
    OUTLETS: f"""code9 name100 Owner_Key>{PARTNERS} Адрес:s500 Склад_Key>{WAREHOUSES} ДниДоставки:s20
        ОкноС:s5 ОкноПо:s5""",
    CONTACTS: f"code9 name100 Owner_Key>{PARTNERS} Телефон:s30 АдресЭП:s100",
}

DOCUMENTS = {
    ORDERS: f"""Партнер_Key>{PARTNERS} Контрагент_Key>{COUNTERPARTIES} Соглашение_Key>{AGREEMENTS}
        Договор_Key>{CONTRACTS} Организация_Key>{ORGANIZATIONS} Склад_Key>{WAREHOUSES} ТорговаяТочка_Key>{OUTLETS}
        НомерПоДаннымКлиента:s30 ДатаПоДаннымКлиента:d ЖелаемаяДатаОтгрузки:d АдресДоставки:s500 Комментарий:text
        Статус:e Отменен:b ЦенаВключаетНДС:b СуммаДокумента:n2 Менеджер_Key>{USERS}""",
}

PARTS = {
    AGREEMENTS: {"Товары": f"Номенклатура_Key>{PRODUCTS} Упаковка_Key>{UNITS} Цена:n2"},
    DISCOUNTS: {"Товары": f"Номенклатура_Key>{PRODUCTS}"},
    ORDERS: {
        "Товары": f"""Номенклатура_Key>{PRODUCTS} Упаковка_Key>{UNITS} КоличествоУпаковок:n3 Количество:n3
        Цена:n2 Сумма:n2 СтавкаНДС:s10 СуммаНДС:n2 Отменено:b"""
    },
}

REGISTERS = {
    PRICES: f"""Period:d Recorder:g Recorder_Type:s100 Active:b Номенклатура_Key>{PRODUCTS} ВидЦены_Key>{PRICE_TYPES}
        Упаковка_Key>{UNITS} Цена:n2 Валюта_Key>{CURRENCIES}""",
    FREE_STOCK: f"Номенклатура_Key>{PRODUCTS} Склад_Key>{WAREHOUSES} ВНаличииBalance:n3 ВРезервеСоСкладаBalance:n3",
    SETTLEMENTS: f"Партнер_Key>{PARTNERS} СуммаBalance:n2",
    SETTLEMENTS_BY_TERM: f"""Партнер_Key>{PARTNERS} ДокументРегистратор:g ДокументРегистратор_Type:s100
        НомерДокумента:s20 ДатаДокумента:d ДатаПлановогоПогашения:d СуммаДокумента:n2 ДолгBalance:n2""",
}

DIMENSIONS = {
    FREE_STOCK: ("Номенклатура", "Склад"),
    SETTLEMENTS: ("Партнер",),
    SETTLEMENTS_BY_TERM: ("Партнер", "ДокументРегистратор"),
}

STATUSES = {
    "НеСогласован": "Принят",
    "КОбеспечению": "Собирается",
    "КОтгрузке": "Отгружен",
    "Закрыт": "Доставлен",
}
