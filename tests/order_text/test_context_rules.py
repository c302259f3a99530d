"""What only the neighbours tell: which numbers are dates, times, houses, prices and order numbers, no quantities."""

from decimal import Decimal

import pytest

from order_text import Kind, annotate


def quantities(text: str) -> list[Decimal | None]:
    """The plain numbers of a message, which may be quantities."""
    return [token.value for token in annotate(text).tokens if token.kind == Kind.number]


def said(text: str, kind: Kind) -> list[str]:
    """The texts of the tokens of one kind."""
    return [token.text for token in annotate(text).tokens if token.kind == kind]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("кефир 5 на 20 декабря", "20 декабря"), ("кефир 5 на 20.12", "20.12"), ("кефир 5 на 20.12.2025", "20.12.2025"),
        ("двадцатого декабря кефир 5", "20 декабря"), ("20-го кефир 5", "20 - го"),
        ("через 3 дня кефир 5", "через 3 дня"),
        ("кефир 5 через неделю", "через неделю"), ("в среду кефир 5", "среду"), ("в ср кефир 5", "ср"),
        ("завтра кефир 5", "завтра"), ("20 числа кефир 5", "20 числа"),
    ],
)  # fmt: skip
def test_a_day_is_a_date_and_its_number_no_quantity(text: str, date: str) -> None:
    assert said(text, Kind.date) == [date]
    assert quantities(text) == [5]


def test_days_ahead_are_counted() -> None:
    ahead = {
        text: annotate(text).tokens[0].value for text in ("через 3 дня", "через неделю", "через 2 недели", "через день")
    }
    assert ahead == {"через 3 дня": 3, "через неделю": 7, "через 2 недели": 14, "через день": 1}


def test_a_short_weekday_needs_a_preposition() -> None:
    assert said("ср", Kind.date) == []
    assert said("в пт", Kind.date) == ["пт"]


@pytest.mark.parametrize(
    ("text", "time"),
    [("кефир 5 к 9", "9"), ("кефир 5 после 12", "12"), ("до 10 утра кефир 5", "10 утра"), ("к 9:30 кефир 5", "9:30")]
)  # fmt: skip
def test_an_hour_is_a_time(text: str, time: str) -> None:
    assert said(text, Kind.time) == [time]
    assert quantities(text) == [5]


@pytest.mark.parametrize(
    "text",
    ["корп 2, кефир 5", "д. 14 кефир 5", "ул. Садовая, д. 5 кв 3\nкефир 5", "на Ленина 12 кефир 5", "км 1042 кефир 5"],
)
def test_houses_are_addresses(text: str) -> None:
    assert said(text, Kind.address)
    assert quantities(text) == [5]


def test_a_street_name_before_a_number_may_be_goods() -> None:
    assert said("плюшка московская 12", Kind.address) == []
    assert said("на московской 12", Kind.address) == ["московской 12"]


@pytest.mark.parametrize(
    "text",
    [
        "кефир 85 рублей 5", "кефир 85 руб/шт 5", "кефир цена 85 кол 5", "кефир 5 шт х 612,00 = 3060,00",
        "кефир по 92 — 5 шт",
        "кефир 5 итого 460,00", "кефир 5 сумма: 460,00",
    ],
)  # fmt: skip
def test_prices_and_sums_are_money(text: str) -> None:
    assert said(text, Kind.money)
    assert quantities(text) == [5]


def test_a_figure_with_kopecks_alone_is_a_quantity() -> None:
    assert quantities("сыр 1,25") == [Decimal("1.25")]


@pytest.mark.parametrize("text", ["заказ 120", "заявка №120", "накладная 45", "по счету № 17", "повтори заказ 101"])
def test_numbers_of_orders_are_no_quantities(text: str) -> None:
    assert len(said(text, Kind.order_number)) == 1
    assert quantities(text) == []


def test_an_order_of_a_number_of_goods_is_no_order_number() -> None:
    assert quantities("заказ 12 кефира") == [12]


def test_articles_are_no_quantities() -> None:
    assert quantities("арт 12345 кефир 5") == [5]


@pytest.mark.parametrize("text", ["на 20 человек", "20 гостей", "на 3 персоны", "на 30 минут"])
def test_people_and_minutes_are_no_goods(text: str) -> None:
    assert quantities(text) == []


def test_a_number_sign_makes_a_code() -> None:
    assert said("чай №36 5", Kind.code) == ["№36"]


def test_a_size_as_it_is_dictated() -> None:
    (size,) = [token for token in annotate("креветка сорок на сорок пять пять штук").tokens if token.kind == Kind.span]
    assert (size.value, size.value2) == (40, 45)
    assert quantities("креветка сорок на сорок пять пять штук") == [5]
