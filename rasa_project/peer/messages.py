"""Annotated training messages: the product's own sentence patterns, with goods, numbers and units marked as they are
filled in, and names of goods from the tuning catalogues beside the general ones."""

import csv
import random
import re
from pathlib import Path
from typing import Dict, Iterable, List, Set

import examples
import generate

SEED = "diet"
ENTITY_OF = {"g": "product", "kind": "product", "n": "quantity", "words": "quantity", "u": "unit"}
LONGEST_NAME = 4
"""Customers say the first words of a name, seldom all of it."""


class AnnotatingWriter(generate.Writer):
    """Fills the patterns with Rasa's annotation around what it fills in; makes no slips, which would break it."""

    def __init__(self, seed: str, goods: Iterable[str]) -> None:
        super().__init__(seed)
        extra = list(goods)
        self._goods = {catalogue: [*words, *extra] for catalogue, words in self._goods.items()}

    def sentence(self, pattern: str) -> str:
        """One sentence of `pattern` as it stands there."""
        return re.sub(r"\s+", " ", self._expand(pattern)).strip()

    def _slot(self, name: str, case: str) -> str:
        text = super()._slot(name, case)
        return f"[{text}]({ENTITY_OF[name]})" if name in ENTITY_OF else text


def short_names(catalogues: Iterable[Path]) -> List[str]:
    """The beginnings of the names in these catalogues, without brackets (they are Rasa's marks)."""
    draw = random.Random(SEED)
    found: Set[str] = set()
    for path in catalogues:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, delimiter=";"):
                words = re.sub(r"[()\[\]|{}]", " ", row["name"]).lower().split()
                found.add(" ".join(words[: draw.randint(1, LONGEST_NAME)]))
    return sorted(name for name in found if name)


def training_data(catalogues: Iterable[Path]) -> str:
    """The whole training file: written examples as they are, generated ones with entities."""
    goods = short_names(catalogues)
    sentences = _written()
    taken = generate.taken_texts()
    for path in sorted((generate.HERE / "patterns").glob("*.txt")):
        for number, section in enumerate(generate.sections(path.read_text(encoding="utf-8"))):
            writer = AnnotatingWriter(f"{SEED}-{path.stem}-{number}", goods)
            sentences.setdefault(section.intent, []).extend(generate._sentences(writer, section, taken))
    blocks = [
        f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {line}\n" for line in lines)
        for intent, lines in sorted(sentences.items())
    ]
    return "\n".join(['version: "3.1"\n\nnlu:', *blocks])


def _written() -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for intent, text in [*examples.written(generate.NLU), *examples.reviewed(generate.NLU)]:
        found.setdefault(intent, []).append(text)
    return found
