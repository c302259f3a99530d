"""Brings the hand-written training data of this version to where it is learnt from: `python provide.py`.

For containers, where TRAINING_DIR is a volume that outlives the image: what the image brings is taken over, and what
an older one brought and this one does not goes. What people teach there is only begun with, never written over.
"""

import os
import shutil
import sys
from pathlib import Path

TAUGHT = ("nlu/reviewed", "frozen")
"""Folders of data/ that the console writes."""


def provide(brought: Path, data: Path) -> None:
    """Makes `data` hold what `brought` holds, but for the taught folders, which are copied once."""
    for folder in TAUGHT:
        _begin(brought / folder, data / folder)
    ours = {path.relative_to(brought) for path in brought.rglob("*") if path.is_file()}
    for path in sorted(ours):
        if not _is_taught(path):
            (data / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(brought / path, data / path)
    for path in [path for path in data.rglob("*") if path.is_file()]:
        relative = path.relative_to(data)
        if relative not in ours and not _is_taught(relative):
            path.unlink()


def _begin(brought: Path, taught: Path) -> None:
    """Copies a taught folder that is not there yet: whole, or not at all."""
    if taught.exists() or not brought.exists():
        return
    draft = taught.with_name(f"{taught.name}.begun")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(brought, draft)
    draft.rename(taught)


def _is_taught(path: Path) -> bool:
    return any(path.as_posix().startswith(f"{folder}/") for folder in TAUGHT)


if __name__ == "__main__":
    root = os.environ.get("TRAINING_DIR")
    if not root:
        sys.exit("TRAINING_DIR is not set: the checkout needs no copy of its own data")
    provide(Path(__file__).resolve().parent.parent / "data", Path(root) / "data")
    (Path(root) / "models").mkdir(exist_ok=True)
