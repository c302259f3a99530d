"""A catalogue of awkward names: figures, slashes, Latin brands, sizes, sheets, weights. Invented goods only."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

import small_world

from api.understanding.catalog import CatalogIndex
from api.understanding.context import Context, PastOrder

D = Decimal

_ROWS = (
    # sku, name, category, brand, unit, packs, step, minimum
    ("w05", "Вода Ключевинка 0,5л газ.", "Вода", "Ключевинка", "бут", {"кор": 12}, "1", "0"),
    ("w15", "Вода Ключевинка 1,5л газ.", "Вода", "Ключевинка", "бут", {"кор": 6}, "1", "0"),
    ("w15n", "Вода Ключевинка 1,5л негаз.", "Вода", "Ключевинка", "бут", {"кор": 6}, "1", "0"),
    ("shr", "Креветки королев. 16/20 б/г с/м 1кг", "Рыба", "", "уп", {"кор": 10}, "1", "0"),
    ("nap", "Салфетки бум. 24*24 (100л)", "Посуда", "", "уп", {"кор": 24}, "1", "0"),
    ("tea", "Чай чёрный №36 Тундрин", "Чай", "Тундрин", "шт", {"кор": 18}, "1", "0"),
    ("bee", "Газировка Quickbee 0,33л ж/б", "Напитки", "Quickbee", "бан", {"уп": 24}, "1", "0"),
    ("wei", "Чипсы Weissgrund сыр 140г", "Снеки", "Weissgrund", "шт", {"кор": 20}, "1", "0"),
    ("jc", "Сок Лужковна вишня 1л", "Соки", "Лужковна", "шт", {"кор": 12}, "1", "0"),
    ("jt", "Сок Лужковна томат 1л", "Соки", "Лужковна", "шт", {"кор": 12}, "1", "0"),
    ("tom", "Томаты красные вес", "Овощи", "", "кг", {}, "0.1", "0"),
    ("fl1", "Мука пшеничная 1с 50кг", "Бакалея", "", "меш", {}, "1", "0"),
    ("flv", "Мука пшеничная в/с 2кг", "Бакалея", "", "шт", {"уп": 6}, "1", "0"),
    ("box3", "Контейнер для салата 500мл", "Посуда", "", "шт", {"кор": 300}, "1", "0"),
    ("box7", "Контейнер для салата 750мл", "Посуда", "", "шт", {"кор": 300}, "1", "0"),
    ("cap8", "Крышка 80мм чёрная", "Посуда", "", "шт", {"уп": 100}, "100", "0"),
    ("cap9", "Крышка 90мм чёрная", "Посуда", "", "шт", {"уп": 100}, "100", "0"),
    ("oil", "Масло олив. 0,5л ст/б", "Бакалея", "", "бут", {"кор": 12}, "1", "0"),
    ("cuc", "Огурцы марин. 680г ст/б", "Бакалея", "", "бан", {"кор": 8}, "1", "0"),
    ("ham", "Ветчина Боярушка вар. 0,4кг", "Мясо", "Боярушка", "шт", {"кор": 10}, "1", "0"),
)
HISTORY = (
    PastOrder("201", date(2025, 12, 1), {"w05": D(24), "jc": D(4)}),
    PastOrder("202", date(2025, 12, 9), {"w05": D(12), "jc": D(6), "tom": D("2.5")}),
)


@lru_cache(maxsize=1)
def index() -> CatalogIndex:
    """The catalogue."""
    return small_world.built(_ROWS)


def context(cart: dict[str, int | str] | None = None, history: tuple[PastOrder, ...] = (), **more: object) -> Context:
    """A customer's view with this cart; new customers have no history."""
    return small_world.view(index(), cart, history, **more)
