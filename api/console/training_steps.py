"""The steps of a run as a list: done, under way, failed or still to come."""

from dataclasses import dataclass

from api.db.models import TrainingRunRow
from api.training.course import STEPS

WORDS = {
    "done": "готово",
    "now": "идёт",
    "failed": "не получилось",
    "stopped": "остановлено",
    "passed": "пройдена",
    "refused": "не пройдена",
    "todo": "впереди",
}
_REACHED = {"failed": "failed", "stopped": "stopped"}
"""How the step of the row stands, by the state of the run; else it is under way."""


@dataclass(frozen=True)
class Shown:
    title: str
    state: str
    """A key of WORDS."""

    @property
    def words(self) -> str:
        return WORDS[self.state]


def steps(row: TrainingRunRow) -> list[Shown]:
    """All of them; of a run with a verdict all are done, and the gate's is what it said."""
    if row.state in ("passed", "refused"):
        return [Shown(step.title, row.state if step.name == "gate" else "done") for step in STEPS]
    names = [step.name for step in STEPS]
    reached = names.index(row.step) if row.step in names else -1
    return [
        Shown(
            step.title,
            "done" if index < reached else "todo" if index > reached else _REACHED.get(row.state, "now"),
        )
        for index, step in enumerate(STEPS)
    ]
