"""A customer's card, written back: addresses, telephones, people."""

from typing import Any

from api.domain.customer import CardChange, CardField
from api.erp.errors import ErpConflict, ErpError, Reason
from api.erp.moysklad.client import Client
from api.erp.moysklad.outlets import main_of, places, readdressed
from api.erp.moysklad.partners import people_of
from api.erp.moysklad.quotes import customer_card
from api.erp.moysklad.rows import Row, named_in, text
from api.erp.moysklad.settings import MoyskladSettings

LENGTH = 255
CHANGED = "В МоёмСкладе это поле уже изменили."
NO_OUTLET = "Такой торговой точки в МоёмСкладе нет."
NO_PERSON = "Такого человека в МоёмСкладе нет."
TOO_LONG = "МойСклад принимает не больше 255 знаков."


class Card:
    """Writes one field at a time."""

    def __init__(self, client: Client, settings: MoyskladSettings) -> None:
        self._client = client
        self._settings = settings

    async def change(self, change: CardChange, *, force: bool) -> str:
        """See OrderSink.change_card."""
        if len(change.after) > LENGTH:
            raise ErpError(TOO_LONG, permanent=True, evidence=f"{change.field}: {len(change.after)}")
        row = await customer_card(self._client, change.customer_id)
        if change.field is CardField.ADDRESS:
            return await self._address(row, change, force)
        if not change.subject_id:
            return await self._new_person(change)
        return await self._person(row, change, force)

    async def _address(self, row: Row, change: CardChange, force: bool) -> str:
        field = self._settings.outlets_field
        place = next((place for place in places(row, field) if place.id == change.subject_id), None)
        main = main_of(change.customer_id)
        stored = place.address if place else ""
        if place is None and (change.subject_id != main or places(row, field)):
            raise ErpError(NO_OUTLET, permanent=True, evidence=change.subject_id, reason=Reason.CUSTOMER)
        if not _is_new(stored, change, force):
            return change.subject_id
        if change.subject_id == main:
            await self._write(change.customer_id, {"actualAddress": change.after})
        else:
            lines = readdressed(row, field, change.subject_id, change.after)
            await self._write(change.customer_id, {"attributes": [_field(row, field) | {"value": lines}]})
        return change.subject_id

    async def _new_person(self, change: CardChange) -> str:
        """Found again by our key: nothing here is idempotent."""
        path, key = people_of(change.customer_id), f"bot:{change.key}"
        async for row in self._client.rows(path):
            if text(row, "externalCode") == key:
                return text(row, "id")
        made = await self._client.post(path, {"name": change.after, "phone": change.phone, "externalCode": key})
        # A single person may be answered as a list of one.
        return text(made[0] if isinstance(made, list) else made, "id")

    async def _person(self, row: Row, change: CardChange, force: bool) -> str:
        name = "phone" if change.field is CardField.PHONE else "name"
        if change.subject_id == change.customer_id and name == "phone":
            # The company's own number is a contact of ours.
            if _is_new(text(row, name), change, force):
                await self._write(change.customer_id, {name: change.after})
            return change.subject_id
        path = people_of(change.customer_id)
        people = [man async for man in self._client.rows(path) if text(man, "id") == change.subject_id]
        if not people:
            raise ErpError(NO_PERSON, permanent=True, evidence=change.subject_id, reason=Reason.CUSTOMER)
        if _is_new(text(people[0], name), change, force):
            await self._client.put(f"{path}/{change.subject_id}", {name: change.after})
        return change.subject_id

    async def _write(self, customer: str, fields: dict[str, Any]) -> None:
        await self._client.put(f"entity/counterparty/{customer}", fields)


def _is_new(stored: str, change: CardChange, force: bool) -> bool:
    """Whether there is something to write. Raises ErpConflict when somebody else wrote meanwhile."""
    before, now, after = (_plain(text, change.field) for text in (change.before, stored, change.after))
    if now == after:
        return False
    if not force and now != before:
        raise ErpConflict(CHANGED, stored=stored)
    return True


def _plain(text: str, field: CardField) -> str:
    """A telephone as its digits: people write it in many ways."""
    if field is not CardField.PHONE:
        return " ".join(text.split())
    digits = "".join(character for character in text if character.isdigit())
    return f"7{digits[1:]}" if len(digits) == 11 and digits.startswith("8") else digits


def _field(row: Row, name: str) -> dict[str, Any]:
    """The link to an additional field that the row has."""
    found = named_in(row.get("attributes") or (), name)
    assert found is not None, "the outlet was read from it"
    return {"meta": found["meta"]}
