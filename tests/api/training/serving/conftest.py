"""A training root of the test's own, and two seats that obey models/slots.json as slot.py does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from api.training.cards import frozen_hash

LIVE, CANDIDATE, OLDER = "a" * 16, "b" * 16, "c" * 16
TRAINED = datetime(2025, 12, 1, 3, tzinfo=UTC)


class Seats:
    """Both seats over HTTP: `/rasa-1` and `/rasa-2`. What a test sets holds for whichever seat runs the version."""

    def __init__(self, server: HTTPServer, root: Path) -> None:
        self.root, self.models = root, root / "models"
        self.server = server
        self.down: set[str] = set()
        """Versions that do not come up."""
        self.deaf: set[str] = set()
        """Versions that take everything for something else."""
        self.turns: dict[str, list[int]] = {}
        """By version the turns under way, at each next question; the last one stays."""
        self.asked: list[tuple[str, str]] = []
        for name in ("rasa-1", "rasa-2"):
            server.expect_request(f"/{name}/webhooks/gateway/").respond_with_handler(self._health(name))
            server.expect_request(f"/{name}/webhooks/gateway/parse").respond_with_handler(self._parse(name))

    def told(self) -> dict[str, str]:
        """models/slots.json."""
        found: dict[str, str] = json.loads((self.models / "slots.json").read_text())
        return found

    def fails(self, name: str, version: str, error: str) -> None:
        """The seat's program gives the version up."""
        self.down.add(version)
        (self.models / "slots").mkdir(exist_ok=True)
        state = {"version": version, "state": "failed", "error": error}
        (self.models / "slots" / f"{name}.json").write_text(json.dumps(state))

    def model(self, version: str, trained_at: datetime = TRAINED, **card: Any) -> None:
        """An archive with its card; the gate has let it pass against LIVE."""
        (self.models / f"intents-{version}.tar.gz").write_bytes(b"")
        passed = {"gate": {"passed": True}, "compared_with": {"version": LIVE}, "frozen": frozen_hash(self.root)}
        content = {"fingerprint": version, "trained_at": trained_at.isoformat(), **passed, **card}
        (self.models / f"intents-{version}.json").write_text(json.dumps(content))

    def current(self, version: str | None = None) -> str:
        """models/current.json; written when a version is given."""
        path = self.models / "current.json"
        if version is not None:
            path.write_text(json.dumps({"model": f"intents-{version}.tar.gz", "fingerprint": version}))
        return str(json.loads(path.read_text())["fingerprint"])

    def _running(self, name: str) -> str:
        version = self.told().get(name, "") if (self.models / "slots.json").exists() else ""
        return "" if version in self.down else version

    def _health(self, name: str) -> Any:
        def answer(_: Request) -> Response:
            version = self._running(name)
            if not version:
                return _json({"status": "not_ready", "model": "", "turns": 0}, 503)
            turns = self.turns.get(version) or [0]
            return _json({"status": "ok", "model": version, "turns": turns.pop(0) if len(turns) > 1 else turns[0]})

        return answer

    def _parse(self, name: str) -> Any:
        def answer(request: Request) -> Response:
            version = self._running(name)
            texts = request.get_json()["texts"]
            self.asked += [(version, text) for text in texts]
            intent = {"name": "chitchat" if version in self.deaf else "order", "confidence": 0.9}
            return _json({"model": version, "results": [{"intent": intent, "ranking": [intent]} for _ in texts]})

        return answer


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


@pytest.fixture
def seats(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, database: str) -> Iterator[Seats]:
    from api.config import settings
    from api.training import deploying

    monkeypatch.setattr(settings(), "training_dir", str(tmp_path))
    for number, variable in ((1, "rasa_url"), (2, "rasa_2_url")):
        monkeypatch.setattr(settings(), variable, httpserver.url_for(f"/rasa-{number}"))
    monkeypatch.setattr(deploying, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(deploying, "QUIET_SECONDS", 0.05)
    (tmp_path / "models").mkdir()
    frozen = tmp_path / "data" / "frozen"
    frozen.mkdir(parents=True)
    (frozen / "must.yml").write_text('order:\n- молока 8\n- "11"\nbalance:\n- сколько я должен\n', encoding="utf-8")
    found = Seats(httpserver, tmp_path)
    for version in (LIVE, CANDIDATE):
        found.model(version)
    found.current(LIVE)
    yield found
