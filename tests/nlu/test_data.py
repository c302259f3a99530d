"""The training data as Rasa's side reads it: enough of it, in its places, and the generated file as it should be.

That no text stands under two intents, twice or in the frozen set, and nothing personal or of two alphabets in any, is
asserted by `test_the_data_is_fit_for_training` of tests/api/training/dataset/test_checks.py.
"""

import json
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import evaluation
import examples as files
import generate
import yaml
from rasa.shared.nlu.training_data.loading import load_data

ROOT = Path(__file__).resolve().parents[2]
NLU = sorted((ROOT / "data" / "nlu").rglob("*.yml"))
SETS_OF_ALL_SKILLS = ("strangers", "must")
SKILLS = ("session", "ordering", "editing", "catalog", "account", "delivery", "handoff", "fallback")
LEAST_EXAMPLES, LEAST_HELDOUT = 60, 15
LEAST_WRITTEN, LEAST_OUT_OF_SCOPE = 60, 400


def examples():
    """(path from data/nlu, intent, text as it is typed)"""
    for path in NLU:
        for intent, text in files.read(path):
            yield str(path.relative_to(ROOT / "data" / "nlu")), intent, files.plain(text)


def unseen(kind):
    for path in sorted((ROOT / "data" / kind).glob("*.yml")):
        for intent, text in files.unseen(path):
            yield path.stem, intent, text


def typed_intents():
    """Intents of customers: those of the domain that are not said by buttons only."""
    return {intent for _, intent, _ in examples()}


def test_phrases_of_the_development_set_are_not_trained_on():
    unseen_texts = {generate.fold(text) for _, _, text in unseen("development")}
    assert [text for _, _, text in examples() if generate.fold(text) in unseen_texts] == []


def test_unseen_phrases_are_texts_and_stand_once():
    for path in sorted((ROOT / "data" / "frozen").glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(isinstance(text, str) for texts in content.values() for text in texts)
    phrases = [text for _, _, text in unseen("frozen")]
    assert sum(count > 1 for count in Counter(map(generate.fold, phrases)).values()) == 0


def test_every_intent_has_enough_examples_and_enough_unseen_phrases():
    trained = Counter(intent for _, intent, _ in examples())
    tested = Counter(intent for skill, intent, _ in unseen("frozen") if skill not in SETS_OF_ALL_SKILLS)
    assert {intent: count for intent, count in trained.items() if count < LEAST_EXAMPLES} == {}
    assert {intent: tested[intent] for intent in trained if tested[intent] < LEAST_HELDOUT} == {}
    assert set(tested) == set(trained)
    assert {intent for intent, _ in evaluation.must()} == set(trained)


def test_enough_examples_are_written_by_hand():
    written = Counter(intent for name, intent, _ in examples() if "/" not in name and name != "generated.yml")
    assert {intent: count for intent, count in written.items() if count < LEAST_WRITTEN} == {}
    assert written["out_of_scope"] >= LEAST_OUT_OF_SCOPE


def test_files_are_named_by_skills_and_hold_the_skills_intents():
    domain = {path.stem: path for path in (ROOT / "rasa_project" / "domain").glob("*.yml")}
    assert set(domain) <= set(SKILLS)
    intents_of = defaultdict(set)
    for name, intent, _ in examples():
        intents_of[name].add(intent)
    for name, intents in intents_of.items():
        if name != files.GENERATED:
            declared = yaml.safe_load(domain[Path(name).stem].read_text(encoding="utf-8"))["intents"]
            assert intents <= {key for entry in declared for key in entry}
    for skill, intent, _ in unseen("frozen"):
        assert skill in SETS_OF_ALL_SKILLS or intent in intents_of[f"{skill}.yml"]


def test_the_generated_file_is_what_the_generator_writes():
    assert generate.OUTPUT.read_text(encoding="utf-8") == generate.generate()


def test_a_decision_takes_its_own_line_away_and_moves_no_other(tmp_path):
    """With the reviewed phrases of data/nlu and one more, which stands in the generated file already."""
    nlu = tmp_path / "nlu"
    shutil.copytree(generate.NLU, nlu)
    before = generate.OUTPUT.read_text(encoding="utf-8")
    line = before.splitlines()[40]
    text = line.strip()[2:]
    reviewed = nlu / "reviewed" / "test.yml"
    reviewed.write_text(f"nlu:\n- intent: order\n  examples:\n  - {{text: {json.dumps(text)}}}\n", encoding="utf-8")
    lines = before.splitlines(keepends=True)
    assert generate.generate(nlu) == "".join(other for other in lines if other.strip() != line.strip())


def test_both_forms_of_examples_are_read(tmp_path):
    path = tmp_path / "ordering.yml"
    path.write_text(
        "nlu:\n- intent: order\n  examples: |\n    - лук 5\n    - лук 6\n"
        "- intent: cart\n  examples:\n  - {text: '[лук](product) [8](quantity)', metadata: {by: anna}}\n",
        encoding="utf-8",
    )
    assert files.read(path) == [("order", "лук 5"), ("order", "лук 6"), ("cart", "[лук](product) [8](quantity)")]
    assert files.plain('[лук](product) [8]{"entity": "quantity", "value": "8"} шт [сегодня]') == "лук 8 шт [сегодня]"


def test_rasa_reads_reviewed_examples_with_their_entities_and_metadata(tmp_path):
    path = tmp_path / "ordering.yml"
    path.write_text(
        'version: "3.1"\n\nnlu:\n- intent: order\n  examples:\n'
        '  - {text: "[сгуха](product) 5", metadata: {source: "review:17", by: anna}}\n',
        encoding="utf-8",
    )
    (message,) = load_data(str(path)).training_examples
    assert (message.get("text"), message.get("intent")) == ("сгуха 5", "order")
    assert message.get("metadata")["example"] == {"source": "review:17", "by": "anna"}
    (entity,) = message.get("entities")
    assert (entity["entity"], entity["start"], entity["end"]) == ("product", 0, 5)
