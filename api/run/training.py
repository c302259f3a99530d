"""The trained model: which one is current, training when none fits the present data, what a start's seats run."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from api.run.paths import MODELS, ROOT, python_of

PROJECT = ROOT / "rasa_project"
TRAINING = (str(python_of("rasa_project")), "training.py", "--if-needed")
KEPT_OUT = ("seed",)
"""Of data/: not for training."""


class ModelMissing(RuntimeError):
    """There is no trained model to run."""


def ensure_model(environment: Mapping[str, str]) -> None:
    """Trains when the present data has no model (minutes), else returns at once. Its output goes to ours."""
    done = subprocess.run(TRAINING, cwd=PROJECT, env=dict(environment))
    if done.returncode:
        raise ModelMissing(f"training failed (exit code {done.returncode}), see above; by hand: ./run train")


def _current(models: Path) -> dict[str, str]:
    """models/current.json: `{model, fingerprint}`; empty where there is none."""
    try:
        found: dict[str, str] = json.loads((models / "current.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def current_model(models: Path = MODELS) -> str:
    """The archive's path, from models/current.json; raises ModelMissing."""
    current = _current(models)
    if not current:
        raise ModelMissing("no trained model: ./run train")
    return str(models / current["model"])


def forget_other_seats(models: Path) -> None:
    """A start begins with the current model: seats that were told another one wait for nothing any more."""
    seats = models / "slots.json"
    try:
        named = set(json.loads(seats.read_text(encoding="utf-8")).values())
    except (OSError, ValueError, AttributeError):
        named = set()
    if _current(models).get("fingerprint") not in named:
        seats.unlink(missing_ok=True)


def copy_for_tests(to: Path) -> None:
    """What is learnt from and the current model, of the checkout: nothing that a test does reaches either."""
    shutil.copytree(ROOT / "data", to / "data", ignore=shutil.ignore_patterns(*KEPT_OUT))
    (to / "models").mkdir()
    if current := _current(MODELS):
        archive = current["model"]
        for name in ("current.json", archive, f"{archive.removesuffix('.tar.gz')}.json"):
            shutil.copy2(MODELS / name, to / "models" / name)
