"""Which model fits the data: fingerprints, cards, the current model; and the command line around them."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import evaluation
import model_card
import pytest
import training
from evaluation import Verdict

MEASURED = {"heldout": {}}


def archive_with_card(models, mark, **card):
    archive = models / model_card.archive_name(mark)
    archive.write_bytes(b"archive")
    model_card.write_json(model_card.card_path(archive), {"fingerprint": mark, **card})
    return archive


def written_at(path, seconds):
    os.utime(path, (seconds, seconds))
    return path


def test_the_fingerprint_changes_with_the_data_and_only_with_it(project):
    data = project.parent / "data"
    for folder in ("domain", "components", "order_text/lexicon", "order_text/build"):
        (project / folder).mkdir(parents=True)
    for folder in ("nlu/reviewed", "frozen"):
        (data / folder).mkdir(parents=True)
    (project / "config.yml").write_text("a: 1")
    marks = [model_card.fingerprint(project, data)]
    for name in (
        "rasa_project/config.yml",
        "rasa_project/domain/x.yml",
        "rasa_project/components/x.py",
        "rasa_project/order_text/x.py",
        "rasa_project/order_text/lexicon/x.py",
        "data/nlu/x.yml",
        "data/nlu/reviewed/x.yml",
    ):
        (project.parent / name).write_text(f"new: {name}")
        marks.append(model_card.fingerprint(project, data))
    assert len(set(marks)) == len(marks)
    (project / "order_text" / "build" / "x.py").write_text("copy")
    (project / "notes.txt").write_text("unrelated")
    (data / "frozen" / "x.yml").write_text("order: [лук 5]")
    assert model_card.fingerprint(project, data) == marks[-1]


def test_the_base_does_not_change_with_what_the_training_loop_writes(project):
    data = project.parent / "data"
    (data / "nlu" / "reviewed").mkdir(parents=True)
    (project / "patterns").mkdir()
    (data / "nlu" / "ordering.yml").write_text("a: 1")
    before = model_card.base(project, data)
    for name in ("reviewed/ordering.yml", "generated.yml"):
        (data / "nlu" / name).write_text("b: 2")
    assert model_card.base(project, data) == before
    (project / "patterns" / "ordering.txt").write_text("[order 5]")
    patterns = model_card.base(project, data)
    (data / "nlu" / "ordering.yml").write_text("c: 3")
    assert len({before, patterns, model_card.base(project, data)}) == 3


def test_the_fingerprint_reads_the_real_data():
    names = {path.name for path in model_card.source_files()}
    assert {"config.yml", "ordering.yml", "generated.yml", "goods.yml", "linear_classifier.py", "annotate.py"} <= names
    assert not any("frozen" in str(path) or "development" in str(path) for path in model_card.source_files())


def test_data_and_models_lie_in_the_training_folder(tmp_path):
    told = "import model_card as m; print(m.DATA, m.MODELS, *m.data_files())"
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    example = tmp_path / "data" / "nlu" / "x.yml"
    example.touch()
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=model_card.PROJECT,
        env={**os.environ, "TRAINING_DIR": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(tmp_path / "data"), str(tmp_path / "models"), str(example)]


def test_a_model_fits_only_with_its_card(project):
    models = project.parent / "models"
    assert model_card.fitting_model("abc", "base", models) is None
    archive = archive_with_card(models, "abc", **MEASURED)
    assert model_card.fitting_model("abc", "base", models) == archive
    assert model_card.fitting_model("def", "base", models) is None
    model_card.card_path(archive).write_text("{broken")
    assert model_card.fitting_model("abc", "base", models) is None


def test_the_model_in_use_is_kept_while_its_base_is_the_present_one(project):
    models = project.parent / "models"
    current = archive_with_card(models, "abc", base="base", gate={"passed": False}, **MEASURED)
    archive_with_card(models, "def", base="base", gate={"passed": True}, **MEASURED)
    model_card.publish(current, "abc", models)
    assert model_card.fitting_model("other data", "base", models) == current
    assert model_card.fitting_model("other data", "other base", models) is None


def test_else_the_newest_fitting_one_is_taken_that_a_start_has_trained(project):
    models = project.parent / "models"
    fine = {"base": "base", **MEASURED}
    written_at(archive_with_card(models, "old", **fine), 1000)
    newest = written_at(archive_with_card(models, "new", **fine), 2000)
    for seconds, passed in ((2500, True), (3000, False)):  # people may have taken it out again as bad
        written_at(archive_with_card(models, f"candidate{seconds}", gate={"passed": passed}, **fine), seconds)
    written_at(archive_with_card(models, "unmeasured", base="base"), 4000)
    written_at(archive_with_card(models, "foreign", base="other", **MEASURED), 5000)
    assert model_card.fitting_model("data", "base", models) == newest


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


def test_a_model_of_the_present_data_is_no_new_candidate(archive):
    current = (model_card.MODELS / model_card.CURRENT).read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "training.py", "--candidate"],
        cwd=model_card.PROJECT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == f"Модель: {model_card.archive_name(model_card.fingerprint())}"
    assert (model_card.MODELS / model_card.CURRENT).read_text(encoding="utf-8") == current


def wait_for_child(pid):
    """Of the process: the id of the one it starts."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        done = subprocess.run(["pgrep", "-P", str(pid), "-f", "rasa"], check=False, capture_output=True, text=True)
        if done.stdout:
            return int(done.stdout)
        time.sleep(0.05)
    pytest.fail("no process was started")


