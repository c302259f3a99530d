"""Where the data lies under a training root, and how its files are read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from api.training.dataset.errors import Unreadable

NLU, REVIEWED, FROZEN = "data/nlu", "data/nlu/reviewed", "data/frozen"
GENERATED = "generated.yml"


def files_of(root: Path, folder: str) -> list[Path]:
    """The YAML files of a folder in a stable order; none where there is no such folder."""
    return sorted((root / folder).glob("*.yml"))


def name_of(root: Path, path: Path) -> str:
    """«data/nlu/reviewed/ordering.yml»"""
    return path.relative_to(root).as_posix()


def loaded(content: bytes) -> Any:
    """What the YAML says. Raises Unreadable with the line."""
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise Unreadable("Файл не в кодировке UTF-8. Сохраните его в UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(f"Ошибка YAML в строке {line}: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable("Это не YAML.") from error


def examples_of(data: Any) -> Iterator[tuple[str, str | dict[str, Any]]]:
    """Intent and example (a line, or a mapping with `text`) of a parsed file of Rasa's. Raises Unreadable."""
    blocks = data.get("nlu") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(blocks, list | None):
        raise Unreadable("Это не файл примеров Rasa: нет списка «nlu».")
    for number, block in enumerate(blocks or (), 1):
        if not isinstance(block, dict):
            raise Unreadable(f"Блок {number} в «nlu» — не смысл с примерами.")
        if "intent" not in block:
            continue  # a synonym, a regular expression or a lookup table
        intent, examples = block["intent"], block.get("examples")
        if not isinstance(intent, str) or not isinstance(examples, str | list):
            raise Unreadable(f"В блоке {number} нет имени смысла или его примеров.")
        for one in _lines(examples, number) if isinstance(examples, str) else examples:
            if not isinstance(one, str) and not (isinstance(one, dict) and isinstance(one.get("text"), str)):
                raise Unreadable(f"В блоке {number} («{intent}») пример без текста: {str(one)[:60]}")
            yield intent, one


def _lines(examples: str, number: int) -> Iterator[str]:
    for line in examples.splitlines():
        if line.startswith("-"):
            yield line[1:].strip()
        elif line.strip():
            raise Unreadable(f"В блоке {number} строка примера не начинается с «-»: {line[:60]}")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C is ten times as quick; it is not built everywhere."""
