"""Measuring a model: what is told of it, what is not, and that the same comes out again."""

import json
import os
import subprocess
import sys
from collections import Counter

import evaluate
import evaluation
import model_card
import pytest
import yaml
from evaluation import Verdict

pytestmark = pytest.mark.timeout(600)
TOLERANCE = 0.005
"""Of shares and confidences after a second training; docs/train.md states it."""


def measured(archive, folder, **environment):
    out = folder / "measured.json"
    done = subprocess.run(
        [sys.executable, "evaluate.py", "--model", str(archive), "--out", str(out), "--pictures", str(folder / "p")],
        cwd=model_card.PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(out.read_text(encoding="utf-8")), done.stdout


@pytest.fixture(scope="module")
def whole(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluation")
    return (*measured(archive, folder), folder)


def test_an_evaluation_tells_everything(whole, archive):
    content, said, folder = whole
    assert content["version"] == model_card.version_of(archive)
    card, phrases = content["card"], content["phrases"]
    assert card["frozen"] == model_card.frozen_hash()
    assert Counter(one["set"] for one in phrases) == Counter(
        heldout=len(evaluation.heldout()),
        must=len(evaluation.must()),
        reviewed=len(evaluate.examples.reviewed(model_card.DATA / "nlu")),
    )
    assert set(phrases[0]) == {"set", "text", "expected", "got", "confidence"}
    assert card["heldout"]["accuracy"] >= 0.95
    assert card["must"]["utterances"] == len(evaluation.must())
    assert card["stories"] == {"stories": 6, "failed": []}
    assert "Испорченные фразы…" in said
    for name in card["pictures"]:
        assert (folder / "p" / name).read_bytes().startswith(b"\x89PNG")


def test_every_way_of_spoiling_is_measured(whole):
    flavours = whole[0]["card"]["flavours"]
    assert set(flavours) == {"plain", *evaluate.FLAVOURS}
    assert all(values["utterances"] > 200 for values in flavours.values())
    assert flavours["plain"]["accuracy"] >= max(values["accuracy"] for values in flavours.values())


def test_of_strangers_only_figures_are_told(whole):
    content = whole[0]
    assert content["card"]["strangers"]["utterances"] == len(evaluation.strangers())
    told = {row["text"] for row in content["phrases"]}
    own = {text for _, text in [*evaluation.heldout(), *evaluation.must()]}
    assert sum(text in told - own for _, text in evaluation.strangers()) == 0
    assert "mistakes" not in content["card"]["strangers"]


def test_a_phrase_is_spoilt_alike_whatever_stands_beside_it():
    pairs = evaluation.heldout()
    for name in evaluate.FLAVOURS:
        some, all_of_them = evaluate.spoilt(name, pairs[50:60]), evaluate.spoilt(name, pairs)
        assert [pair for pair in all_of_them if pair in some] == some
        assert not {text for _, text in all_of_them} <= {text for _, text in pairs}


def test_a_story_that_goes_another_way_is_named(archive, tmp_path):
    source = model_card.CHECKOUT / "tests" / "stories" / "test_conversations.yml"
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    story = content["stories"][1]
    story["steps"][1]["action"] = "action_promo"
    (tmp_path / "test_x.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    model = evaluation.Model(archive)
    assert model.stories(tmp_path) == {"stories": 6, "failed": [story["story"]]}
    assert model.stories(tmp_path / "missing") == {"stories": 0, "failed": []}


def test_the_card_is_given_what_broke():
    held, broken = Verdict("8", "order", "order", 0.9), Verdict("11", "order", "deny", 0.9)
    told = {"text": "11", "expected": "order", "got": "deny", "confidence": 0.9}
    assert evaluation.broken([held, broken]) == {"utterances": 2, "broken": [told]}


def test_pictures_are_drawn_of_whatever_there_is(tmp_path):
    for verdicts in ([Verdict("а", "order", "nlu_fallback", 0.0)], [Verdict("б", "order", "order", 1.0)] * 2000):
        for name in evaluate.draw(verdicts, tmp_path):
            assert (tmp_path / name).stat().st_size > 1000


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_training_twice_gives_the_same_model(tmp_path, home):
    """Twice from the same data, in a folder with models of its own each time."""
    results = []
    for number in range(2):
        models = home / "models"
        where = {"TRAINING_DIR": str(home)}
        command = [sys.executable, "training.py", "--candidate"]
        done = subprocess.run(
            command, cwd=model_card.PROJECT, env={**os.environ, **where}, check=True, capture_output=True, text=True
        )
        archive = models / done.stdout.splitlines()[-1].removeprefix("Модель: ")
        folder = tmp_path / str(number)
        folder.mkdir()
        results.append(measured(archive, folder, **where)[0])
        models.rename(home / f"models-{number}")
    first, second = results
    assert first["version"] == second["version"]
    for one, other in zip(first["phrases"], second["phrases"], strict=True):
        assert {**one, "confidence": 0} == {**other, "confidence": 0}
        assert abs(one["confidence"] - other["confidence"]) <= TOLERANCE
    one, other = first["card"], second["card"]
    assert one["stories"] == other["stories"]
    for part in ("heldout", "strangers"):
        for key in ("accuracy", "not_understood", "wrong"):
            assert abs(one[part][key] - other[part][key]) <= TOLERANCE
    for name, values in one["flavours"].items():
        assert abs(values["accuracy"] - other["flavours"][name]["accuracy"]) <= TOLERANCE