def test_a_stopped_training_leaves_nothing_behind(home):
    process = subprocess.Popen(
        [sys.executable, "training.py", "--candidate"],
        cwd=model_card.PROJECT,
        env={**os.environ, "TRAINING_DIR": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "Проверка данных…\n"
    (scratch,) = (home / "models").glob(".training-*")
    child = wait_for_child(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert not scratch.exists()
    assert [path.name for path in (home / "models").iterdir()] == ["training.log"]
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


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
    assert card["heldout"]["utterances"] >= 300
    assert "mistakes" not in card["strangers"]


def test_what_a_model_is_made_of():
    origin = model_card.origin()
    assert origin["fingerprint"] == model_card.fingerprint()
    assert all(re.fullmatch("[0-9a-f]{16}", origin[key]) for key in ("base", "data_hash", "order_text_hash"))
    assert origin["examples"]["written"] > 5000
    assert origin["examples"]["generated"] > 3000
    json.dumps(training.card(origin, 100))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A training folder with a file written by hand and a reviewed one."""
    data, models = tmp_path / "data", tmp_path / "models"
    for name in ("ordering.yml", "reviewed/ordering.yml"):
        path = data / "nlu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("nlu: []\n# as it lies there\n")
    models.mkdir()
    monkeypatch.setattr(model_card, "DATA", data)
    monkeypatch.setattr(model_card, "MODELS", models)
    monkeypatch.setattr(model_card.current_model, "__defaults__", (models,))
    return tmp_path


def reviewed_of(data):
    path = data / "nlu" / "reviewed" / "ordering.yml"
    return path.read_text() if path.is_file() else None


def test_the_first_model_learns_what_lies_there(folder):
    with training.served() as data:
        assert data == folder / "data"


def test_a_start_learns_only_what_the_model_in_use_has_learnt(folder):
    archive = archive_with_card(folder / "models", "abc")
    model_card.publish(archive, "abc", folder / "models")
    with training.served() as data:
        assert reviewed_of(data) is None
        assert (data / "nlu" / "ordering.yml").is_file()
    model_card.learnt(archive).mkdir(parents=True)
    (model_card.learnt(archive) / "ordering.yml").write_text("nlu: []\n# what passed\n")
    with training.served() as data:
        assert reviewed_of(data).endswith("# what passed\n")
        left = data
    assert not left.exists()


def test_the_commit_is_told_where_there_is_a_checkout_or_somebody_says(tmp_path, monkeypatch):
    monkeypatch.delenv("GIT_COMMIT", raising=False)
    assert model_card.git(tmp_path) is None
    monkeypatch.setenv("GIT_COMMIT", "1f0e")
    assert model_card.git(tmp_path) == {"commit": "1f0e", "dirty": False}
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    clean = model_card.git(tmp_path)
    assert len(clean["commit"]) == 40
    assert not clean["dirty"]
    (tmp_path / "new.yml").touch()
    assert model_card.git(tmp_path) == {"commit": clean["commit"], "dirty": True}


def test_a_model_is_named_by_path_file_or_version(project, monkeypatch):
    models = project.parent / "models"
    archive = archive_with_card(models, "abc")
    for name in (str(archive), archive.name, "abc"):
        assert model_card.archive(name, models) == archive
    with pytest.raises(FileNotFoundError):
        model_card.archive("def", models)


def test_a_failed_step_is_told(tmp_path):
    with pytest.raises(training.TrainingFailed, match="Проверка"):
        training.rasa("Проверка", ["no-such-command"], tmp_path / "log")
    assert (tmp_path / "log").read_text(encoding="utf-8")
