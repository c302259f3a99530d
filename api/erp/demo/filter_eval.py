"""A filter tree against the schema (types, unknown names) and against a row."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.erp.demo.errors import bad_option, no_property, refused
from api.erp.demo.filter_parse import Call, Chain, Compare, Field, FilterSyntax, Lambda, Node, Not, Value, parse
from api.erp.demo.schema import SCHEMA, Entity, Property
from api.erp.demo.store import Row

Fetch = Callable[[str, str], Row | None]
"""(entity, ref) → the row a reference points to."""

_KIND_OF = {
    "ref": "guid",
    "guid": "guid",
    "string": "string",
    "enum": "string",
    "text": "text",
    "number": "number",
    "int16": "number",
    "int64": "number",
    "bool": "bool",
    "date": "date",
}
_DATE_PARTS = {
    "year": (0, 4),
    "month": (5, 7),
    "day": (8, 10),
    "hour": (11, 13),
    "minute": (14, 16),
    "second": (17, 19),
}


def compile_filter(text: str, entity: Entity, option: str = "$filter") -> Node:
    """Parse and check an expression for an entity; ODataError as the platform words it."""
    try:
        node = parse(text)
    except FilterSyntax as error:
        raise bad_option(option, str(error)) from error
    if _check(node, entity, option) != "bool":
        raise bad_option(option, "выражение должно быть логическим")
    return node


def property_of(path: tuple[str, ...], entity: Entity) -> Property:
    """The property a path names, through references («Марка/Description»)."""
    for step in path[:-1]:
        reference = entity.references.get(step)
        if reference is None:
            raise no_property("/".join(path))
        entity = SCHEMA[reference.target]
    found = entity.by_name.get(path[-1])
    if found is None:
        raise no_property("/".join(path))
    return found


def _check(node: Node, entity: Entity, option: str) -> str:
    """The kind of value a node gives."""
    match node:
        case Value():
            return node.kind
        case Field():
            return _KIND_OF[property_of(node.path, entity).kind]
        case Chain():
            if {_check(part, entity, option) for part in node.parts} != {"bool"}:
                raise bad_option(option, f"операция {node.operator} применима только к булевым значениям")
            return "bool"
        case Not():
            if _check(node.inner, entity, option) != "bool":
                raise bad_option(option, "операция not применима только к булевым значениям")
            return "bool"
        case Lambda():
            if node.part not in entity.parts:
                raise no_property(node.part)
            return _check(node.inner, entity.parts[node.part], option)
        case Compare():
            return _check_compare(node, entity, option)
        case Call():
            return _check_call(node, entity, option)


def _check_compare(node: Compare, entity: Entity, option: str) -> str:
    left, right = _check(node.left, entity, option), _check(node.right, entity, option)
    if "text" in {left, right}:
        raise refused("Нельзя сравнивать поля неограниченной длины и поля несовместимых типов.")
    if left != right and "null" not in {left, right}:
        raise bad_option(option, f"несоответствие типов операндов операции {node.operator}: {left}, {right}")
    return "bool"


def _check_call(node: Call, entity: Entity, option: str) -> str:
    kinds = [_check(argument, entity, option) for argument in node.arguments]
    if node.name == "cast":
        return kinds[0]
    if node.name in _DATE_PARTS:
        if kinds != ["date"]:
            raise bad_option(option, f"параметр функции {node.name} должен быть датой")
        return "number"
    if not set(kinds) <= {"string", "text"}:
        raise bad_option(option, f"параметры функции {node.name} должны быть строками")
    return "bool"


@dataclass(frozen=True)
class Matcher:
    """Tells whether a row satisfies a filter."""

    node: Node
    entity: Entity
    fetch: Fetch

    def __call__(self, row: Row) -> bool:
        return bool(_value(self.node, row, self.entity, self.fetch))


def field_value(path: tuple[str, ...], row: Row, entity: Entity, fetch: Fetch) -> Any:
    """What a path gives for a row, ready to be compared; None through a broken reference."""
    for step in path[:-1]:
        reference = entity.references[step]
        entity = SCHEMA[reference.target]
        found = fetch(reference.target, row.get(reference.name, reference.default))
        if found is None:
            return None
        row = found
    prop = entity.by_name[path[-1]]
    return _comparable(row.get(prop.name, prop.default), _KIND_OF[prop.kind])


def _comparable(value: Any, kind: str) -> Any:
    """Strings are compared without case, as every database under 1C does."""
    if value is None:
        return None
    if kind == "number":
        return Decimal(str(value))
    return str(value).casefold() if kind in {"string", "text"} else value


def _value(node: Node, row: Row, entity: Entity, fetch: Fetch) -> Any:
    match node:
        case Value():
            return _comparable(node.value, node.kind)
        case Field():
            return field_value(node.path, row, entity, fetch)
        case Chain():
            parts = (_value(part, row, entity, fetch) for part in node.parts)
            return all(parts) if node.operator == "and" else any(parts)
        case Not():
            return not _value(node.inner, row, entity, fetch)
        case Lambda():
            verdicts = (_value(node.inner, line, entity.parts[node.part], fetch) for line in row.get(node.part, []))
            return any(verdicts) if node.mode == "any" else all(verdicts)
        case Compare():
            left, right = (_value(side, row, entity, fetch) for side in (node.left, node.right))
            return _compare(node.operator, left, right)
        case Call():
            return _call(node.name, [_value(argument, row, entity, fetch) for argument in node.arguments])


def _compare(operator: str, left: Any, right: Any) -> bool:
    if operator == "eq":
        return bool(left == right)
    if operator == "ne":
        return bool(left != right)
    if left is None or right is None:
        return False
    if operator == "gt":
        return bool(left > right)
    if operator == "ge":
        return bool(left >= right)
    return bool(left < right) if operator == "lt" else bool(left <= right)


def _call(name: str, arguments: list[Any]) -> Any:
    if name == "cast":
        return arguments[0]
    if name in _DATE_PARTS:
        start, end = _DATE_PARTS[name]
        return None if arguments[0] is None else Decimal(arguments[0][start:end])
    if None in arguments:
        return False
    first, second = arguments
    if name == "substringof":
        return first in second
    return first.startswith(second) if name == "startswith" else first.endswith(second)
