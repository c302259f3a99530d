"""Sparse features that hold on a catalogue never seen in training.

A message becomes a row of abstract words: figures, units, operations and questions by their class, known goods and
unknown nouns as «goods», everything else by its lemma: «почём прабалик 5 кг?» is «question:price goods weight ?».
Features are the single words and the runs of two and three of that row.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Dict, Iterable, List, Set, Text, Tuple, Type

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.order_text_tokenizer import russian_letters
from order_text import Kind, annotate, features
from order_text.morph import analyse

GOODS = "goods"
PRODUCT_LIKE = "product"
LEXICAL = frozenset({PRODUCT_LIKE, "verb", "adverb", "closed", "filler", "complaint"})
STATE_FILE = "order_text_featurizer.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class OrderTextFeaturizer(SparseFeaturizer, GraphComponent):
    """Runs of abstract words, for each token and for the whole message."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """A tokenizer goes before."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`lookups`: tables of goods; `min_count`: rarer words and runs are not learnt; `longest_run`: of words."""
        return {
            **SparseFeaturizer.get_default_config(),
            "lookups": ["goods", "household", "drinks", "kinds"],
            "min_count": 2,
            "longest_run": 3,
        }

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, name: Text) -> None:
        super().__init__(name, config)
        self._model_storage, self._resource = model_storage, resource
        self._goods: Set[Text] = set()
        self._topics: Set[Text] = set()
        self._vocabulary: Dict[Text, int] = {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OrderTextFeaturizer:
        """An untrained component."""
        return cls(config, model_storage, resource, execution_context.node_name)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OrderTextFeaturizer:
        """The trained component."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as directory:
            state = json.loads((directory / STATE_FILE).read_text(encoding="utf-8"))
        component._goods, component._topics = set(state["goods"]), set(state["topics"])
        component._vocabulary = {run: place for place, run in enumerate(state["runs"])}
        return component

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Nothing can be wrong that would not show at once."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learns which nouns are topics («накладная») rather than goods, and which runs occur."""
        texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT)]
        tables = [table for table in training_data.lookup_tables if table["name"] in self._config["lookups"]]
        self._goods = {lemma for table in tables for entry in table["elements"] for lemma, _ in lemma_classes(entry)}
        least = int(self._config["min_count"])
        lemmas = Counter(lemma for text in texts for lemma in {lemma for lemma, _ in lemma_classes(text)})
        self._topics = {lemma for lemma, count in lemmas.items() if count >= least and lemma not in self._goods}
        runs = Counter(run for text in texts for run in set(self._message_runs(text)))
        self._vocabulary = {
            run: place for place, run in enumerate(sorted(run for run, count in runs.items() if count >= least))
        }
        self._persist()
        return self._resource

    def _persist(self) -> None:
        state = {"goods": sorted(self._goods), "topics": sorted(self._topics), "runs": list(self._vocabulary)}
        with self._model_storage.write_to(self._resource) as directory:
            (directory / STATE_FILE).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the features to the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the features to messages."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                rows = self._token_rows(text, [token.start for token in message.get(TOKENS_NAMES[TEXT])])
                self.add_features_to_message(
                    self._matrix(rows), self._matrix([self._message_runs(text)]), TEXT, message
                )
        return messages

    def abstract(self, text: Text) -> List[Text]:
        """The message as abstract words."""
        return [self._word(lemma, kind) for lemma, kind in lemma_classes(text)]

    def _token_rows(self, text: Text, starts: List[int]) -> List[List[Text]]:
        """The runs around each of the tokenizer's tokens; a smiley, which order_text leaves out, has none."""
        words = self.abstract(text)
        waiting = [(token.start, place) for place, token in enumerate(annotate(text).tokens)]
        rows: List[List[Text]] = []
        for start in starts:
            if waiting and waiting[0][0] == start:
                rows.append(self._token_runs(words, waiting.pop(0)[1]))
            else:
                rows.append([])
        return rows

    def _word(self, lemma: Text, kind: Text) -> Text:
        if kind not in LEXICAL:
            return kind
        if lemma in self._topics:
            return lemma
        return GOODS if kind == PRODUCT_LIKE else kind

    def _message_runs(self, text: Text) -> List[Text]:
        words = ["^", *self.abstract(text), "$"]
        longest = int(self._config["longest_run"])
        runs = [" ".join(words[i : i + n]) for n in range(1, longest + 1) for i in range(len(words) - n + 1)]
        return [*runs, f"length:{min(len(words) - 2, 12)}", f"goods:{min(words.count(GOODS), 4)}"]

    @staticmethod
    def _token_runs(words: List[Text], i: int) -> List[Text]:
        padded = ["^", *words, "$"]
        return [padded[i + 1], f"{padded[i]} {padded[i + 1]}", f"{padded[i + 1]} {padded[i + 2]}"]

    def _matrix(self, rows: Iterable[List[Text]]) -> scipy.sparse.coo_matrix:
        found = [{self._vocabulary[run] for run in row if run in self._vocabulary} for row in rows]
        row_numbers = [number for number, places in enumerate(found) for _ in places]
        columns = [place for places in found for place in sorted(places)]
        shape = (len(found), max(len(self._vocabulary), 1))
        return scipy.sparse.coo_matrix((np.ones(len(columns)), (row_numbers, columns)), shape=shape)


def lemma_classes(text: Text) -> List[Tuple[Text, Text]]:
    """(lemma, class) of each token of a text, as order_text sees them."""
    annotation = annotate(text)
    return [(_lemma(token), kind) for token, kind in zip(annotation.tokens, features(annotation), strict=True)]


def _lemma(token: Any) -> Text:
    if token.kind in (Kind.word, Kind.closed, Kind.filler) and len(token.lemmas) > 1 and " " not in token.text:
        return str(token.lemmas[1])
    meant = russian_letters(token.norm)
    return str(token.norm) if meant == token.norm else analyse(meant).lemmas[0]
