"""The formats in which examples come in and go out, listed here. Nothing of a broken file is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from api.training.dataset.errors import Unreadable
from api.training.dataset.formats import csv, label_studio, rasa_yaml
from api.training.schemas import Reviewed

MOST_BYTES = 20_000_000
MOST_EXAMPLES = 50_000
LONGEST = 2_000
"""Characters of one example."""


@dataclass(frozen=True)
class Format:
    title: str
    suffixes: tuple[str, ...]
    media_type: str
    read: Callable[[bytes, str, str], list[Reviewed]]
    """Content; `source` and `by` for examples that name none of their own. Raises Unreadable."""
    write: Callable[[Sequence[Reviewed]], bytes]


FORMATS: dict[str, Format] = {
    "rasa": Format("Rasa YAML", (".yml", ".yaml"), "application/yaml", rasa_yaml.read, rasa_yaml.write),
    "csv": Format("CSV", (".csv", ".txt"), "text/csv; charset=utf-8", csv.read, csv.write),
    "label-studio": Format("Label Studio JSON", (".json",), "application/json", label_studio.read, label_studio.write),
}


def read(name: str, content: bytes, by: str) -> list[Reviewed]:
    """The examples of a file, by the end of its name. Raises Unreadable for one that is not to be taken."""
    suffix = PurePath(name).suffix.lower()
    known = next((one for one in FORMATS.values() if suffix in one.suffixes), None)
    if known is None:
        ends = ", ".join(suffix for one in FORMATS.values() for suffix in one.suffixes)
        raise Unreadable(f"По имени файла не понять его формат. Подходят: {ends}.")
    if not content.strip():
        raise Unreadable("Файл пуст.")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"Файл больше {MOST_BYTES // 1_000_000} МБ. Разделите его.")
    origin = f"import:{PurePath(name).name}"
    found = known.read(content, origin, by)
    if not found:
        raise Unreadable("В файле нет ни одного размеченного примера.")
    if len(found) > MOST_EXAMPLES:
        raise Unreadable(f"В файле больше {MOST_EXAMPLES} примеров. Разделите его.")
    for number, one in enumerate(found, 1):
        if not one.text or len(one.text) > LONGEST:
            raise Unreadable(f"Пример {number} пуст или длиннее {LONGEST} знаков.")
    # Whoever brings a file answers for it: it speaks neither as a decision of the console nor in another's name.
    return [replace(one, source=origin if one.source.startswith("review:") else one.source, by=by) for one in found]
