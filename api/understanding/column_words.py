"""Words of headings, by what the column below them holds. Stems; a trailing «$» ends the word."""

NOTE = ("коммент", "примеч", "пожелан", "note", "comment")
MONEY = (
    "цен", "стоим", "сумм", "ндс", "скид", "руб", "опт$", "оптов", "розн", "прайс", "наценк", "тариф", "бонус",
    "price", "sum$", "cost", "vat", "total",
)  # fmt: skip
"""Never a quantity."""
COUNTING = ("№", "п$", "пп$", "npp", "нпп", "номер", "line$")
"""Numbers of rows, of documents, of whatever is no quantity either."""
OTHER = (
    "остат", "налич", "склад", "вес$", "масс", "нетто", "брутто", "объем", "кратн", "мин$", "миним", "срок", "годн",
    "дата", "день", "штрих", "ean", "barcode", "gtin", "стран", "произв", "бренд", "марк", "торгов", "категор",
    "групп", "раздел", "вид$", "тип$", "сорт$", "факт", "отгруж", "отпущ", "получ", "итог", "всего", "проц", "фото",
    "ссылк", "адрес", "телефон", "постав", "stock", "weight", "date", "brand", "категори", "состав", "хранен",
    "упаков", "фасов",
)  # fmt: skip
"""What a list says of goods beside their name and quantity."""
PACKED_IN = ("в упаков", "в уп", "в короб", "в кор", "в ящик", "в ящ", "в блок", "в бл", "в палл", "в пал", "в мешк")
"""«Кол-во в коробке» tells what a packing holds."""
COUNTED = ("кол", "qty", "quantity", "count", "потребн")
ORDERED = ("заказ", "заявк", "нужн", "надо", "требуе", "order")
UNIT = ("ед$", "изм", "единиц", "unit", "uom", "еи$")
ARTICLE = ("артик", "арт$", "код", "sku", "article", "code")
ARTICLE_NUMBER = ("номенклатурный номер", "номенклатурный №", "ном. номер")
NAME = (
    "наимен", "номенкл", "товар", "продук", "назван", "ассортимент", "позиц", "описан", "name", "item", "product",
    "goods", "descr",
)  # fmt: skip
TOTALS = ("итог", "итого", "итоги", "всего", "сумма", "total", "к оплате")
"""The first words of a row that adds up the others."""
NOTHING = frozenset({"", "нет", "х", "x", "не надо", "не нужно"})
"""What is written into the cell of a quantity that is none, marks apart."""
