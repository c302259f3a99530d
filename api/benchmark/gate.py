"""What the gate of training asks of the orders: `python -m api.benchmark.gate --model ARCHIVE`.

One line of JSON on standard output: figures of the frozen part, which is used for nothing else, and never a message.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.benchmark.scoring import Verdict
from api.benchmark.sets import case_sets
from api.benchmark.systems import Hear, assistant, verdicts_of
from api.classifier import Classifier


def measured(hear: Hear) -> dict[str, Any]:
    """The figures of all frozen messages, and of those with each tag."""
    frozen = [one for one in case_sets() if one.part == "frozen"]
    verdicts = [verdict for found in verdicts_of(assistant(hear), frozen).values() for verdict in found]
    tags = sorted({tag for verdict in verdicts for tag in verdict.tags})
    return {**_figures(verdicts), "tags": {tag: _figures([one for one in verdicts if tag in one.tags]) for tag in tags}}


def _figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Shares: exact ones of all and of those where nothing is to be asked, lines that went wrong unasked."""
    clear = [verdict for verdict in verdicts if not verdict.must_ask]
    return {
        "cases": len(verdicts),
        "exact": _share(sum(verdict.exact for verdict in verdicts), len(verdicts)),
        "touchless": _share(sum(verdict.exact for verdict in clear), len(clear)),
        "silent_wrong": _share(sum(verdict.silent for verdict in verdicts), sum(one.points for one in verdicts)),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def main(words: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m api.benchmark.gate", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the archive")
    options = parser.parse_args(words)
    with Classifier(options.model) as hear:
        print(json.dumps(measured(hear), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
