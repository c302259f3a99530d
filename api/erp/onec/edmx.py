"""$metadata: what a base publishes, read out of its EDMX (the form is that of a live УТ 11: odata1c-gate)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

NAMESPACE = "StandardODATA."


class NotEdmx(Exception):
    """The answer is no description of 1C's interface."""


@dataclass(frozen=True)
class Metadata:
    """Entity sets with their fields; virtual tables under «entity/function»; which function each set can call."""

    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields by type: the rows of tabular parts are types only."""
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)


def parse(document: bytes) -> Metadata:
    """Raises NotEdmx. Entities are refused: a description of 1C has none, and they can grow without end."""
    # A parser that resolves nothing, reads no network and no DTD.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise NotEdmx(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotEdmx("the document declares a DOCTYPE")
    types = {
        str(node.get("Name")): frozenset(str(child.get("Name")) for child in node if _tag(child) == "Property")
        for node in root.iter("{*}EntityType", "{*}ComplexType")
    }
    sets = {str(node.get("Name")): _bare(node.get("EntityType")) for node in root.iter("{*}EntitySet")}
    if not sets:
        raise NotEdmx("no EntitySet in the document")
    by_type = {kind: name for name, kind in sets.items()}
    tables, functions = dict[str, frozenset[str]](), dict[str, set[str]]()
    for node in root.iter("{*}FunctionImport"):
        bound = next((_bare(child.get("Type")) for child in node if child.get("Name") == "bindingParameter"), "")
        owner, name = by_type.get(bound), str(node.get("Name"))
        if owner is not None:
            functions.setdefault(owner, set()).add(name)
            tables[f"{owner}/{name}"] = types.get(_bare(node.get("ReturnType")), frozenset())
    fields = {name: types.get(kind, frozenset()) for name, kind in sets.items()}
    return Metadata(fields, types, tables, {name: frozenset(found) for name, found in functions.items()})


def _tag(node: etree._Element) -> str:
    """The name of an element without its namespace; comments have none."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _bare(kind: str | None) -> str:
    """«Collection(StandardODATA.X)» as «X»."""
    return (kind or "").removeprefix("Collection(").removesuffix(")").removeprefix(NAMESPACE)
