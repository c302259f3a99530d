"""Which model fits the data: fingerprints, cards, the current model; and the command line around them."""

import json
import subprocess
import sys

import evaluation
import model_card
import pytest
import training
from evaluation import Verdict


def archive_with_card(models, mark):
    archive = models / model_card.archive_name(mark)
    archive.write_bytes(b"archive")
    model_card.write_json(model_card.card_path(archive), {"fingerprint": mark})
    return archive


def test_the_fingerprint_changes_with_the_data_and_only_with_it(project):
    for folder in ("domain", "components", "order_text/lexicon", "data/nlu", "order_text/build"):
        (project / folder).mkdir(parents=True)
    (project / "config.yml").write_text("a: 1")
    marks = [model_card.fingerprint(project)]
    for name in (
        "config.yml",
        "domain/x.yml",
        "components/x.py",
        "order_text/x.py",
        "order_text/lexicon/x.py",
        "data/nlu/x.yml",
    ):
        (project / name).write_text(f"new: {name}")
        marks.append(model_card.fingerprint(project))
    assert len(set(marks)) == len(marks)
    (project / "order_text" / "build" / "x.py").write_text("copy")
    (project / "notes.txt").write_text("unrelated")
    assert model_card.fingerprint(project) == marks[-1]


def test_the_fingerprint_reads_the_real_data():
    names = {path.name for path in model_card.source_files()}
    assert {"config.yml", "ordering.yml", "generated.yml", "goods.yml", "linear_classifier.py", "annotate.py"} <= names
    assert not any("heldout" in str(path) for path in model_card.source_files())


def test_a_model_fits_only_with_its_card(project):
    models = project.parent / "models"
    assert model_card.fitting_model("abc", models) is None
    archive = archive_with_card(models, "abc")
    assert model_card.fitting_model("abc", models) == archive
    assert model_card.fitting_model("def", models) is None
    model_card.card_path(archive).write_text("{broken")
    assert model_card.fitting_model("abc", models) is None


def test_the_current_model_is_the_published_one(project):
    models = project.parent / "models"
    assert model_card.current_model(models) is None
    archive = archive_with_card(models, "abc")
    model_card.publish(archive, "abc", models)
    assert model_card.current_model(models) == archive
    archive.unlink()
    assert model_card.current_model(models) is None
    (models / model_card.CURRENT).write_text("[]")
    assert model_card.current_model(models) is None


def test_metrics_tell_asking_from_being_wrong():
    verdicts = [
        Verdict("а", "order", "order", 0.9),
        Verdict("б", "order", "nlu_fallback", 0.3),
        Verdict("в", "cart", "order", 0.8),
        Verdict("г", "cart", "cart", 0.7),
    ]
    figures = evaluation.metrics(verdicts)
    assert (figures["accuracy"], figures["not_understood"], figures["wrong"]) == (0.5, 0.25, 0.25)
    assert figures["false_orders"] == 1
    assert figures["intents"]["order"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "utterances": 2}
    assert [mistake["text"] for mistake in figures["mistakes"]] == ["б", "в"]
    assert "mistakes" not in evaluation.figures(verdicts)


def test_a_fitting_model_is_not_trained_again(archive):
    command = [sys.executable, "-X", "importtime", "training.py", "--if-needed"]
    done = subprocess.run(command, check=False, cwd=model_card.PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "подходит" in done.stdout
    assert "tensorflow" not in done.stderr  # nothing heavy is imported for a look


def test_path_names_the_current_model(archive):
    done = subprocess.run(
        [sys.executable, "training.py", "--path"], cwd=model_card.PROJECT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == str(archive)


def test_the_card_tells_how_the_model_came_about(archive):
    card = model_card.read_card(archive)
    assert card["fingerprint"] in archive.name
    assert card["versions"]["rasa"] == "3.6.21"
    assert card["seeds"] == ["random_seed: 42"]
    assert card["heldout"]["utterances"] == len(evaluation.heldout())
    assert card["strangers"]["utterances"] == len(evaluation.strangers())
    assert "mistakes" not in card["strangers"]
    json.dumps(card)


def test_a_failed_step_is_told(tmp_path):
    with pytest.raises(training.TrainingFailed, match="Проверка"):
        training.rasa("Проверка", ["no-such-command"], tmp_path / "log")
    assert (tmp_path / "log").read_text(encoding="utf-8")
