"""Reviewed examples as files: data/nlu/reviewed/<skill>.yml, in Rasa's YAML, one example a line.

Their order depends on the examples alone, so that a change reads well as a diff and git takes a bad day back.
"""

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from api.training import disk
from api.training.dataset.errors import Unreadable
from api.training.dataset.fold import folded
from api.training.dataset.layout import REVIEWED, examples_of, files_of, loaded, name_of
from api.training.dataset.notation import parsed, plain, value_of, written
from api.training.dataset.skills import skill_of, skills
from api.training.schemas import Reviewed

HEADER = "# Пишет ./run data из разбора и импорта. Лишнее уберите руками или через git: само оно не вернётся.\n"


def read(root: Path) -> list[Reviewed]:
    """All reviewed examples in the order of their files. Raises Unreadable."""
    return [one for path in files_of(root, REVIEWED) for one in read_file(root, path)]


def read_file(root: Path, path: Path) -> list[Reviewed]:
    """Those of one file. Raises Unreadable with its name."""
    try:
        return read_text(path.read_bytes())
    except Unreadable as error:
        raise Unreadable(f"{name_of(root, path)}: {error.message}") from error


def read_text(content: bytes, source: str = "", by: str = "") -> list[Reviewed]:
    """The examples of a file of Rasa's; `source` and `by`, where the examples name none of their own."""
    return [_example(intent, one, source, by) for intent, one in examples_of(loaded(content))]


def write(root: Path, examples: Iterable[Reviewed]) -> None:
    """Makes the files hold these examples and no others; each file is replaced as a whole.

    Raises UnknownIntent, or Unreadable where data/nlu is broken; nothing is written then.
    """
    table = skills(root)
    of_skill: dict[str, list[Reviewed]] = {}
    for one in examples:
        of_skill.setdefault(skill_of(one.intent, table), []).append(one)
    folder = root / REVIEWED
    folder.mkdir(parents=True, exist_ok=True)
    for skill, ours in of_skill.items():
        disk.write(folder / f"{skill}.yml", (HEADER + text_of(ours)).encode())
    for path in files_of(root, REVIEWED):
        if path.stem not in of_skill:
            path.unlink()


def locked(root: Path) -> AbstractContextManager[None]:
    """One writer at a time; blocks."""
    return disk.locked(root / REVIEWED / ".lock")


def text_of(examples: Iterable[Reviewed]) -> str:
    """A file of Rasa's with these examples."""
    of_intent: dict[str, list[Reviewed]] = {}
    for one in sorted(examples, key=lambda one: (one.intent, folded(one.text), _line(one))):
        of_intent.setdefault(one.intent, []).append(one)
    parts = ['version: "3.1"\n\nnlu:\n' if of_intent else 'version: "3.1"\n\nnlu: []\n']
    for intent, ours in of_intent.items():
        parts.append(f"- intent: {intent}\n  examples:\n" + "".join(f"  - {_line(one)}\n" for one in ours))
    return "".join(parts)


def _line(one: Reviewed) -> str:
    text, entities = value_of(one.text, one.entities)
    about = f"source: {_quoted(plain(one.source))}, by: {_quoted(plain(one.by))}"
    if entities == ():
        about += ", marked: true"  # somebody looked and found no pieces
    return f"{{text: {_quoted(written(text, entities))}, metadata: {{{about}}}}}"


def _quoted(text: str) -> str:
    """In double quotes JSON's escapes are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def _example(intent: str, one: str | dict[str, Any], source: str, by: str) -> Reviewed:
    line = one if isinstance(one, str) else one["text"]
    about = {} if isinstance(one, str) else one.get("metadata")
    about = about if isinstance(about, dict) else {}
    try:
        text, entities = parsed(line)
    except ValueError as error:
        raise Unreadable(f"Разметка не читается: «{line[:60]}».") from error
    if entities is None and about.get("marked") is True:
        entities = ()
    return Reviewed(text, intent, entities, str(about.get("source") or source), str(about.get("by") or by))
