"""Customers of the sales area: terms, places of delivery, people."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import time

from api.domain.clock import Clock
from api.domain.customer import Contact, Customer, Outlet
from api.domain.product import PriceList
from api.erp.sap.client import ODataClient, Set
from api.erp.sap.literals import on_day, text
from api.erp.sap.records import Record
from api.erp.sap.settings import SapSettings

SERVICE = "API_BUSINESS_PARTNER"
CUSTOMERS = Set(SERVICE, "A_Customer", "Customer")
AREAS = Set(SERVICE, "A_CustomerSalesArea", "Customer")
FUNCTIONS = Set(SERVICE, "A_CustSalesPartnerFunc", "Customer,PartnerCounter,PartnerFunction")
ADDRESSES = Set(SERVICE, "A_BusinessPartnerAddress", "BusinessPartner,AddressID")
TAX_NUMBERS = Set(SERVICE, "A_BusinessPartnerTaxNumber", "BusinessPartner,BPTaxType")
RELATIONS = Set(SERVICE, "A_BPContactToFuncAndDept", "RelationshipNumber,ValidityEndDate")
PERSONS = Set(SERVICE, "A_BusinessPartner", "BusinessPartner")
UNLOADING = Set(SERVICE, "A_CustomerUnloadingPoint", "Customer,UnloadingPointName")

BASE_LIST = "BASE"
"""The price list of customers without a price list type: prices by material alone."""
WORKING_DAYS = (1, 2, 3, 4, 5, 6)
OPENS, CLOSES = time(9), time(12)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Cards:
    """Everything that belongs to customers, by the number of the customer or the partner."""

    areas: dict[str, Record]
    outlets: dict[str, list[Record]]
    addresses: dict[str, Record]
    names: dict[str, str]
    tax: dict[str, str]
    people: dict[str, list[Record]]
    person_names: dict[str, str]
    hours: dict[str, Record]


class Partners:
    """Reads customers."""

    def __init__(self, client: ODataClient, settings: SapSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock

    async def customers(self) -> AsyncIterator[Customer]:
        """Customers of our sales area that may order."""
        cards = await self._cards()
        async for record in self._client.rows(CUSTOMERS):
            area = cards.areas.get(record.text("Customer"))
            if area is not None and not is_blocked(record) and not is_blocked(area):
                yield self._customer(record, area, cards)

    async def price_lists(self) -> AsyncIterator[PriceList]:
        """The price list types that customers have, and that of those without one."""
        yield PriceList(BASE_LIST, self._settings.price_lists.get(BASE_LIST, "Базовая цена"))
        for code in await self.price_list_types():
            yield PriceList(code, self._settings.price_lists.get(code, f"Вид прайс-листа {code}"))

    async def price_list_types(self) -> list[str]:
        told = {area.text("PriceListType") async for area in self._client.rows(AREAS, self.area)}
        return sorted(told - {""})

    async def ordering(self) -> set[str]:
        """The numbers of the customers that `customers` tells."""
        areas = {row.text("Customer") async for row in self._client.rows(AREAS, self.area) if not is_blocked(row)}
        fields = "Customer,OrderIsBlockedForCustomer,DeletionIndicator"
        cards = {
            row.text("Customer") async for row in self._client.rows(CUSTOMERS, select=fields) if not is_blocked(row)
        }
        return areas & cards

    @property
    def area(self) -> str:
        """The condition that means our sales area."""
        settings = self._settings
        return (
            f"SalesOrganization eq {text(settings.sales_organization)}"
            f" and DistributionChannel eq {text(settings.distribution_channel)}"
            f" and Division eq {text(settings.division)}"
        )

    async def _cards(self) -> Cards:
        functions = f"{self.area} and PartnerFunction eq {text(self._settings.ship_to_function)}"
        tax = f"BPTaxType eq {text(self._settings.tax_number_type)}"
        # Who has left the company must not order for it.
        still = f"ValidityEndDate ge {on_day(self._clock.now().date())}"
        return Cards(
            areas={row.text("Customer"): row async for row in self._client.rows(AREAS, self.area)},
            outlets=await self._by("Customer", FUNCTIONS, functions),
            addresses=await self._first("BusinessPartner", ADDRESSES),
            names={
                row.text("Customer"): row.text("CustomerName")
                async for row in self._client.rows(CUSTOMERS, select="Customer,CustomerName")
            },
            tax={
                row.text("BusinessPartner"): row.text("BPTaxNumber") or row.text("BPTaxLongNumber")
                async for row in self._client.rows(TAX_NUMBERS, tax)
            },
            people=await self._by("BusinessPartnerCompany", RELATIONS, still),
            person_names={
                row.text("BusinessPartner"): row.text("BusinessPartnerFullName")
                async for row in self._client.rows(PERSONS, "BusinessPartnerCategory eq '1'")
            },
            hours=await self._first("Customer", UNLOADING),
        )

    async def _by(self, owner: str, of: Set, where: str = "") -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        async for record in self._client.rows(of, where):
            found[record.text(owner)].append(record)
        return found

    async def _first(self, owner: str, of: Set) -> dict[str, Record]:
        found: dict[str, Record] = {}
        async for record in self._client.rows(of):
            ends = record.moment("ValidityEndDate")
            if ends is None or ends >= self._clock.now():
                found.setdefault(record.text(owner), record)
        return found

    def _customer(self, record: Record, area: Record, cards: Cards) -> Customer:
        number, settings = record.text("Customer"), self._settings
        terms = area.text("CustomerPaymentTerms")
        ship_to = [row.text("BPCustomerNumber") for row in cards.outlets.get(number, ())] or [number]
        return Customer(
            id=number,
            name=record.text("CustomerFullName") or record.text("CustomerName"),
            price_list_id=(area.text("PriceListType") or BASE_LIST) if settings.price_condition else None,
            prepayment=terms in settings.prepayment_terms,
            tax_id=cards.tax.get(number, ""),
            payment_delay_days=settings.payment_days.get(terms, 0),
            outlets=tuple(self._outlet(number, place, cards) for place in dict.fromkeys(ship_to)),
            contacts=tuple(_contact(row, number, cards) for row in cards.people.get(number, ())),
        )

    def _outlet(self, customer: str, place: str, cards: Cards) -> Outlet:
        """A ship-to party. It may serve several customers, so its id names both."""
        address = cards.addresses.get(place, Record({}))
        areas = (cards.areas.get(place), cards.areas[customer])
        plants = [area.text("SupplyingPlant") for area in areas if area is not None]
        days, opens, closes = receiving_hours(cards.hours.get(place, Record({})))
        return Outlet(
            id=f"{customer}/{place}",
            customer_id=customer,
            name=cards.names.get(place, place),
            address=address_of(address),
            warehouse_id=next((plant for plant in plants if plant in self._settings.plants), None)
            or next(iter(self._settings.plants)),
            delivery_days=days,
            window_start=opens,
            window_end=closes,
        )


def is_blocked(record: Record) -> bool:
    """Whether a customer, or its sales area, takes no orders."""
    return record.text("OrderIsBlockedForCustomer") != "" or record.flag("DeletionIndicator")


def address_of(address: Record) -> str:
    """«Москва, ул. Садовая, 12»."""
    street = " ".join(part for part in (address.text("StreetPrefixName"), address.text("StreetName")) if part)
    parts = (address.text("CityName"), street, address.text("HouseNumber"))
    return ", ".join(part for part in parts if part)


def receiving_hours(point: Record) -> tuple[tuple[int, ...], time, time]:
    """The days on which goods are received at an unloading point, and from when to when on all of them."""
    days, opens, closes = list[int](), list[time](), list[time]()
    for number, day in enumerate(WEEKDAYS, start=1):
        opening = [point.time(f"{day}{part}OpeningTime") for part in ("Morning", "Afternoon")]
        closing = [point.time(f"{day}{part}ClosingTime") for part in ("Morning", "Afternoon")]
        # Midnight is how a part of the day without hours is told.
        first = min((moment for moment in opening if moment and moment > time(0)), default=time(0))
        last = max((moment for moment in closing if moment), default=time(0))
        if time(0) < first < last:
            days.append(number)
            opens.append(first)
            closes.append(last)
    if not days or max(opens) >= min(closes):
        return WORKING_DAYS, OPENS, CLOSES
    return tuple(days), max(opens), min(closes)


def _contact(row: Record, customer: str, cards: Cards) -> Contact:
    person = row.text("BusinessPartnerPerson")
    phone = row.text("PhoneNumber") + row.text("PhoneNumberExtension")
    name = cards.person_names.get(person, person)
    return Contact(f"{customer}/{person}", customer, name, phone, row.text("EmailAddress"))
