"""Each check on a small root, and all of them on the data that is there."""

from pathlib import Path
from typing import Any

import pytest

from api.run.paths import ROOT
from api.training.dataset import checks, files
from api.training.schemas import Finding, Reviewed


def found(root: Path, *examples: tuple[str, str], entities: tuple[dict[str, Any], ...] | None = None) -> list[Finding]:
    files.write(root, [Reviewed(text, intent, entities, "review:1", "anna") for intent, text in examples])
    return checks.check(root)


def test_the_data_is_fit_for_training() -> None:
    """The one word of two alphabets is on purpose: people write so."""
    told = checks.check(ROOT)
    assert [one for one in told if one.severity == "error"] == []
    assert {one.text for one in told if one.check == "look_alike"} == {"гдe заказ"}


def test_good_examples(root: Path) -> None:
    assert found(root, ("order", "сгуха 5 банок"), ("documents", "отгрузите без накладной")) == []


@pytest.mark.parametrize(
    ("intent", "text", "check", "words"),
    [
        ("order", "Пришлите накладную!", "conflict", "«documents» (data/nlu/account.yml)"),
        ("order_status", "где заказ", "twice", "data/nlu/account.yml"),
        ("order", "мoлоко 5", "look_alike", "«мoлоко»"),
        ("order", "хлеба бы нам", "leak", "data/frozen/strangers.yml"),
        ("order", "позовите Ольгу Петровну", "personal", "«позовите Анну»"),
        ("order", "покажите мои заказыы", "near", "«order_status»"),
    ],
)
def test_what_keeps_from_training(root: Path, intent: str, text: str, check: str, words: str) -> None:
    [one] = found(root, (intent, text))
    assert (one.severity, one.check, one.text) == ("error", check, text)
    assert one.where in ("data/nlu/reviewed/ordering.yml", "data/nlu/reviewed/account.yml")
    assert words in one.words


@pytest.mark.parametrize(
    ("intent", "text", "check"),
    [("order_status", "Где заказ?", "twice"), ("order_status", "покажите мои заказыы", "near")],
)
def test_what_is_only_told(root: Path, intent: str, text: str, check: str) -> None:
    [one] = found(root, (intent, text))
    assert (one.severity, one.check) == ("warning", check)


def test_a_no_and_other_figures_make_no_near_conflict(root: Path) -> None:
    assert found(root, ("order_status", "не добавьте кефир"), ("repeat_order", "как обычно 120 и 130")) == []


def test_both_reviewed_ones_of_a_conflict_are_told(root: Path) -> None:
    told = found(root, ("order", "без бумаг"), ("documents", "Без бумаг."))
    assert [(one.check, one.text) for one in told if one.check == "conflict"] == [
        ("conflict", "Без бумаг."), ("conflict", "без бумаг"),
    ]  # fmt: skip


def test_the_frozen_text_itself_is_never_shown(root: Path) -> None:
    [one] = found(root, ("order", "хлеба, бы нам"))
    assert "Хлеба бы нам" not in one.words + one.text


def test_pieces_that_nobody_knows(root: Path) -> None:
    [one] = found(root, ("order", "сгуха"), entities=({"start": 0, "end": 5, "entity": "brand", "value": "сгуха"},))
    assert one.check == "entity" and "brand" in one.words


def test_an_intent_whose_hand_written_examples_went(root: Path) -> None:
    found(root, ("repeat_order", "то же самое"))
    (root / "data/nlu/ordering.yml").write_text("version: '3.1'\nnlu: []\n")
    assert [one.check for one in checks.check(root)] == ["unknown_intent"]


@pytest.mark.parametrize("name", ["nlu/account.yml", "nlu/reviewed/ordering.yml", "frozen/strangers.yml"])
def test_a_file_that_cannot_be_read(root: Path, name: str) -> None:
    found(root, ("order", "сгуха 5 банок"))
    (root / "data" / name).write_text("nlu: [\n", "utf-8")
    one = checks.check(root)[0]
    assert (one.severity, one.check, one.where) == ("error", "unreadable", f"data/{name}")


def test_a_phone_in_a_hand_written_file(root: Path) -> None:
    path = root / "data/nlu/ordering.yml"
    path.write_text(path.read_text("utf-8") + "      - звоните 89123456789\n      - 8 900 000-00-00 звоните\n", "utf-8")
    [one] = checks.check(root)
    assert (one.check, one.text, one.where) == ("personal", "звоните 89123456789", "data/nlu/ordering.yml")
