"""Names and cards of trained models: which one fits the present data, which one is in use. Imports nothing of Rasa.

docs/decisions/0015-the-training-loop.md lists what stands in a card.
"""

import hashlib
import json
import os
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

import examples

PROJECT = Path(__file__).resolve().parent
CHECKOUT = PROJECT.parent
HOME = Path(os.environ.get("TRAINING_DIR") or CHECKOUT).resolve()
"""Where `data` and `models` lie: the checkout, or a folder of an installation's own."""
DATA, MODELS = HOME / "data", HOME / "models"
CURRENT = "current.json"
TRAINED_ON = ("nlu", "rules", "stories", "lookups")
"""The folders of data/ that Rasa learns from."""
PACKAGES = ("rasa", "tensorflow", "spacy", "pymorphy3", "pymorphy3-dicts-ru", "scikit-learn", "numpy")
# Everything that a model depends on, as (folder, pattern); the frozen set is not among it.
ORDER_TEXT = (("order_text", "*.py"), ("order_text/lexicon", "**/*.py"))
CODE = (("", "config.yml"), ("domain", "*.yml"))
COMPONENTS = (("components", "*.py"), *ORDER_TEXT)
GENERATOR = (("", "generate.py"), ("", "noise.py"), ("patterns", "*.txt"))


def data_files(data: Path = DATA) -> Iterator[Path]:
    """The files that Rasa learns from."""
    for folder in TRAINED_ON:
        yield from _files(data, ((folder, "**/*.yml"),))


def source_files(project: Path = PROJECT, data: Path = DATA) -> Iterator[Path]:
    """The files that decide what a model learns, in a fixed order."""
    yield from _files(project, CODE)
    yield from data_files(data)
    yield from _files(project, COMPONENTS)


def _files(root: Path, patterns: Iterable[Any]) -> Iterator[Path]:
    for folder, pattern in patterns:
        yield from sorted((root / folder).resolve().glob(pattern))


def package_versions() -> Dict[str, Optional[str]]:
    """Versions of the packages that a model depends on; None when one is not installed."""
    found: Dict[str, Optional[str]] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def fingerprint(project: Path = PROJECT, data: Path = DATA) -> str:
    """16 hex digits that change with the data, the configuration, the code of the pipeline or a library."""
    return _with_packages(source_files(project, data))


def base(project: Path = PROJECT, data: Path = DATA) -> str:
    """16 hex digits as `fingerprint`, but for what the training loop writes itself.

    Instead of data/nlu/generated.yml, which leaves out what people decided, it reads what that is made of.
    """
    loop = data.resolve() / "nlu" / examples.REVIEWED
    generated = data.resolve() / "nlu" / examples.GENERATED
    sources = (path for path in source_files(project, data) if path != generated and loop not in path.parents)
    return _with_packages([*sources, *_files(project, GENERATOR)])


def program(project: Path = PROJECT, data: Path = DATA) -> str:
    """16 hex digits of what the dialogue is made of: two models that share them may take each other's place."""
    dialogue = _files(data, (("rules", "**/*.yml"), ("stories", "**/*.yml")))
    return _with_packages([*_files(project, (*CODE, *COMPONENTS)), *dialogue])


def _with_packages(files: Iterable[Path]) -> str:
    return hash_of(files, json.dumps(package_versions(), sort_keys=True))


def hash_of(files: Iterable[Path], seed: str = "") -> str:
    """16 hex digits of the files' names and contents."""
    digest = hashlib.sha256(seed.encode())
    for path in files:
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def frozen_hash(data: Path = DATA) -> str:
    """16 hex digits that change with the frozen set."""
    return hash_of(_files(data, (("frozen", "*.yml"),)))


def origin(data: Path = DATA) -> Dict[str, Any]:
    """What a model is made of, for its card: to be taken before the training, which takes minutes."""
    nlu = data / "nlu"
    return {
        "fingerprint": fingerprint(data=data),
        "base": base(data=data),
        "program": program(data=data),
        "data_hash": hash_of(data_files(data)),
        "order_text_hash": hash_of(_files(PROJECT, ORDER_TEXT)),
        "git": git(),
        "examples": {
            "written": len(examples.written(nlu)),
            "generated": len(examples.read(nlu / examples.GENERATED)),
            "reviewed": len(examples.reviewed(nlu)),
        },
        "versions": package_versions(),
        "seeds": seeds((PROJECT / "config.yml").read_text(encoding="utf-8")),
    }


def git(checkout: Path = CHECKOUT) -> Optional[Dict[str, Any]]:
    """{commit, dirty} of the checkout; an image without one is told its commit by GIT_COMMIT; None: nobody knows."""
    commit = _git(checkout, "rev-parse", "HEAD")
    if commit is None:
        told = os.environ.get("GIT_COMMIT", "")
        return {"commit": told, "dirty": False} if told else None
    return {"commit": commit, "dirty": bool(_git(checkout, "status", "--porcelain"))}


def _git(checkout: Path, *arguments: str) -> Optional[str]:
    # Without .git of its own a folder inside another checkout would be told that one's commit.
    if not (checkout / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def archive_name(mark: str) -> str:
    """The archive's file name for a fingerprint."""
    return f"intents-{mark}.tar.gz"


def version_of(archive: Path) -> str:
    """intents-x.tar.gz → x"""
    return archive.name[len("intents-") : -len(".tar.gz")]


def archive(name: str, models: Path = MODELS) -> Path:
    """The archive meant on a command line: a path, a file of `models`, or a version. FileNotFoundError: none."""
    for path in (Path(name), models / name, models / archive_name(name)):
        if path.is_file():
            return path.resolve()
    raise FileNotFoundError(name)


def current_model(models: Path = MODELS) -> Optional[Path]:
    """The archive in use; None when there is none."""
    try:
        archive = models / str(json.loads((models / CURRENT).read_text(encoding="utf-8"))["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return archive if archive.is_file() else None


def fitting_model(mark: str, base: str, models: Path = MODELS) -> Optional[Path]:
    """The model to start with: the one in use, else the newest one that may serve; None: one must be trained.

    What the training loop wrote since is no reason for another one: it waits for its own training and gate.
    """
    current = current_model(models)
    if current is not None and _fits(current, mark, base):
        return current
    archives = sorted(models.glob(archive_name("*")), key=lambda path: path.stat().st_mtime, reverse=True)
    return next((archive for archive in archives if _fits(archive, mark, base) and _may_serve(archive)), None)


def _fits(archive: Path, mark: str, base: str) -> bool:
    """Cards of old have no `base`: their models fit exactly their own data."""
    card = read_card(archive) or {}
    return card.get("fingerprint") == mark or card.get("base") == base


def _may_serve(archive: Path) -> bool:
    """Trained by a start. What the training loop made is for people to put in, and may have been taken out as bad."""
    card = read_card(archive) or {}
    return "heldout" in card and not card.get("gate")


def read_card(archive: Path) -> Optional[Dict[str, Any]]:
    """The card beside an archive; None when it is missing or broken."""
    try:
        card = json.loads(card_path(archive).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return card if isinstance(card, dict) else None


def card_path(archive: Path) -> Path:
    """intents-x.tar.gz → intents-x.json"""
    return archive.with_name(f"intents-{version_of(archive)}.json")


def pictures_folder(archive: Path) -> Path:
    """intents-x.tar.gz → intents-x/"""
    return archive.with_name(f"intents-{version_of(archive)}")


def learnt(archive: Path) -> Path:
    """Where the reviewed examples are kept that the model has learnt; not there when it learnt none."""
    return pictures_folder(archive) / examples.REVIEWED


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
