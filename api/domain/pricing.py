"""Which price applies: pure arithmetic over the rows that the accounting system gave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from api.domain.product import Price


@dataclass(frozen=True)
class Terms:
    """What decides a customer's prices."""

    customer_id: str
    price_list_id: str | None = None
    prepayment: bool = False


def _in_force(price: Price, day: date) -> bool:
    return (price.valid_from is None or price.valid_from <= day) and (price.valid_to is None or day <= price.valid_to)


def _applies(price: Price, quantity: Decimal, terms: Terms, day: date) -> bool:
    return _in_force(price, day) and price.min_quantity <= quantity and (terms.prepayment or not price.prepayment)


def is_promotion(price: Price) -> bool:
    """An offer of a time: open to everybody, or to all who buy by a price list."""
    return bool(price.promo) or (price.customer_id is None and price.price_list_id is None)


def _is_for(price: Price, terms: Terms) -> bool:
    if price.customer_id is not None:
        return price.customer_id == terms.customer_id
    return price.price_list_id is None or price.price_list_id == terms.price_list_id


def _lowest(prices: Iterable[Price]) -> Price | None:
    return min(prices, key=lambda price: price.amount, default=None)


def regular_price(prices: Sequence[Price], quantity: Decimal, terms: Terms, day: date) -> Price | None:
    """The customer's own price without promotions: the contract's, else the price list's."""
    fitting = [price for price in prices if _applies(price, quantity, terms, day) and not is_promotion(price)]
    own = [price for price in fitting if _is_for(price, terms)]
    return _lowest(price for price in own if price.customer_id is not None) or _lowest(own)


def price_for(prices: Sequence[Price], quantity: Decimal, terms: Terms, day: date) -> Price | None:
    """The price of a base unit when this much is bought, or None when the customer has none.

    Contract prices take the place of the price list's; rows of another customer or price list never count; a
    promotion applies when it is lower.
    """
    regular = regular_price(prices, quantity, terms, day)
    offers = (
        price
        for price in prices
        if is_promotion(price) and _is_for(price, terms) and _applies(price, quantity, terms, day)
    )
    return _lowest(price for price in (regular, *offers) if price is not None)


def steps(prices: Sequence[Price], terms: Terms, day: date) -> list[tuple[Decimal, Decimal]]:
    """The quantities from which the price falls, with the price there, in order of quantity."""
    found: list[tuple[Decimal, Decimal]] = []
    first = price_for(prices, Decimal(1), terms, day)
    last = first.amount if first else None
    for quantity in sorted({price.min_quantity for price in prices if price.min_quantity > 1}):
        price = price_for(prices, quantity, terms, day)
        if price is not None and (last is None or price.amount < last):
            found.append((quantity, price.amount))
            last = price.amount
    return found
