"""`./run model` on a folder where nothing runs: the next start begins with the chosen model."""

import fcntl
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.run import admin as command
from api.run.environment import load
from api.run.postgres import Postgres
from api.training.cards import frozen_hash

OLD, NEW, REFUSED = "a" * 16, "b" * 16, "c" * 16


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder's state and training root, without this machine's own `.env` and database."""
    variables = {"TRAINING_DIR": str(tmp_path / "training")}
    monkeypatch.setattr(command, "load", lambda state: load(state, variables, None))
    for name in ("DATABASE_URL", "SECRET_KEY", "RASA_GATEWAY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    tmp_path.chmod(0o711)
    models = tmp_path / "training" / "models"
    models.mkdir(parents=True)
    for day, (version, passed) in enumerate(((OLD, None), (NEW, True), (REFUSED, False)), start=1):
        (models / f"intents-{version}.tar.gz").write_bytes(b"")
        trained_at = datetime(2025, 12, day, tzinfo=UTC).isoformat()
        card = {"trained_at": trained_at, "heldout": {"accuracy": 0.98}}
        card |= (
            {}
            if passed is None
            else {
                "gate": {"passed": passed, "reasons": []},
                "compared_with": {"version": OLD},
                "frozen": frozen_hash(models.parent),
            }
        )
        (models / f"intents-{version}.json").write_text(json.dumps(card))
    current = {"model": f"intents-{OLD}.tar.gz", "fingerprint": OLD}
    (models / "current.json").write_text(json.dumps(current))
    return tmp_path / "run"


def current(state: Path) -> str:
    found: str = json.loads((state.parent / "training" / "models" / "current.json").read_text())["fingerprint"]
    return found


@pytest.fixture
def database(state: Path) -> Iterator[None]:
    """Of a product that is shut, without its worker: one for all the commands, which would start one each."""
    state.mkdir()
    with (state / "up.lock").open("a+") as lock, command._started(Postgres(state / "postgres"), command.load(state)):
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        yield


def test_models_are_listed_and_chosen_while_nothing_runs(
    state: Path, database: None, capfd: pytest.CaptureFixture[str]
) -> None:
    assert command.model(["list"], state) == 0
    lines = [line for line in capfd.readouterr().out.splitlines() if line[:16] in (OLD, NEW, REFUSED)]
    assert [line[:16] for line in lines] == [REFUSED, NEW, OLD]
    assert "не прошла проверку" in lines[0] and "  прошла проверку" in lines[1] and "98,0\u00a0%" in lines[1]
    assert "с неё начинается запуск" in lines[2]

    assert command.model(["use", NEW], state) == 0
    assert "начнёт с модели" in capfd.readouterr().out and current(state) == NEW
    for words, told in ((["use", REFUSED], "--reason"), (["rollback"], "не к чему")):
        assert command.model(words, state) == 1
        assert told in capfd.readouterr().out
    assert current(state) == NEW
