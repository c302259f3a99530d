"""The peers' pipeline: cut-offs, near ties, packings, sums; DIET's entities paired in order."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.benchmark.peers.diet import said
from api.benchmark.peers.lines import Line, split
from api.benchmark.peers.pipeline import Said, Settings, understand
from api.benchmark.peers.ranking import RANKERS
from api.benchmark.sets import Catalogue

CATALOGUE = """sku;name;category;brand;base_unit;packs;step
1;Молоко Луговое 3,2%;;;шт;кор=12;1
2;Молоко Луговое 2,5%;;;шт;кор=12;1
3;Кефир Степной;;;шт;;1
"""


@pytest.fixture
def known(tmp_path: Path) -> Catalogue:
    (tmp_path / "catalog.csv").write_text(CATALOGUE, encoding="utf-8")
    return Catalogue(tmp_path)


def parsed(known: Catalogue, text: str, settings: Settings, **more: Any) -> dict[str, Any]:
    rank = RANKERS["token_set_ratio"]([entry.item.name for entry in known.index.entries])
    case = {"id": "1", "client": "NEW", "text": text, **more}
    return understand(case, known, rank, settings, lambda text: Said("order", tuple(split(text))))


def test_lines_become_base_units_and_the_same_product_is_summed(known: Catalogue) -> None:
    found = parsed(known, "кефир степной 2, кефир 3, молоко луговое 3,2% 2 кор", Settings(), start={"2": "1"})
    assert found == {"id": "1", "cart": {"1": "24", "2": "1", "3": "5"}, "questions": []}


@pytest.mark.parametrize(
    ("text", "reason"), [("верблюжатина 5", "unknown"), ("кефир", "quantity"), ("кефир 2 кор", "unit")]
)
def test_what_is_not_clear_is_asked(known: Catalogue, text: str, reason: str) -> None:
    found = parsed(known, text, Settings())
    assert [question["reason"] for question in found["questions"]] == [reason]
    assert found["cart"] == {}


def test_near_ties_are_asked_only_when_told_to(known: Catalogue) -> None:
    assert parsed(known, "молоко луговое 5", Settings())["cart"] == {"1": "5"}
    assert parsed(known, "молоко луговое 5", Settings(ask_within=3.0))["questions"][0]["candidates"][:2] == ["1", "2"]


def test_earlier_turns_come_first(known: Catalogue) -> None:
    assert parsed(known, "кефир 3", Settings(), turns=["кефир 1"])["cart"] == {"3": "3"}


def test_entities_are_paired_in_order() -> None:
    entities = [["product", "молоко"], ["quantity", "10"], ["unit", "кор"], ["product", "кефир"], ["quantity", "два"]]
    assert said({"intent": "order", "entities": entities}) == Said(
        "order", (Line("молоко", Decimal(10), "кор"), Line("кефир"))
    )
    assert said({"intent": "complaint", "entities": []}) == Said("other")
