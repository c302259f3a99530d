"""What SAP does with an order: it finds prices, availability and credit, keeps it, rejects its items."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.api.erp.sap.schema import SETS
from tests.api.erp.sap.tables import Row, Tables, day, moment

TAX = Decimal("0.2")
BOT = "CC0000000007"
READ_ONLY = frozenset(
    "CreationDate CreatedByUser LastChangeDate LastChangeDateTime TotalNetAmount OverallSDProcessStatus"
    " OverallDeliveryStatus TotalCreditCheckStatus OverallSDDocumentRejectionSts NetAmount TaxAmount".split()
)


class Refusal(Exception):
    """An answer with an error of a gateway."""

    def __init__(self, status: int, code: str, words: str, *details: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words, self.details = status, code, words, details


@dataclass
class Sales:
    tables: Tables
    limits: dict[str, Decimal] = field(default_factory=dict)
    """Credit limits of customers, for a single order."""
    currency: str = "RUB"
    truncate: bool = False
    block: int = 0
    """So many next orders are held by credit control."""
    looked_at: dict[str, int] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    next_number: int = 5200000

    def simulate(self, body: Row) -> Row:
        """The answer to A_SalesOrderSimulation."""
        header, items = (
            self._understood("A_SalesOrderSimulation", body),
            self._items(body, "A_SalesOrderItemSimulation"),
        )
        customer = header["SoldToParty"]
        total = Decimal(0)
        told = []
        for item in items:
            amount = self._amount(customer, item)
            total += amount
            quantity = Decimal(item["RequestedQuantity"])
            confirmed = max(Decimal(0), min(quantity, self._free(item["Material"], item.get("Plant", ""))))
            schedule = {
                "SalesOrder": "",
                "SalesOrderItem": item["SalesOrderItem"],
                "ScheduleLine": "0001",
                "ConfirmedDeliveryDate": header.get("RequestedDeliveryDate"),
                "ConfdOrderQtyByMatlAvailCheck": f"{confirmed:.3f}",
            }
            told.append(
                item
                | {
                    "NetAmount": f"{amount:.2f}",
                    "TaxAmount": f"{amount * TAX:.2f}",
                    "TransactionCurrency": self.currency,
                    "ConfdDelivQtyInOrderQtyUnit": f"{confirmed:.3f}",
                    "HigherLevelItem": "0",
                    "to_ScheduleLine": {"results": [schedule]} if "to_ScheduleLine" in item else None,
                }
            )
        answer: Row = {**header, "SalesOrder": "", "to_Item": {"results": told}}
        if "to_Pricing" in body:
            answer["to_Pricing"] = {"TotalNetAmount": f"{total:.2f}", "TransactionCurrency": self.currency}
        if "to_Credit" in body:
            answer["to_Credit"] = {"TotalCreditCheckStatus": self._credit(customer, total)}
        return answer

    def create(self, body: Row) -> Row:
        """Keeps the order with its items, partners and texts."""
        header, items = self._understood("A_SalesOrder", body), self._items(body, "A_SalesOrderItem")
        number = str(self.next_number)
        self.next_number += 1
        customer, now = header["SoldToParty"], self.clock()
        amounts = [self._amount(customer, item) for item in items]
        status = self._credit(customer, sum(amounts, Decimal(0)))
        if self.block:
            self.block -= 1
            status = "B"
        header.pop("SalesOrder", None)
        row = self.tables.add("A_SalesOrder", SalesOrder=number, **header)
        row |= {
            "CreationDate": day(now.date()),
            "CreatedByUser": BOT,
            "SalesOrderDate": header.get("SalesOrderDate") or day(now.date()),
            "TotalNetAmount": f"{sum(amounts, Decimal(0)):.2f}",
            "TransactionCurrency": self.currency,
            "OverallSDProcessStatus": "A",
            "OverallDeliveryStatus": "A",
            "OverallSDDocumentRejectionSts": "A",
            "TotalCreditCheckStatus": status,
        }
        for item, amount in zip(items, amounts, strict=True):
            self._keep_item(number, item, amount)
        for partner in under(body, "to_Partner"):
            self.tables.add("A_SalesOrderHeaderPartner", SalesOrder=number, **partner)
        for text in under(body, "to_Text"):
            words = text["LongText"][:40] if self.truncate else text["LongText"]
            self.tables.add("A_SalesOrderText", **{**text, "SalesOrder": number, "LongText": words})
        self.touch(number)
        return row

    def patch_item(self, item: Row, body: Row, etag: str) -> None:
        """Changes an item. Raises Refusal when the version is another, or the order has gone too far."""
        number = item["SalesOrder"]
        header = self.tables.one("A_SalesOrder", {"SalesOrder": number})
        assert header is not None
        if not etag:
            raise Refusal(428, "/IWBEP/CM_MGW_RT/021", "Precondition required: If-Match")
        if etag not in ("*", item["_etag"]):
            raise Refusal(412, "/IWBEP/CM_MGW_RT/022", "The entity was changed: precondition failed")
        if header["OverallDeliveryStatus"] != "A" and body.get("SalesDocumentRjcnReason"):
            raise Refusal(400, "V1/498", "Item was already delivered", "V1/498")
        item |= body
        items = [row for row in self.tables.rows["A_SalesOrderItem"] if row["SalesOrder"] == number]
        rejected = [row for row in items if row["SalesDocumentRjcnReason"]]
        header["OverallSDDocumentRejectionSts"] = "C" if len(rejected) == len(items) else "B" if rejected else "A"
        self.touch(number)

    def touch(self, number: str) -> None:
        """A new version of the header, and of each item with it."""
        now = self.clock()
        for name in ("A_SalesOrder", "A_SalesOrderItem"):
            for row in self.tables.rows[name]:
                if row["SalesOrder"] == number:
                    row["_etag"] = f"W/\"datetimeoffset'{now.isoformat()}'\""
                    if name == "A_SalesOrder":
                        row["LastChangeDateTime"], row["LastChangeDate"] = moment(now), day(now.date())

    def looked(self, row: Row) -> None:
        """A credit clerk as prompt as the conformance suite wants one: after two looks the order is released."""
        number = row["SalesOrder"]
        if row["TotalCreditCheckStatus"] == "B" and number in self.looked_at:
            self.looked_at[number] += 1
            if self.looked_at[number] == 2:
                row["TotalCreditCheckStatus"] = "D"
                self.touch(number)

    def _keep_item(self, number: str, item: Row, amount: Decimal) -> None:
        row = self.tables.add("A_SalesOrderItem", **{**item, "SalesOrder": number})
        row |= {
            "HigherLevelItem": "0",
            "NetAmount": f"{amount:.2f}",
            "TaxAmount": f"{amount * TAX:.2f}",
            "TransactionCurrency": self.currency,
            "RequestedQuantity": f"{Decimal(item['RequestedQuantity']):.3f}",
        }

    def _understood(self, name: str, body: Row) -> Row:
        """The header's own fields. Strict as a gateway: unknown names, wrong types and shapes are errors."""
        header = _typed(name, body)
        for needed in ("SalesOrderType", "SalesOrganization", "DistributionChannel", "OrganizationDivision"):
            if not header.get(needed):
                raise Refusal(400, "V1/320", f"Enter {needed}")
        area = {
            "Customer": header.get("SoldToParty", ""),
            "SalesOrganization": header["SalesOrganization"],
            "DistributionChannel": header["DistributionChannel"],
            "Division": header["OrganizationDivision"],
        }
        if self.tables.one("A_CustomerSalesArea", area) is None:
            words = f"Sold-to party {area['Customer']} not maintained for sales area"
            raise Refusal(400, "SLS_LORD/000", words, "VP/199")
        for partner in under(body, "to_Partner"):
            if self.tables.one("A_Customer", {"Customer": partner.get("Customer")}) is None:
                raise Refusal(400, "VP/204", f"Ship-to party {partner.get('Customer')} not maintained")
        return header

    def _items(self, body: Row, name: str) -> list[Row]:
        told = under(body, "to_Item")
        if not told:
            raise Refusal(400, "V1/320", "Enter an item")
        items = []
        for item in told:
            row = _typed(name, item) | ({"to_ScheduleLine": []} if "to_ScheduleLine" in item else {})
            product = self.tables.one("A_Product", {"Product": row.get("Material")})
            if product is None or product["IsMarkedForDeletion"]:
                raise Refusal(400, "V1/382", f"Material {row.get('Material')} not defined for the sales organization")
            if row.get("RequestedQuantityUnit") not in {
                unit["AlternativeUnit"]
                for unit in self.tables.rows["A_ProductUnitsOfMeasure"]
                if unit["Product"] == row["Material"]
            }:
                raise Refusal(400, "V1/303", f"Unit {row.get('RequestedQuantityUnit')} is not defined")
            items.append(row)
        return items

    def _amount(self, customer: str, item: Row) -> Decimal:
        """By the customer's own condition, else its price list's, else the material's; scales by quantity."""
        area = next(row for row in self.tables.rows["A_CustomerSalesArea"] if row["Customer"] == customer)
        quantity = Decimal(item["RequestedQuantity"])
        plain = [
            row
            for row in self.tables.rows["A_SlsPrcgCndnRecdValidity"]
            if row["Material"] == item["Material"] and not row["Plant"] and not row["SalesDocument"].strip("0")
        ]
        levels = (
            [row for row in plain if row["Customer"] == customer],
            [row for row in plain if row["PriceListType"] and row["PriceListType"] == area["PriceListType"]],
            [row for row in plain if not row["Customer"] and not row["PriceListType"]],
        )
        for level in levels:
            for row in level:
                return (self._rate(row["ConditionRecord"], quantity) * quantity).quantize(Decimal("0.01"))
        return Decimal("0.00")

    def _rate(self, record: str, quantity: Decimal) -> Decimal:
        condition = self.tables.one("A_SlsPrcgConditionRecord", {"ConditionRecord": record})
        assert condition is not None
        base = Decimal(condition["ConditionToBaseQtyNmrtr"]) or Decimal(1)
        base /= Decimal(condition["ConditionToBaseQtyDnmntr"]) or Decimal(1)
        scales = [
            (Decimal(row["ConditionScaleQuantity"]) * base, Decimal(row["ConditionRateValue"]))
            for row in self.tables.rows["A_SlsPrcgCndnRecordScale"]
            if row["ConditionRecord"] == record
        ]
        fitting = [rate for least, rate in sorted(scales) if least <= quantity]
        rate = fitting[-1] if fitting else Decimal(condition["ConditionRateValue"])
        return rate / (Decimal(condition["ConditionQuantity"]) or Decimal(1)) / base

    def _credit(self, customer: str, total: Decimal) -> str:
        limit = self.limits.get(customer)
        return "A" if limit is None or total <= limit else "B"

    def _free(self, material: str, plant: str) -> Decimal:
        """On hand less what orders hold: an availability check."""
        stock = sum(
            Decimal(row["MatlWrhsStkQtyInMatlBaseUnit"])
            for row in self.tables.rows["A_MatlStkInAcctMod"]
            if row["Material"] == material
            and plant in ("", row["Plant"])
            and row["InventoryStockType"] == "01"
            and not row["InventorySpecialStockType"]
        )
        held = sum(
            Decimal(row["RequestedQuantity"])
            for row in self.tables.rows["A_SalesOrderItem"]
            if row["Material"] == material and not row["SalesDocumentRjcnReason"]
        )
        return Decimal(stock - held)


