"""What keeps bad examples from training: one module a check, listed here."""

from collections.abc import Callable, Iterable
from pathlib import Path

from api.training.dataset.checks import (
    conflict,
    entity,
    leak,
    look_alike,
    near,
    personal,
    twice,
    unknown_intent,
)
from api.training.dataset.corpus import Corpus, read_corpus
from api.training.schemas import Finding

CHECKS: tuple[Callable[[Corpus], Iterable[Finding]], ...] = (
    unknown_intent.check,
    conflict.check,
    twice.check,
    leak.check,
    look_alike.check,
    entity.check,
    personal.check,
    near.check,
)


def check(root: Path) -> list[Finding]:
    """All that is wrong with the data under the root, errors first."""
    return of(read_corpus(root))


def of(corpus: Corpus) -> list[Finding]:
    """All that is wrong with these examples, errors first."""
    found = [*corpus.unreadable, *(finding for one in CHECKS for finding in one(corpus))]
    return sorted(found, key=lambda finding: finding.severity != "error")
