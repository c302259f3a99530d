"""Latin letters inside of Russian words, and the other way round."""

from collections.abc import Iterator
from typing import Literal

from api.training.dataset.corpus import Corpus
from api.training.dataset.letters import MIXED
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    for line in corpus.lines:
        if found := MIXED.search(line.text):
            # By hand such words are written on purpose: people do write so.
            severity: Literal["error", "warning"] = "error" if line.kind == "reviewed" else "warning"
            words = f"В слове «{found[0]}» смешаны русские и латинские буквы. Перепишите слово одним алфавитом."
            yield Finding(severity, "look_alike", words, line.text, line.where)
