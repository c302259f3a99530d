"""«Что разметить»: the twenty utterances that teach the most, each labelled with one key."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console import training_labels
from api.console.access import Trainer
from api.console.accounts import Staff
from api.console.pages import page
from api.console.training_labels import DecisionId, Guess, Labelled, told
from api.db.models import InboxRow, LabelChoiceRow, ReviewItemRow, SyncRunRow
from api.db.session import staff_session
from api.domain.wording import percent, plural
from api.errors import ApiError
from api.review import service
from api.training import choosing
from api.training.labelling import heard_text

router = APIRouter(prefix="/console/training/next", include_in_schema=False)

CLOSE = 0.25
"""With a smaller margin the model wavers between two; with a larger one it is merely not sure."""


@dataclass(frozen=True)
class Offer:
    """An utterance with its other wordings, which get the same label."""

    choice: LabelChoiceRow
    others: list[str]

    @property
    def guesses(self) -> list[Guess]:
        ranking = [(name, share) for name, share in self.choice.ranking]
        return training_labels.guesses([*ranking[:1], (self.choice.differs, None), *ranking[1:]])

    @property
    def reasons(self) -> list[str]:
        """Why it was chosen."""
        row = self.choice
        told = [_doubt(row.ranking)]
        if row.differs:
            told.append(f"кандидат в тени понял иначе: «{training_labels.title(row.differs)}»")
        often = f"писали {row.times} {plural(row.times, 'раз', 'раза', 'раз')}"
        told.append(often if row.people < 2 else f"{often}, {row.people} {plural(row.people, *PEOPLE)}")
        if row.alike:
            phrases = plural(row.alike, "похожую фразу", "похожие фразы", "похожих фраз")
            times = plural(row.alike_times, "сообщение", "сообщения", "сообщений")
            told.append(f"научит понимать ещё {row.alike} {phrases} ({row.alike_times} {times})")
        return told


PEOPLE = ("клиент", "клиента", "клиентов")


def _doubt(ranking: list[tuple[str, float]]) -> str:
    shares = [(training_labels.title(name), share) for name, share in ranking]
    if len(shares) > 1 and shares[0][1] - shares[1][1] < CLOSE:
        return " или ".join(f"«{name}» {percent(share, 0)}" for name, share in shares[:2]) + " — почти поровну"
    return f"уверенность {percent(shares[0][1], 0)}" if shares else "модель не назвала ничего"


@router.get("")
async def offered(request: Request, staff: Trainer) -> HTMLResponse:
    return await _shown(request, staff)


@router.post("/label")
async def label(request: Request, staff: Trainer, given: Labelled) -> Response:
    """Labels an utterance with its other wordings, then shows what is next."""
    try:
        async with staff_session() as session:
            decision = await choosing.label_choice(session, given.key, given.deed, staff.login, settings().clock.now())
            notice = told(decision)
    except ApiError as error:
        return await _shown(request, staff, error.message, error.status)
    return await _done(request, staff, notice)


@router.post("/undo")
async def undo(request: Request, staff: Trainer, decision: DecisionId) -> Response:
    try:
        async with staff_session() as session:
            await service.undo(session, decision, staff.login, settings().clock.now())
    except ApiError as error:
        return await _shown(request, staff, error.message, error.status)
    return await _done(request, staff, "Отменено. Сообщение снова ждёт решения.")


async def _done(request: Request, staff: Staff, notice: str) -> Response:
    if "HX-Request" not in request.headers:
        return RedirectResponse("/console/training/next", status_code=303)
    return await _shown(request, staff, notice)


async def _shown(request: Request, staff: Staff, notice: str = "", status: int = 200) -> HTMLResponse:
    async with staff_session() as session:
        offers = await _offers(session)
        waiting = await session.scalar(
            select(func.count(ReviewItemRow.key.distinct())).where(ReviewItemRow.decision_id.is_(None))
        )
        mark = await session.get(SyncRunRow, ("main", choosing.MARK))
        last = await training_labels.last(session, staff.login, settings().clock.now())
    values = {"offers": offers, "waiting": waiting, "chosen_at": mark.succeeded_at if mark else None, "last": last}
    return page(
        request,
        "training_next.html",
        status,
        staff=staff,
        notice=notice,
        failed=status >= 400,
        **values,
        **training_labels.words(),
    )


async def _offers(session: AsyncSession) -> list[Offer]:
    rows = await choosing.offered(session)
    numbers = {number for row in rows for number in row.inbox_ids}
    messages = (await session.scalars(select(InboxRow).where(InboxRow.id.in_(numbers)))).all()
    said = {message.id: heard_text(message) for message in messages}
    return [Offer(row, sorted({said[n] for n in row.inbox_ids if n in said} - {row.text})) for row in rows]
