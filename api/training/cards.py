"""The folder models/: archives of trained models, and beside each its card, its pictures, what was measured of it."""

import hashlib
import re
import shutil
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.training.dataset.layout import FROZEN, files_of
from api.training.disk import read_json, write_json
from api.training.schemas import Version

ARCHIVE = re.compile(r"intents-([0-9a-f]{16})\.tar\.gz")
CURRENT = "current.json"


class Cards:
    """models/ of a training root. Whatever a person or a crash left there, reading it raises nothing."""

    def __init__(self, root: Path) -> None:
        self.models = root / "models"

    def archive(self, version: str) -> Path:
        return self.models / f"intents-{version}.tar.gz"

    def pictures(self, version: str) -> Path:
        return self.models / f"intents-{version}"

    def evaluation(self, version: str, frozen: str) -> Path:
        return self.models / "evaluations" / f"{version}-{frozen}.json"

    def evaluations(self, version: str) -> list[Path]:
        """What was measured of it, the newest first."""
        found = self.evaluation(version, "").parent.glob(f"{version}-*.json")
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)

    def has(self, version: str) -> bool:
        """Whether there is such a model. A name that is no version names no file either."""
        return bool(ARCHIVE.fullmatch(f"intents-{version}.tar.gz")) and self.archive(version).is_file()

    def card(self, version: str) -> dict[str, Any]:
        """Empty where there is none that can be read."""
        return read_json(self._card(version))

    def add(self, version: str, more: Mapping[str, Any]) -> dict[str, Any]:
        """Writes these parts into the card; returns the whole of it."""
        card = self.card(version) | dict(more)
        write_json(self._card(version), card)
        return card

    def versions(self) -> list[Version]:
        """All models that have an archive, the newest first."""
        names = [match[1] for path in self.models.glob("intents-*") if (match := ARCHIVE.fullmatch(path.name))]
        found = [one for one in map(self.version, names) if one]
        return sorted(found, key=lambda one: (one.trained_at, one.version), reverse=True)

    def version(self, name: str) -> Version | None:
        """The model of this version; one whose card is broken has no figures, and has not passed the gate."""
        if not self.has(name):
            return None
        card = self.card(name)
        try:
            written = self.archive(name).stat().st_mtime
        except FileNotFoundError:  # deleted a moment ago
            return None
        return Version(name, _trained_at(card) or datetime.fromtimestamp(written, UTC), card, _passed(card))

    def current(self) -> str:
        """The version that a start begins with; empty: none."""
        found = ARCHIVE.fullmatch(str(read_json(self.models / CURRENT).get("model", "")))
        return found[1] if found and self.has(found[1]) else ""

    def make_current(self, name: str) -> None:
        """A start begins with this model from now on."""
        write_json(self.models / CURRENT, {"model": self.archive(name).name, "fingerprint": name})

    def prune(self, newest: int, in_use: Collection[str]) -> list[str]:
        """Deletes all but so many of the newest, those in use and the current one; returns which."""
        found = self.versions()
        kept = {*in_use, self.current(), *(one.version for one in found[:newest])}
        gone = [one.version for one in found if one.version not in kept]
        for name in gone:
            # The archive first: what is left without it is no model.
            self.archive(name).unlink(missing_ok=True)
            self._card(name).unlink(missing_ok=True)
            shutil.rmtree(self.pictures(name), ignore_errors=True)
            for evaluation in self.evaluations(name):
                evaluation.unlink(missing_ok=True)
        return gone

    def _card(self, version: str) -> Path:
        return self.models / f"intents-{version}.json"


def _trained_at(card: Mapping[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(card["trained_at"])
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _passed(card: Mapping[str, Any]) -> bool | None:
    gate = card.get("gate")
    if gate is None:
        return None if card else False
    return isinstance(gate, dict) and gate.get("passed") is True


def hash_of(files: Iterable[Path]) -> str:
    """16 hex digits of the files' names and contents; as rasa_project/model_card.py reckons."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def frozen_hash(root: Path) -> str:
    """What a card calls `frozen`: it changes with data/frozen."""
    return hash_of(files_of((root / FROZEN).resolve(), "."))
