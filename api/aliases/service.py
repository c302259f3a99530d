"""Personal vocabulary: what phrases mean to a customer, what its answers teach, what managers decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.aliases import repository
from api.db.models import AliasRow
from api.domain import alias as law
from api.domain.alias import Evidence
from api.errors import ApiError, Conflict, NotFound
from api.understanding.aliases import key

ANOTHER_SYSTEM = "Для всех эти слова уже значат товар другой учётной системы. Отмените сначала их."


@dataclass(frozen=True)
class Alias:
    """A phrase's meaning in force; `id` is the row that says so."""

    id: int
    product_id: str


def _evidence(row: AliasRow) -> Evidence:
    return Evidence(row.product_id, row.confirmed, row.effective_at is not None)


async def in_force(session: AsyncSession, customer_id: str) -> Mapping[str, Alias]:
    """What phrases mean to the customer now, by key."""
    rows = await repository.standing(session, customer_id)
    own = {row.phrase: row for row in rows if row.customer_id is not None}
    shared = {row.phrase: row for row in rows if row.customer_id is None}
    found = {}
    for phrase in own.keys() | shared.keys():
        mine, theirs = own.get(phrase), shared.get(phrase)
        product = law.meaning(_evidence(mine) if mine else None, theirs.product_id if theirs else None)
        says = mine if mine is not None and mine.effective_at is not None else theirs
        if product is not None and says is not None:
            found[phrase] = Alias(says.id, product)
    return found


async def learn(
    session: AsyncSession, customer_id: str, said: str, product_id: str, *, known_word: bool, by: str, now: datetime
) -> bool:
    """Counts an answer of a contact: the phrase meant this product. Returns whether that made it an alias."""
    phrase = key(said)
    if not phrase:
        return False
    revoked = await repository.was_revoked(session, customer_id, phrase, product_id)
    row = await repository.opened(session, customer_id, phrase, said, product_id, now)
    before = _evidence(row)
    after = before.answered(product_id, law.needed(known_word, revoked))
    if row.product_id != product_id or row.effective_at is None:
        row.origin, row.made_by = "answer", by
    row.said = said
    _write(row, after, now)
    await session.flush()
    return after.effective and not (before.effective and before.product_id == product_id)


async def contradict(session: AsyncSession, customer_id: str, phrase: str, product_id: str, now: datetime) -> bool:
    """The customer took it back that the phrase of this key means the product; returns whether that was known.

    It is asked again, also where all other customers go on without a question.
    """
    rows = await repository.standing(session, customer_id)
    known = [row for row in rows if row.phrase == phrase and row.product_id == product_id]
    if not known:
        return False
    row = await repository.opened(session, customer_id, phrase, known[0].said, product_id, now)
    if row.product_id != product_id:
        return False
    _write(row, _evidence(row).contradicted(), now)
    await session.flush()
    return True


def _write(row: AliasRow, evidence: Evidence, now: datetime) -> None:
    kept = row.effective_at is not None and row.product_id == evidence.product_id
    row.product_id, row.confirmed = evidence.product_id, evidence.confirmed
    row.effective_at = (row.effective_at if kept else now) if evidence.effective else None


async def add(
    session: AsyncSession, customer_id: str | None, said: str, product_id: str, by: str, now: datetime
) -> AliasRow:
    """A manager's word, for one customer or for all; it takes the place of what the phrase meant before."""
    phrase = key(said)
    if not phrase:
        raise ApiError("В этих словах нет названия товара.", code="no_name", status=422)
    former = await repository.locked(session, customer_id, phrase)
    if former is not None:
        if not await repository.sold_together(session, former.product_id, product_id):
            raise Conflict(ANOTHER_SYSTEM, code="another_system")
        await repository.revoke(session, former, by, now)
    row = AliasRow(
        customer_id=customer_id,
        phrase=phrase,
        said=" ".join(said.split()),
        product_id=product_id,
        origin="manager",
        made_by=by,
        created_at=now,
        effective_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def take_back(session: AsyncSession, alias_id: int, by: str, now: datetime) -> None:
    """Undoes `add`: the word ends, and what it took the place of stands again.

    Nothing, when the word ended otherwise since, or when the customer's answers took it over.
    """
    row = await repository.held(session, alias_id)
    if row is None or row.revoked_at is not None or row.origin != "manager":
        return
    await repository.revoke(session, row, by, now)
    await repository.restore_former(session, row)


async def share(session: AsyncSession, alias_id: int, by: str, now: datetime) -> AliasRow:
    """Makes a customer's alias one for all; the customer keeps its own."""
    row = await _standing(session, alias_id)
    return row if row.customer_id is None else await add(session, None, row.said, row.product_id, by, now)


async def revoke(session: AsyncSession, alias_id: int, by: str, now: datetime) -> AliasRow:
    """Ends an alias at once; only new answers bring it back."""
    row = await _standing(session, alias_id)
    await repository.revoke(session, row, by, now)
    return row


async def _standing(session: AsyncSession, alias_id: int) -> AliasRow:
    row = await session.get(AliasRow, alias_id)
    if row is None or row.revoked_at is not None:
        raise NotFound("Этого слова уже нет.", code="alias_gone")
    return row
