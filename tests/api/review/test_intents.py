"""The trainers' table of intents is the domain's."""

import yaml

from api.review.intents import INTENTS
from api.run.paths import ROOT


def named(folder: str, of: str) -> set[str]:
    names = set()
    for file in (ROOT / folder).glob("*.yml"):
        for one in yaml.safe_load(file.read_text(encoding="utf-8")).get(of, []):
            names.add(one if isinstance(one, str) else one.get("intent") or next(iter(one)))
    return names


def test_every_intent_that_is_typed_and_no_other() -> None:
    """A button's intent has no examples: nobody types it."""
    assert [intent.name for intent in INTENTS] == list(dict.fromkeys(intent.name for intent in INTENTS))
    assert {intent.name for intent in INTENTS} == named("rasa_project/domain", "intents") & named("data/nlu", "nlu")
