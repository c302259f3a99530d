"""The intent classifier as a child process in Rasa's environment, for the offline tools."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from api.training.programs import QUIET, RASA, RASA_PROJECT
from api.understanding.heard import Heard

PROJECT = RASA_PROJECT
PYTHON = Path(RASA)


class ClassifierFailed(Exception):
    """The classifier did not start or stopped; what it said went to standard error."""


class Classifier:
    """Hears the same message once. Loading takes some seconds, a message some milliseconds.

    `archive`: the model to hear with; None: the one in use.
    """

    def __init__(self, archive: Path | None = None) -> None:
        self._archive = archive
        self._known: dict[str, Heard] = {}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def __call__(self, text: str) -> Heard:
        """The likeliest intent of a message."""
        if text not in self._known:
            self._known[text] = self._ask(text)
        return self._known[text]

    def _ask(self, text: str) -> Heard:
        if self._process is None:
            self._process = self._start()
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(text) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, ValueError) as error:
            raise ClassifierFailed("the intent classifier stopped") from error
        return Heard(answer["name"], answer["confidence"])

    def _start(self) -> subprocess.Popen[str]:
        model = ["--model", str(self._archive.resolve())] if self._archive else []
        try:
            return subprocess.Popen(
                [str(PYTHON), "classify.py", *model],
                cwd=PROJECT,
                env={**os.environ, **QUIET},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        except OSError as error:
            raise ClassifierFailed(f"{PYTHON}: {error.strerror}") from error
