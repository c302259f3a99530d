"""models/ with whatever people and crashes leave there."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.training import command
from api.training.cards import Cards

GOOD, BROKEN = "a" * 16, "b" * 16
AT = datetime(2025, 12, 10, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def put(root: Path, version: str, card: object, at: datetime = AT) -> None:
    cards = Cards(root)
    cards.models.mkdir(exist_ok=True)
    cards.archive(version).touch()
    os.utime(cards.archive(version), (at.timestamp(), at.timestamp()))
    if card is not None:
        text = card if isinstance(card, str) else json.dumps(card)
        (cards.models / f"intents-{version}.json").write_text(text)


@pytest.mark.parametrize(
    ("card", "passed"),
    [
        (None, False),
        ("{no json", False),
        ("[]", False),
        ("[" * 100_000, False),
        ({"gate": "yes"}, False),
        ({"gate": {"passed": "yes"}}, False),
        ({"gate": {"passed": True}, "trained_at": LATER.replace(tzinfo=None).isoformat()}, True),
        ({"heldout": 5, "trained_at": 7}, None),
        ({"heldout": {"accuracy": "much"}, "trained_at": "yesterday"}, None),
    ],
)
def test_a_broken_card_is_listed_and_keeps_nobody_from_the_others(tmp_path: Path, card: Any, passed: bool) -> None:
    put(tmp_path, GOOD, {"trained_at": AT.isoformat(), "gate": {"passed": True}})
    put(tmp_path, BROKEN, card, LATER)
    broken, good = Cards(tmp_path).versions()
    assert (good.version, good.passed, good.trained_at) == (GOOD, True, AT)
    assert (broken.version, broken.passed, broken.trained_at) == (BROKEN, passed, LATER)
    assert command._accuracy(broken) == "свои фразы —"


@pytest.mark.parametrize("name", ["", "..", "../models/intents-x", "A" * 16, "a" * 15, "a" * 17, f"{GOOD}\n"])
def test_a_name_that_is_no_version_names_no_file(tmp_path: Path, name: str) -> None:
    put(tmp_path, GOOD, {})
    assert Cards(tmp_path).version(name) is None


@pytest.mark.parametrize(
    "current", ["", "{", "[]", '{"model": 5}', '{"model": "../x.tar.gz"}', f'{{"model": "intents-{BROKEN}.tar.gz"}}']
)
def test_no_current_model_where_none_can_be_told(tmp_path: Path, current: str) -> None:
    put(tmp_path, GOOD, {})
    cards = Cards(tmp_path)
    (cards.models / "current.json").write_text(current)
    assert cards.current() == ""
    cards.make_current(GOOD)
    assert cards.current() == GOOD
