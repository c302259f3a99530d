"""Values of OData version 2, there and back."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.erp.errors import ErpError
from api.erp.sap.literals import day_in, day_out, decimal_out, key, moment_in, portions, text, time_in
from api.erp.sap.records import Record
from tests.api.erp.sap.conditions import parse


@given(some.dates())
def test_a_day_comes_back(day: date) -> None:
    assert day_in(day_out(day)) == day


@given(some.text(max_size=40))
def test_a_condition_finds_exactly_its_text(value: str) -> None:
    """The emulator's own parser reads what we quote; nothing breaks out of the quotes."""
    test = parse(f"F eq {text(value)} and G eq 'x'", {"F": "s", "G": "s"})
    assert test({"F": value, "G": "x"})
    assert not test({"F": value + "'", "G": "x"})
    assert not test({"F": value, "G": "y"})


@given(some.decimals(min_value=0, max_value=10**9, places=3))
def test_a_decimal_is_written_without_an_exponent(value: Decimal) -> None:
    assert Decimal(decimal_out(value)) == value
    assert "E" not in decimal_out(value)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("/Date(1483930804343+0000)/", datetime(2017, 1, 9, 3, 0, 4, 343000, tzinfo=UTC)),
        ("/Date(1483930804000+0180)/", datetime(2017, 1, 9, 3, 0, 4, tzinfo=UTC)),
        ("/Date(-86400000)/", datetime(1969, 12, 31, tzinfo=UTC)),
        ("/Date(253402214400000)/", datetime(9999, 12, 31, tzinfo=UTC)),
        ("", None),
        ("2026-01-01", None),
    ],
)
def test_moments(told: str, expected: datetime | None) -> None:
    """The offset tells in which zone the system thinks; the milliseconds are UTC already."""
    assert moment_in(told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("PT08H30M00S", time(8, 30)),
        ("PT7H", time(7)),
        ("P0DT23H59M59.5S", time(23, 59, 59)),
        ("PT24H00M00S", time(23, 59, 59)),
        ("", None),
    ],
)
def test_times(told: str, expected: time | None) -> None:
    assert time_in(told) == expected


def test_keys_and_portions() -> None:
    assert key(SalesOrder="5'1") == "('5''1')"
    assert key(SalesOrder="1", SalesOrderItem="10") == "(SalesOrder='1',SalesOrderItem='10')"
    assert [len(part) for part in portions(str(number % 45) for number in range(90))] == [20, 20, 5]


def test_records_read_what_releases_write() -> None:
    record = Record(
        {
            "A": "X",
            "B": True,
            "C": " ",
            "N": "1.500",
            "W": "пять",
            "E": {"results": [{"a": 1}]},
            "D": {"__deferred": {}},
        }
    )
    assert (record.flag("A"), record.flag("B"), record.flag("C"), record.flag("Z")) == (True, True, False, False)
    assert (record.number("N"), record.number("C"), record.number("Z")) == (Decimal("1.5"), 0, 0)
    assert (len(record.many("E")), record.many("D"), record.many("Z")) == (1, [], [])
    assert Record({"V": "/Date(253402214400000)/"}).day("V") is None
    with pytest.raises(ErpError) as wrong:
        record.number("W")
    assert wrong.value.permanent
