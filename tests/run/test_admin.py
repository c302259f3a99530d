"""`./run admin` on a folder where nothing runs, and beside a running database."""

import fcntl
from pathlib import Path

import pytest

from api.run import admin as command
from api.run.environment import load
from api.run.postgres import Postgres


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder's state, without this machine's own `.env` and database."""
    monkeypatch.setattr(command, "load", lambda state: load(state, {}, None))
    for name in ("DATABASE_URL", "SECRET_KEY", "RASA_GATEWAY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    tmp_path.chmod(0o711)
    return tmp_path / "run"


def test_the_first_admin_before_the_first_start_and_while_it_runs(
    state: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert command.admin(["create", "boss", "--name", "Борис"], state) == 0
    made = capfd.readouterr().out
    assert "логин boss" in made and "Пароль на первый вход" in made
    assert command.admin(["create", "boss"], state) == 1
    assert "уже занят" in capfd.readouterr().out

    postgres = Postgres(state / "postgres")
    environment = load(state, {}, None)
    with (state / "up.lock").open("a+") as lock, command._started(postgres, environment):
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        assert command.admin(["reset", "boss"], state) == 0
        assert command.admin(["reset", "nobody"], state) == 1
        assert command.admin(["list"], state) == 0
    told = capfd.readouterr().out
    assert "Логина «nobody» нет" in told
    assert "Борис — администратор, без второго фактора, временный пароль" in told
    assert postgres.ready() is False
