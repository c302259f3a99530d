"""Files beside an archive in models/: its card, its pictures, what was measured of it."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ARCHIVE = re.compile(r"intents-([0-9a-f]{16})\.tar\.gz")


class Cards:
    """The folder models/ of a training root."""

    def __init__(self, root: Path) -> None:
        self.models = root / "models"

    def archive(self, version: str) -> Path:
        return self.models / f"intents-{version}.tar.gz"

    def pictures(self, version: str) -> Path:
        return self.models / f"intents-{version}"

    def evaluation(self, version: str, frozen: str) -> Path:
        return self.models / "evaluations" / f"{version}-{frozen}.json"

    def card(self, version: str) -> dict[str, Any]:
        """Empty where there is none that can be read."""
        return read(self.models / f"intents-{version}.json")

    def current(self) -> str:
        """The version that a start begins with; empty: none."""
        found = ARCHIVE.fullmatch(str(read(self.models / "current.json").get("model", "")))
        return found[1] if found and self.archive(found[1]).is_file() else ""

    def add(self, version: str, more: Mapping[str, Any]) -> dict[str, Any]:
        """Writes these parts into the card; returns the whole of it."""
        card = self.card(version) | dict(more)
        write(self.models / f"intents-{version}.json", card)
        return card


def read(path: Path) -> dict[str, Any]:
    """The JSON object of a file; empty where it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """In one step: a reader sees the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def hash_of(files: Iterable[Path]) -> str:
    """16 hex digits of the files' names and contents; as rasa_project/model_card.py reckons."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def frozen_hash(root: Path) -> str:
    """What a card calls `frozen`: it changes with data/frozen."""
    return hash_of(sorted((root / "data" / "frozen").resolve().glob("*.yml")))
