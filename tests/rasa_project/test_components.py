"""The graph components: what they make of one message."""

import random
import re

import generate
import noise
import numpy as np
import pytest
import yaml
from components.linear_classifier import LinearIntentClassifier, unit_rows
from components.order_text_featurizer import OrderTextFeaturizer
from components.order_text_tokenizer import OrderTextTokenizer
from components.unknown_words import UnknownWords
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

EXAMPLES = [
    ("молоко 5 шт", "order"),
    ("хлеб 3 шт", "order"),
    ("сахар 2, соль 4", "order"),
    ("кефир 6 шт", "order"),
    ("почём молоко", "price_query"),
    ("почём хлеб", "price_query"),
    ("сколько стоит сахар", "price_query"),
    ("пришлите накладную", "documents"),
    ("нужна накладная", "documents"),
    ("накладную скиньте", "documents"),
]
GOODS = [{"name": "goods", "elements": ["молоко", "хлеб", "сахар", "соль", "кефир"]}]


class Pipeline:
    """Tokenizer, featurizer and classifier, trained on EXAMPLES."""

    def __init__(self, folder):
        self.storage = LocalModelStorage.create(folder)
        self.tokenizer = OrderTextTokenizer(OrderTextTokenizer.get_default_config())
        self.featurizer = self._featurizer()
        self.config = {**LinearIntentClassifier.get_default_config(), "kin": [["order", "documents"]]}
        data = TrainingData(
            [Message({"text": text, "intent": intent}) for text, intent in EXAMPLES], lookup_tables=GOODS
        )
        self.tokenizer.process_training_data(data)
        self.featurizer.train(data)
        self.featurizer.process_training_data(data)
        self.classifier = LinearIntentClassifier({**self.config, "kin": []}, self.storage, Resource("classifier"))
        self.classifier.train(data)

    def _featurizer(self):
        config = OrderTextFeaturizer.get_default_config()
        return OrderTextFeaturizer(config, self.storage, Resource("featurizer"), "featurizer")

    def message(self, text):
        message = Message({"text": text})
        self.tokenizer.process([message])
        return self.featurizer.process([message])[0]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    return Pipeline(tmp_path_factory.mktemp("storage"))


def tokens(text):
    tokenizer = OrderTextTokenizer(OrderTextTokenizer.get_default_config())
    return [token.text for token in tokenizer.tokenize(Message({"text": text}), "text")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("молоко 8шт,кефир", ["молоко", "number", "шт", ",", "кефир"]),
        ("молоко 3,2%", ["молоко", "percent"]),
        ("ghbdtn", ["привет"]),
        ("schet", ["счет"]),
        ("obichno", ["обычно"]),
        ("👍", ["👍"]),
        ("🥛 10", ["🥛", "number"]),
    ],
)
def test_tokens_are_those_of_order_text(text, expected):
    assert tokens(text) == expected


@pytest.mark.parametrize("text", ["", " ", "...", "\n", "\u200b"])
def test_every_message_has_a_token(text):
    assert tokens(text)


def test_unknown_goods_look_like_known_ones(pipeline):
    assert pipeline.featurizer.abstract("почём брумзель") == pipeline.featurizer.abstract("почём молоко")
    assert pipeline.featurizer.abstract("накладную") != pipeline.featurizer.abstract("молоко")


def test_latin_letters_are_the_words_that_were_meant(pipeline):
    assert pipeline.featurizer.abstract("nakladnuyu") == pipeline.featurizer.abstract("накладную")


def test_each_token_has_a_row_of_features(pipeline):
    for text in ("🥛 10, хлеб", "полкоробки соли", "", "как обычно, молока 8шт"):
        message = pipeline.message(text)
        sparse = message.get_sparse_features("text")[0]
        if sparse is not None:
            assert sparse.features.shape[0] == len(message.get("text_tokens"))


def test_the_classifier_reads_goods_that_it_never_saw(pipeline):
    for text, intent in [
        ("брумзель 7 шт", "order"),
        ("почём брумзель", "price_query"),
        ("дайте накладную", "documents"),
    ]:
        (message,) = pipeline.classifier.process([pipeline.message(text)])
        assert message.get("intent")["name"] == intent
        assert sum(entry["confidence"] for entry in message.get("intent_ranking")) == pytest.approx(1)


def test_what_is_stored_is_what_was_trained(pipeline):
    loaded = LinearIntentClassifier.load({**pipeline.config, "kin": []}, pipeline.storage, Resource("classifier"), None)
    texts = ["брумзель 7 шт", "сколько стоит соль", "накладная"]
    both = [
        [c.process([pipeline.message(text)])[0].get("intent") for text in texts] for c in (pipeline.classifier, loaded)
    ]
    assert [intent["name"] for intent in both[0]] == [intent["name"] for intent in both[1]]
    assert [intent["confidence"] for intent in both[0]] == pytest.approx([intent["confidence"] for intent in both[1]])


