"""Which tables and fields a file of names has, and what the bot does without each: for the file and for `check`.

Only words: the code asks for a field by its name here, and an empty name in the file means «this base has none».
"""

from collections.abc import Mapping
from dataclasses import dataclass

NEEDED = ""
"""Where stands what the bot does without a field: there is no doing without it."""


@dataclass(frozen=True)
class Shape:
    """`fields`: ours, each with what the bot does without it. `without`: the same for the table as a whole."""

    fields: Mapping[str, str]
    without: str = NEEDED
    part_of: str = ""
    """A tabular part: the table that owns it, in whose field `lines` (or `info`) it stands."""
    function: str = ""
    """A virtual table: Balance or SliceLast."""


_MARKED = "помеченные на удаление остаются видны"
_INFO = "телефоны и почта не читаются"
_ROUBLES = "все цены считаются рублёвыми"
_WITH_VAT = "все цены считаются ценами с НДС"
_BASE_UNIT = "цены считаются ценами базовой единицы"

SHAPES: Mapping[str, Shape] = {
    "products": Shape(
        {
            "id": NEEDED,
            "name": NEEDED,
            "deleted": _MARKED,
            "code": "товар без артикула не различить",
            "full_name": "товар называется кратким наименованием",
            "folder": "разделов каталога нет",
            "parent": "товары не разложены по разделам",
            "sku": "артикулом служит код",
            "unit": "все товары считаются в штуках",
            "brand": "торговых марок нет",
            "type": "услуги не отличить от товаров",
            "service": "услуги не отличить от товаров",
            "step": "кратность заказа — одна базовая единица",
            "minimum": "наименьшего количества нет",
            "on_order_days": "товаров под заказ нет",
            "closed": "выведенные из продажи товары остаются видны",
            "vat": "ставка НДС в строке заказа не заполняется, цены видов цен без НДС не показываются",
        }
    ),
    "units": Shape({"id": NEEDED, "name": NEEDED}, "единицы берутся из справочника упаковок"),
    "packings": Shape(
        {
            "id": NEEDED,
            "name": NEEDED,
            "owner": NEEDED,
            "numerator": NEEDED,
            "deleted": _MARKED,
            "denominator": "коэффициент — одно число",
        },
        "товары заказываются только в базовых единицах",
    ),
    "brands": Shape({"id": NEEDED, "name": NEEDED}, "торговых марок нет"),
    "warehouses": Shape({"id": NEEDED, "name": NEEDED, "deleted": _MARKED, "folder": "групп складов нет"}),
    "currencies": Shape(
        {"id": NEEDED, "code": "рубль узнаётся по наименованию", "name": "рубль узнаётся по коду"}, _ROUBLES
    ),
    "price_types": Shape(
        {
            "id": NEEDED,
            "name": NEEDED,
            "deleted": _MARKED,
            "folder": "групп видов цен нет",
            "currency": _ROUBLES,
            "vat_included": _WITH_VAT,
        }
    ),
    "organizations": Shape({"id": NEEDED, "name": NEEDED, "deleted": _MARKED}),
    "managers": Shape(
        {"id": NEEDED, "name": NEEDED, "phone": "телефон менеджера берётся из контактной информации", "info": _INFO},
        "клиент не видит имени своего менеджера",
    ),
    "prices": Shape(
        {
            "product": NEEDED,
            "price_type": NEEDED,
            "amount": NEEDED,
            "packing": _BASE_UNIT,
            "currency": "валюта берётся из вида цен",
            "characteristic": "цены по характеристикам не отличить от общих",
            "since": "не видно, с какого дня цена, и цены читаются только целиком",
        },
        function="SliceLast",
    ),
    "agreements": Shape(
        {
            "id": NEEDED,
            "customer": NEEDED,
            "price_type": NEEDED,
            "deleted": _MARKED,
            "status": "соглашения любого состояния считаются действующими",
            "starts": "соглашение действует всегда",
            "ends": "соглашение действует всегда",
            "contract": "лимит берётся из самого строгого договора",
            "warehouse": "склад берётся из торговой точки",
            "organization": "организация берётся из договора или единственная",
            "payment": "предоплату не отличить от отсрочки",
            "minimum_sum": "наименьшей суммы заказа нет",
            "currency": _ROUBLES,
            "vat_included": _WITH_VAT,
            "lines": "индивидуальных цен нет",
        },
        "условия берутся из договора, индивидуальных цен нет",
    ),
    "agreement_lines": Shape(
        {"product": NEEDED, "amount": NEEDED, "packing": _BASE_UNIT}, "индивидуальных цен нет", part_of="agreements"
    ),
    "discounts": Shape(
        {
            "id": NEEDED,
            "method": NEEDED,
            "value": NEEDED,
            "condition": NEEDED,
            "deleted": _MARKED,
            "name": "у акции нет названия",
            "threshold": "скидок за объём нет",
            "starts": "скидка действует всегда",
            "ends": "скидка действует всегда",
            "price_type": "скидка действует для всех видов цен",
            "lines": "скидка действует на все товары",
        },
        "скидок за объём и предоплату и акций нет",
    ),
    "discount_lines": Shape({"product": NEEDED}, "скидки действуют на все товары", part_of="discounts"),
    "customers": Shape(
        {
            "id": NEEDED,
            "name": NEEDED,
            "deleted": _MARKED,
            "folder": "групп клиентов нет",
            "buyer": "поставщики не отличаются от покупателей",
            "full_name": "клиент называется кратким наименованием",
            "manager": "клиент не видит имени своего менеджера",
            "code": "по коду компании не войти, остаётся вход по телефону",
            "tax_id": "ИНН берётся из контрагента",
            "closed": "закрытые клиенты остаются видны",
            "address": "адреса доставки клиент называет сам",
        }
    ),
    "companies": Shape(
        {"id": NEEDED, "customer": NEEDED, "tax_id": "ИНН не виден", "deleted": _MARKED},
        "контрагент в заказе не заполняется отдельно от клиента",
    ),
    "contracts": Shape(
        {
            "id": NEEDED,
            "customer": NEEDED,
            "deleted": _MARKED,
            "kind": "договоры с поставщиками не отличить",
            "price_type": "вид цен берётся из соглашения",
            "organization": "организация — единственная",
            "limited": "лимит действует, если он больше нуля",
            "limit": "кредитного лимита нет",
            "days": "отсрочка не видна",
        },
        "кредитного лимита и отсрочки нет",
    ),
    "outlets": Shape(
        {
            "id": NEEDED,
            "customer": NEEDED,
            "name": NEEDED,
            "deleted": _MARKED,
            "address": "адрес клиент называет сам, менять его нельзя",
            "warehouse": "склад берётся из соглашения",
            "days": "доставка с понедельника по субботу",
            "opens": "доставка с 9:00",
            "closes": "доставка до 12:00",
        },
        "у каждого клиента одна торговая точка",
    ),
    "contacts": Shape(
        {
            "id": NEEDED,
            "customer": NEEDED,
            "name": NEEDED,
            "deleted": _MARKED,
            "phone": "телефон берётся из контактной информации, менять его нельзя",
            "email": "почта берётся из контактной информации",
            "info": _INFO,
        },
        "сотрудники клиента не видны, войти можно только по коду компании",
    ),
    "contact_info": Shape({"kind": NEEDED, "value": NEEDED, "phone": "телефон берётся из представления"}, _INFO),
    "stock": Shape(
        {"product": NEEDED, "warehouse": NEEDED, "on_hand": NEEDED, "reserved": "резервы не вычитаются"},
        "остатков бот не показывает",
        function="Balance",
    ),
    "reserves": Shape(
        {"product": NEEDED, "warehouse": NEEDED, "on_hand": "свободно то, что на складе", "reserved": NEEDED},
        "отдельного регистра резервов нет",
        function="Balance",
    ),
    "customer_keys": Shape({"id": NEEDED, "customer": NEEDED}, "регистры расчётов называют самого клиента"),
    "debts": Shape({"customer": NEEDED, "debt": NEEDED}, "задолженности бот не показывает", function="Balance"),
    "invoices": Shape(
        {
            "customer": NEEDED,
            "due": NEEDED,
            "rest": NEEDED,
            "number": "у неоплаченного документа нет номера",
            "document": "неоплаченные документы различаются по номеру",
            "issued": "дата документа — срок его оплаты",
            "amount": "сумма документа не видна",
        },
        "просрочки и неоплаченных документов бот не показывает",
        function="Balance",
    ),
    "orders": Shape(
        {
            "id": NEEDED,
            "number": NEEDED,
            "date": NEEDED,
            "posted": NEEDED,
            "customer": NEEDED,
            "lines": NEEDED,
            "comment": NEEDED,
            "deleted": "помеченные на удаление заказы считаются живыми",
            "company": "контрагент не заполняется",
            "agreement": "соглашение не заполняется",
            "contract": "договор не заполняется",
            "price_type": "вид цен не заполняется",
            "vat_included": "признак «цена включает НДС» не заполняется",
            "organization": "организация не заполняется",
            "warehouse": "склад не заполняется",
            "outlet": "торговая точка не заполняется",
            "key": "номер бота стоит первым словом комментария",
            "delivery": "дата доставки стоит в комментарии",
            "address": "адрес доставки стоит в комментарии",
            "status": "проведённый заказ — принятый, другие состояния не видны",
            "cancelled": "отменить заказ может только менеджер в 1С",
            "total": "сумма документа не видна",
        }
    ),
    "order_lines": Shape(
        {
            "number": NEEDED,
            "product": NEEDED,
            "quantity": NEEDED,
            "price": NEEDED,
            "sum": NEEDED,
            "packing": "упаковка не заполняется",
            "packs": "количество упаковок не заполняется",
            "unit": "единица в строке не заполняется",
            "vat": "ставка НДС не заполняется",
            "total": "«всего» по строке не заполняется",
        },
        part_of="orders",
    ),
    "order_states": Shape({"id": NEEDED, "name": NEEDED}, "состояние заказа — само слово в документе"),
}

DIMENSIONS = "dimensions"
"""What the sums of a Balance are told by."""
