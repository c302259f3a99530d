"""The schema of the demo base, read from the tables of entities.py."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from api.erp.demo import entities

_FIELD = re.compile(r"(?P<name>\w+?)(?:>(?P<target>\w+)|:(?P<type>\w+))")
_FIXED = re.compile(r"(s|n)(\d+)")


@dataclass(frozen=True)
class Property:
    """`kind`: guid, ref, string, text, number, int16, int64, bool, date, enum."""

    name: str
    kind: str
    length: int = 0
    scale: int = 0
    target: str = ""

    @property
    def default(self) -> object:
        """What 1C stores when nothing is given."""
        if self.kind in {"guid", "ref"}:
            return entities.EMPTY_REF
        if self.kind == "date":
            return entities.EMPTY_DATE
        return {"bool": False, "number": 0, "int16": 0, "int64": "0"}.get(self.kind, "")


@dataclass(frozen=True)
class Entity:
    """An entity set: its own properties and its tabular parts. `kind`: Catalog, Document or the register's kind."""

    name: str
    kind: str
    properties: tuple[Property, ...]
    parts: dict[str, "Entity"] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Property]:
        return {prop.name: prop for prop in self.properties}

    @cached_property
    def references(self) -> dict[str, Property]:
        """Navigation name («Марка») → its key property («Марка_Key»)."""
        return {prop.name.removesuffix("_Key"): prop for prop in self.properties if prop.kind == "ref"}

    @property
    def writable(self) -> bool:
        return self.kind in {"Catalog", "Document"}


def _property(word: str) -> Property:
    found = _FIELD.fullmatch(word)
    if found is None:
        raise ValueError(f"bad field in entities.py: {word}")
    name, kind = found["name"], found["type"]
    if found["target"]:
        return Property(name, "ref", target=found["target"])
    if fixed := _FIXED.fullmatch(kind):
        size = int(fixed[2])
        return Property(name, "string", length=size) if fixed[1] == "s" else Property(name, "number", scale=size)
    names = {"text": "text", "i16": "int16", "i64": "int64", "b": "bool", "d": "date", "g": "guid", "e": "enum"}
    return Property(name, names[kind])


def _head(words: list[str], entity: str) -> tuple[Property, ...]:
    """Ref_Key, DataVersion, Code and the like, for a catalogue."""
    head = [Property("Ref_Key", "guid"), Property("DataVersion", "string"), Property("DeletionMark", "bool")]
    if words[0] == "tree":
        words.pop(0)
        head += [Property("Parent_Key", "ref", target=entity), Property("IsFolder", "bool")]
    for name, prefix in (("Code", "code"), ("Description", "name")):
        head.append(Property(name, "string", length=int(words.pop(0).removeprefix(prefix))))
    return tuple(head)


def _document_head() -> tuple[Property, ...]:
    return (
        Property("Ref_Key", "guid"),
        Property("DataVersion", "string"),
        Property("DeletionMark", "bool"),
        Property("Number", "string", length=11),
        Property("Date", "date"),
        Property("Posted", "bool"),
    )


def _parts(entity: str) -> dict[str, Entity]:
    head = (Property("Ref_Key", "guid"), Property("LineNumber", "int64"))
    return {
        name: Entity(f"{entity}_{name}", "Part", head + tuple(_property(word) for word in text.split()))
        for name, text in entities.PARTS.get(entity, {}).items()
    }


def _build() -> dict[str, Entity]:
    built: dict[str, Entity] = {}
    for name, text in entities.CATALOGS.items():
        words = text.split()
        head = _head(words, name)
        built[name] = Entity(name, "Catalog", head + tuple(_property(word) for word in words), _parts(name))
    for name, text in entities.DOCUMENTS.items():
        own = tuple(_property(word) for word in text.split())
        built[name] = Entity(name, "Document", _document_head() + own, _parts(name))
    for name, text in entities.REGISTERS.items():
        built[name] = Entity(name, name.split("_", 1)[0], tuple(_property(word) for word in text.split()))
    return built


SCHEMA = _build()
