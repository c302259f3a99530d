"""Whether a process of the running system does its work."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from api.run.heartbeat import beats
from api.run.processes import HEARTBEAT, SEAT, Process
from api.run.supervisor import Supervisor
from api.training.disk import read_json

# No proxy of the caller's stands between us and our own ports.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Health:
    """`environment` is read anew each time: a start fills it in. `models`: where seats tell of themselves."""

    def __init__(self, supervisor: Supervisor, environment: Mapping[str, str], models: Path) -> None:
        self._supervisor, self._environment, self._models = supervisor, environment, models
        self.missing: list[str] = []
        """What the api waits for, by its last answer."""

    def of(self, process: Process) -> bool:
        """One without an address is well while it runs."""
        uptime = self._supervisor.uptime(process.name)
        if not process.health or uptime is None:
            return uptime is not None
        if process.health.startswith(HEARTBEAT):
            return beats(self._environment["DATABASE_URL"], process.health.removeprefix(HEARTBEAT), uptime)
        if process.health.startswith(SEAT):
            return self._of_seat(process)
        return self.answers(process.health.format_map(self._environment))

    def _of_seat(self, process: Process) -> bool:
        """It rests, or answers. A model that fails to load keeps nobody waiting here: the api tells what it lacks."""
        told = read_json(self._models / "slots" / f"{process.name}.json")
        if not told or told.get("pid") != self._supervisor.pid(process.name):
            return False  # nothing yet, or of an earlier life
        answers = f"http://127.0.0.1:{self._environment[process.port]}/webhooks/gateway/"
        return told.get("state") in ("resting", "failed") or self.answers(answers)

    def answers(self, url: str) -> bool:
        """With 200, within three seconds."""
        try:
            with OPENER.open(url, timeout=3) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            if error.code == 503:
                self.missing = _missing(error.read())
            return False
        except (OSError, ValueError):
            return False


def _missing(body: bytes) -> list[str]:
    try:
        return list(json.loads(body)["waiting_for"])
    except (ValueError, KeyError, TypeError):
        return []
