"""What is measured of a model, kept in models/evaluations: the live model is measured once, not with each candidate."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from api.training.cards import Cards, frozen_hash
from api.training.disk import read_json, write_json
from api.training.programs import measured_with

Program = Callable[..., list[str]]
"""Runs a program of the table by its name, with the words that it is to be filled with; returns its lines."""
NOT_OF_CARD = ("made_with", "phrases")


class FrozenMoved(Exception):
    """The frozen set was changed while models were measured on it: they would not be compared on the same one."""


class Measure:
    """Measures models on the frozen set as it is now. `scratch`: a folder for what is half done."""

    def __init__(self, root: Path, scratch: Path, program: Program, say: Callable[[str], None]) -> None:
        self._cards, self._scratch, self._program, self._say = Cards(root), scratch, program, say
        self._frozen, self._with = frozen_hash(root), measured_with(root)

    def whole(self, version: str) -> dict[str, Any]:
        """All that is known of a model; empty where nothing is, or nothing that still holds."""
        found = read_json(self._cards.evaluation(version, self._frozen))
        return found if found.get("made_with") == self._with else {}

    def evaluate(self, version: str) -> None:
        """Its understanding of phrases, and Rasa's test stories."""
        if "phrases" in self.whole(version):
            self._say(f"Модель {version} уже измерена.")
            return
        self._say(f"Модель {version}:")
        out = self._scratch / f"{version}.json"
        pictures = str(self._cards.pictures(version))
        self._program("evaluate", archive=str(self._cards.archive(version)), out=str(out), pictures=pictures)
        found = read_json(out)
        if found["card"]["frozen"] != self._frozen:
            raise FrozenMoved
        self._keep(version, {**found["card"], "phrases": found["phrases"]})

    def orders(self, version: str) -> None:
        """Its reading of the frozen orders."""
        if "orders" in self.whole(version):
            self._say(f"Модель {version} уже измерена.")
            return
        self._say(f"Модель {version}:")
        lines = self._program("orders", archive=str(self._cards.archive(version)))
        self._keep(version, {"orders": json.loads(lines[-1])})

    def _keep(self, version: str, more: Mapping[str, Any]) -> None:
        known = self.whole(version) | {"made_with": self._with} | dict(more)
        write_json(self._cards.evaluation(version, self._frozen), known)


def for_card(measured: Mapping[str, Any]) -> dict[str, Any]:
    """What of it stands in the card: not all phrases, but those that it gets wrong."""
    return {name: value for name, value in measured.items() if name not in NOT_OF_CARD}
