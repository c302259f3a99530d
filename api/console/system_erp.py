"""The accounting systems on the page «Система»: whether they answer, and how old what was read of them is."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounting.schedule import PACES, every
from api.config import settings
from api.console import accounting_rows
from api.console.accounting_rows import Backend, Kind
from api.console.system_parts import BAD, GOOD, OFF, WARN, Part, moment
from api.db.models import ErpHealthRow
from api.deps.erp import exchange
from api.erp.port import Data

PAGE = ("/console/accounting", "Учётные системы")
LATE_TIMES, LATE_LEAST = 3, timedelta(minutes=30)
"""Figures are old when so many readings in a row brought nothing."""


async def parts(session: AsyncSession) -> list[Part]:
    """All of them, in the order of the settings."""
    reasons = {row.backend: row.reason for row in await session.scalars(select(ErpHealthRow))}
    held = await accounting_rows.open_questions(session)
    found = [_part(backend, reasons.get(backend.name, "")) for backend in await accounting_rows.backends(session)]
    if held:
        found.append(
            Part(
                "Данные на решении",
                WARN,
                f"Прочитанное отличается слишком сильно, вопросов: {held}.",
                "Решите, записывать ли.",
                PAGE,
            )
        )
    return found


def _part(backend: Backend, reason: str) -> Part:
    title = f"{backend.title} ({backend.kind})"
    facts = [
        (kind.title, f"{kind.age}, строк: {kind.rows}" if kind.read_at else "не прочитано") for kind in backend.kinds
    ]
    if backend.down_since:
        said = f"Не отвечает: {moment(backend.down_since)}. {reason}".strip()
        advice = (
            "Заказы принимаются и уйдут сами, когда она ответит; её спрашивают каждые 15 секунд. Проверьте адрес, "
            "пользователя и публикацию: `./run erp check` скажет, чего не хватает."
        )
        return Part(title, BAD, said, advice, PAGE, facts)
    failed = [kind for kind in backend.kinds if kind.state in ("failed", "broken")]
    if failed:
        said = "Не всё читается: " + "; ".join(
            f"{kind.title.lower()} — {kind.error or 'чтение прервалось'}" for kind in failed
        )
        return Part(title, WARN, said, "Повторите чтение или проверьте командой `./run erp check`.", PAGE, facts)
    if old := [kind.title.lower() for kind in backend.kinds if _is_old(kind)]:
        return Part(
            title,
            WARN,
            f"Отвечает, но данные устарели: {', '.join(old)}.",
            "Прочитайте сейчас; если обмен запускает сама 1С, проверьте её расписание.",
            PAGE,
            facts,
        )
    if not any(kind.read_at for kind in backend.kinds if Data(kind.name) in PACES):
        comes = exchange(backend.name) is not None
        said = "Ещё ни разу не приходила со своими данными." if comes else "Ещё не прочитана."
        return Part(title, OFF, said, "", PAGE, facts)
    return Part(title, GOOD, "Отвечает, данные свежие." if backend.asked else "Данные свежие.", facts=facts)


def _is_old(kind: Kind) -> bool:
    data = Data(kind.name)
    if kind.read_at is None or data not in PACES:
        return False
    allowed = max(every(settings(), data) * LATE_TIMES, LATE_LEAST)
    return settings().clock.now() - kind.read_at > allowed
