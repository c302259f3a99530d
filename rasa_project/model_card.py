"""Names and cards of trained models: which one fits the present data, which one is in use. Imports nothing of Rasa."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

PROJECT = Path(__file__).resolve().parent
MODELS = PROJECT.parent / "models"
CURRENT = "current.json"
PACKAGES = ("rasa", "tensorflow", "spacy", "pymorphy3", "pymorphy3-dicts-ru", "scikit-learn", "numpy")
# Everything that a model depends on, as (folder, pattern); the held-out utterances are not among it.
SOURCES = (
    ("", "config.yml"),
    ("domain", "*.yml"),
    ("data/nlu", "**/*.yml"),
    ("data/rules", "**/*.yml"),
    ("data/stories", "**/*.yml"),
    ("data/lookups", "**/*.yml"),
    ("components", "*.py"),
    ("order_text", "*.py"),
    ("order_text/lexicon", "**/*.py"),
)


def source_files(project: Path = PROJECT) -> Iterator[Path]:
    """The files that decide what a model learns, in a fixed order."""
    for folder, pattern in SOURCES:
        yield from sorted((project / folder).resolve().glob(pattern))


def package_versions() -> Dict[str, Optional[str]]:
    """Versions of the packages that a model depends on; None when one is not installed."""
    found: Dict[str, Optional[str]] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def fingerprint(project: Path = PROJECT) -> str:
    """16 hex digits that change with the data, the configuration, the code of the pipeline or a library."""
    digest = hashlib.sha256(json.dumps(package_versions(), sort_keys=True).encode())
    for path in source_files(project):
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def archive_name(mark: str) -> str:
    """The archive's file name for a fingerprint."""
    return f"intents-{mark}.tar.gz"


def current_model(models: Path = MODELS) -> Optional[Path]:
    """The archive in use; None when there is none."""
    try:
        archive = models / str(json.loads((models / CURRENT).read_text(encoding="utf-8"))["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return archive if archive.is_file() else None


def fitting_model(mark: str, models: Path = MODELS) -> Optional[Path]:
    """The archive trained from exactly the present data; None when there is none or its card is missing."""
    archive = models / archive_name(mark)
    card = read_card(archive)
    return archive if archive.is_file() and card is not None and card.get("fingerprint") == mark else None


def read_card(archive: Path) -> Optional[Dict[str, Any]]:
    """The card beside an archive; None when it is missing or broken."""
    try:
        card = json.loads(card_path(archive).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return card if isinstance(card, dict) else None


def card_path(archive: Path) -> Path:
    """intents-x.tar.gz → intents-x.json"""
    return archive.with_name(archive.name[: -len(".tar.gz")] + ".json")


def publish(archive: Path, mark: str, models: Path = MODELS) -> None:
    """Makes `archive` the current model."""
    write_json(models / CURRENT, {"model": archive.name, "fingerprint": mark})


def write_json(path: Path, content: Any) -> None:
    """Writes the file in one step: a reader sees the old or the new one."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def seeds(config: str) -> List[str]:
    """The lines of config.yml that fix a seed, for the card."""
    return [line.strip() for line in config.splitlines() if "random_seed" in line]
