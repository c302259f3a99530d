"""The trainers' table of intents is the domain's."""

import runpy

import yaml

from api.review.intents import INTENTS, title
from api.run.paths import ROOT
from api.understanding.heard import FALLBACK


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


def test_pictures_call_the_intents_as_the_console_does() -> None:
    """Rasa's environment cannot import the table: it has a copy."""
    drawn = runpy.run_path(str(ROOT / "rasa_project" / "intent_titles.py"))["TITLES"]
    assert drawn == {name: title(name) for name in (*(intent.name for intent in INTENTS), FALLBACK)}
    assert title(FALLBACK) == "не понято" and title("button_intent") == "button_intent"
