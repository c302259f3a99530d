"""The peers as systems of the benchmark, each with the settings that serve it best on the tuning part."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from api.benchmark.peers.diet import DOES
from api.benchmark.peers.lines import split
from api.benchmark.peers.pipeline import ASKED_WITHIN, CUTOFFS, Listen, Said, Settings, understand
from api.benchmark.peers.ranking import RANKERS, Ranker
from api.benchmark.scoring import figures
from api.benchmark.sets import CaseSet, Catalogue
from api.benchmark.systems import Hear, System, Understand, verdicts_of


def splitter(hear: Hear) -> Listen:
    """Lines by regular expressions. The intent is the assistant's own model's, so that only the reading differs."""

    def listen(text: str) -> Said:
        return Said(DOES.get(hear(text).name, "other"), tuple(split(text)))

    return listen


def peers(hear: Hear, diet: Listen | None, tuning: Sequence[CaseSet]) -> list[tuple[System, Settings]]:
    """The peers of the report. DIET gets no questions on near ties: that is how such pipelines are built."""
    found = []
    if diet is not None:
        found.append(_fitted("diet", "DIET entities + WRatio", RANKERS["WRatio"], diet, tuning, (None,)))
    for ranker in ("WRatio", "token_set_ratio", "TF-IDF n-grams"):
        title = f"splitter + {ranker}"
        found.append(_fitted(title, title, RANKERS[ranker], splitter(hear), tuning, (None,)))
    title = "splitter + TF-IDF n-grams, asks on near ties"
    found.append(_fitted(title, title, RANKERS["TF-IDF n-grams"], splitter(hear), tuning, ASKED_WITHIN[1:]))
    return found


def _fitted(
    key: str,
    title: str,
    build: Callable[[Sequence[str]], Ranker],
    listen: Listen,
    tuning: Sequence[CaseSet],
    asked_within: Iterable[float | None],
) -> tuple[System, Settings]:
    rankers: dict[str, Ranker] = {}

    def prepare(known: Catalogue, settings: Settings) -> Understand:
        if known.name not in rankers:
            # Remembered: every cut-off asks for the same names again.
            rankers[known.name] = cache(build([entry.item.name for entry in known.index.entries]))
        return lambda case: understand(case, known, rankers[known.name], settings, listen)

    def system(settings: Settings) -> System:
        return System(key, title, partial(prepare, settings=settings))

    def exact(settings: Settings) -> float:
        verdicts = [verdict for found in verdicts_of(system(settings), tuning).values() for verdict in found]
        return figures(verdicts).exact.value

    choices = [Settings(cutoff, within) for within in asked_within for cutoff in CUTOFFS]
    best = max(choices, key=exact)
    return system(best), best
