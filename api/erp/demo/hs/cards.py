"""A customer's card, one field at a time."""

from api.erp.demo import writing
from api.erp.demo.entities import CONTACTS, OUTLETS
from api.erp.demo.errors import ODataError
from api.erp.demo.hs.bodies import CardIn
from api.erp.demo.hs.desk import Desk
from api.erp.demo.hs.partners import known
from api.erp.demo.hs.problems import Problem, refused
from api.erp.demo.schema import SCHEMA
from api.erp.demo.store import Row

REGISTER = "_hs_cards"
"""People added by the bot: key of the change → the person."""
FIELDS = {"address": (OUTLETS, "Адрес"), "phone": (CONTACTS, "Телефон"), "contact": (CONTACTS, "Description")}


def put(desk: Desk, customer: str, key: str, change: CardIn) -> str:
    """Writes the field; the id of the outlet or the person that has it."""
    store = desk.base.store
    with desk.one_by_one, store.writing():
        known(store, customer)
        if change.field == "contact" and not change.subject_id:
            return _added(desk, customer, key, change)
        entity, name = FIELDS[change.field]
        row = store.get(entity, change.subject_id)
        if row is None or row["Owner_Key"] != customer or row["DeletionMark"]:
            raise Problem("customer", f"У клиента нет {change.subject_id}.")
        stored = row[name]
        if not _same(change.field, stored, change.after):
            if not (change.force or _same(change.field, stored, change.before)):
                raise Problem("conflict", "В карточке уже другое значение.", stored=stored)
            _write(desk, entity, row, {name: change.after})
        return str(row["Ref_Key"])


def _added(desk: Desk, customer: str, key: str, change: CardIn) -> str:
    store = desk.base.store
    note = store.get(REGISTER, key)
    if note is not None:
        return str(note["Ref_Key"])
    values = {"Owner_Key": customer, "Description": change.after, "Телефон": change.phone}
    made: str = _write(desk, CONTACTS, None, values)["Ref_Key"]
    store.put(REGISTER, key, {"Ref_Key": made})
    return made


def _write(desk: Desk, entity: str, row: Row | None, values: Row) -> Row:
    try:
        if row is None:
            return writing.create(desk.base, SCHEMA[entity], values)
        return writing.change(desk.base, SCHEMA[entity], row["Ref_Key"], values, None)
    except ODataError as error:
        raise refused(error) from error


def _same(field: str, one: str, other: str) -> bool:
    """Phones by their digits: a card keeps «+7 900 000-00-11»."""
    if field == "phone":
        return _digits(one) == _digits(other)
    return one.strip() == other.strip()


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdigit())
