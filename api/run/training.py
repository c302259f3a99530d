"""The trained model: which one is current, and training when none fits the present data."""

import json
import subprocess
from collections.abc import Mapping

from api.run.paths import MODELS, ROOT, python_of

PROJECT = ROOT / "rasa_project"
TRAINING = (str(python_of("rasa_project")), "training.py", "--if-needed")


class ModelMissing(RuntimeError):
    """There is no trained model to run."""


def ensure_model(environment: Mapping[str, str]) -> None:
    """Trains when the present data has no model (minutes), else returns at once. Its output goes to ours."""
    done = subprocess.run(TRAINING, cwd=PROJECT, env=dict(environment))
    if done.returncode:
        raise ModelMissing(f"training failed (exit code {done.returncode}), see above; by hand: ./run train")


def current_model() -> str:
    """The path of the model to serve, relative to rasa_project, from models/current.json."""
    card = MODELS / "current.json"
    if not card.exists():
        raise ModelMissing("no trained model: ./run train")
    name = str(json.loads(card.read_text(encoding="utf-8"))["model"])
    return f"../models/{name}"
