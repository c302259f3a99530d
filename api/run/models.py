"""What a start's seats run, and a training root of a test's own."""

import shutil
from pathlib import Path

from api.run.paths import ROOT
from api.training.cards import Cards
from api.training.disk import read_json

KEPT_OUT = ("seed",)
"""Of data/: not for training."""


def forget_other_seats(root: Path) -> None:
    """A start begins with the current model: seats that were told another one wait for nothing any more."""
    cards = Cards(root)
    seats, current = cards.models / "slots.json", cards.current()
    if not current or current not in read_json(seats).values():
        seats.unlink(missing_ok=True)


def copy_for_tests(to: Path) -> None:
    """What is learnt from and the current model, of the checkout: nothing that a test does reaches either."""
    shutil.copytree(ROOT / "data", to / "data", ignore=shutil.ignore_patterns(*KEPT_OUT))
    (to / "models").mkdir()
    ours, copies = Cards(ROOT), Cards(to)
    if version := ours.current():
        shutil.copy2(ours.archive(version), copies.archive(version))
        copies.add(version, ours.card(version))
        copies.make_current(version)
