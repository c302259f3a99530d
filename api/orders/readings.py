"""What was understood of a message, kept beside it in the same transaction: for whoever reviews it later."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select

from api.db.models import InboxRow, ReadingRow
from api.deps.turn import CustomerTurn
from api.domain.cart import plain
from api.domain.privacy import masked
from api.orders.basket import OpenQuestion
from api.orders.desk import Desk
from api.orders.schemas import TurnOutcome
from api.understanding.outcome import Change
from api.understanding.spans import marked

MOST = 200
"""Lines and questions that one row holds; a list of goods may have thousands. The last entry says how many more."""


async def keep(
    turn: CustomerTurn,
    desk: Desk,
    operation: str,
    words: str,
    asked: Collection[OpenQuestion],
    outcome: TurnOutcome,
) -> None:
    """Writes the row, when anything was read as an order. `words`: what was `said`, a list's name in its place;
    `asked`: the questions that this turn opened.

    Inline, because a customer may not read what is kept here, not even its own.
    """
    read = [one for one in desk.read if one.is_order]
    if not read:
        return
    text, spans = words if outcome.attached is None else outcome.attached.file, []
    if operation == "message":
        whole = marked(text, read[0])
        text = whole.text
        spans = [{"start": span.start, "end": span.end, "kind": span.kind} for span in whole.spans]
    likeness = {sku: score for one in read for sku, score in one.likeness.items()}
    row = {
        "at": turn.clock.now(),
        "inbox_id": turn.scope.inbox_id,
        "conversation_id": turn.scope.conversation_id,
        "customer_id": turn.scope.customer_id,
        "text": masked(text),
        "operation": operation,
        "spans": spans,
        "lines": _lines(desk, [change for one in read for change in one.changes], likeness),
        "questions": _questions(desk, asked, likeness),
    }
    await turn.session.execute(insert(ReadingRow).inline().values(row))


async def said(turn: CustomerTurn, operation: str, arguments: Mapping[str, Any]) -> str:
    """The words that were read, or what the pressed button says."""
    if operation == "message":
        return str(arguments["text"])
    return await text_of(turn, turn.scope.inbox_id)


async def text_of(turn: CustomerTurn, inbox_id: int) -> str:
    """What the customer sees as said in that message; empty when it is another company's by now."""
    query = select(InboxRow.text).where(InboxRow.id == inbox_id, InboxRow.conversation_id == turn.scope.conversation_id)
    return await turn.session.scalar(query) or ""


def goods(desk: Desk, sku: str, likeness: Mapping[str, float]) -> dict[str, Any]:
    """A product as readings and events name it."""
    score = likeness.get(sku)
    return {"sku": sku, "name": _name(desk, sku), "score": None if score is None else round(score, 3)}


def _name(desk: Desk, sku: str) -> str:
    product = desk.who.catalogue.by_sku.get(sku)
    return product.name if product is not None else ""


def _lines(desk: Desk, changes: Collection[Change], likeness: Mapping[str, float]) -> list[dict[str, Any]]:
    kept = [
        {"phrase": masked(change.phrase), "op": change.op}
        | goods(desk, change.sku, likeness)
        | {"quantity": None if change.after is None else plain(change.after), "unit": change.unit}
        for change in list(changes)[:MOST]
    ]
    if more := len(changes) - len(kept):
        rest = {"op": "more", "sku": "", "name": "", "score": None, "quantity": None, "unit": None}
        kept.append({"phrase": f"ещё строк: {more}"} | rest)
    return kept


def _questions(desk: Desk, asked: Collection[OpenQuestion], likeness: Mapping[str, float]) -> list[dict[str, Any]]:
    kept = [_question(desk, open_, likeness) for open_ in list(asked)[:MOST]]
    if more := len(asked) - len(kept):
        kept.append({"id": "", "phrase": f"ещё вопросов: {more}", "reason": "more", "candidates": []})
    return kept


def _question(desk: Desk, open_: OpenQuestion, likeness: Mapping[str, float]) -> dict[str, Any]:
    question = open_.question
    offered: Iterable[str] = question.candidates or ([question.sku] if question.sku else [])
    return {
        "id": open_.id,
        "phrase": masked(question.phrase),
        "reason": question.reason.value,
        "candidates": [goods(desk, sku, likeness) for sku in offered],
    }
