"""Which products a doubtful phrase may mean, found by the matcher that serves the customer."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.catalog import service as catalog
from api.catalog.snapshot import Catalogue, snapshots
from api.db.models import ReadingRow, ReviewItemRow
from api.domain.product import Product
from api.review.schemas import Candidate
from api.understanding.context import PastOrder

OFFERED = 9
"""As many as there are keys for."""


async def search(session: AsyncSession, item: ReviewItemRow, words: str, now: datetime) -> list[Candidate]:
    """The goods of this customer's catalogue that come closest to the words, or the one of this number."""
    catalogue, past = await _eyes(session, item, now)
    known = catalogue.by_sku.get(words.strip())
    if known is not None and known.active:
        return [Candidate(known, None, "по артикулу")]
    return _unique(_matched(catalogue, past, words))


async def suggest(
    session: AsyncSession, items: list[ReviewItemRow], reading: ReadingRow | None, now: datetime
) -> list[Candidate]:
    """Before anything is typed: what customers chose instead, what the question offered, what is alike."""
    item = items[0]
    catalogue, past = await _eyes(session, item, now)
    chosen = [one.meant.get("sku", "") for one in items]
    by_count = sorted(dict.fromkeys(chosen), key=lambda sku: -chosen.count(sku))
    offered = [
        (one.get("sku", ""), one.get("score"))
        for question in (reading.questions if reading else [])
        if not item.phrase or question.get("phrase", "").casefold() == item.phrase.casefold()
        for one in question.get("candidates", [])
    ]
    found = [Candidate(product, None, "выбрал клиент") for product in _sold(catalogue, by_count)]
    scores = dict(offered)
    found += [Candidate(p, scores[p.sku], "предлагали") for p in _sold(catalogue, scores)]
    return _unique([*found, *_matched(catalogue, past, item.phrase or item.text)])


async def _eyes(session: AsyncSession, item: ReviewItemRow, now: datetime) -> tuple[Catalogue, tuple[PastOrder, ...]]:
    """The catalogue and the past orders that the customer's own search is made with."""
    if item.customer_id is None:
        return await snapshots.get(session), ()
    who = await catalog.shopper(session, item.customer_id, item.conversation_id, now)
    return who.catalogue, await catalog.history(who)


def _matched(catalogue: Catalogue, past: tuple[PastOrder, ...], words: str) -> list[Candidate]:
    return [Candidate(*found) for found in catalog.closest(catalogue, words, past, OFFERED)]


def _sold(catalogue: Catalogue, skus: Iterable[str]) -> list[Product]:
    found = [catalogue.by_sku[sku] for sku in skus if sku in catalogue.by_sku]
    return [product for product in found if product.active]


def _unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    once: dict[str, Candidate] = {}
    for one in candidates:
        once.setdefault(one.product.sku, one)
    return list(once.values())[:OFFERED]
