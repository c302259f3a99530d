"""The trained models in models/: archives with their cards, the current one, and which are kept."""

import json
import re
import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from api.config import settings
from api.errors import NotFound
from api.training.schemas import Version
from api.training.slots import root, write_json

CURRENT = "current.json"
ARCHIVE = re.compile(r"intents-([0-9a-f]{16})\.tar\.gz")


def folder() -> Path:
    return root() / "models"


def versions() -> list[Version]:
    """All models that have an archive and a card that can be read, the newest first."""
    found = [_read(match[1]) for path in folder().glob("intents-*.tar.gz") if (match := ARCHIVE.fullmatch(path.name))]
    return sorted((one for one in found if one), key=lambda one: (one.trained_at, one.version), reverse=True)


def version(name: str) -> Version:
    """The model of this version; raises NotFound. A name that is no version names no file either."""
    archive = f"intents-{name}.tar.gz"
    found = _read(name) if ARCHIVE.fullmatch(archive) and (folder() / archive).is_file() else None
    if found is None:
        raise NotFound(f"Модели {name} нет: ./run model list покажет, какие есть.")
    return found


def _read(name: str) -> Version | None:
    try:
        card: dict[str, Any] = json.loads((folder() / f"intents-{name}.json").read_text(encoding="utf-8"))
        trained_at = datetime.fromisoformat(card["trained_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    passed = (card.get("gate") or {}).get("passed")
    return Version(name, trained_at, card, passed)


def current() -> str:
    """The version that a start begins with; empty: none."""
    try:
        archive = json.loads((folder() / CURRENT).read_text(encoding="utf-8"))["model"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    found = ARCHIVE.fullmatch(str(archive))
    return found[1] if found else ""


def make_current(name: str) -> None:
    """A start begins with this model from now on."""
    if current() != name:
        write_json(folder() / CURRENT, {"model": f"intents-{name}.tar.gz", "fingerprint": name})


def prune(in_use: Collection[str]) -> list[str]:
    """Deletes all but the newest KEEP_MODELS and those in use; returns which."""
    kept = {*in_use, current(), *(one.version for one in versions()[: settings().keep_models])}
    gone = [one.version for one in versions() if one.version not in kept]
    for name in gone:
        # The archive first: a card alone is no model, an archive alone would be one that nobody knows.
        (folder() / f"intents-{name}.tar.gz").unlink(missing_ok=True)
        (folder() / f"intents-{name}.json").unlink(missing_ok=True)
        shutil.rmtree(folder() / f"intents-{name}", ignore_errors=True)
        for evaluation in (folder() / "evaluations").glob(f"{name}-*.json"):
            evaluation.unlink(missing_ok=True)
    return gone
