"""Query options over a list of rows, and rows as they go out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.erp.demo.errors import bad_option, no_property
from api.erp.demo.filter_eval import Fetch, Matcher, compile_filter, field_value, property_of
from api.erp.demo.schema import SCHEMA, Entity
from api.erp.demo.store import Row


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    """As they go out."""
    total: int | None
    """How many satisfy the filter, when $inlinecount asked."""


@dataclass(frozen=True)
class Shape:
    """Which properties of an entity go out, what is expanded, and whether links are wanted."""

    entity: Entity
    names: tuple[str, ...]
    expand: tuple[str, ...]
    links: bool
    fetch: Fetch

    def __call__(self, row: Row) -> Row:
        out: Row = {}
        for name in self.names:
            if name in self.entity.parts:
                out[name] = [render_line(line, self.entity.parts[name], row) for line in row.get(name, [])]
                continue
            prop = self.entity.by_name[name]
            out[name] = row.get(name, prop.default)
            if self.links and prop.kind == "ref" and "Ref_Key" in row:
                link = name.removesuffix("_Key")
                out[f"{link}@navigationLinkUrl"] = f"{self.entity.name}(guid'{row['Ref_Key']}')/{link}"
        for name in self.expand:
            out[name] = self._expanded(row, name)
        return out

    def _expanded(self, row: Row, name: str) -> Row | None:
        prop = self.entity.references[name]
        found = self.fetch(prop.target, row.get(prop.name, prop.default))
        return None if found is None else whole(SCHEMA[prop.target], self.fetch)(found)


def render_line(line: Row, part: Entity, owner: Row) -> Row:
    """A line of a tabular part, with its owner's reference as 1C repeats it."""
    out = {prop.name: line.get(prop.name, prop.default) for prop in part.properties}
    out["Ref_Key"] = owner["Ref_Key"]
    return out


def whole(entity: Entity, fetch: Fetch, *, links: bool = False) -> Shape:
    """All properties and parts."""
    names = tuple(prop.name for prop in entity.properties) + tuple(entity.parts)
    return Shape(entity, names, (), links, fetch)


def shape_of(options: dict[str, str], entity: Entity, fetch: Fetch) -> Shape:
    """What $select, $expand and $format ask for."""
    full = whole(entity, fetch, links="nometadata" not in options.get("$format", ""))
    names, expand = _selected(options.get("$select"), full), _expand(options.get("$expand"), entity)
    return Shape(entity, names, expand, full.links, fetch)


def run(rows: list[Row], entity: Entity, options: dict[str, str], fetch: Fetch) -> Page:
    """Filter, order, cut and render."""
    shape = shape_of(options, entity, fetch)
    if "$filter" in options:
        matches = Matcher(compile_filter(options["$filter"], entity), entity, fetch)
        rows = [row for row in rows if matches(row)]
    total = len(rows) if _wants_total(options) else None
    for reverse, key in reversed(_orders(options.get("$orderby"), entity, fetch)):
        rows = sorted(rows, key=key, reverse=reverse)
    skip = _number(options, "$skip") or 0
    top = _number(options, "$top")
    rows = rows[skip:] if top is None else rows[skip : skip + top]
    return Page([shape(row) for row in rows], total)


def _wants_total(options: dict[str, str]) -> bool:
    value = options.get("$inlinecount", "none")
    if value not in {"allpages", "none"}:
        raise bad_option("$inlinecount", value)
    return value == "allpages"


def _number(options: dict[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise bad_option(name, f"ожидается неотрицательное целое число: {text}")
    return int(text)


def _selected(text: str | None, full: Shape) -> tuple[str, ...]:
    """Names in the schema's order, whatever order they were asked in."""
    if text is None:
        return full.names
    wanted = set()
    for name in (part.strip() for part in text.split(",")):
        if name == "*":
            return full.names
        known = name.removesuffix("/*").split("/")[0]
        if known not in full.names:
            raise no_property(name)
        wanted.add(known)
    return tuple(name for name in full.names if name in wanted)


def _expand(text: str | None, entity: Entity) -> tuple[str, ...]:
    if not text:
        return ()
    names = tuple(part.strip() for part in text.split(","))
    if names == ("*",):
        return tuple(entity.references)
    for name in names:
        if name not in entity.references and name not in entity.parts:
            raise no_property(name)
    return tuple(name for name in names if name in entity.references)


def _orders(text: str | None, entity: Entity, fetch: Fetch) -> list[tuple[bool, Callable[[Row], Any]]]:
    orders = []
    for item in (text or "").split(","):
        words = item.split()
        if not words and not (text or "").strip():
            continue
        if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1] not in {"asc", "desc"}):
            raise bad_option("$orderby", f"синтаксическая ошибка: {item.strip()}")
        path = tuple(words[0].split("/"))
        property_of(path, entity)
        orders.append((words[-1] == "desc" and len(words) == 2, _sort_key(path, entity, fetch)))
    return orders


def _sort_key(path: tuple[str, ...], entity: Entity, fetch: Fetch) -> Callable[[Row], Any]:
    def key(row: Row) -> tuple[bool, Any]:
        value = field_value(path, row, entity, fetch)
        return (value is not None, value)

    return key
