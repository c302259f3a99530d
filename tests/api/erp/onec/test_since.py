"""Only what changed: goods by DataVersion, prices by the records of their register."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from api.erp.onec import names
from api.erp.onec.backend import OneC
from api.erp.onec.versions import Versions
from tests.api.erp.onec.fake import NOW, ZONE, Base, all_of, client, error, ref, row

NAMES = names.load()
MILK, SUGAR, RETAIL = ref(1), ref(2), ref(11)


def card(number: int, version: str = "1", **ours: object) -> dict[str, Any]:
    plain: dict[str, object] = {
        "id": ref(number),
        "code": f"Ц-{number}",
        "name": "Товар",
        "type": "Товар",
        "folder": False,
    }
    return row(NAMES.products, **(plain | ours)) | {"DataVersion": version}


class Ticking:
    """A clock that tests move."""

    moment = NOW

    def now(self) -> datetime:
        return self.moment


def opened(server: HTTPServer, clock: Ticking) -> OneC:
    return OneC(client(server), zone=ZONE, clock=clock)


async def test_goods(httpserver: HTTPServer) -> None:
    clock = Ticking()
    packing = row(NAMES.packings, id=ref(21), owner=SUGAR, name="кор", numerator=12, denominator=1)
    base = Base(httpserver, {NAMES.products.entity: [card(1), card(2)], NAMES.packings.entity: [packing]})
    erp = opened(httpserver, clock)

    async def told(since: datetime) -> list[str]:
        clock.moment += timedelta(minutes=30)
        return sorted([product.id async for product in erp.products(since)])

    assert await told(NOW) == [MILK, SUGAR], "what was never seen is told"
    seen = clock.moment + timedelta(minutes=1)
    assert await told(seen) == []
    base.rows[NAMES.products.entity][0] = card(1, "2", closed=True)
    changed = clock.moment + timedelta(minutes=1)
    assert await told(changed) == [MILK]
    assert await told(changed) == [MILK], "the same question, because the answer may have been lost"
    later = clock.moment + timedelta(minutes=1)
    assert await told(later) == []
    base.rows[NAMES.packings.entity] = [packing | {"DataVersion": "2", "Числитель": 6}]
    assert await told(clock.moment) == [SUGAR], "a packing belongs to its product"
    base.rows[NAMES.packings.entity] = []
    assert await told(clock.moment + timedelta(seconds=1)) == [MILK, SUGAR], "nobody knows whose a removed packing was"
    await erp.close()


async def test_an_article_given_away_tells_both_cards(httpserver: HTTPServer) -> None:
    clock = Ticking()
    base = Base(httpserver, {NAMES.products.entity: [card(1, sku="500"), card(2, sku="501")]})
    erp = opened(httpserver, clock)
    await all_of(erp.products(NOW))
    clock.moment += timedelta(hours=1)
    since, clock.moment = clock.moment, clock.moment + timedelta(hours=1)
    base.rows[NAMES.products.entity][1] = card(2, "2", sku="500")
    told = await all_of(erp.products(since))
    assert {product.id: product.sku for product in told} == {MILK: "Ц-1", SUGAR: "Ц-2"}
    await erp.close()


def listed(product: str, amount: int, since: str) -> dict[str, Any]:
    return row(NAMES.prices, product=product, price_type=RETAIL, amount=amount, since=since)


async def test_prices(httpserver: HTTPServer) -> None:
    """Whole prices of the products with new records; everything once an agreement or a discount is written."""
    clock = Ticking()
    records = [listed(MILK, 100, "2025-12-15T00:00:00"), listed(SUGAR, 50, "2025-11-01T00:00:00")]
    agreement = row(NAMES.agreements, id=ref(41), customer=ref(51), status="Действует", vat_included=True, lines=[
        row(NAMES.agreement_lines, product=MILK, amount="95.5")]) | {"DataVersion": "1"}  # fmt: skip
    base = Base(httpserver, {
        NAMES.prices.entity: records,
        f"{NAMES.prices.entity}/SliceLast": records,
        NAMES.agreements.entity: [agreement],
    })  # fmt: skip
    erp = opened(httpserver, clock)
    assert {price.product_id for price in await all_of(erp.prices(since=NOW))} == {MILK, SUGAR}
    clock.moment += timedelta(hours=1)
    since = clock.moment
    prices = await all_of(erp.prices(since=since))
    assert [(price.product_id, price.amount) for price in prices] == [(MILK, 100), (MILK, Decimal("95.50"))]
    assert any("Period ge datetime'2025-12-12T13:00:00'" in asked for asked in base.asked), "back-dated documents count"
    base.rows[NAMES.agreements.entity] = [agreement | {"DataVersion": "2"}]
    assert {price.product_id for price in await all_of(erp.prices(since=since))} == {MILK, SUGAR}
    clock.moment += timedelta(hours=1)
    assert {price.product_id for price in await all_of(erp.prices(since=clock.moment))} == {MILK}
    base.rows[NAMES.price_types.entity] = [row(NAMES.price_types, id=RETAIL, vat_included=True) | {"DataVersion": "2"}]
    told = {price.product_id for price in await all_of(erp.prices(since=clock.moment))}
    assert told == {MILK, SUGAR}, "a type may have begun to include VAT"
    clock.moment += timedelta(hours=1)
    yesterday = clock.moment - timedelta(days=1)
    assert {price.product_id for price in await all_of(erp.prices(since=yesterday))} == {MILK, SUGAR}
    await erp.close()


async def test_a_base_that_does_not_filter_by_date_is_read_by_its_slice(httpserver: HTTPServer) -> None:
    """Not by the records of all years."""
    clock = Ticking()
    records = [listed(MILK, 100, "2025-12-15T00:00:00"), listed(SUGAR, 50, "2025-11-01T00:00:00")]
    base = Base(httpserver, {f"{NAMES.prices.entity}/SliceLast": records})
    base.refuse = lambda address: error(400, 14, "Ошибка при разборе") if "Period ge" in address else None
    erp = opened(httpserver, clock)
    for _ in range(2):
        assert {price.product_id for price in await all_of(erp.prices(since=NOW))} == {MILK, SUGAR}
    whole = [asked for asked in base.asked if asked.startswith(f"{NAMES.prices.entity}?") and "Period ge" not in asked]
    assert whole == []
    await erp.close()


STATES = st.dictionaries(st.sampled_from("абвг"), st.sampled_from("123"))


@given(st.lists(STATES, min_size=1, max_size=6), st.data())
def test_no_change_is_ever_missed(states: list[Mapping[str, str]], data: st.DataObject) -> None:
    """Whatever differs between the state at `since` and now is told, whichever readings lay between."""
    versions, moments = Versions(), [NOW + timedelta(minutes=place) for place in range(len(states))]
    for place, state in enumerate(states):
        back = data.draw(st.integers(0, place))
        told = versions.changed(state, moments[place], moments[back])
        old = states[back] if back else {}
        assert {ref for ref in old.keys() | state.keys() if old.get(ref) != state.get(ref)} <= told
