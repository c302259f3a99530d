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
    begun = {folder for folder in TAUGHT if (data / folder).exists()}
    ours = {path.relative_to(brought) for path in brought.rglob("*") if path.is_file()}
    for path in sorted(ours):
        if not _is_taught(path, begun):
            (data / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(brought / path, data / path)
    for path in [path for path in data.rglob("*") if path.is_file()]:
        relative = path.relative_to(data)
        if relative not in ours and not _is_taught(relative, TAUGHT):
            path.unlink()


def _is_taught(path: Path, folders: "set[str] | tuple[str, ...]") -> bool:
    return any(path.as_posix().startswith(f"{folder}/") for folder in folders)


if __name__ == "__main__":
    root = os.environ.get("TRAINING_DIR")
    if not root:
        sys.exit("TRAINING_DIR is not set: the checkout needs no copy of its own data")
    provide(Path(__file__).resolve().parent.parent / "data", Path(root) / "data")
    (Path(root) / "models").mkdir(exist_ok=True)
