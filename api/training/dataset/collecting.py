"""What people decided, and what they bring in files, into data/nlu/reviewed: masked, checked, each decision once."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from api.review import service
from api.review.schemas import Example
from api.training.dataset import checks, files
from api.training.dataset.corpus import Corpus, read_corpus
from api.training.dataset.errors import Unreadable
from api.training.dataset.fold import folded
from api.training.dataset.letters import one_alphabet
from api.training.dataset.masking import mask
from api.training.dataset.notation import plain, value_of
from api.training.schemas import Finding, Reviewed

_DECISION = "review:"


@dataclass(frozen=True)
class Collected:
    added: int
    withdrawn: int
    """Of undone decisions, and of those that a newer word on the same text took the place of."""
    refused: tuple[Finding, ...]
    """Why some were not written."""


async def collect(session: AsyncSession, root: Path, now: datetime) -> Collected:
    """Brings the files up to date with people's decisions; the caller commits, and tells the audit log.

    A decision is written once: what git takes out of the files stays out. What the checks refuse is tried again
    the next time. Raises Unreadable where the files are broken. Cut off between files and commit, it is repeated.
    """
    taught, undone = await service.examples(session), await service.undone(session)
    # In a thread: the lock of the files blocks, and the checks take seconds.
    collected, refused = await asyncio.to_thread(_collected, root, taught, undone)
    await service.mark_written(session, [one for one in taught if not one.written and one not in refused], now)
    return collected


def bring_in(root: Path, examples: Iterable[Reviewed], *, partly: bool = False) -> Collected:
    """Adds what comes from outside; nothing where a check refuses any of it, the rest where `partly`.

    Raises Unreadable where the files are broken. Blocks: from a page, call it in a thread.
    """
    with files.locked(root):
        kept, corpus = _now(root)
        fresh, refused = _clean(examples)
        accepted, unfit = _accepted(corpus, kept, fresh)
        findings = (*refused, *unfit)
        if findings and not partly:
            return Collected(0, 0, findings)
        files.write(root, [*kept, *accepted])
        return Collected(len(accepted), 0, findings)


def reviewed_of(example: Example) -> Reviewed:
    """A decision as the files hold it: nothing personal, one line, words of one alphabet."""
    one = Reviewed(example.text, example.intent, example.entities, source_of(example), example.by)
    try:
        return masked(one)
    except ValueError:  # a piece of blanks was marked
        return masked(replace(one, entities=None))


def source_of(example: Example) -> str:
    return f"{_DECISION}{example.decision_id}"


def masked(one: Reviewed) -> Reviewed:
    """Raises ValueError where its pieces do not fit the text."""
    text, entities = value_of(one_alphabet(plain(one.text)), one.entities)
    text, entities = value_of(*mask(text, entities))
    return replace(one, text=text, entities=entities)


def _collected(root: Path, taught: Sequence[Example], undone: Collection[int]) -> tuple[Collected, list[Example]]:
    with files.locked(root):
        before, corpus = _now(root)
        kept = [one for one in before if _decision_of(one) not in undone]
        # Where an undone word goes, an older one that stands is the newest again.
        freed = {folded(one.text) for one in before} - {folded(one.text) for one in kept}
        told: dict[str, tuple[Example, Reviewed]] = {}
        for example in taught:
            if example.written and not freed:
                continue
            one = reviewed_of(example)
            if not example.written or folded(one.text) in freed:
                told[folded(one.text)] = example, one  # the newest is the last
        fresh = [one for _, one in told.values()]
        accepted, findings = _accepted(corpus, [one for one in kept if not _replaced(one, told)], fresh)
        unfit = {finding.text for finding in findings}
        told_fit = {key: (example, one) for key, (example, one) in told.items() if one.text not in unfit}
        kept = [one for one in kept if not _replaced(one, told_fit)]  # a refused word takes no older one's place
        files.write(root, [*kept, *accepted])
    refused = [example for example, one in told.values() if one.text in unfit]
    return Collected(len(accepted), len(before) - len(kept), tuple(findings)), refused


def _now(root: Path) -> tuple[list[Reviewed], Corpus]:
    """The examples in the files, and all that they are checked against."""
    corpus = read_corpus(root)
    if corpus.unreadable:
        raise Unreadable("; ".join(f"{one.where}: {one.words}" for one in corpus.unreadable))
    return files.read(root), corpus


def _decision_of(one: Reviewed) -> int | None:
    number = one.source.removeprefix(_DECISION)
    return int(number) if one.source.startswith(_DECISION) and number.isdecimal() else None


def _replaced(one: Reviewed, told: dict[str, tuple[Example, Reviewed]]) -> bool:
    """Whether a newer decision says something else of this text than the older one in the files."""
    newer, number = told.get(folded(one.text)), _decision_of(one)
    return newer is not None and number is not None and number < newer[0].decision_id and newer[1].intent != one.intent


def _clean(examples: Iterable[Reviewed]) -> tuple[list[Reviewed], list[Finding]]:
    """Masked; and what cannot be, as findings."""
    clean, findings = [], []
    for one in examples:
        try:
            clean.append(masked(one))
        except (ValueError, KeyError, TypeError):
            words = "Отмеченные куски не подходят к тексту. Отметьте заново."
            findings.append(Finding("error", "entity", words, one.text, one.source))
    return clean, findings


def _accepted(
    corpus: Corpus, kept: Sequence[Reviewed], fresh: Sequence[Reviewed]
) -> tuple[list[Reviewed], list[Finding]]:
    """Those that may be written, and why the others may not. What is there already is left out silently."""
    there = {(line.text.lower(), line.intent) for line in corpus.with_reviewed(kept).lines}
    new: dict[tuple[str, str], Reviewed] = {}
    for one in fresh:
        if (said := (one.text.lower(), one.intent)) not in there:
            new.setdefault(said, one)
    if not new:
        return [], []
    texts = {one.text for one in new.values()}
    found = checks.of(corpus.with_reviewed([*kept, *new.values()]))
    errors = [finding for finding in found if finding.severity == "error" and finding.text in texts]
    unfit = {finding.text for finding in errors}
    return [one for one in new.values() if one.text not in unfit], errors
