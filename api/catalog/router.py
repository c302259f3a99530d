"""The catalogue over HTTP, for the customer of the turn."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.catalog import service
from api.catalog.schemas import Categories, Lookup, LookupBody, ProductPage, Promotions
from api.catalog.service import Shopper
from api.deps.turn import CustomerTurn, Turn

router = APIRouter(prefix="/v1", tags=["catalogue"])


async def _shopper(turn: CustomerTurn) -> Shopper:
    scope = turn.scope
    return await service.shopper(
        turn.session,
        scope.customer_id,
        scope.conversation_id,
        turn.clock.now(),
        shows_prices="prices" in scope.rights,
    )


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
    return await service.page(await _shopper(turn), category, query, page)


@router.post("/catalog/lookup")
async def lookup(turn: Turn, body: LookupBody) -> Lookup:
    """What a question about price or availability means: at most five products."""
    return await service.look_up(await _shopper(turn), body.text)


@router.get("/promotions")
async def promotions(turn: Turn) -> Promotions:
    """Promotions that are better than the customer's own prices."""
    return await service.promotions(await _shopper(turn))
