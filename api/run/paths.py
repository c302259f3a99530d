"""Where things are in a checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".run"
"""Everything a running product keeps beside the code: database, secrets, logs. Never committed."""

MODELS = ROOT / "models"


def python_of(project: str) -> Path:
    """The interpreter of one of the three projects: api, actions, rasa_project."""
    return ROOT / project / ".venv" / "bin" / "python"


def import_path() -> str:
    """PYTHONPATH of every Python process of ours: `api`, `actions` and `order_text` are imported from the checkout."""
    return os.pathsep.join([str(ROOT), str(ROOT / "rasa_project")])
