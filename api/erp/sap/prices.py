"""Prices out of condition records: by material, by price list type, by customer, by volume.

SAP finds a price by an access sequence that each company sets up for itself. Here the usual one is kept: the customer's
own price, else the price list's, else the material's. A record with any further key (a plant, a price group, a
document …) is left out: told to everybody it would be wrong. What SAP itself makes of an order is told by `quote`.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

import structlog

from api.domain.clock import Clock
from api.domain.product import Price
from api.erp.errors import ErpUnsupported
from api.erp.sap.client import ODataClient, Set
from api.erp.sap.literals import any_of, on_day, portions, text
from api.erp.sap.partners import BASE_LIST, Partners
from api.erp.sap.records import Record
from api.erp.sap.settings import SapSettings

SERVICE = "API_SLSPRICINGCONDITIONRECORD_SRV"
VALIDITY = Set(SERVICE, "A_SlsPrcgCndnRecdValidity", "Material,ConditionRecord,ConditionValidityEndDate")
SCALES = Set(SERVICE, "A_SlsPrcgCndnRecordScale", "ConditionRecord,ConditionScaleLine")
TAXES = Set("API_PRODUCT_SRV", "A_ProductSalesTax", "Product,Country,TaxCategory")

CONDITION = "to_SlsPrcgConditionRecord"
BATCH = 200
KOPECK = Decimal("0.01")
HUNDRED = Decimal(100)
BY_QUANTITY = "C"
"""PricingScaleBasis of a scale by quantity; empty: no scale."""
FROM_SCALES = ("", "A")
"""PricingScaleType of a scale that says «from this quantity on»."""

# Of a validity row: what it is, and the keys that are understood. Any other filled field is a key that is not.
UNDERSTOOD = frozenset(
    (
        "__metadata ConditionRecord ConditionValidityEndDate ConditionValidityStartDate ConditionApplication"
        " ConditionType ConditionReleaseStatus ConditionProcessingStatus ETag Material PriceListType Customer"
        " SoldToParty BPForCustomer BPForSoldToParty SalesOrganization DistributionChannel TransactionCurrency"
    ).split()
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Found:
    """A price of a record with the quantity it begins at, and for whom it is."""

    price: Price
    customer: str
    price_list: str


class Prices:
    """Reads condition records."""

    def __init__(self, client: ODataClient, settings: SapSettings, partners: Partners, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._partners = partners
        self._clock = clock

    async def prices(self, product_ids: Sequence[str] | None) -> AsyncIterator[Price]:
        """Prices in force or to come, one product after the other."""
        if not self._settings.price_condition:
            raise ErpUnsupported("Цены из SAP сообщаются только расчётом заказа: вид условия не задан.")
        if product_ids is not None and not product_ids:
            return
        lists = await self._partners.price_list_types()
        customers = await self._partners.ordering()
        async for batch in self._batches(product_ids):
            scales, taxes = await self._scales(batch), await self._taxes(batch)
            for product, records in groupby(batch, key=lambda record: record.text("Material")):
                found = [price for record in records for price in self._of(record, scales, taxes.get(product))]
                for price in spread([row for row in found if not row.customer or row.customer in customers], lists):
                    yield price

    async def _batches(self, product_ids: Sequence[str] | None) -> AsyncIterator[list[Record]]:
        """Records of some whole products at a time, so that what belongs to them is asked for together."""
        batch: list[Record] = []
        async for record in self._records(product_ids):
            if len(batch) >= BATCH and record.text("Material") != batch[-1].text("Material"):
                yield batch
                batch = []
            batch.append(record)
        if batch:
            yield batch

    async def _records(self, product_ids: Sequence[str] | None) -> AsyncIterator[Record]:
        settings = self._settings
        where = (
            f"ConditionType eq {text(settings.price_condition)}"
            f" and SalesOrganization eq {text(settings.sales_organization)}"
            f" and DistributionChannel eq {text(settings.distribution_channel)}"
            f" and ConditionValidityEndDate ge {on_day(self._clock.now().date())}"
        )
        asked = (
            [where]
            if product_ids is None
            else [f"{where} and {any_of('Material', part)}" for part in portions(product_ids)]
        )
        for condition in asked:
            async for record in self._client.rows(VALIDITY, condition, expand=CONDITION):
                if record.text("Material") and self._is_plain(record):
                    yield record

    def _is_plain(self, record: Record) -> bool:
        """Whether nothing but the keys that we understand decides this price, and it is released."""
        others = [
            name
            for name, value in record.row.items()
            if isinstance(value, str) and value.strip("0 ") and name not in UNDERSTOOD
        ]
        if record.text("TransactionCurrency") not in ("", self._settings.currency):
            others.append("TransactionCurrency")
        if _customer(record) and record.text("PriceListType"):
            others.append("PriceListType")
        if record.text("ConditionReleaseStatus"):
            others.append("ConditionReleaseStatus")
        if others:
            log.info("sap.price_left_out", record=record.text("ConditionRecord"), keys=others)
        return not others

    async def _scales(self, batch: list[Record]) -> dict[str, list[Record]]:
        """Scales by record. They are asked apart: a system was seen that expands them to nothing."""
        scaled = [record for record in batch if record.one(CONDITION).text("PricingScaleBasis")]
        found: dict[str, list[Record]] = defaultdict(list)
        for part in portions(record.text("ConditionRecord") for record in scaled):
            async for scale in self._client.rows(SCALES, any_of("ConditionRecord", part)):
                found[scale.text("ConditionRecord")].append(scale)
        return found

    async def _taxes(self, batch: list[Record]) -> dict[str, Decimal]:
        """What the prices of a product are multiplied by; without a known rate it is not there."""
        settings, found = self._settings, dict[str, Decimal]()
        if not settings.gross:
            return {record.text("Material"): Decimal(1) for record in batch}
        ours = f"Country eq {text(settings.tax_country)} and TaxCategory eq {text(settings.tax_category)}"
        for part in portions(record.text("Material") for record in batch):
            async for row in self._client.rows(TAXES, f"{ours} and {any_of('Product', part)}"):
                rate = settings.tax_rates.get(row.text("TaxClassification"))
                if rate is not None:
                    found[row.text("Product")] = 1 + rate / HUNDRED
        return found

    def _of(self, record: Record, known: Mapping[str, list[Record]], tax: Decimal | None) -> Iterable[Found]:
        condition, scales = record.one(CONDITION), known.get(record.text("ConditionRecord"), [])
        if condition.flag("ConditionIsDeleted"):
            return
        basis, kind = condition.text("PricingScaleBasis"), condition.text("PricingScaleType")
        if basis and (basis != BY_QUANTITY or kind not in FROM_SCALES or not scales):
            log.warning("sap.scale_unknown", record=record.text("ConditionRecord"), basis=basis, kind=kind)
            return
        factor = _factor(condition)
        if factor is None or tax is None:
            log.warning("sap.price_left_out", record=record.text("ConditionRecord"), keys=["unit or tax"])
            return
        for line in scales or [condition]:
            if line.text("ConditionRateValueUnit") != self._settings.currency or line.number("ConditionRateValue") <= 0:
                continue
            per = (condition.number("ConditionQuantity") or Decimal(1)) * factor
            least = line.number("ConditionScaleQuantity") * factor if scales else Decimal(0)
            yield Found(
                Price(
                    product_id=record.text("Material"),
                    amount=(line.number("ConditionRateValue") / per * tax).quantize(KOPECK, ROUND_HALF_UP),
                    min_quantity=least,
                    valid_from=_starts(record, self._clock.now().date()),
                    valid_to=record.day("ConditionValidityEndDate"),
                ),
                _customer(record),
                record.text("PriceListType"),
            )


def spread(found: Sequence[Found], lists: Sequence[str]) -> Iterable[Price]:
    """The prices as the port knows them. A price of the material alone holds for each list that has none of its own."""
    base = [row.price for row in found if not row.customer and not row.price_list]
    yield from (replace(row.price, customer_id=row.customer) for row in found if row.customer)
    yield from (replace(price, price_list_id=BASE_LIST) for price in base)
    for name in lists:
        own = [row.price for row in found if row.price_list == name and not row.customer]
        yield from (replace(price, price_list_id=name) for price in own or base)


def _customer(record: Record) -> str:
    """Whose price it is; empty: not a customer's own."""
    names = ("Customer", "SoldToParty", "BPForCustomer", "BPForSoldToParty")
    return next((told for name in names if (told := record.text(name))), "")


def _factor(condition: Record) -> Decimal | None:
    """Base units in one unit of the condition; None: the price or its scale is told in a unit of unknown size."""
    names = ("ConditionQuantityUnit", "ConditionScaleQuantityUnit", "BaseUnit")
    unit, scale, base = (condition.text(name) for name in names)
    above, below = condition.number("ConditionToBaseQtyNmrtr"), condition.number("ConditionToBaseQtyDnmntr")
    if unit and scale not in ("", unit):
        return None
    if above and below:
        return above / below
    return None if unit and base and unit != base else Decimal(1)


def _starts(record: Record, today: date) -> date | None:
    """The first day; None when it has come already, so that rows do not differ by what is past."""
    starts = record.day("ConditionValidityStartDate")
    return starts if starts is not None and starts > today else None
