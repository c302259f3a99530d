"""Training when no model fits the present data. Nothing of the product is imported: `./run test` begins here."""

import subprocess
from collections.abc import Mapping

from api.run.paths import ROOT, python_of

PROJECT = ROOT / "rasa_project"
TRAINING = (str(python_of("rasa_project")), "training.py", "--if-needed")


class ModelMissing(RuntimeError):
    """There is no trained model to run."""


def ensure_model(environment: Mapping[str, str]) -> None:
    """Trains when the present data has no model (minutes), else returns at once. Its output goes to ours."""
    done = subprocess.run(TRAINING, cwd=PROJECT, env=dict(environment))
    if done.returncode:
        raise ModelMissing(f"training failed (exit code {done.returncode}), see above; by hand: ./run train")
