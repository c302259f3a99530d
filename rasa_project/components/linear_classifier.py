"""Intent classifier: multinomial logistic regression over the sparse features of the message.

Measured against DIET on the same data and features (docs/decisions/0001-rasa-3.6.md): more often right, far less often
wrong with great confidence, trained in seconds instead of minutes, and the same every time.
"""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

STATE_FILE = "linear_classifier.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Each featurizer's part is weighted by rarity and brought to a length of its own: none outshouts the others."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Featurizers go before."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`strength`: the greater, the closer to the examples; `ranking_length`: intents told for a message.

        `kin`: groups of intents that lead to the same reading, so that doubt between them is no doubt: the likeliest
        of a group is given the whole group's share.

        `lengths`: of the featurizers' parts, in the pipeline's order, where one is to be louder than the others.

        `reluctance`: by how much the log-odds of an intent are lowered, where taking it wrongly costs more than
        missing it.
        """
        return {
            "strength": 30.0,
            "max_iterations": 200,
            "random_seed": 42,
            "ranking_length": 5,
            "kin": [],
            "lengths": [],
            "reluctance": {},
        }

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._intents: List[Text] = []
        self._weights = np.zeros((0, 0))
        self._bias = np.zeros(0)
        self._rarity: List[np.ndarray] = []

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The trained component; its file holds plain numbers and names, nothing that is executed."""
        component = cls.create(config, model_storage, resource, execution_context)
        with (
            model_storage.read_from(resource) as directory,
            np.load(directory / STATE_FILE, allow_pickle=False) as state,
        ):
            component._intents = [str(name) for name in state["intents"]]
            component._weights, component._bias = state["weights"], state["bias"]
            component._rarity = [state[f"rarity_{number}"] for number in range(int(state["parts"]))]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples that have an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        rows = [sentence_features(example) for example in examples]
        parts = [scipy.sparse.vstack([row[number] for row in rows]).tocsr() for number in range(len(rows[0]))]
        self._rarity = [rarity(part) for part in parts]
        model = LogisticRegression(
            C=float(self._config["strength"]),
            max_iter=int(self._config["max_iterations"]),
            random_state=int(self._config["random_seed"]),
            class_weight="balanced",
        )
        model.fit(self._weighted(parts), [example.get(INTENT) for example in examples])
        self._intents = [str(name) for name in model.classes_]
        self._weights, self._bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
        self._persist()
        return self._resource

    def _persist(self) -> None:
        rarities = {f"rarity_{number}": values for number, values in enumerate(self._rarity)}
        with self._model_storage.write_to(self._resource) as directory:
            np.savez_compressed(
                directory / STATE_FILE,
                intents=np.array(self._intents),
                weights=self._weights,
                bias=self._bias,
                parts=np.array(len(self._rarity)),
                **rarities,
            )

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the intent and the ranking; a message without words gets none."""
        for message in messages:
            ranking = self._ranking(message)
            best: Dict[Text, Any] = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, best, add_to_output=True)
            message.set("intent_ranking", ranking[: int(self._config["ranking_length"])], add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> List[Dict[Text, Any]]:
        parts = sentence_features(message)
        if len(parts) != len(self._rarity):
            return []
        scores = self._weights @ self._weighted([part.tocsr() for part in parts]).toarray()[0] + self._bias
        scores -= [self._config["reluctance"].get(name, 0.0) for name in self._intents]
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        for group in self._config["kin"]:
            places = [place for place, name in enumerate(self._intents) if name in group]
            if places:
                best, whole = max(places, key=shares.__getitem__), shares[places].sum()
                shares[places] = 0.0
                shares[best] = whole
        order = np.argsort(-shares)
        return [{"name": self._intents[place], "confidence": float(shares[place])} for place in order]

    def _weighted(self, parts: List[scipy.sparse.csr_matrix]) -> scipy.sparse.csr_matrix:
        lengths = self._config["lengths"] or [1.0] * len(parts)
        return scipy.sparse.hstack(
            [
                length * unit_rows(part, weights)
                for part, weights, length in zip(parts, self._rarity, lengths, strict=True)
            ]
        ).tocsr()


def sentence_features(message: Message) -> List[scipy.sparse.spmatrix]:
    """The sparse features of the whole message, one matrix of one row for each featurizer."""
    return [
        feature.features
        for feature in message.features
        if feature.attribute == TEXT and feature.is_sparse() and feature.type == FEATURE_TYPE_SENTENCE
    ]


def rarity(part: scipy.sparse.csr_matrix) -> np.ndarray:
    """Inverse document frequency of each column, smoothed."""
    seen = np.bincount(part.indices, minlength=part.shape[1])
    return (np.log((1 + part.shape[0]) / (1 + seen)) + 1).astype(np.float32)


def unit_rows(part: scipy.sparse.csr_matrix, weights: np.ndarray) -> scipy.sparse.csr_matrix:
    """Counts damped by logarithm, weighted by column, each row brought to length one."""
    damped = part.astype(np.float32).copy()
    damped.data = 1 + np.log(np.maximum(damped.data, 1))
    damped = damped.multiply(weights).tocsr()
    lengths = np.sqrt(np.asarray(damped.multiply(damped).sum(axis=1)).ravel())
    return scipy.sparse.diags(1 / np.maximum(lengths, 1e-9)) @ damped
