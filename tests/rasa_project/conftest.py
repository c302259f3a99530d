"""One Rasa with the trained model and an action server that only echoes, for all tests of this folder."""

import shutil
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import model_card
import pytest

from tests.rasa_project.server import SECRET, EchoingActions, RunningRasa, free_port, rasa_run, wait_until_ready


@pytest.fixture(scope="session")
def archive():
    """The model of the present data; trained (two minutes) when there is none."""
    subprocess.run([sys.executable, "training.py", "--if-needed"], cwd=model_card.PROJECT, check=True)
    return model_card.current_model()


@pytest.fixture(scope="session")
def rasa(archive, tmp_path_factory):
    actions = ThreadingHTTPServer(("127.0.0.1", 0), EchoingActions)
    actions.calls = []
    threading.Thread(target=actions.serve_forever, daemon=True).start()
    port = free_port()
    database = tmp_path_factory.mktemp("tracker") / "tracker.sqlite3"
    process = rasa_run(
        archive,
        port,
        RASA_GATEWAY_SECRET=SECRET,
        RASA_DB_URL=f"sqlite:///{database}",
        ACTIONS_URL=f"http://127.0.0.1:{actions.server_address[1]}",
    )
    log: list = []
    threading.Thread(target=lambda: log.extend(process.stdout), daemon=True).start()
    try:
        running = RunningRasa(port, actions.calls)
        wait_until_ready(running, process, log)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=30)
        actions.shutdown()


@pytest.fixture
def project(tmp_path):
    """An empty rasa_project beside an empty models folder, to change at will."""
    (tmp_path / "rasa_project").mkdir()
    (tmp_path / "models").mkdir()
    return Path(tmp_path / "rasa_project")


@pytest.fixture
def home(tmp_path):
    """A TRAINING_DIR of its own: a copy of the data, and no model."""
    for folder in (*model_card.TRAINED_ON, "frozen", "development"):
        shutil.copytree(model_card.DATA / folder, tmp_path / "data" / folder)
    (tmp_path / "models").mkdir()
    return tmp_path
