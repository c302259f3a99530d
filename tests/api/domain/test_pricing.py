"""Which price applies."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api.domain.pricing import Terms, price_for, regular_price, steps
from api.domain.product import Price

DAY = date(2025, 12, 15)
PETRA = Terms("petra", "retail")
LIST = Price("milk", Decimal(500), price_list_id="retail")
VOLUME = replace(LIST, amount=Decimal(480), min_quantity=Decimal(12))
PREPAID = replace(LIST, amount=Decimal(470), prepayment=True)
CONTRACT = Price("milk", Decimal(490), customer_id="petra")
PROMO = Price("milk", Decimal(450), promo="Неделя молока", valid_to=date(2025, 12, 20))


def amount(*prices: Price, quantity: int = 1, terms: Terms = PETRA) -> Decimal | None:
    found = price_for(prices, Decimal(quantity), terms, DAY)
    return found.amount if found else None


def test_the_lists_price() -> None:
    assert amount(LIST) == 500


def test_no_price_is_none() -> None:
    assert amount() is None
    assert amount(LIST, terms=Terms("petra", None)) is None
    assert amount(LIST, terms=Terms("petra", "wholesale")) is None


def test_the_contract_takes_the_lists_place_even_when_dearer() -> None:
    assert amount(LIST, CONTRACT) == 490
    assert amount(LIST, replace(CONTRACT, amount=Decimal(600))) == 600


def test_volume_from_its_quantity() -> None:
    assert amount(LIST, VOLUME, quantity=11) == 500
    assert amount(LIST, VOLUME, quantity=12) == 480


def test_prepayment_for_those_who_prepay() -> None:
    assert amount(LIST, PREPAID) == 500
    assert amount(LIST, PREPAID, terms=replace(PETRA, prepayment=True)) == 470


def test_a_promotion_when_it_is_lower() -> None:
    assert amount(LIST, PROMO) == 450
    assert amount(CONTRACT, PROMO) == 450
    assert amount(LIST, replace(PROMO, amount=Decimal(501))) == 500
    assert regular_price([LIST, PROMO], Decimal(1), PETRA, DAY) == LIST


def test_a_promotion_of_the_own_price_list() -> None:
    offer = replace(LIST, amount=Decimal(455), promo="Акция недели")
    assert amount(LIST, offer) == 455
    assert amount(CONTRACT, offer) == 455
    assert amount(LIST, replace(offer, price_list_id="wholesale")) == 500
    assert regular_price([LIST, offer], Decimal(1), PETRA, DAY) == LIST


def test_only_what_is_in_force() -> None:
    assert amount(LIST, replace(PROMO, valid_to=date(2025, 12, 14))) == 500
    assert amount(LIST, replace(PROMO, valid_from=date(2025, 12, 16))) == 500
    assert amount(LIST, replace(PROMO, valid_from=DAY, valid_to=DAY)) == 450


def test_the_quantities_from_which_it_is_cheaper() -> None:
    found = steps([LIST, VOLUME, replace(VOLUME, amount=Decimal(490), min_quantity=Decimal(48))], PETRA, DAY)
    assert found == [(Decimal(12), Decimal(480))]


prices = st.builds(
    Price,
    product_id=st.just("milk"),
    amount=st.decimals(min_value=1, max_value=1000, places=2),
    price_list_id=st.sampled_from([None, "retail", "wholesale"]),
    customer_id=st.sampled_from([None, "petra", "berezka"]),
    min_quantity=st.integers(0, 20).map(Decimal),
    prepayment=st.booleans(),
)


@given(st.lists(prices, max_size=8), st.integers(1, 30))
def test_nobody_elses_price_ever_applies(rows: list[Price], quantity: int) -> None:
    found = price_for(rows, Decimal(quantity), PETRA, DAY)
    if found is not None:
        assert found.customer_id in (None, "petra")
        assert found.customer_id == "petra" or found.price_list_id in (None, "retail")
        assert not found.prepayment
        assert found.min_quantity <= quantity


@given(st.lists(prices, max_size=8), st.integers(1, 30))
def test_strangers_rows_change_nothing(rows: list[Price], quantity: int) -> None:
    own = [row for row in rows if row.customer_id in (None, "petra")]
    assert price_for(rows, Decimal(quantity), PETRA, DAY) == price_for(own, Decimal(quantity), PETRA, DAY)
