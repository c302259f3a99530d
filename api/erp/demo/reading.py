"""GET requests of the OData interface, as values; the router turns them into HTTP."""

from dataclasses import dataclass

from api.erp.demo.address import Target
from api.erp.demo.errors import bad_url, no_entity, no_instance, no_property
from api.erp.demo.query import Page, run, shape_of
from api.erp.demo.registers import read_table
from api.erp.demo.schema import SCHEMA, Entity
from api.erp.demo.store import Row, Store


@dataclass(frozen=True)
class Found:
    """`context`: what stands after «$metadata#»; `body`: one object or a list."""

    context: str
    body: Row | list[Row]
    total: int | None = None


def entity_of(name: str) -> Entity:
    """The published entity set of this name."""
    found = SCHEMA.get(name)
    if found is None:
        raise no_entity(name)
    return found


def instance(store: Store, entity: Entity, key: str) -> Row:
    """The stored object with this key."""
    found = store.get(entity.name, key)
    if found is None:
        raise no_instance(f"{entity.name}(guid'{key}')")
    return found


def read(store: Store, target: Target, options: dict[str, str]) -> Found:
    """Answer a GET of a set, a virtual table, an object or an object's reference."""
    entity = entity_of(target.entity)
    if target.key:
        return _read_object(store, entity, target, options)
    rows = store.rows(entity.name)
    if target.table:
        entity, rows = read_table(store, entity, target.table, target.arguments)
    elif entity.kind == "AccumulationRegister":
        raise bad_url(f"{entity.name}: записи регистра не опубликованы, доступна таблица Balance")
    page: Page = run(rows, entity, options, store.get)
    return Found(entity.name, page.rows, page.total)


def count(store: Store, target: Target, options: dict[str, str]) -> int:
    """Answer a GET of …/$count."""
    counting = {"$top": "0", "$inlinecount": "allpages"}
    counting |= {name: value for name, value in options.items() if name == "$filter"}
    entity = entity_of(target.entity)
    return run(store.rows(entity.name), entity, counting, store.get).total or 0


def _read_object(store: Store, entity: Entity, target: Target, options: dict[str, str]) -> Found:
    row = instance(store, entity, target.key)
    if not target.tail:
        return Found(f"{entity.name}/@Element", shape_of(options, entity, store.get)(row))
    reference = entity.references.get(target.tail)
    if reference is None:
        raise no_property(target.tail)
    other = SCHEMA[reference.target]
    pointed = instance(store, other, row.get(reference.name, reference.default))
    return Found(f"{other.name}/@Element", shape_of(options, other, store.get)(pointed))
