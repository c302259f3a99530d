"""The first page of «Обучение»: what serves, what goes on, what waits, and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.console import audit_rows, training_rows
from api.console.training_rows import Run
from api.console.training_shelf import Model, Shelf, shelf
from api.db.models import DeploymentRow
from api.domain.wording import plural
from api.training import publishing

LOOP = (
    ("doubts", "Непонятое", "/console/review", "Что помощник не понял, собирается само: частое и дорогое — сверху."),
    ("labels", "Разметка", "/console/training/next", "Вы говорите, что имел в виду клиент: это и есть пример."),
    ("training", "Обучение", "", "Примеры записываются в файлы, проверяются, и на них учится новая модель."),
    ("gate", "Проверка", "/console/training/frozen", "Новая модель сравнивается с работающей на фразах эталона."),
    ("shadow", "Тень", "/console/training/shadow", "Новая модель читает живые сообщения рядом с работающей и молчит."),
    ("use", "Ввод", "/console/training/models", "Модель заменяет прежнюю без перерыва; вернуть ту — одно нажатие."),
)
"""Stage, title, where it is done, what happens."""


@dataclass(frozen=True)
class Advice:
    """What to do next. `stage`: of LOOP."""

    stage: str
    words: str
    address: str = ""
    link: str = ""


@dataclass(frozen=True)
class Desk:
    shelf: Shelf
    live: Model | None
    put_in: DeploymentRow | None
    people: dict[str, str]
    waiting: int
    """Decisions of people that no training has seen."""
    runs: list[Run]
    deployment: DeploymentRow | None
    now: datetime

    @property
    def run(self) -> Run | None:
        """The one under way."""
        return next((one for one in self.runs if one.is_open), None)

    @property
    def seen(self) -> str:
        """Changes when something begins or ends: then the whole page is read anew."""
        return f"{self.run.row.id if self.run else 0}-{self.deployment.id if self.deployment else 0}"

    @property
    def advice(self) -> Advice:
        return _advice(self)


async def desk(session: AsyncSession, now: datetime) -> Desk:
    found = await shelf(session)
    people = await audit_rows.names(session)
    return Desk(
        shelf=found,
        live=found.model(found.live),
        put_in=await training_rows.put_in(session, found.live) if found.live else None,
        people=people,
        waiting=await training_rows.unwritten(session),
        runs=await training_rows.newest(session, people, now),
        deployment=await publishing.under_way(session),
        now=now,
    )


def _advice(on: Desk) -> Advice:
    if on.deployment is not None:
        return Advice("use", "Модель вводится в работу. Дождитесь конца: это минута-другая.")
    if on.run is not None:
        return Advice("training", "Идёт обучение. Когда закончится, здесь будет сказано, прошла ли модель проверку.")
    last = on.runs[0] if on.runs else None
    candidate = on.shelf.model(last.row.version) if last and last.row.version != on.shelf.live else None
    if last and last.row.state == "failed":
        return Advice(
            "training", "Последнее обучение не получилось. Причина — на его странице.", last.address, "Причина"
        )
    if candidate and last and last.row.state == "passed":
        words = "Новая модель прошла проверку. Посмотрите, что изменилось, и пустите её в тень или сразу в работу."
        return Advice("shadow", words, candidate.address, "Новая модель")
    if candidate and last and last.row.state == "refused" and not on.waiting:
        words = "Новая модель не прошла проверку. Посмотрите почему, поправьте примеры и обучите ещё раз."
        return Advice("gate", words, last.address, "Почему")
    if on.waiting:
        decisions = plural(on.waiting, "решение ждёт", "решения ждут", "решений ждут")
        return Advice("training", f"{on.waiting} {decisions} обучения. Нажмите «Обучить», когда наберётся 20–30.")
    words = "Всё размеченное уже в модели. Разберите новое непонятое: из решений получатся примеры."
    return Advice("doubts", words, "/console/review", "Непонятое")
