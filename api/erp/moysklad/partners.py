"""Customers as МойСклад keeps them: counterparties with their people, price type and additional fields."""

from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

import structlog

from api.domain.customer import Contact, Customer, Outlet
from api.erp.errors import ErpError, Reason
from api.erp.moysklad.account import Account
from api.erp.moysklad.client import Client, one_of
from api.erp.moysklad.outlets import places
from api.erp.moysklad.rows import Row, attribute, changed_since, id_of, number, text
from api.erp.moysklad.settings import MoyskladSettings, listed

log = structlog.get_logger()


class Partners:
    """Reads customers. What is in the archive is not told."""

    def __init__(self, client: Client, account: Account, settings: MoyskladSettings) -> None:
        self._client = client
        self._account = account
        self._settings = settings

    async def customers(self, since: datetime | None) -> AsyncIterator[Customer]:
        """Counterparties of the groups that are sold to."""
        managers = await self._managers()
        types = [text(row, "id") for row in await self._account.price_types()]
        where = one_of("tags", listed(self._settings.customer_tags))
        if since is not None:
            where.append(changed_since("updated", since))
        async for row in self._client.rows("entity/counterparty", where, expand="contactpersons"):
            people = await self._client.nested(row, "contactpersons", people_of(text(row, "id")))
            yield await self._customer(row, people, managers, types)

    async def _customer(self, row: Row, people: list[Row], managers: dict[str, Row], types: list[str]) -> Customer:
        ref, names = text(row, "id"), self._settings
        price_type = id_of(row.get("priceType"))
        manager = managers.get(id_of(row.get("owner")), {})
        return Customer(
            id=ref,
            name=text(row, "name"),
            price_list_id=_price_list(price_type, types),
            prepayment=attribute(row, names.prepayment_field) is True,
            tax_id=text(row, "inn"),
            credit_limit=credit_limit(row, names.credit_field),
            payment_delay_days=delay_days(row, names),
            minimum_sum=number(attribute(row, names.minimum_field)),
            manager_name=text(manager, "fullName") or text(manager, "name"),
            manager_phone=text(manager, "phone"),
            outlets=await self._outlets(row),
            contacts=_contacts(row, people),
            code=str(attribute(row, names.code_field) or "").strip(),
        )

    async def _outlets(self, row: Row) -> tuple[Outlet, ...]:
        warehouse = await self._warehouse(row)
        found = places(row, self._settings.outlets_field)
        return tuple(Outlet(place.id, text(row, "id"), place.name, place.address, warehouse) for place in found)

    async def _warehouse(self, row: Row) -> str | None:
        """The counterparty's own warehouse, where a field of type «Склад» names one from which is sold."""
        known = [text(store, "id") for store in await self._account.warehouses()]
        named = attribute(row, self._settings.warehouse_field)
        own = id_of(named) if isinstance(named, dict) else ""
        return own if own in known else next(iter(known), None)

    async def _managers(self) -> dict[str, Row]:
        """Employees by id; without the right to see them customers have no manager's name."""
        try:
            return {text(row, "id"): row async for row in self._client.rows("entity/employee")}
        except ErpError as error:
            if error.reason is not Reason.RIGHTS:
                raise
            log.warning("moysklad.employees_are_hidden", evidence=error.evidence)
            return {}


def _price_list(named: str, types: list[str]) -> str | None:
    """The first price type is that of whoever names none; one that we do not know (yet) gives nobody other prices."""
    if named:
        return named if named in types else None
    return next(iter(types), None)


def people_of(customer: str) -> str:
    """The path of a counterparty's people."""
    return f"entity/counterparty/{customer}/contactpersons"


def credit_limit(row: Row, field: str) -> Decimal | None:
    """Roubles; the API has no field of its own for it."""
    value = attribute(row, field)
    return None if value in (None, "") else number(value)


def delay_days(row: Row, settings: MoyskladSettings) -> int:
    """Days to pay."""
    value = attribute(row, settings.delay_field)
    return settings.delay_days if value in (None, "") else int(number(value))


def _contacts(row: Row, people: list[Row]) -> tuple[Contact, ...]:
    """The people, and the company itself where it has a number of its own: its id is then the contact's."""
    ref = text(row, "id")
    own = [Contact(ref, ref, text(row, "name"), text(row, "phone"), text(row, "email"))] if text(row, "phone") else []
    named = [Contact(text(man, "id"), ref, text(man, "name"), text(man, "phone"), text(man, "email")) for man in people]
    return (*own, *named)
