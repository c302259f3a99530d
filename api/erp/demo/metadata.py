"""$metadata: the EDMX of what is published."""

from collections.abc import Iterator, Mapping
from functools import cache
from xml.sax.saxutils import quoteattr

from api.erp.demo.entities import DIMENSIONS, PRICES
from api.erp.demo.schema import SCHEMA, Entity, Property

_EDM = {
    "ref": "Edm.Guid",
    "guid": "Edm.Guid",
    "string": "Edm.String",
    "text": "Edm.String",
    "enum": "Edm.String",
    "number": "Edm.Double",
    "int16": "Edm.Int16",
    "int64": "Edm.Int64",
    "bool": "Edm.Boolean",
    "date": "Edm.DateTime",
}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="StandardODATA" xmlns="http://schemas.microsoft.com/ado/2009/11/edm">
"""
_TAIL = "</Schema>\n</edmx:DataServices>\n</edmx:Edmx>\n"


@cache
def edmx(unpublished: str = "") -> str:
    """The whole document without an object that was not ticked; it never changes while the process lives."""
    published = {name: entity for name, entity in SCHEMA.items() if name != unpublished}
    parts = [_HEAD]
    for entity in published.values():
        parts.extend(_entity_type(entity))
        for name, part in entity.parts.items():
            parts.extend(_entity_type(part, keys=("Ref_Key", "LineNumber")))
            parts.append(f"<ComplexType Name={quoteattr(f'{entity.name}_{name}_RowType')}>")
            parts.extend(_property(prop) for prop in part.properties)
            parts.append("</ComplexType>\n")
    parts.extend(_balance_type(published[name]) for name in DIMENSIONS if name in published)
    parts.append('<EntityContainer Name="EnterpriseV8" m:IsDefaultEntityContainer="true">\n')
    for name in published:
        parts.append(f"<EntitySet Name={quoteattr(name)} EntityType={quoteattr('StandardODATA.' + name)}/>\n")
    parts.extend(_functions(published))
    parts.extend(("</EntityContainer>\n", _TAIL))
    return "".join(parts)


def _entity_type(entity: Entity, keys: tuple[str, ...] = ()) -> Iterator[str]:
    keys = keys or (("Ref_Key",) if entity.writable else tuple(prop.name for prop in entity.properties[:2]))
    yield f"<EntityType Name={quoteattr(entity.name)}>\n<Key>"
    yield from (f"<PropertyRef Name={quoteattr(key)}/>" for key in keys)
    yield "</Key>\n"
    yield from (_property(prop) for prop in entity.properties)
    for name in entity.parts:
        kind = f"Collection(StandardODATA.{entity.name}_{name}_RowType)"
        yield f'<Property Name={quoteattr(name)} Type={quoteattr(kind)} Nullable="true"/>\n'
    for name, prop in entity.references.items():
        relation = f"StandardODATA.{entity.name}_{name}_{prop.target}"
        yield (
            f"<NavigationProperty Name={quoteattr(name)} Relationship={quoteattr(relation)}"
            ' FromRole="Begin" ToRole="End"/>\n'
        )
    yield "</EntityType>\n"


def _property(prop: Property) -> str:
    nullable = "false" if prop.name == "Ref_Key" else "true"
    size = f' MaxLength="{prop.length}"' if prop.length else ""
    return f'<Property Name={quoteattr(prop.name)} Type="{_EDM[prop.kind]}" Nullable="{nullable}"{size}/>\n'


def _balance_type(entity: Entity) -> str:
    """What the rows of a virtual table look like: a live base describes them beside the register."""
    inner = "".join(_property(prop) for prop in entity.properties)
    return f"<ComplexType Name={quoteattr(entity.name + '_Balance')}>\n{inner}</ComplexType>\n"


def _functions(published: Mapping[str, Entity]) -> Iterator[str]:
    for name, entity in published.items():
        if entity.kind == "Document":
            yield _function("Post", name, ("PostingModeOperational:Boolean",))
            yield _function("Unpost", name, ())
        elif name in DIMENSIONS:
            parameters = ("Period:DateTime", "Condition:String", "Dimensions:String")
            yield _function("Balance", name, parameters, f"{name}_Balance")
        elif name == PRICES:
            yield _function("SliceLast", name, ("Period:DateTime", "Condition:String"), name)


def _function(function: str, name: str, parameters: tuple[str, ...], rows: str = "") -> str:
    """Bound to the type of one object, also where it is called on the set; so a live base says it."""
    given = (parameter.split(":") for parameter in parameters)
    inner = "".join(f'<Parameter Name="{title}" Type="Edm.{kind}"/>' for title, kind in given)
    result = f" ReturnType={quoteattr(f'Collection(StandardODATA.{rows})')}" if rows else ""
    return (
        f'<FunctionImport Name="{function}" IsBindable="true" IsSideEffecting="{"false" if rows else "true"}"{result}>'
        f'<Parameter Name="bindingParameter" Type={quoteattr("StandardODATA." + name)}/>{inner}</FunctionImport>\n'
    )
