"""Words that nobody knows tell no intent: «фыв абырвалг» is not a complaint, however sure the classifier is.

Goods may be anything (brands, slang, typing errors), so an order keeps its intent: the catalogue decides about it.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Set, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.order_text_tokenizer import russian_letters
from order_text.morph import analyse

STATE_FILE = "known_words.json"
WORD = re.compile(r"[^\W\d_]+")
ANY_GOODS = ("order", "repeat_order")
SHORTEST = 3
"""Letters of a word that the dictionary may speak for: it holds every pair of letters as some abbreviation."""
STEM = 4
"""Letters that a misspelt word shares with the word that was meant («спасиббо»)."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class UnknownWords(GraphComponent):
    """Takes the confidence from an intent when no word of the message is in the dictionary or in the examples."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, known: Set[Text]) -> None:
        self._model_storage, self._resource, self._known = model_storage, resource, known
        self._stems = {word[:STEM] for word in known if len(word) >= STEM}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnknownWords:
        """An untrained component."""
        return cls(model_storage, resource, set())

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> UnknownWords:
        """The trained component."""
        with model_storage.read_from(resource) as directory:
            known = set(json.loads((directory / STATE_FILE).read_text(encoding="utf8")))
        return cls(model_storage, resource, known)

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the words of the examples."""
        for example in training_data.intent_examples:
            self._known.update(words_of(str(example.get(TEXT) or "")))
        with self._model_storage.write_to(self._resource) as directory:
            (directory / STATE_FILE).write_text(json.dumps(sorted(self._known), ensure_ascii=False), encoding="utf8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Leaves such a message to the fallback."""
        for message in messages:
            intent = message.get(INTENT) or {}
            words = words_of(str(message.get(TEXT) or ""))
            if words and intent.get("name") not in ANY_GOODS and not any(self._is_known(word) for word in words):
                message.set(INTENT, {**intent, "confidence": 0.0}, add_to_output=True)
        return messages

    def _is_known(self, word: Text) -> bool:
        if word in self._known or (len(word) >= SHORTEST and analyse(word).known):
            return True
        return len(word) > STEM and word[:STEM] in self._stems


def words_of(text: Text) -> List[Text]:
    """The words in lower case, those in Latin letters as the Russian that was meant."""
    return [word for piece in WORD.findall(text.lower()) for word in WORD.findall(russian_letters(piece))]
