"""A customer without a history, and brands whose words describe goods as well."""

from datetime import datetime, timezone
from decimal import Decimal

from api.understanding.catalog import CatalogIndex, CatalogItem
from api.understanding.context import Context
from api.understanding.outcome import Outcome, Reason
from api.understanding.read import read

NAMES = (
    ("1", "Хлеб Столичный 600г Печной ряд", "Печной ряд"),
    ("2", "Хлеб Ржаной простой 600г Ржаной двор", "Ржаной двор"),
    ("3", "Хлеб Дарницкий 600г Ржаной двор", "Ржаной двор"),
)
INDEX = CatalogIndex.build(CatalogItem(sku, name, "Хлеб", brand, "шт", (), Decimal(1)) for sku, name, brand in NAMES)


def understood(text: str) -> Outcome:
    return read(text, Context(index=INDEX, history=(), cart={}, now=datetime(2025, 12, 15, tzinfo=timezone.utc)))


def test_brand_word_that_describes_the_goods_is_said_on_purpose() -> None:
    assert understood("хлеб ржаной 3").cart == {"2": Decimal(3)}
    asked = understood("хлеб 2")
    assert asked.cart == {}
    assert [question.reason for question in asked.questions] == [Reason.ambiguous]


def test_first_order_as_usual_keeps_what_stands_beside_it() -> None:
    outcome = understood("как обычно, только хлеб столичный 8")
    assert outcome.cart == {"1": Decimal(8)}
    assert [notice.code for notice in outcome.notices] == ["nothing_to_repeat"]
