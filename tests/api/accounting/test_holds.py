"""A reading that would take away or reprice too much waits for a manager, and does what the manager said."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from api.accounting import service
from api.config import settings
from api.db.models import EventRow, PriceRow, ProductRow, SyncHoldRow, SyncRunRow
from api.db.session import staff_session
from api.deps.holds import Held
from api.erp.errors import ErpError
from api.erp.port import Data
from api.errors import Conflict
from tests.api.accounting.conftest import ChangingErp, Connect, MovedClock, price, product

MANY = 40


@pytest.fixture
async def shop(connect: Connect) -> ChangingErp:
    """Forty products with a price each, read once."""
    erp = connect("main")
    erp.product_rows = [product(number) for number in range(MANY)]
    erp.price_rows = [price(number, "100") for number in range(MANY)]
    await service.read("main", Data.GOODS)
    await service.read("main", Data.PRICES)
    return erp


async def holds() -> list[SyncHoldRow]:
    async with staff_session() as session:
        return list(await session.scalars(select(SyncHoldRow).order_by(SyncHoldRow.id)))


async def decide(state: str) -> None:
    async with staff_session() as session:
        hold = (await service.open_holds(session))[0]
        decision = service.approve if state == "approved" else service.refuse
        await decision(session, hold.id, "anna", settings().clock.now())


async def active() -> int:
    async with staff_session() as session:
        return await session.scalar(select(func.count()).where(ProductRow.active)) or 0


def reprice(erp: ChangingErp, count: int, amount: str) -> None:
    erp.price_rows = [price(number, amount if number < count else "100") for number in range(MANY)]
    erp.touch(Data.PRICES, *(f"p{number}" for number in range(count)))


async def test_a_fifth_may_go_more_is_asked_about(shop: ChangingErp) -> None:
    shop.product_rows = shop.product_rows[:32]
    await service.read("main", Data.GOODS, whole=True)
    assert await active() == 32
    shop.product_rows = shop.product_rows[:25]
    with pytest.raises(Held, match="мало строк"):
        await service.read("main", Data.GOODS, whole=True)
    assert await active() == 32
    (hold,) = await holds()
    assert (hold.state, hold.data, hold.summary["losses"][0]["gone"]) == ("open", "goods", 7)
    assert [example["name"] for example in hold.summary["examples"]][:1] == ["Товар 25, 1025"]
    async with staff_session() as session:
        event = (await session.scalars(select(EventRow.data).filter_by(kind="sync_held"))).one()
        run = await session.get_one(SyncRunRow, ("main", "goods"))
    assert event == {"backend": "main", "data": "goods", "rows": {"products": 7}}
    assert "Решение за менеджером" in run.error


async def test_many_new_prices_are_shown_as_they_were_and_are(shop: ChangingErp) -> None:
    reprice(shop, 12, "90")
    await service.read("main", Data.PRICES, whole=True)
    assert not await holds()
    reprice(shop, 13, "80")
    with pytest.raises(Held, match="много цен"):
        await service.read("main", Data.PRICES, whole=True)
    async with staff_session() as session:
        assert await session.scalar(select(func.count()).where(PriceRow.amount == 80)) == 0
    (hold,) = await holds()
    loss, examples = hold.summary["losses"][0], hold.summary["examples"]
    assert (loss["known"], loss["gone"], loss["repriced"], len(examples)) == (MANY, 0, 13, 10)
    assert {"name": "Товар 1", "before": "90 ₽", "after": "80 ₽"} in [
        {key: value.replace("\xa0", " ") for key, value in example.items()} for example in examples
    ]


async def test_new_dates_of_the_same_price_are_no_new_price(shop: ChangingErp, clock: MovedClock) -> None:
    shop.price_rows = [price(number, "100", valid_from=clock.now().date()) for number in range(MANY)]
    await service.read("main", Data.PRICES, whole=True)
    assert not await holds()


async def test_what_is_approved_is_written_by_the_next_reading(shop: ChangingErp) -> None:
    shop.product_rows = shop.product_rows[:10]
    for _ in range(2):  # asked once, however often it is read
        with pytest.raises(Held):
            await service.read("main", Data.GOODS, whole=True)
    await decide("approved")
    await service.read("main", Data.GOODS, whole=True)
    assert await active() == 10
    assert [hold.state for hold in await holds()] == ["done"]


@pytest.mark.parametrize("change", ["late", "more"])
async def test_an_approval_holds_for_a_day_and_for_what_was_shown(
    shop: ChangingErp, clock: MovedClock, change: str
) -> None:
    shop.product_rows = shop.product_rows[:29]
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)
    await decide("approved")
    if change == "late":
        clock.move(25 * 60)
    else:
        shop.product_rows = []
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)
    assert [hold.state for hold in await holds()] == ["approved", "open"]
    assert await active() == MANY


async def test_what_is_refused_is_asked_again_only_about_another_loss(shop: ChangingErp) -> None:
    shop.product_rows = shop.product_rows[:30]
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)
    await decide("refused")
    with pytest.raises(Held) as held:
        await service.read("main", Data.GOODS, whole=True)
    assert held.value.refused and len(await holds()) == 1
    shop.product_rows = []
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)
    assert [hold.state for hold in await holds()] == ["refused", "open"]


async def test_what_comes_right_by_itself_is_asked_no_more(shop: ChangingErp) -> None:
    whole, shop.product_rows = shop.product_rows, []
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)
    shop.product_rows = whole
    await service.read("main", Data.GOODS, whole=True)
    assert [hold.state for hold in await holds()] == ["done"]


async def test_changes_go_on_while_the_whole_reading_waits(shop: ChangingErp, clock: MovedClock) -> None:
    clock.move(24 * 60)
    rows, shop.product_rows = shop.product_rows, []
    with pytest.raises(Held):
        await service.read("main", Data.GOODS)
    shop.product_rows = [product(0, name="Новое имя"), *rows[1:20]]
    shop.touch(Data.GOODS, "p0")
    await service.read("main", Data.GOODS)
    async with staff_session() as session:
        assert (await session.get_one(ProductRow, "p0")).name == "Новое имя"
    assert shop.asked[-1][1] is not None and await active() == MANY
    assert [hold.state for hold in await holds()] == ["open"]
    # The next night it is tried whole once more: it may have come right by itself.
    clock.move(24 * 60)
    with pytest.raises(Held):
        await service.read("main", Data.GOODS)
    await service.read("main", Data.GOODS)
    assert [since is None for _, since in shop.asked[-2:]] == [True, False]


async def test_decided_once(shop: ChangingErp) -> None:
    shop.product_rows = []
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)
    (hold,) = await holds()
    await decide("refused")
    with pytest.raises(Conflict):
        async with staff_session() as session:
            await service.approve(session, hold.id, "anna", settings().clock.now())


async def test_the_last_rows_of_a_few_do_not_go_unasked(connect: Connect) -> None:
    erp = connect("main")
    erp.product_rows = [product(1), product(2)]
    await service.read("main", Data.GOODS)
    erp.product_rows = []
    with pytest.raises(Held):
        await service.read("main", Data.GOODS, whole=True)


async def test_a_first_fill_asks_nobody(shop: ChangingErp) -> None:
    assert not await holds() and await active() == MANY


@pytest.mark.parametrize("broken", [ErpError("Не отвечает.", permanent=False), RuntimeError("a bug")])
async def test_a_source_that_breaks_off_changes_nothing(
    shop: ChangingErp, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    async def prices(*_: Any, **__: Any) -> Any:
        yield price(1, "77")
        raise broken

    monkeypatch.setattr(shop, "prices", prices)
    with pytest.raises(type(broken)):
        await service.read("main", Data.PRICES, whole=True)
    async with staff_session() as session:
        run = await session.get_one(SyncRunRow, ("main", "prices"))
        amounts = set(await session.scalars(select(PriceRow.amount)))
    assert run.error and run.finished_at is not None and amounts == {Decimal(100)}
