"""$filter and Condition: text → tree. OData v3 as 1C reads it; a generic v4 expression does not parse."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["guid", "date", "string", "number", "bool", "null"]

MAX_LENGTH = 60_000
MAX_DEPTH = 40
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<guid>guid'(?P<guid_value>[0-9a-fA-F-]{36})')
    | (?P<date>datetime'(?P<date_value>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)')
    | (?P<string>'(?:[^']|'')*')
    | (?P<number>-?\d+(?:\.\d+)?[mMdDfFlL]?)
    | (?P<name>[^\W\d]\w*(?:/[^\W\d]\w*)*)
    | (?P<sign>[(),:])
    )""",
    re.VERBOSE,
)
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
FUNCTIONS = {
    "startswith": 2,
    "endswith": 2,
    "substringof": 2,
    "year": 1,
    "month": 1,
    "day": 1,
    "hour": 1,
    "minute": 1,
    "second": 1,
    "cast": 2,
}


class FilterSyntax(Exception):
    """The expression is not one that 1C reads; the text says where."""


@dataclass(frozen=True)
class Value:
    kind: Kind
    value: str | Decimal | bool | None


@dataclass(frozen=True)
class Field:
    path: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Compare:
    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Chain:
    """Several conditions joined by one operator, `and` or `or`: as long a chain as wished costs no depth."""

    operator: str
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    inner: "Node"


@dataclass(frozen=True)
class Lambda:
    """`Товары/any(d: …)`: `part` the tabular part, `mode` any or all; fields inside have lost the prefix `d/`."""

    part: str
    mode: str
    inner: "Node"


Node = Value | Field | Call | Compare | Chain | Not | Lambda


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        raise FilterSyntax("слишком длинное выражение")
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FilterSyntax(f"синтаксическая ошибка в позиции {position}: {text[position : position + 40]}")
        kind = match.lastgroup or ""
        kind = next(name for name in ("guid", "date", "string", "number", "name", "sign") if match[name] is not None)
        value = match[f"{kind}_value"] if kind in {"guid", "date"} else match[kind]
        found.append(_Token(kind, value))
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._variables: list[str] = []

    def whole(self) -> Node:
        node = self._any()
        if self._at != len(self._tokens):
            raise FilterSyntax(f"лишнее после выражения: {self._tokens[self._at].text}")
        return node

    def _peek(self, text: str, ahead: int = 0) -> bool:
        at = self._at + ahead
        return at < len(self._tokens) and self._tokens[at].text == text and self._tokens[at].kind in {"name", "sign"}

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise FilterSyntax("неожиданный конец выражения")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, text: str) -> None:
        if not self._peek(text):
            raise FilterSyntax(f"ожидается «{text}»")
        self._at += 1

    def _any(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterSyntax("слишком глубокое выражение")
        node = self._chain("or", self._all)
        self._depth -= 1
        return node

    def _all(self) -> Node:
        return self._chain("and", self._negation)

    def _chain(self, operator: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._peek(operator):
            self._at += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else Chain(operator, tuple(parts))

    def _negation(self) -> Node:
        if not self._peek("not"):
            return self._comparison()
        self._at += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterSyntax("слишком глубокое выражение")
        node = Not(self._negation())
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        left = self._operand()
        for operator in COMPARISONS:
            if self._peek(operator):
                self._at += 1
                return Compare(operator, left, self._operand())
        return left

    def _operand(self) -> Node:
        if self._peek("("):
            self._at += 1
            node = self._any()
            self._expect(")")
            return node
        token = self._next()
        if token.kind == "name":
            return self._named(token.text)
        if token.kind == "number":
            return Value("number", Decimal(token.text.rstrip("mMdDfFlL")))
        if token.kind == "string":
            return Value("string", token.text[1:-1].replace("''", "'"))
        if token.kind == "guid":
            return Value("guid", token.text.lower())
        if token.kind == "date":
            return Value("date", token.text if "T" in token.text else f"{token.text}T00:00:00")
        raise FilterSyntax(f"неожиданный символ «{token.text}»")

    def _named(self, text: str) -> Node:
        if text in {"true", "false"}:
            return Value("bool", text == "true")
        if text == "null":
            return Value("null", None)
        if self._peek("("):
            return self._call(text)
        path = tuple(text.split("/"))
        if self._variables and path[0] == self._variables[-1]:
            path = path[1:]
        if not path:
            raise FilterSyntax(f"переменная «{text}» без свойства")
        return Field(path)

    def _call(self, text: str) -> Node:
        self._expect("(")
        path, _, mode = text.rpartition("/")
        if path and mode in {"any", "all"}:
            variable = self._next().text
            self._expect(":")
            self._variables.append(variable)
            inner = self._any()
            self._variables.pop()
            self._expect(")")
            return Lambda(path, mode, inner)
        if text not in FUNCTIONS:
            raise FilterSyntax(f"неизвестная функция «{text}»")
        arguments = [self._any()]
        while self._peek(","):
            self._at += 1
            arguments.append(self._any())
        self._expect(")")
        if len(arguments) != FUNCTIONS[text]:
            raise FilterSyntax(f"у функции «{text}» должно быть параметров: {FUNCTIONS[text]}")
        return Call(text, tuple(arguments))


def parse(text: str) -> Node:
    """The tree of an expression; FilterSyntax when it is not one."""
    return _Parser(_tokens(text)).whole()
