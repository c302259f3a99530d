"""What a request's address asks for: the path after standard.odata/ and the query options."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from api.erp.demo.errors import bad_option, bad_url

_SET = re.compile(r"(?P<set>[^\W\d]\w*)(?P<count>/\$count)?")
_TABLE = re.compile(
    r"(?P<set>[^\W\d]\w*)/(?P<table>Balance|Turnovers|BalanceAndTurnovers|SliceLast|SliceFirst)(?:\((?P<args>.*)\))?",
    re.DOTALL,
)
_KEYED = re.compile(r"(?P<set>[^\W\d]\w*)\((?P<key>[^)]*)\)(?:/(?P<tail>\w+)(?:\(\))?)?")
_KEY = re.compile(r"(?:Ref_Key\s*=\s*)?guid'(?P<guid>[0-9a-fA-F-]{36})'")
_ARGUMENT = re.compile(r"(?:^|,)\s*(Period|StartPeriod|EndPeriod|Condition|Dimensions)\s*=\s*")
_DATE = re.compile(r"datetime'(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?)'")
OPTIONS = ("$format", "$filter", "$select", "$top", "$skip", "$orderby", "$expand", "$inlinecount", "$count")


@dataclass(frozen=True)
class Target:
    """One of: a set, its count, a virtual `table`, an instance by `key`, and a `tail` after the key."""

    entity: str
    key: str = ""
    tail: str = ""
    count: bool = False
    table: str = ""
    arguments: dict[str, str] = field(default_factory=dict)


def parse_target(path: str) -> Target:
    """`path`: decoded, without the leading slash."""
    if found := _SET.fullmatch(path):
        return Target(found["set"], count=bool(found["count"]))
    if found := _TABLE.fullmatch(path):
        return Target(found["set"], table=found["table"], arguments=table_arguments(found["args"] or ""))
    if found := _KEYED.fullmatch(path):
        key = _KEY.fullmatch(found["key"].strip())
        if key is None:
            raise bad_url(f"ключ сущности задан неверно: {found['key']}")
        return Target(found["set"], key=key["guid"].lower(), tail=found["tail"] or "")
    raise bad_url(path)


def table_arguments(text: str) -> dict[str, str]:
    """Arguments of a virtual table, a quoted one without its outer quotes, its inner ones untouched."""
    found = list(_ARGUMENT.finditer(text))
    if text.strip() and (not found or text[: found[0].start()].strip()):
        raise bad_url(f"параметры виртуальной таблицы: {text}")
    arguments = {}
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        value = text[match.end() : end].strip()
        if match[1] in {"Condition", "Dimensions"}:
            if len(value) < 2 or value[0] != "'" or value[-1] != "'":
                raise bad_option(match[1], f"ожидается строка: {value}")
            value = value[1:-1]
        else:
            value = _moment(match[1], value)
        arguments[match[1]] = value
    return arguments


def condition_variants(text: str) -> list[str]:
    """How a Condition may be read: 1C is met both with doubled inner quotes and with plain nested ones."""
    doubled = all(len(run) % 2 == 0 for run in re.findall(r"'+", text))
    return [text.replace("''", "'"), text] if doubled else [text]


def _moment(name: str, value: str) -> str:
    found = _DATE.fullmatch(value)
    if found is None:
        raise bad_option(name, f"ожидается datetime'…': {value}")
    return found[1] if "T" in found[1] else f"{found[1]}T00:00:00"


def parse_query(raw: bytes) -> dict[str, str]:
    """Query options. A `+` is a plus here, not a space, as in 1C."""
    options: dict[str, str] = {}
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_url("строка запроса не в UTF-8") from error
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        name = unquote(name)
        if name.startswith("$") and name not in OPTIONS:
            raise bad_option(name, "неизвестная опция")
        options[name] = unquote(value)
    return options
