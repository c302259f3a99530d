"""The plain Rasa pipeline: intents and entities by DIET in Rasa's environment, a quantity to each product in order."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from api.benchmark.peers.lines import Line
from api.benchmark.peers.pipeline import Said
from api.benchmark.sets import ROOT
from order_text.units import unit_of

PROJECT = ROOT / "rasa_project"
PYTHON = PROJECT / ".venv" / "bin" / "python"
CACHE = ROOT / ".run" / "peers"
DOES = {"order": "order", "repeat_order": "repeat"}
_QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class DietFailed(Exception):
    """Training or tagging broke off; what it said went to standard error."""


def train(catalogues: Sequence[Path]) -> Path:
    """The archive for the present patterns and these catalogues; minutes when there is none yet."""
    command: list[str | Path] = [PYTHON, "-m", "peer.train", "--out", CACHE, *catalogues]
    done = subprocess.run(command, cwd=PROJECT, env={**os.environ, **_QUIET}, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode:
        raise DietFailed(f"training failed, see {CACHE}/diet-training.log")
    return Path(done.stdout.strip().splitlines()[-1])


class Diet:
    """Tags messages; the same message once."""

    def __init__(self, archive: Path) -> None:
        self._known: dict[str, Said] = {}
        self._process = subprocess.Popen(
            [PYTHON, "-m", "peer.tag", archive],
            cwd=PROJECT,
            env={**os.environ, **_QUIET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def __call__(self, text: str) -> Said:
        """What the message does and the lines that it orders."""
        if text not in self._known:
            self._known[text] = said(self._ask(text))
        return self._known[text]

    def _ask(self, text: str) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(text) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, ValueError) as error:
            raise DietFailed("DIET stopped") from error
        return answer


def said(tagged: dict[str, Any]) -> Said:
    """Products, quantities and units paired in the order in which they stand."""
    values: dict[str, list[str]] = {"product": [], "quantity": [], "unit": []}
    for entity, value in tagged["entities"]:
        values[entity].append(value)
    lines = []
    for place, product in enumerate(values["product"]):
        number = _NUMBER.search(values["quantity"][place]) if place < len(values["quantity"]) else None
        unit = unit_of(values["unit"][place]) if place < len(values["unit"]) else None
        quantity = Decimal(number.group().replace(",", ".")) if number else None
        lines.append(Line(product, quantity, unit[1] if unit and quantity is not None else ""))
    return Said(DOES.get(tagged["intent"], "other"), tuple(lines))
