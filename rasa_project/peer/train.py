"""Trains the plain pipeline once for the present data: `python -m peer.train --out FOLDER CATALOGUE…`.

Prints the archive's path as the last line of standard output.
"""

import argparse
import contextlib
import hashlib
import json
import sys
from pathlib import Path
from typing import List

import model_card
import training

from peer.messages import training_data

HERE = Path(__file__).resolve().parent


def fingerprint(data: str) -> str:
    """16 hex digits that change with the messages, the pipeline or a library."""
    digest = hashlib.sha256(json.dumps(model_card.package_versions(), sort_keys=True).encode())
    digest.update((HERE / "config.yml").read_bytes())
    digest.update(data.encode())
    return digest.hexdigest()[:16]


def train(data: str, folder: Path) -> Path:
    """The archive for this data, trained when it is not there yet."""
    mark = fingerprint(data)
    archive = folder / f"diet-{mark}.tar.gz"
    if archive.exists():
        return archive
    folder.mkdir(parents=True, exist_ok=True)
    source, draft = folder / f"diet-{mark}.yml", f"draft-{mark}"
    source.write_text(data, encoding="utf-8")
    arguments = ["train", "nlu", "--nlu", str(source), "--config", str(HERE / "config.yml")]
    arguments += ["--out", str(folder), "--fixed-model-name", draft]
    training.rasa("DIET", arguments, folder / "diet-training.log")
    (folder / f"{draft}.tar.gz").rename(archive)
    return archive


def main(words: List[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("catalogues", type=Path, nargs="+")
    options = parser.parse_args(words)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            archive = train(training_data(options.catalogues), options.out.resolve())
    except training.TrainingFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
