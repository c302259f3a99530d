"""Prices put aside until it is known what they are for: amounts of packings and without VAT become prices of a base
unit with VAT."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import structlog

from api.erp.onec.money import Money
from api.erp.onec.spool import Spool

log = structlog.get_logger()

KOPECK = Decimal("0.01")
LISTED, OWN, RATE = "listed", "own", "rate"
NET = "net"


class Row(NamedTuple):
    """`of`: the price type of a listed price, the customer of an own one, the word for the product's rate of VAT."""

    kind: str
    of: str
    amount: str = ""
    packing: str = ""
    net: str = ""
    """NET: the amount is without VAT."""
    starts: str = ""
    ends: str = ""


class Aside:
    """What is put aside, what has to be looked up for it, and what is left out."""

    def __init__(self, spool: Spool, money: Money) -> None:
        self.money = money
        self.packings: set[str] = set()
        self.net = False
        self.foreign_types: set[str] = set()
        self.foreign_agreements: set[str] = set()
        self._spool = spool

    def add(self, product: str, row: Row) -> None:
        self._spool.add(product, *row)
        self.net |= row.net == NET
        if row.packing:
            self.packings.add(row.packing)

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """Each product with its rows."""
        return ((product, [Row(*parts) for parts in rows]) for product, rows in self._spool.groups())

    def warn(self) -> None:
        """One warning of everything that is left out because it is no price in roubles."""
        if self.foreign_types or self.foreign_agreements:
            types = sorted(
                record.text("name") if (record := self.money.types.get(ref)) else ref for ref in self.foreign_types
            )
            log.warning("onec.foreign_currency", price_types=types, agreements=sorted(self.foreign_agreements))


class Measure:
    """What an amount is multiplied by; the rates of VAT that are not known are counted."""

    def __init__(self, factors: Mapping[str, Decimal], rates: Mapping[str, Decimal]) -> None:
        """`factors`: base units by packing; `rates`: percents by the word for them."""
        self._factors = factors
        self._rates = rates
        self._unknown: Counter[str] = Counter()

    def price(self, product: str, row: Row, rate: str) -> Decimal | None:
        """The price of a base unit with VAT; None, with a warning, where nobody knows it: it would be a loss."""
        factor = self._factors.get(row.packing) if row.packing else Decimal(1)
        if factor is None:
            log.warning("onec.packing_of_no_size", product=product, packing=row.packing)
            return None
        if row.net and rate not in self._rates:
            self._unknown[rate] += 1
            return None
        return rounded(Decimal(row.amount) * self.vat(row, rate) / factor)

    def vat(self, row: Row, rate: str) -> Decimal:
        """What makes an amount like this row's, at a known rate, one with VAT."""
        return 1 + self._rates[rate] / 100 if row.net else Decimal(1)

    def warn(self) -> None:
        """One warning of all rates that are not known."""
        if self._unknown:
            log.warning("onec.vat_rate_unknown", rates=dict(self._unknown))


def rounded(amount: Decimal) -> Decimal:
    """To kopecks: an order keeps no more."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)