def under(body: Row, navigation: str) -> list[Row]:
    """The rows of a deep insert: a list, or one under «results»."""
    told = body.get(navigation) or []
    rows = told.get("results", []) if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise Refusal(400, "/IWBEP/CM_MGW_RT/020", f"{navigation} is no list")
    return rows


def _typed(name: str, body: Row) -> Row:
    entity, out = SETS[name], dict[str, Any]()
    for field_name, value in body.items():
        if field_name in entity.navigations:
            continue
        if field_name not in entity.fields:
            raise Refusal(400, "/IWBEP/CM_MGW_RT/020", f"Property '{field_name}' is invalid")
        _check_type(field_name, entity.fields[field_name], value)
        if field_name not in READ_ONLY:
            out[field_name] = value
    return out


def _check_type(name: str, kind: str, value: Any) -> None:
    """Edm.Decimal and dates are strings of their own shapes; lengths hold."""
    wrong = not isinstance(value, bool) if kind == "b" else not isinstance(value, str)
    if not wrong and kind == "n":
        try:
            wrong = -Decimal(value).as_tuple().exponent > 3  # type: ignore[operator]
        except InvalidOperation:
            wrong = True
    if not wrong and kind in ("d", "o"):
        wrong = re.fullmatch(r"/Date\(-?\d+([+-]\d{4})?\)/", value) is None
    if not wrong and kind.isdigit():
        wrong = len(value) > int(kind)
    if wrong:
        raise Refusal(400, "/IWBEP/CM_MGW_RT/020", f"Invalid value for property '{name}'")
