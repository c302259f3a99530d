"""The steps of a run as a list: done, under way, failed or still to come."""

from dataclasses import dataclass

from api.db.models import TrainingRunRow
from api.training.course import STEPS

WORDS = {
    "done": "готово",
    "now": "идёт",
    "failed": "не получилось",
    "stopped": "остановлено",
    "refused": "отказ",
    "todo": "впереди",
}
_LAST = {"running": "now", "failed": "failed", "stopped": "stopped", "passed": "done", "refused": "refused"}
"""How the step of the row stands, by the state of the run."""


@dataclass(frozen=True)
class Step:
    title: str
    state: str
    """A key of WORDS."""

    @property
    def words(self) -> str:
        return WORDS[self.state]


def steps(row: TrainingRunRow) -> list[Step]:
    names = [name for name, _ in STEPS]
    reached = names.index(row.step) if row.step in names else -1
    found = []
    for index, (_, title) in enumerate(STEPS):
        state = "done" if index < reached else "todo"
        if index == reached:
            state = _LAST.get(row.state, "now")
        found.append(Step(title, state))
    return found
