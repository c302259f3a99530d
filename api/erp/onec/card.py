"""A customer's card into 1C: the address of an outlet, the name or phone of a person, a new person.

1C checks no versions and cuts long texts in silence: what stands there is read just before, and what was stored is read
back.
"""

import uuid
from typing import Any

from api.domain.customer import CardChange, CardField
from api.erp.errors import ErpConflict, ErpError, ErpUnsupported, Reason
from api.erp.onec.client import ODataClient
from api.erp.onec.literals import is_one_of, named
from api.erp.onec.names import Names, Table
from api.erp.onec.records import Record
from api.erp.onec.refusals import KEY_EXISTS, NO_OWN_REF, Refused

OUR_PEOPLE = uuid.UUID("a1b7f7f2-0b5e-5d0c-8c1e-52f6a5f0c9d4")
"""The namespace of references made out of the keys of changes."""
PHONE_DIGITS = 10
"""The last ones tell a number, however it is written."""

CHANGED = "В 1С это поле уже изменили."
NOT_STORED = "1С сохранила изменение не так, как оно было отправлено."
MISSING = {
    CardField.ADDRESS: "Такой торговой точки в 1С нет.",
    CardField.PHONE: "Такого человека в 1С нет.",
    CardField.CONTACT: "Такого человека в 1С нет.",
}


def writable(names: Names) -> frozenset[CardField]:
    """What of a card this base has a plain field for. Tabular parts with contact information are not written."""
    found = {CardField.ADDRESS: names.outlets["address"], CardField.PHONE: names.contacts["phone"]}
    fields = {field for field, name in found.items() if name}
    return frozenset(fields | ({CardField.CONTACT} if names.contacts["phone"] else set()))


class Card:
    """Writes cards."""

    def __init__(self, client: ODataClient) -> None:
        self._client = client
        self._names = client.names

    async def change(self, change: CardChange, *, force: bool) -> str:
        """See OrderSink.change_card."""
        if change.field not in writable(self._names):
            raise ErpUnsupported("Это поле карточки в этой базе 1С меняет менеджер.")
        if change.field is CardField.ADDRESS:
            return await self._write(self._names.outlets, "address", change, force)
        if change.field is CardField.PHONE:
            return await self._write(self._names.contacts, "phone", change, force)
        if change.subject_id:
            return await self._write(self._names.contacts, "name", change, force)
        return await self._add(change)

    async def _write(self, table: Table, field: str, change: CardChange, force: bool) -> str:
        record = await self._client.object(table, change.subject_id)
        if record is None or record.flag("deleted") or record.ref("customer") != change.customer_id:
            raise ErpError(MISSING[change.field], permanent=True, evidence=change.subject_id, reason=Reason.CUSTOMER)
        stored = record.text(field)
        if _same(field, stored, change.after):
            return change.subject_id
        if not force and not _same(field, stored, change.before):
            raise ErpConflict(CHANGED, stored=stored)
        await self._client.change(table, change.subject_id, named(table, {field: change.after}))
        await self._compare(table, change.subject_id, {field: change.after})
        return change.subject_id

    async def _add(self, change: CardChange) -> str:
        """A new person, looked for first: under the reference made out of the key, then by name and phone."""
        table = self._names.contacts
        ref = str(uuid.uuid5(OUR_PEOPLE, change.key))
        values = {"customer": change.customer_id, "name": change.after, "phone": change.phone}
        known = await self._client.object(table, ref) or await self._alike(change)
        if known is None:
            if await self._client.object(self._names.customers, change.customer_id) is None:
                message = "Этого клиента в 1С нет."
                raise ErpError(message, permanent=True, evidence=change.customer_id, reason=Reason.CUSTOMER)
            known = await self._created(ref, values)
        await self._compare(table, known.need_ref("id"), values)
        return known.need_ref("id")

    async def _alike(self, change: CardChange) -> Record | None:
        """Somebody of this customer with this name and phone: a base that chose the reference itself keeps them so."""
        table = self._names.contacts
        async for record in self._client.rows(table, is_one_of(table, "customer", [change.customer_id])):
            same = _same("name", record.text("name"), change.after) and _same(
                "phone", record.text("phone"), change.phone
            )
            if same and not record.flag("deleted"):
                return record
        return None

    async def _created(self, ref: str, values: dict[str, Any]) -> Record:
        table = self._names.contacts
        sent = named(table, values)
        try:
            return await self._client.create(table, {"Ref_Key": ref} | sent)
        except Refused as error:
            if error.code == KEY_EXISTS:
                found = await self._client.object(table, ref)
                if found is not None:
                    return found
            if error.code not in NO_OWN_REF:
                raise
        return await self._client.create(table, sent)

    async def _compare(self, table: Table, ref: str, sent: dict[str, Any]) -> None:
        stored = await self._client.object(table, ref)
        if stored is None:
            raise ErpError(NOT_STORED, permanent=False, evidence=f"{table.entity} {ref}: not found after writing")
        other = [name for name, value in sent.items() if not _same(name, stored.text(name), value)]
        if other:
            raise ErpError(NOT_STORED, permanent=True, evidence=f"{table.entity} {ref}: {', '.join(other)}")


def _same(field: str, stored: str, sent: str) -> bool:
    """Whether two texts say the same; numbers are written in many ways."""
    if field == "phone":
        return _digits(stored) == _digits(sent)
    if field == "customer":
        return stored.lower() == sent.lower()
    return " ".join(stored.split()) == " ".join(sent.split())


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdigit())[-PHONE_DIGITS:]
