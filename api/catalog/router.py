"""The catalogue over HTTP, for the customer of the turn."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.catalog import service
from api.catalog.schemas import Categories, Lookup, LookupBody, ProductPage, Promotions
from api.catalog.service import Shopper
from api.deps.turn import CustomerTurn, Turn

router = APIRouter(prefix="/v1", tags=["catalogue"])

LONGEST_PHRASE = 60
"""Of a search that is kept for the figures."""


async def _shopper(turn: CustomerTurn) -> Shopper:
    scope = turn.scope
    return await service.shopper(
        turn.session,
        scope.customer_id,
        scope.conversation_id,
        turn.clock.now(),
        shows_prices="prices" in scope.rights,
    )


async def _missed(turn: CustomerTurn, phrase: str, by: str) -> None:
    """A search without a result, for the figures."""
    if words := phrase.strip()[:LONGEST_PHRASE]:
        await turn.record("search_missed", phrase=words, by=by)


@router.get("/catalog/categories")
async def categories(turn: Turn, parent: str | None = None) -> Categories:
    """Categories with the number of products in each; those under `parent`, or the top ones."""
    return service.categories(await _shopper(turn), parent)


@router.get("/catalog/products")
async def products(
    turn: Turn,
    category: str | None = None,
    query: Annotated[str | None, Query(max_length=400)] = None,
    page: Annotated[int, Query(ge=1)] = 1,
) -> ProductPage:
    """A page of products (8), of a category or found by words, with this customer's prices and stock."""
    found = await service.page(await _shopper(turn), category, query, page)
    if query and not found.products:
        await _missed(turn, query, "products")
    return found


@router.post("/catalog/lookup")
async def lookup(turn: Turn, body: LookupBody) -> Lookup:
    """What a question about price or availability means: at most five products."""
    found = await service.look_up(await _shopper(turn), body.text)
    if not found.products:
        await _missed(turn, found.phrase, "lookup")
    return found


@router.get("/promotions")
async def promotions(turn: Turn) -> Promotions:
    """Promotions that are better than the customer's own prices."""
    return await service.promotions(await _shopper(turn))
