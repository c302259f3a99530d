"""How old the figures are that an answer or an order is made of, where the accounting system did not tell them anew."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.deps.sync import figures_of
from api.domain import wording
from api.erp.port import Capabilities, Data

TITLES = {Data.PRICES: "цены", Data.STOCK: "остатки", Data.BALANCES: "задолженность"}
"""In the order they are told in."""


OLD = {Data.PRICES: timedelta(hours=3), Data.STOCK: timedelta(minutes=30)}
"""From when on an answer in the dialogue tells the age of its figures: some readings have failed by then."""


async def old_text(session: AsyncSession, backend: str, now: datetime) -> str:
    """The age of prices and stock where they are old; empty: they are as fresh as they should be."""
    read = {data: await figures_of(session, backend, data) for data in OLD}
    old = [data for data, read_at in read.items() if read_at is not None and now - read_at > OLD[data]]
    return await age_text(session, backend, old, now)


def told_live(can: Capabilities) -> frozenset[Data]:
    """What is read again before an order is sent."""
    if can.quotes:
        # A quote prices each line, looks for the goods and judges the credit.
        return frozenset(TITLES)
    live = {Data.PRICES: can.live_prices, Data.STOCK: can.live_stock, Data.BALANCES: can.live_balance}
    return frozenset(data for data, yes in live.items() if yes)


async def age_text(session: AsyncSession, backend: str, asked: Iterable[Data], now: datetime) -> str:
    """«Цены и остатки — по данным на 09:40, задолженность — по данным на 06:00.»; empty: there is nothing to tell.

    What was never read has no age, and nothing was said about it either.
    """
    wanted = set(asked)
    titles_by_age: dict[str, list[str]] = defaultdict(list)
    for data, title in TITLES.items():
        if data in wanted and (read_at := await figures_of(session, backend, data)) is not None:
            titles_by_age[wording.as_of(read_at, now)].append(title)
    told = ", ".join(f"{wording.listed(titles)} — {age}" for age, titles in titles_by_age.items())
    return f"{wording.upper_first(told)}." if told else ""
