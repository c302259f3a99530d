"""Deciding what was not understood: one decision serves all utterances of a likeness, and can be undone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.aliases import service as vocabulary
from api.catalog.snapshot import snapshots
from api.config import MAIN_ERP
from api.db.models import ReviewDecisionRow, ReviewItemRow
from api.deps.audit import audit
from api.errors import ApiError, Conflict, NotFound
from api.review import repository
from api.review.intents import BY_NAME, ENTITIES
from api.review.schemas import Example, Group, Meaning
from api.review.teaching import PARTLY_WRITTEN, example_of
from api.understanding.aliases import key as alias_key

_Words = set[tuple[str, str]]
"""Whose («»: everybody's) and how they are written."""
WITHOUT_DATA = ("not_order", "not_carried", "skipped")
TAUGHT_BY = ("example", "alias")

NOTHING_LEFT = "Отметьте хотя бы одно сообщение."
NO_NAME = "В этих словах нет названия товара. Оставьте только то, как клиент назвал товар."
NO_PRODUCT = "Такого товара в каталоге этих клиентов нет."
NO_CUSTOMERS = "Неизвестно, чьи это слова. Можно решить только для всех."
WRONG_SPANS = "Разметка не подходит к тексту. Отметьте заново."


async def dismiss(session: AsyncSession, group: Group, kind: str, by: str, now: datetime) -> ReviewDecisionRow:
    """No order, not carried, or not worth a decision. Raises Conflict where another decided it meanwhile."""
    if kind not in WITHOUT_DATA:
        raise ApiError("Такого решения нет.", status=422)
    rows = await _held(session, group)
    return await _decided(session, rows, kind, rows[0].phrase or rows[0].text, {}, by, now)


async def teach(
    session: AsyncSession,
    group: Group,
    intent: str,
    entities: Sequence[Mapping[str, Any]] | None,
    by: str,
    now: datetime,
) -> ReviewDecisionRow:
    """An example for training: what the utterance wants, and what its pieces are.

    The pieces are of the item that was looked at; the others of the group get the intent only. None: nobody looked
    for pieces.
    """
    if intent not in BY_NAME:
        raise ApiError("Выберите, чего хочет клиент.", status=422)
    rows = await _held(session, group)
    said = next((row for row in rows if row.id == group.example), rows[0]).text
    data = {"intent": intent, "entities": _marked(said, entities) if entities is not None else None}
    return await _decided(session, rows, "example", said, data, by, now)


async def mean(session: AsyncSession, group: Group, meaning: Meaning, by: str, now: datetime) -> ReviewDecisionRow:
    """The words mean a product, from this moment on.

    Items of customers of another accounting system, and those whose phrase names nothing, stay in the queue.
    """
    rows = await _held(session, group)
    systems = await repository.backends(session, {row.customer_id for row in rows if row.customer_id})
    looked_at = next((row for row in rows if row.id == group.example), rows[0])
    backend = systems.get(looked_at.customer_id or "", MAIN_ERP)
    product = (await snapshots.get(session, backend)).by_sku.get(meaning.sku)
    if product is None or not product.active:
        raise ApiError(NO_PRODUCT, status=422)
    ours = [row for row in rows if systems.get(row.customer_id or "", backend) == backend]
    said = {row.id: words for row in ours if alias_key(words := _said(row, rows, meaning.said))}
    if not said:
        raise ApiError(NO_NAME, code="no_name", status=422)
    mended = [row for row in ours if row.id in said and (row.customer_id or meaning.for_all)]
    if not mended:
        raise ApiError(NO_CUSTOMERS, status=422)
    told = {(row.customer_id or "", said[row.id]) for row in mended}
    if meaning.for_all:
        told |= {("", phrase) for _, phrase in told}
    made = await _tell(session, told, product.id, by, now)
    owners = {row.customer_id for row in mended if row.customer_id}
    data = {
        "alias_ids": made,
        "sku": product.sku,
        "name": product.name,
        "customer_id": None if meaning.for_all or len(owners) > 1 else next(iter(owners)),
        "for_all": meaning.for_all,
        "said": sorted(set(said.values())),
    }
    stands_for = said.get(looked_at.id) or said[mended[0].id]
    return await _decided(session, mended, "alias", stands_for, data, by, now)


async def undo(session: AsyncSession, decision_id: int, by: str, now: datetime) -> str:
    """Takes a decision back, with the words that it made; returns the key whose items wait again."""
    row = await repository.decision(session, decision_id)
    if row is None:
        raise NotFound("Такого решения нет.")
    if row.undone_at is not None:
        raise Conflict(f"Это решение уже отменено: {row.undone_by}.")
    for alias_id in reversed(row.data.get("alias_ids", [])):
        await vocabulary.take_back(session, alias_id, by, now)
    row.undone_at, row.undone_by = now, by
    await audit(session, by, "review_undo", str(row.id), kind=row.kind)
    return await repository.reopen(session, row.id)


async def examples(session: AsyncSession) -> list[Example]:
    """What people's decisions teach, each utterance once, the newest word on it; in the order of the decisions."""
    taught: dict[str, Example] = {}
    for decision, item in await repository.standing(session, TAUGHT_BY):
        if (example := example_of(decision, item)) is not None:
            taught.pop(example.text, None)  # the newest also goes to the end
            taught[example.text] = example
    return list(taught.values())


async def undone(session: AsyncSession) -> set[int]:
    """The decisions that taught something and were taken back."""
    return await repository.undone(session, TAUGHT_BY)


async def mark_written(session: AsyncSession, written: Sequence[Example], now: datetime) -> None:
    """Remembers that these went into the files, so that none goes there again."""
    texts: dict[int, set[str]] = {}
    for one in written:
        texts.setdefault(one.decision_id, set()).add(one.text)
    waiting = {
        one.decision_id
        for one in await examples(session)
        if not one.written and one.text not in texts.get(one.decision_id, ())
    }
    for row in await repository.decisions(session, texts):
        if row.id in waiting:
            row.data = row.data | {PARTLY_WRITTEN: sorted({*row.data.get(PARTLY_WRITTEN, ()), *texts[row.id]})}
        else:
            row.written_at = now


async def _held(session: AsyncSession, group: Group) -> list[ReviewItemRow]:
    """The items that the decision is about; raises Conflict, or ApiError where all are left out."""
    rows = await repository.held(session, group.key)
    if group.example not in {row.id for row in rows}:
        before = await repository.earlier(session, group.key, 1)
        who = f"Уже решено до вас: {before[0][1]}." if before else "Здесь уже нечего решать."
        raise Conflict(who, code="decided")
    kept = [row for row in rows if row.id not in group.left_out]
    if not kept:
        raise ApiError(NOTHING_LEFT, status=422)
    return kept


async def _decided(
    session: AsyncSession,
    rows: Sequence[ReviewItemRow],
    kind: str,
    words: str,
    data: dict[str, Any],
    by: str,
    now: datetime,
) -> ReviewDecisionRow:
    decision = ReviewDecisionRow(at=now, by=by, kind=kind, text=words, data=data, items=len(rows))
    session.add(decision)
    await session.flush()
    await repository.settle(session, [row.id for row in rows], decision.id)
    about = {"sku": data["sku"]} if kind == "alias" else {"intent": data["intent"]} if kind == "example" else {}
    await audit(session, by, "review_decide", str(decision.id), kind=kind, items=str(len(rows)), **about)
    return decision


def _said(row: ReviewItemRow, rows: Sequence[ReviewItemRow], corrected: str) -> str:
    """The words of this item that mean the product: its own phrase, unless the person wrote other ones."""
    own = {one.phrase for one in rows if one.phrase}
    return corrected if corrected and (corrected not in own or not row.phrase) else row.phrase


async def _tell(session: AsyncSession, words: _Words, product_id: str, by: str, now: datetime) -> list[int]:
    """A word for each owner and phrase where it does not mean the product already; returns the new words' ids.

    Those for all come first: they do not reach a customer whose own answers said otherwise, which gets its own.
    """
    once: dict[tuple[str, str], str] = {}
    for customer, phrase in sorted(words):
        once.setdefault((customer, alias_key(phrase)), phrase)
    made = []
    for (customer, phrase_key), phrase in once.items():
        known = (await vocabulary.in_force(session, customer)).get(phrase_key) if customer else None
        if known is None or known.product_id != product_id:
            made.append((await vocabulary.add(session, customer or None, phrase, product_id, by, now)).id)
    return made


def _marked(text: str, entities: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The pieces in order; raises ApiError where they overlap or do not stand in the text."""
    found: list[dict[str, Any]] = []
    try:
        for one in sorted(entities, key=lambda one: int(one["start"])):
            start, end, entity = int(one["start"]), int(one["end"]), str(one["entity"])
            free = start >= (found[-1]["end"] if found else 0)
            if not (free and start < end <= len(text) and entity in ENTITIES):
                raise ApiError(WRONG_SPANS, status=422)
            found.append({"start": start, "end": end, "entity": entity, "value": text[start:end]})
    except (KeyError, TypeError, ValueError) as error:
        raise ApiError(WRONG_SPANS, status=422) from error
    return found
