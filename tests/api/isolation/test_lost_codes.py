"""Codes that the accounting system changed, gave to another company, or lost."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from api.customers import sync as customers
from api.db.models import CompanyCodeRow
from api.db.session import staff_session
from api.deps.holds import losses_accepted
from api.deps.sync import Reading
from api.domain.customer import Customer
from api.erp.errors import ErpError
from tests.api.customers.conftest import BEREZKA_CODE, PETRA_CODE, bearer, chat, visitor
from tests.api.isolation.conftest import PETRA_MILK, milk_price, shut
from tests.api.orders.conftest import BEREZKA, PETRA


class Companies:
    """An accounting system in which the companies have these codes."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self._codes = codes

    async def customers(self, since: object = None) -> AsyncIterator[Any]:
        for key in (PETRA, BEREZKA):
            yield Customer(id=key, name=key, code=self._codes.get(key, ""))


async def read(codes: Mapping[str, str]) -> None:
    accepted = losses_accepted.set(True)
    try:
        await customers.customers(Reading(Companies(codes), "main"))  # type: ignore[arg-type]
    finally:
        losses_accepted.reset(accepted)


async def test_a_code_that_stays_keeps_its_chats(web: httpx.AsyncClient) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    await read({PETRA: PETRA_CODE, BEREZKA: "NEW-CODE-1"})
    assert (await chat(conversation)).customer_id == PETRA


@pytest.mark.parametrize(
    "codes",
    [{PETRA: "NEW-CODE-1", BEREZKA: BEREZKA_CODE}, {PETRA: BEREZKA_CODE, BEREZKA: PETRA_CODE}],
    ids=["changed", "swapped"],
)
async def test_who_came_by_a_code_goes_with_it(web: httpx.AsyncClient, codes: Mapping[str, str]) -> None:
    conversation, _ = await visitor(web, code=PETRA_CODE)
    await read(codes)
    assert await shut(web, bearer(conversation, PETRA)) and await shut(web, bearer(conversation))
    assert (await chat(conversation)).signed_in_by == "closed:code"


async def test_codes_that_vanish_in_heaps_are_not_believed(web: httpx.AsyncClient) -> None:
    """1C leaves a field out when a right was changed: that signs nobody out."""
    conversation, _ = await visitor(web, code=PETRA_CODE)
    async with staff_session() as session:
        session.add_all([CompanyCodeRow(digest=f"{number}", customer_id=PETRA) for number in range(50)])
    with pytest.raises(ErpError):
        await customers.customers(Reading(Companies({PETRA: PETRA_CODE}), "main"))  # type: ignore[arg-type]
    assert await milk_price(web, bearer(conversation, PETRA)) == PETRA_MILK
