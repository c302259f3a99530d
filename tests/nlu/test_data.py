"""The training data: no contradictions, nobody's personal data, nothing that only tests may read."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import generate
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
NLU = sorted((ROOT / "data" / "nlu").rglob("*.yml"))
SKILLS = ("session", "ordering", "editing", "catalog", "account", "delivery", "handoff", "fallback")
LEAST_EXAMPLES, LEAST_HELDOUT = 60, 15
LEAST_WRITTEN, LEAST_OUT_OF_SCOPE = 60, 400
ENOUGH_LETTERS = 2


def examples():
    for path in NLU:
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                yield path.name, block["intent"], line[2:].strip()


def unseen(kind):
    for path in sorted((ROOT / "tests" / "nlu" / kind).glob("*.yml")):
        for intent, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for text in texts:
                yield path.stem, intent, text


def typed_intents():
    """Intents of customers: those of the domain that are not said by buttons only."""
    return {intent for _, intent, _ in examples()}


def test_no_text_stands_under_two_intents():
    intents_of = defaultdict(set)
    for _, intent, text in examples():
        intents_of[generate.fold(text)].add(intent)
    assert {text: intents for text, intents in intents_of.items() if len(intents) > 1} == {}


def test_no_text_stands_twice():
    counted = Counter(text.lower() for _, _, text in examples())
    assert [text for text, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("kind", ["heldout", "development"])
def test_unseen_phrases_are_not_trained_on(kind):
    unseen_texts = {generate.fold(str(text)) for _, _, text in unseen(kind)}
    # Told are the examples, not the unseen phrases: the strangers' ones are to stay unread.
    assert [text for _, _, text in examples() if generate.fold(text) in unseen_texts] == []


def test_unseen_phrases_are_texts_and_stand_once():
    phrases = [text for _, _, text in unseen("heldout")]
    assert all(isinstance(text, str) for text in phrases)
    assert sum(count > 1 for count in Counter(map(generate.fold, phrases)).values()) == 0


def test_every_intent_has_enough_examples_and_enough_unseen_phrases():
    trained = Counter(intent for _, intent, _ in examples())
    tested = Counter(intent for _, intent, _ in unseen("heldout"))
    assert {intent: count for intent, count in trained.items() if count < LEAST_EXAMPLES} == {}
    assert {intent: tested[intent] for intent in trained if tested[intent] < LEAST_HELDOUT} == {}
    assert set(tested) == set(trained)


def test_enough_examples_are_written_by_hand():
    written = Counter(intent for name, intent, _ in examples() if name != "generated.yml")
    assert {intent: count for intent, count in written.items() if count < LEAST_WRITTEN} == {}
    assert written["out_of_scope"] >= LEAST_OUT_OF_SCOPE


def test_files_are_named_by_skills_and_hold_the_skills_intents():
    for path in (ROOT / "rasa_project" / "domain").glob("*.yml"):
        assert path.stem in SKILLS
    for name, intent, _ in examples():
        if name != "generated.yml":
            declared = yaml.safe_load((ROOT / "rasa_project" / "domain" / name).read_text(encoding="utf-8"))["intents"]
            assert intent in {key for entry in declared for key in entry}
    for skill, intent, _ in unseen("heldout"):
        if skill == "strangers":
            continue
        assert (ROOT / "data" / "nlu" / f"{skill}.yml").exists()
        assert f"- intent: {intent}\n" in (ROOT / "data" / "nlu" / f"{skill}.yml").read_text(encoding="utf-8")


def test_no_personal_data():
    """Phones (the invented 8 900 000-00-00 apart), addresses of mail, codes of companies, card numbers."""
    found = []
    for _, _, text in examples():
        bare = text.replace("8 900 000-00-00", "")
        if re.search(r"(?:\+7|\b8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}|\S+@\S+\.\w+|\d{10,}", bare):
            found.append(text)
    assert found == []


def test_no_word_mixes_cyrillic_and_latin_letters():
    mixed = re.compile(r"\b(?=\w*[а-яё])(?=\w*[a-z])[а-яёa-z]+\b", re.IGNORECASE)
    assert [text for _, _, text in examples() if mixed.search(text)] == ["гдe заказ"]  # on purpose: people do


def test_the_generated_file_is_what_the_generator_writes():
    assert generate.OUTPUT.read_text(encoding="utf-8") == generate.generate()
