"""data/frozen: phrases that measure a model and teach it nothing, a file for each skill, one phrase a line.

`must.yml` holds what may never break; `strangers.yml` is counted and compared with, never shown and never written:
whoever reads it writes examples for it. A change is one line: order, comments and everything else stay as they are.
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import yaml

from api.errors import Conflict
from api.training import disk
from api.training.dataset.fold import folded
from api.training.dataset.layout import FROZEN, files_of

MUST, STRANGERS = "must", "strangers"
_UNREADABLE = "Файл data/frozen/{} не читается{}. Исправьте его на сервере."
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Phrase:
    """`part`: the file it stands in."""

    part: str
    intent: str
    text: str


@dataclass(frozen=True)
class Frozen:
    """The frozen set as it is now; the strangers' phrases are folded, as that is all they are needed for."""

    phrases: tuple[Phrase, ...]
    strangers: tuple[str, ...]

    def of(self, text: str) -> list[Phrase]:
        """Where this phrase, or the same with other signs, stands. It should stand once."""
        wanted = folded(text)
        return [one for one in self.phrases if folded(one.text) == wanted]

    def exactly(self, text: str) -> list[Phrase]:
        """Where this very text stands."""
        return [one for one in self.phrases if one.text == text]


@dataclass(frozen=True)
class _Item:
    """A phrase in its file: the line of its intent, its own lines, and where the first of them begins to speak."""

    phrase: Phrase
    head: int
    first: int
    end: int
    column: int


def folder(root: Path) -> Path:
    return root / FROZEN


def read(root: Path) -> Frozen:
    """Raises Conflict where a file cannot be read, with the place."""
    phrases: list[Phrase] = []
    strangers: list[str] = []
    for path in files_of(root, FROZEN):
        found = read_file(path)
        if path.stem == STRANGERS:
            strangers += [folded(one.text) for one in found]
        else:
            phrases += found
    return Frozen(tuple(phrases), tuple(strangers))


def read_part(root: Path, part: str) -> list[Phrase]:
    """Those of one part; none where there is no such file. Raises Conflict."""
    path = folder(root) / f"{part}.yml"
    return read_file(path) if path.exists() else []


def read_file(path: Path) -> list[Phrase]:
    """Those of one file. Raises Conflict where it cannot be read, with the place."""
    return [item.phrase for item in _items(path, _text(path))]


def locked(root: Path) -> AbstractContextManager[None]:
    """One writer at a time; blocks."""
    return disk.locked(folder(root) / ".lock")


def add(root: Path, phrase: Phrase) -> None:
    """Puts it after the last of its intent; where it stands already, nothing happens."""
    path = folder(root) / f"{phrase.part}.yml"
    text = _text(path) if path.exists() else ""
    items = _items(path, text)
    if phrase in [item.phrase for item in items]:
        return
    lines: list[str] = _LINE.findall(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    last = next((item for item in reversed(items) if item.phrase.intent == phrase.intent), None)
    if last is None:
        lines.append(f"{phrase.intent}:\n  - {scalar(phrase.text)}\n")
    else:
        lines.insert(last.end, f"{lines[last.first][: last.column]}{scalar(phrase.text)}\n")
    _replace(path, "".join(lines), {*(item.phrase for item in items), phrase})


def remove(root: Path, phrase: Phrase) -> None:
    """Takes it out, with its intent where it was the last; where it stands no more, nothing happens."""
    path = folder(root) / f"{phrase.part}.yml"
    text = _text(path)
    items = _items(path, text)
    gone = next((item for item in items if item.phrase == phrase), None)
    if gone is None:
        return
    lines: list[str] = _LINE.findall(text)
    alone = sum(item.phrase.intent == phrase.intent for item in items) == 1
    del lines[gone.first : gone.end]
    if alone:
        del lines[gone.head]
    _replace(path, "".join(lines), {item.phrase for item in items} - {phrase})


def scalar(text: str) -> str:
    """The text as YAML on one line, quoted where it has to be."""
    for style, plain in ((None, True), ("'", True), ('"', True), ('"', False)):
        dumped = yaml.safe_dump([text], default_style=style, allow_unicode=plain, width=10**9)
        # In quotes a list of one is dumped as «- "…"» as well.
        written = dumped.removeprefix("- ").rstrip("\n")
        if len(written.splitlines()) == 1 and yaml.safe_load(f"a:\n  - {written}\n") == {"a": [text]}:
            return written
    raise ValueError(f"no YAML for {text!r}")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Conflict(_UNREADABLE.format(path.name, ": он не в UTF-8"), code="unreadable") from error


def _items(path: Path, text: str) -> list[_Item]:
    """Whatever stands as an item is a text, quoted or not: «8» is what a customer typed."""
    try:
        document = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f": строка {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Conflict(_UNREADABLE.format(path.name, line), code="unreadable") from error
    except yaml.YAMLError as error:
        raise Conflict(_UNREADABLE.format(path.name, ""), code="unreadable") from error
    if document is None:
        return []
    items = []
    try:
        for key, values in document.value:
            for value in values.value:
                start, end = value.start_mark, value.end_mark
                lines = end.line + (1 if end.column else 0)
                phrase = Phrase(path.stem, key.value, _string(value))
                items.append(_Item(phrase, key.start_mark.line, start.line, lines, start.column))
    except (AttributeError, TypeError, ValueError) as error:
        expected = ": ждали «смысл:» и под ним «- фраза»"
        raise Conflict(_UNREADABLE.format(path.name, expected), code="unreadable") from error
    return items


def _string(value: yaml.Node) -> str:
    if not isinstance(value, yaml.ScalarNode):
        raise TypeError(value)
    return str(value.value)


def _replace(path: Path, text: str, expected: set[Phrase]) -> None:
    """Writes the file at once or not at all; raises Conflict where it would not hold just what it should."""
    if {item.phrase for item in _items(path, text)} != expected:
        raise Conflict(f"Файл data/frozen/{path.name} записан необычно. Поправьте его на сервере.", code="unreadable")
    disk.write(path, text.encode("utf-8"))
