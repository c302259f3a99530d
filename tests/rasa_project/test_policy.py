"""Rasa's own checks of data and policy, as a developer runs them in rasa_project/."""

import subprocess
import sys

import model_card
import pytest

from tests.rasa_project.server import environment


def rasa_command(*arguments, said=""):
    variables = environment(RASA_GATEWAY_SECRET="x", RASA_DB_URL="sqlite://", ACTIONS_URL="http://127.0.0.1:1")
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=model_card.PROJECT,
        env=variables,
        input=said,
        capture_output=True,
        text=True,
        timeout=1200,
    )


def test_conversations_go_as_the_stories_tell(archive, tmp_path):
    done = rasa_command(
        "test",
        "core",
        "--stories",
        "../tests/stories",
        "--model",
        str(archive),
        "--out",
        str(tmp_path),
        "--fail-on-prediction-errors",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Correct:          6 / 6" in done.stderr + done.stdout


@pytest.mark.timeout(300)
def test_the_data_are_valid_for_rasa():
    done = rasa_command("data", "validate", "--domain", "domain")
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.timeout(300)
def test_the_stories_are_drawn(tmp_path):
    out = tmp_path / "graph.html"
    done = rasa_command("visualize", "--domain", "domain", "--stories", "../tests/stories", "--out", str(out))
    assert done.returncode == 0, done.stderr[-3000:]
    assert "action_confirm_order" in out.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_rasa_trains_by_its_own_command(tmp_path):
    done = rasa_command("train", "--domain", "domain", "--out", str(tmp_path), "--fixed-model-name", "trial")
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "trial.tar.gz").stat().st_size > 1_000_000


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_intents_are_cross_validated(tmp_path):
    data = ("--nlu", "data/nlu", "--domain", "domain")
    done = rasa_command("test", "nlu", *data, "--cross-validation", "--folds", "2", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "intent_report.json").exists()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_phrase_is_tried_in_the_shell(archive):
    done = rasa_command("shell", "nlu", "--model", str(archive), said="сметаны пять вёдер\n/stop\n")
    assert done.returncode == 0, done.stderr[-3000:]
    assert '"name": "order"' in done.stdout
