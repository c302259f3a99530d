"""All examples there are, and what only measuring may read: what the checks look at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from api.errors import ApiError, Conflict
from api.training import frozen_files
from api.training.dataset.errors import Unreadable
from api.training.dataset.files import read_file
from api.training.dataset.fold import folded
from api.training.dataset.layout import (
    FROZEN,
    GENERATED,
    NLU,
    REVIEWED,
    examples_of,
    files_of,
    loaded,
    name_of,
)
from api.training.dataset.notation import Entities, parsed
from api.training.schemas import Finding, Reviewed


@dataclass(frozen=True)
class Line:
    """An example and where it stands."""

    text: str
    intent: str
    where: str
    kind: Literal["written", "generated", "reviewed"]
    entities: Entities = None

    @cached_property
    def key(self) -> str:
        return folded(self.text)


@dataclass(frozen=True)
class Corpus:
    lines: tuple[Line, ...]
    skills: Mapping[str, str]
    """The skill by intent; intents without hand-written examples are unknown."""
    frozen: Mapping[str, str]
    """The folded texts of the frozen set, and the file of each."""
    unreadable: tuple[Finding, ...] = ()

    @property
    def reviewed(self) -> list[Line]:
        return [line for line in self.lines if line.kind == "reviewed"]

    def with_reviewed(self, examples: Iterable[Reviewed]) -> "Corpus":
        """The same, had the reviewed files these examples and no others."""
        written = [line for line in self.lines if line.kind != "reviewed"]
        return replace(self, lines=(*written, *(self._line(one) for one in examples)))

    def _line(self, one: Reviewed) -> Line:
        where = f"{REVIEWED}/{self.skills.get(one.intent, '?')}.yml"
        return Line(one.text, one.intent, where, "reviewed", one.entities)


def read_corpus(root: Path) -> Corpus:
    """All that lies under the root; a file that cannot be read is a finding."""
    lines: list[Line] = []
    frozen: dict[str, str] = {}
    broken: list[Finding] = []
    for folder, reader in ((NLU, _hand_written), (REVIEWED, _reviewed)):
        for path in files_of(root, folder):
            try:
                lines += reader(root, path)
            except Unreadable as error:
                broken.append(_unreadable(root, path, error))
    for path in files_of(root, FROZEN):
        try:
            frozen |= {folded(one.text): name_of(root, path) for one in frozen_files.read_file(path)}
        except Conflict as error:
            broken.append(_unreadable(root, path, error))
    skills = {line.intent: Path(line.where).stem for line in lines if line.kind == "written"}
    return Corpus(tuple(lines), skills, frozen, tuple(broken))


def _hand_written(root: Path, path: Path) -> Iterator[Line]:
    kind: Literal["written", "generated"] = "generated" if path.name == GENERATED else "written"
    for intent, one in examples_of(loaded(path.read_bytes())):
        line = one if isinstance(one, str) else one["text"]
        try:
            text, entities = parsed(line)
        except ValueError as error:
            raise Unreadable(f"Разметка не читается: «{line[:60]}».") from error
        yield Line(text, intent, name_of(root, path), kind, entities)


def _reviewed(root: Path, path: Path) -> Iterator[Line]:
    for one in read_file(root, path):
        yield Line(one.text, one.intent, name_of(root, path), "reviewed", one.entities)


def _unreadable(root: Path, path: Path, error: ApiError) -> Finding:
    where = name_of(root, path)
    words = f"Файл не читается, обучение без него невозможно. {error.message.removeprefix(f'{where}: ')}"
    return Finding("error", "unreadable", words, "", where)
