"""A line that words put and that the customer mends at once: understood wrong without a question, the dearest miss.

Taken out or replaced right after, it is one. Of changed quantities most are a change of mind («молока не 5, а 8» of a
five that was said): they count only where the customer's first words show that we took the wrong number, that is
- the new quantity stood in them already («сметана 15 20» read as fifteen, then «20»), or
- the quantity that we took did not stand in them, and the customer says that it is wrong («нет, не то, 3»).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from api.db.models import InboxRow
from api.deps.turn import CustomerTurn
from api.domain.cart import plain
from api.orders import learning, readings
from api.orders.basket import Line
from api.orders.desk import Desk
from api.orders.paths import Step, last_by_words
from api.orders.schemas import TurnOutcome
from order_text import annotate
from order_text.model import Kind, Token

SOON = timedelta(minutes=3)
TURNS = 2
"""Within so many messages from the one that put the line; later it is another thought."""
MOST = 10
"""Of one turn; whoever takes out more has changed their mind about the order."""
_BY_HAND = frozenset({"message", "answer", "set_line", "replace"})
_WRONG = re.compile(
    r"^\W*(?:нет|не так|неверно|неправильно|ой)(?!\w)|(?<!\w)не то(?!\w)|ошиб|перепута|имел\w* в виду|"
    r"(?<!\w)я (?:же |ведь )?(?:сказал|писал|написал|просил|говорил)|(?<!\w)а не(?!\w)|(?<!\w)не \S+?,? а(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mended:
    """`became`: removed, replaced or quantity; `meant`: what came instead."""

    line: Line
    step: Step
    became: str
    meant: str | None = None


async def note(
    turn: CustomerTurn, desk: Desk, operation: str, before: Mapping[str, Line], outcome: TurnOutcome, text: str
) -> None:
    """Records what of the cart before this turn was mended in it. `text`: what the customer says now, if anything."""
    ops = {change.op for change in outcome.changes}
    if operation not in _BY_HAND or ops & learning.WHOLESALE:
        return
    lines = [(line, step) for line in before.values() if (step := _put_just_now(turn, line)) is not None]
    mended = [*await _gone(desk, lines, before, outcome), *await _recounted(turn, desk, lines, outcome, text)]
    for one in mended[:MOST]:
        if await _turns_since(turn, one.step) <= TURNS:
            await _record(turn, desk, one)


def _put_just_now(turn: CustomerTurn, line: Line) -> Step | None:
    """The step by which this very person's words put the line a moment ago."""
    step = last_by_words(line.path)
    if step is None or step.by != turn.scope.person or step.inbox == turn.scope.inbox_id:
        return None
    return step if turn.clock.now() - step.at <= SOON else None


async def _gone(
    desk: Desk, lines: Iterable[tuple[Line, Step]], before: Mapping[str, Line], outcome: TurnOutcome
) -> list[Mended]:
    gone = {line.sku: (line, step) for line, step in lines if line.sku not in desk.basket.lines}
    products = [desk.who.catalogue.by_sku[sku] for sku in gone if sku in desk.who.catalogue.by_sku]
    unwanted = {product.sku for product in await learning.to_be_had(desk, products)} if products else set()
    instead = [change.sku for change in outcome.changes if change.op == "replaced"]
    if desk.refused:
        instead += [sku for sku in desk.basket.lines if sku not in before]
    meant = instead[0] if len(set(instead)) == 1 else None
    became = "replaced" if instead else "removed"
    return [Mended(line, step, became, meant) for sku, (line, step) in gone.items() if sku in unwanted]


async def _recounted(
    turn: CustomerTurn, desk: Desk, lines: Iterable[tuple[Line, Step]], outcome: TurnOutcome, text: str
) -> list[Mended]:
    put = {change.sku for change in outcome.changes if change.op == "set"}
    found = []
    for line, step in lines:
        now = desk.basket.lines.get(line.sku)
        if line.sku not in put or now is None or now.quantity == line.quantity:
            continue
        first = await readings.text_of(turn, step.inbox) or step.words
        if misread(first, step.words, line, now.quantity, text):
            found.append(Mended(line, step, "quantity"))
    return found


def misread(first: str, phrase: str, line: Line, now: Decimal, correcting: str) -> bool:
    """Whether the customer's first words show that the line's quantity was not what they said."""
    numbers = _numbers(first, phrase)
    if now in numbers:
        return True
    # In packings the quantity is another number than the one that was said.
    return line.unit is None and line.quantity not in numbers and _WRONG.search(correcting) is not None


def _numbers(text: str, phrase: str) -> set[Decimal]:
    """The numbers that stand in the row of the phrase; in all of the text when it has no such row."""
    words = {token.norm for token in annotate(phrase).tokens if token.kind != Kind.border}
    rows: list[list[Token]] = [[]]
    for token in annotate(text).tokens:
        if token.kind == Kind.border and token.role in ("line", "hard", "comma", "and"):
            rows.append([])
        else:
            rows[-1].append(token)
    own = [row for row in rows if any(token.norm in words for token in row)] or rows
    return {value for row in own for token in row for value in (token.value, token.value2) if value is not None}


async def _turns_since(turn: CustomerTurn, step: Step) -> int:
    """Messages of the conversation from that one to this one, this one counted."""
    row = InboxRow
    query = select(func.count()).where(
        row.conversation_id == turn.scope.conversation_id, row.id > step.inbox, row.id <= turn.scope.inbox_id
    )
    return await turn.session.scalar(query) or 0


async def _record(turn: CustomerTurn, desk: Desk, one: Mended) -> None:
    now = desk.basket.lines.get(one.line.sku)
    await turn.record(
        "line_corrected",
        inbox=one.step.inbox,
        by_inbox=turn.scope.inbox_id,
        phrase=one.step.words,
        became=one.became,
        quantity=plain(one.line.quantity),
        now=plain(now.quantity) if now is not None else None,
        guess=readings.goods(desk, one.line.sku, {} if one.step.score is None else {one.line.sku: one.step.score}),
        meant=readings.goods(desk, one.meant, {}) if one.meant is not None else None,
    )
