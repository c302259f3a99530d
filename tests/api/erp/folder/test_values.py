"""Cells as people write them."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.product import Packaging
from api.erp.folder import values, writing

D = Decimal
amounts = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50 ₽", "1234.50"),
        ("1\u202f234.5руб.", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("0", "0"),
        ("1'000", "1000"),
        ("89,90 р.", "89.90"),
        (D("0.3"), "0.3"),
    ],
)
def test_numbers(cell: str | Decimal, number: str) -> None:
    assert values.number(cell) == D(number)


@pytest.mark.parametrize(
    "cell", ["-1", "1e9", "nan", "Infinity", "1 000 000 001", "9" * 400, "12 шт", "1-2", "١٢", "=1+1", D(-1), ""]
)
def test_what_is_no_number(cell: str | Decimal) -> None:
    with pytest.raises(values.Wrong):
        values.number(cell)


@pytest.mark.parametrize("cell", ["1.250", "1,250", "89,900 ₽", "999.999"])
def test_three_figures_behind_a_mark_may_be_thousands_of_roubles(cell: str) -> None:
    with pytest.raises(values.Wrong, match="копеек"):
        values.money(cell)
    assert values.number(cell) < 1000  # of quantities 1C writes three decimals


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("0,125", "0.125"), ("1 250", "1250"), ("1.250,00", "1250"), ("1250.500", "1250.5"), (D("1.25"), "1.25")],
)
def test_sums_that_mean_one_thing(cell: str | Decimal, amount: str) -> None:
    assert values.money(cell) == D(amount)


@pytest.mark.parametrize("cell", [date(2025, 10, 1), "1,2E+05"])
def test_a_code_that_excel_spoilt_is_lost(cell: date | str) -> None:
    with pytest.raises(values.Wrong, match="Текстовый"):
        values.code(cell)


@given(amounts, st.sampled_from([",", "."]), st.sampled_from(["", " ", "\u00a0"]))
def test_a_number_is_itself_whatever_its_marks(amount: Decimal, point: str, gap: str) -> None:
    assert values.number(f"{amount:,f}".replace(".", "|").replace(",", gap).replace("|", point)) == amount


@given(amounts)
def test_what_we_write_as_a_number_reads_back(amount: Decimal) -> None:
    assert values.number(writing.shown(amount)) == amount


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_days_in_all_their_forms(day: date) -> None:
    forms = (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d.%m.%Y} 0:00:00", f"{day:%Y-%m-%dT00:00}", writing.shown(day))
    assert {values.day(form) for form in forms} == {day}


@pytest.mark.parametrize("cell", ["31.02.2025", "16.13.2025", "01.01.1025", "завтра", "", D(45000)])
def test_what_is_no_day(cell: str | Decimal) -> None:
    with pytest.raises(values.Wrong):
        values.day(cell)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("пн, ср, пт", (1, 3, 5)),
        ("1,3,5", (1, 3, 5)),
        (D("1.3"), (1, 3)),
        ("пн-пт", (1, 2, 3, 4, 5)),
        ("Пн – Ср, Сб.", (1, 2, 3, 6)),
        ("ежедневно", (1, 2, 3, 4, 5, 6, 7)),
        ("Вторник", (2,)),
        ("135", (1, 3, 5)),
    ],
)
def test_weekdays(cell: str | Decimal, days: tuple[int, ...]) -> None:
    assert values.weekdays(cell) == days


@pytest.mark.parametrize("cell", ["", "8", "пн-", "когда-нибудь", "по звонку"])
def test_what_is_no_weekday(cell: str) -> None:
    with pytest.raises(values.Wrong):
        values.weekdays(cell)


@pytest.mark.parametrize("cell", ["кор=12", "кор 12", "кор.(12)", "кор-12", "кор x 12"])
def test_a_packing(cell: str) -> None:
    assert values.packs(cell) == (Packaging("кор", D(12)),)


def test_several_packings() -> None:
    assert values.packs("кор=12; дес=10 | бл=2,5") == (
        Packaging("кор", D(12)), Packaging("дес", D(10)), Packaging("бл", D("2.5"))
    )  # fmt: skip
    for wrong in ("кор", "кор=0", "кор=12;кор=24", "12"):
        with pytest.raises(values.Wrong):
            values.packs(wrong)


def test_times_codes_and_words() -> None:
    assert [values.clock(cell) for cell in ("9", "9:30", "09-30", "12:00:00")] == [
        time(9), time(9, 30), time(9, 30), time(12)
    ]  # fmt: skip
    assert [values.yes(cell) for cell in ("Да", "+", "1", "нет", "-", D(0))] == [True] * 3 + [False] * 3
    assert values.code(D(20013)) == "20013"
    assert values.debt("-1 500,00") == D(-1500)
    assert values.debt(D(-3)) == D(-3)
    for spoilt in ("4,60713E+12", "4.6E+12"):
        with pytest.raises(values.Wrong, match="Текстовый"):
            values.code(spoilt)
    for wrong in ("25:00", "9:75", "утром"):
        with pytest.raises(values.Wrong):
            values.clock(wrong)
