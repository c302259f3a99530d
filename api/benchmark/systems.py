"""What reads the orders: the assistant itself, without some of its means, and the peers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.benchmark.scoring import Verdict, judge
from api.benchmark.sets import CaseSet, Catalogue
from api.parse import parse
from api.understanding.heard import Heard

Hear = Callable[[str], Heard]
Understand = Callable[[Mapping[str, Any]], dict[str, Any]]
"""The parsed line of a case (DESIGN §10)."""


@dataclass(frozen=True)
class System:
    """A way to read orders; `prepare` makes it ready for one catalogue."""

    key: str
    title: str
    prepare: Callable[[Catalogue], Understand]


def assistant(hear: Hear) -> System:
    """The code that serves customers."""
    return System("assistant", "this assistant", partial(_reading, hear=hear, history=True))


def without_history(hear: Hear) -> System:
    """Nothing is known of what the customer ordered before."""
    return System("no_history", "… without history", partial(_reading, hear=hear, history=False))


def without_intents() -> System:
    """No trained model: rules alone decide what is an order."""
    return System(
        "no_intents", "… without the intent model", partial(_reading, hear=lambda text: Heard(), history=True)
    )


def _reading(known: Catalogue, hear: Hear, history: bool) -> Understand:
    histories = known.histories if history else {}
    return lambda case: parse(case, known.index, histories, hear)


def verdicts_of(system: System, sets: Sequence[CaseSet]) -> dict[str, list[Verdict]]:
    """The system's verdicts by set."""
    catalogues = {one.catalogue.name: one.catalogue for one in sets}
    ready = {name: system.prepare(catalogue) for name, catalogue in catalogues.items()}
    return {one.name: [judge(case, ready[one.catalogue.name](case)) for case in one.cases] for one in sets}
