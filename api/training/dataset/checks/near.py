"""Texts that are nearly the same.

Under one intent that is a warning. Under two it is an error from ERROR on: of the 13,600 examples of today, all written
or generated, the nearest two of different intents that no «не» tells apart reach 93 («поехали», «проехали»).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from api.training.dataset.corpus import Corpus, Line
from api.training.dataset.fold import refusals
from api.training.schemas import Finding

ERROR, WARNING, SAME = 95, 90, 95
"""Of 100: between different intents, and (a warning) within one."""
_CHUNK = 500
_DIGITS = re.compile(r"\d+")


def check(corpus: Corpus) -> Iterator[Finding]:
    lines = list(corpus.lines)
    keys = [_DIGITS.sub("0", line.key) for line in lines]
    ours = [place for place, line in enumerate(lines) if line.kind == "reviewed"]
    for begin in range(0, len(ours), _CHUNK):
        part = ours[begin : begin + _CHUNK]
        scores = process.cdist(
            [keys[place] for place in part], keys, scorer=fuzz.ratio, score_cutoff=WARNING, dtype=np.uint8, workers=-1
        )
        for place, row in zip(part, scores, strict=True):
            yield from _of(place, row, lines)


def _of(place: int, row: Any, lines: Sequence[Line]) -> Iterator[Finding]:
    """The worst of what is near this line: another intent before its own."""
    line, said = lines[place], refusals(lines[place].text)
    near = [
        (lines[other].intent != line.intent, int(row[other]), lines[other])
        for other in np.flatnonzero(row).tolist()
        if other != place and lines[other].key != line.key
    ]
    told = [one for one in near if (one[0] and refusals(one[2].text) == said) or (not one[0] and one[1] >= SAME)]
    if not told:
        return
    other_intent, score, other = max(told, key=lambda one: one[:2])
    if not other_intent:
        words = f"Почти то же, что «{other.text}» ({other.where}). Учить этому дважды незачем."
        yield Finding("warning", "near", words, line.text, line.where)
        return
    words = (
        f"Под «{line.intent}», а почти такой же текст «{other.text}» — под «{other.intent}» ({other.where}). "
        "Проверьте смысл."
    )
    yield Finding("error" if score >= ERROR else "warning", "near", words, line.text, line.where)
