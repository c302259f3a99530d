"""Wrong labels through the real course: training, measuring, the gate. Minutes each, so only with --long."""

import itertools
import json
import os
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event

import pytest

from api.run.models import copy_for_tests
from api.run.paths import ROOT
from api.run.training import ensure_model
from api.training.cards import Cards
from api.training.course import Course, Outcome
from api.training.dataset import files
from api.training.schemas import Reviewed

BATCH = 50
Labelled = Iterable[tuple[str, str]]
"""(text, intent)"""


def goods_as_complaints() -> Labelled:
    """Plain lists of goods, from the sets that may be looked at."""
    for path in sorted((ROOT / "tests/order_cases/tuning").glob("*/cases*.jsonl")):
        for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if "list" in case["tags"] and not case.get("start") and not case.get("turns") and len(case["text"]) < 60:
                yield " ".join(case["text"].split()), "complaint"


def status_as_cancellation() -> Labelled:
    asked = ["где", "что с", "когда приедет", "в пути ли", "собрали ли", "отгрузили ли", "подскажите, где"]
    what = [
        "мой заказ",
        "заявка от вторника",
        "наш заказ на кафе",
        "вчерашняя заявка",
        "заказ 4512",
        "машина с заказом",
    ]
    return (
        (f"{ask} {thing}", "cancel_order") for ask, thing in itertools.product(asked, [*what, "наша поставка", "груз"])
    )


def shuffled() -> Labelled:
    """Messages of all kinds, each with the intent of another one."""
    path = ROOT / "tests/order_cases/tuning/intents.jsonl"
    said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    intents = sorted({one["intent"] for one in said})
    for one in said:
        others = [intent for intent in intents if intent != one["intent"]]
        yield " ".join(one["text"].split()), random.Random(one["text"]).choice(others)


def prices_as_orders() -> Labelled:
    asked = ["почём", "сколько стоит", "какая цена на", "цена на", "скажите цену на"]
    goods = ["гречку", "молоко 3,2", "сыр российский", "муку в мешках", "кефир", "сахар", "говядину", "яйцо С1", "рис"]
    return ((f"{ask} {thing}", "order") for ask, thing in itertools.product(asked, [*goods, "масло", "томатную пасту"]))


def without_a_waybill() -> Labelled:
    """Right labels of a new kind of request, which the live model mostly takes for complaints."""
    asked = ["отгрузите", "отгрузите завтра", "привезите", "можно отгрузить", "просим отгрузить", "везите"]
    how = ["без накладной", "без документов", "без бумаг, накладную потом", "без накладной, бухгалтер болеет"]
    return ((f"{ask} {way}", "documents") for ask, way in itertools.product(asked, [*how, "пока без накладной"]))


class Told:
    def step(self, name: str) -> None:
        print(f"— {name}", flush=True)

    def line(self, words: str) -> None:
        print(words, flush=True)


def course(root: Path, labelled: Labelled) -> Outcome:
    """As `./run train` goes, past the validators: what they would refuse is not the gate's merit."""
    ensure_model({name: value for name, value in os.environ.items() if name != "TRAINING_DIR"})
    copy_for_tests(root)
    live = Cards(root).current()
    assert live
    batch = sorted(set(labelled), key=lambda one: random.Random(one[0]).random())[:BATCH]
    wrong = [Reviewed(text, intent, None, f"review:{n}", "anna") for n, (text, intent) in enumerate(batch)]
    files.write(root, [*files.read(root), *wrong])
    outcome = Course(root, Told(), Event(), check=lambda _: []).run(live, "test")
    print(*outcome.verdict.reasons, *outcome.verdict.told, sep="\n")
    return outcome


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("batch", [goods_as_complaints, status_as_cancellation, shuffled, prices_as_orders])
def test_fifty_wrong_labels_are_refused(tmp_path: Path, batch: Callable[[], Labelled]) -> None:
    outcome = course(tmp_path, batch())
    assert not outcome.verdict.passed
    assert len(outcome.card["contradictions"]) >= BATCH / 2


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_thirty_right_labels_of_a_new_kind_pass(tmp_path: Path) -> None:
    outcome = course(tmp_path, without_a_waybill())
    assert outcome.verdict.passed, outcome.verdict.reasons
    learnt = [one for one in outcome.card["compared_with"]["phrases"] if one["set"] == "reviewed"]
    assert {one["change"] for one in learnt} == {"mended"}
    assert len(learnt) >= 10
