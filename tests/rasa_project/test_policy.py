"""Rasa's own checks of data and policy, as a developer runs them in rasa_project/."""

import subprocess
import sys

import model_card

from tests.rasa_project.server import environment


def rasa_command(*arguments):
    variables = environment(RASA_GATEWAY_SECRET="x", RASA_DB_URL="sqlite://", ACTIONS_URL="http://127.0.0.1:1")
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=model_card.PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
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