def test_kin_do_not_quarrel(pipeline):
    kin = LinearIntentClassifier.load(pipeline.config, pipeline.storage, Resource("classifier"), None)
    alone = pipeline.classifier.process([pipeline.message("накладная 5 шт")])[0].get("intent_ranking")
    together = kin.process([pipeline.message("накладная 5 шт")])[0].get("intent_ranking")
    shares = {entry["name"]: entry["confidence"] for entry in alone}
    assert together[0]["confidence"] == pytest.approx(shares["order"] + shares["documents"])
    assert {entry["name"]: entry["confidence"] for entry in together}["price_query"] == pytest.approx(
        shares["price_query"]
    )


def test_reluctance_lowers_the_odds_of_an_intent(pipeline):
    config = {**pipeline.config, "kin": [], "reluctance": {"order": 1.0}}
    reluctant = LinearIntentClassifier.load(config, pipeline.storage, Resource("classifier"), None)

    def odds(classifier):
        shares = classifier.process([pipeline.message("соль 5 шт")])[0].get("intent_ranking")
        share = next(entry["confidence"] for entry in shares if entry["name"] == "order")
        return share / (1 - share)

    assert odds(reluctant) == pytest.approx(odds(pipeline.classifier) / np.e)


def test_a_louder_part_weighs_more(pipeline):
    config = {**pipeline.config, "lengths": [2.0]}
    louder = LinearIntentClassifier.load(config, pipeline.storage, Resource("classifier"), None)
    part = csr_matrix(np.ones((1, len(louder._rarity[0]))))
    assert np.sqrt(louder._weighted([part]).power(2).sum()) == pytest.approx(2.0)


def test_a_part_without_known_features_stays_empty():
    assert unit_rows(csr_matrix((1, 4)), np.ones(4)).nnz == 0


def test_the_generator_gives_the_same_twice_and_only_what_it_was_given():
    section = generate.Section("order", 20, ["{g} {n}", "(ещё|и ещё) {g:gen} {n}"])
    first, second = ([*generate._sentences(generate.Writer("x"), section, set())] for _ in range(2))
    assert first == second
    assert len(set(first)) == 20
    assert not any(sign in line for line in first for sign in "{}|")


@pytest.mark.parametrize(
    ("kind", "text", "spoilt"),
    [
        (noise.wrong_layout, "хлеб, 10 шт", "[kt,, 10 in"),
        (noise.wrong_layout, "Zelmar 5", "Zelmar 5"),
        (noise.in_latin, "где заказ", "gde zakaz"),
        (noise.glued, "молоко 5 шт", "молоко5шт"),
        (noise.glued, "как обычно", "какобычно"),
        (noise.slip, "да", "да"),
    ],
)
def test_noise(kind, text, spoilt):
    assert kind(text, random.Random(1)) == spoilt


@pytest.mark.parametrize("kind", noise.KINDS)
def test_noise_is_the_same_for_the_same_seed(kind):
    texts = ["благодарю, отменяется", "привезите что-нибудь к чаю", "счёт на 5 кг масла"]
    first, second = ([kind(text, random.Random(7)) for text in texts] for _ in range(2))
    assert first == second != texts


def test_the_generator_names_goods_of_every_catalogue_and_invented_ones():
    text = generate.OUTPUT.read_text(encoding="utf-8").lower()
    for name in set(generate.CATALOGUES):
        assert sum(word.lower() in text for word in generate.words_of(name)) > len(generate.words_of(name)) / 2


def test_patterns_name_only_known_slots():
    known = {"g", "kind", *generate.Writer("x")._fill}
    for path in (generate.HERE / "patterns").glob("*.txt"):
        for section in generate.sections(path.read_text(encoding="utf-8")):
            for pattern in section.patterns:
                assert {slot.split(":")[0] for slot in re.findall(r"\{([^}]+)\}", pattern)} <= known


def test_the_phrase_is_put_into_its_case():
    inflector = generate.Inflector()
    assert inflector.phrase("сок яблочный", "gent") == "сока яблочного"
    assert inflector.phrase("булочка с маком", "accs") == "булочку с маком"
    assert inflector.phrase("масло 82,5", "gent") == "масла 82,5"


def test_lookups_are_lists_of_words():
    for name in {*generate.CATALOGUES, "kinds", "units"}:
        words = generate.words_of(name)
        assert len(words) == len(set(words)) > 10
        assert (
            yaml.safe_load((generate.LOOKUPS / f"{name}.yml").read_text(encoding="utf-8"))["nlu"][0]["lookup"] == name
        )


def test_words_that_nobody_knows_leave_the_intent_to_the_fallback(tmp_path):
    storage = LocalModelStorage.create(tmp_path)
    component = UnknownWords(storage, Resource("known"), set())
    component.train(TrainingData([Message({"text": "спасибо большое", "intent": "thanks"})]))
    component = UnknownWords.load({}, storage, Resource("known"), None)

    def confidence(text, intent):
        message = Message({"text": text, "intent": {"name": intent, "confidence": 0.9}})
        return component.process([message])[0].get("intent")["confidence"]

    assert confidence("фыв абырвалг зюзюка", "complaint") == 0.0
    assert confidence("спасиббо", "thanks") == 0.9
    assert confidence("где мой зюзюка", "order_status") == 0.9
    assert confidence("зюзюка 5", "order") == 0.9
    assert confidence("8", "order") == 0.9
