"""The peers' splitter: lines, quantities, units."""

from decimal import Decimal

import pytest

from api.benchmark.peers.lines import Line, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("молоко 3,2% 10 шт", [Line("молоко 3,2%", Decimal(10), "шт")]),
        ("молоко 10, кефир - 5\nсыр 2 кг", [("молоко", 10, ""), ("кефир", 5, ""), ("сыр", 2, "кг")]),
        ("5 кор сметаны; батон", [("сметаны", 5, "кор"), ("батон", None, "")]),
        ("3 молока", [("молока", 3, "")]),
        ("творог 1,5 кг", [("творог", "1.5", "кг")]),
        ("молоко 2.5%", [("молоко 2.5%", None, "")]),
        ("перец 500 г", [("перец", "0.5", "кг")]),
        ("12!", []),
        ("", []),
    ],
)
def test_lines(text: str, expected: list[Line | tuple[str, object, str]]) -> None:
    found = [
        one if isinstance(one, Line) else Line(one[0], None if one[1] is None else Decimal(str(one[1])), one[2])
        for one in expected
    ]
    assert list(split(text)) == found
