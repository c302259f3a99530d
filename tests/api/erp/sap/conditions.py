"""`$filter` of OData version 2, the part that an adapter of ours may use; anything else is an error as in SAP."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Test = Callable[[dict[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<paren>[()])|(?P<dated>datetime(?:offset)?)'(?P<moment>[^']*)'|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>\w+))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda ours, theirs: ours == theirs,
    "ne": lambda ours, theirs: ours != theirs,
    "ge": lambda ours, theirs: ours >= theirs,
    "gt": lambda ours, theirs: ours > theirs,
    "le": lambda ours, theirs: ours <= theirs,
    "lt": lambda ours, theirs: ours < theirs,
}


class Invalid(ValueError):
    """The condition is not understood."""


def moment_ms(text: str) -> int:
    value = datetime.fromisoformat(text)
    value = value if value.tzinfo else value.replace(tzinfo=UTC)
    return int(value.timestamp() * 1000)


def parse(condition: str, fields: dict[str, str]) -> Test:
    """The condition as a test of a row. Raises Invalid, also for a field that the set does not have."""
    tokens, at = [], 0
    condition = condition.strip()
    while at < len(condition):
        found = _TOKEN.match(condition, at)
        if found is None:
            raise Invalid(condition[at:])
        tokens.append(found)
        at = found.end()
    test, rest = _either(tokens, fields)
    if rest:
        raise Invalid(rest[0].group())
    return test


def _either(tokens: list[re.Match[str]], fields: dict[str, str]) -> tuple[Test, list[re.Match[str]]]:
    test, tokens = _both(tokens, fields)
    while tokens and tokens[0]["word"] == "or":
        other, tokens = _both(tokens[1:], fields)
        test = (lambda left, right: lambda row: left(row) or right(row))(test, other)
    return test, tokens


def _both(tokens: list[re.Match[str]], fields: dict[str, str]) -> tuple[Test, list[re.Match[str]]]:
    test, tokens = _one(tokens, fields)
    while tokens and tokens[0]["word"] == "and":
        other, tokens = _one(tokens[1:], fields)
        test = (lambda left, right: lambda row: left(row) and right(row))(test, other)
    return test, tokens


def _one(tokens: list[re.Match[str]], fields: dict[str, str]) -> tuple[Test, list[re.Match[str]]]:
    if tokens and tokens[0]["paren"] == "(":
        test, tokens = _either(tokens[1:], fields)
        if not tokens or tokens[0]["paren"] != ")":
            raise Invalid("a bracket is missing")
        return test, tokens[1:]
    if len(tokens) < 3 or tokens[0]["word"] not in fields or tokens[1]["word"] not in _COMPARE:
        raise Invalid(" ".join(token.group().strip() for token in tokens[:3]))
    name, compare, value = tokens[0]["word"], _COMPARE[tokens[1]["word"]], tokens[2]
    return (lambda row: compare(_stored(row.get(name), fields[name]), _told(value))), tokens[3:]


def _told(token: re.Match[str]) -> Any:
    if token["dated"]:
        return moment_ms(token["moment"])
    if token["text"] is not None:
        return token["text"].replace("''", "'")
    if token["number"]:
        return Decimal(token["number"])
    return token["word"] == "true"


def _stored(value: Any, kind: str) -> Any:
    """As it compares: dates by their milliseconds."""
    if kind in ("d", "o"):
        found = re.search(r"-?\d+", value or "")
        return int(found.group()) if found else -(10**18)
    if kind == "n":
        return Decimal(value or 0)
    return value if kind == "b" else (value or "")
