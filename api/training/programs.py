"""The heavy programs of the course: a table. Words in braces are filled in when a program starts."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.training.cards import hash_of

CHECKOUT = Path(__file__).resolve().parents[2]
RASA_PROJECT = CHECKOUT / "rasa_project"
RASA = str(RASA_PROJECT / ".venv" / "bin" / "python")
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Program:
    """`seconds`: after so many it is stopped; ten times what it takes on two cores."""

    command: tuple[str, ...]
    cwd: Path
    seconds: float


PROGRAMS: Mapping[str, Program] = {
    "generate": Program((RASA, "generate.py"), RASA_PROJECT, 300),
    "train": Program((RASA, "training.py", "--candidate"), RASA_PROJECT, 3600),
    "evaluate": Program(
        (RASA, "evaluate.py", "--model", "{archive}", "--out", "{out}", "--pictures", "{pictures}"), RASA_PROJECT, 1200
    ),
    "hear": Program((RASA, "classify.py", "--model", "{archive}"), RASA_PROJECT, 600),
    "orders": Program((sys.executable, "-m", "api.benchmark.gate", "--model", "{archive}"), CHECKOUT, 900),
}

# What a measurement depends on besides the model and the frozen set: code of ours that reads messages and judges.
MEASURED_WITH = (
    ("rasa_project", "*.py"),
    ("rasa_project/components", "*.py"),
    ("rasa_project/order_text", "**/*.py"),
    ("api/understanding", "**/*.py"),
    ("api/domain", "**/*.py"),
    ("api", "parse.py"),
    ("api/benchmark", "*.py"),
    ("data/stories", "*.yml"),
    ("tests/stories", "*"),
    ("tests/order_cases/frozen", "**/*.*"),
    ("tests/order_cases", "score_orders.py"),
)


def environment(root: Path) -> dict[str, str]:
    """Of every program: ours is imported from the checkout, data and models lie under `root`."""
    path = os.pathsep.join([str(CHECKOUT), str(RASA_PROJECT)])
    return {**os.environ, **QUIET, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "TRAINING_DIR": str(root)}


def measured_with() -> str:
    """16 hex digits: measurements made with other ones are not comparable and are made anew."""
    files = (path for folder, pattern in MEASURED_WITH for path in sorted((CHECKOUT / folder).glob(pattern)))
    return hash_of(path for path in files if path.is_file())
