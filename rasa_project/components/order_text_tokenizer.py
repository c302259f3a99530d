"""Tokenizer: the tokens of order_text with spaCy's lemmas, so that glued text («8шт,кефир») falls apart."""

import re
from functools import lru_cache
from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.russian_spacy import pieces, russian
from order_text import annotate
from order_text.morph import analyse
from order_text.normalize import letter_variants

# Where transliteration is ambiguous: «schet», «obichno».
RESPELLINGS = (("щ", "сч"), ("и", "ы"), ("ы", "и"), ("й", "ж"))
LATIN_WORD = re.compile(r"[a-z][a-z'`\[\];,.]*", re.IGNORECASE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class OrderTextTokenizer(Tokenizer):
    """Cuts messages where order_text does; Latin letters are read as the Russian that was meant."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa's tokenizers expect to find; intents are not cut."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @staticmethod
    def required_packages() -> List[Text]:
        """The packages that must be installed."""
        return ["spacy", "pymorphy3"]

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Tokens of one attribute of the message; a message without any gets one, as Rasa needs one."""
        text = str(message.get(attribute))
        tokens = [
            Token(lemma or russian_letters(spoken.text), start, end, lemma=lemma or russian_letters(spoken.lemma_))
            for (start, end, _, lemma), spoken in zip(pieces(annotate(text)), russian()(text), strict=True)
        ]
        return tokens or [Token(text.strip() or "_", 0)]


def russian_letters(words: Text) -> Text:
    """«gde zakaz», «ghbdtn» → «где заказ», «привет»: the likeliest reading of words in Latin letters."""
    if not LATIN_WORD.search(words):
        return words
    return " ".join(_reading(word.lower()) for word in words.split())


@lru_cache(maxsize=20_000)
def _reading(word: Text) -> Text:
    """The first reading that the dictionary knows, else the first one."""
    readings = letter_variants(word)
    respelt = [reading.replace(*pair) for reading in readings for pair in RESPELLINGS if pair[0] in reading]
    return next((reading for reading in (*readings, *respelt) if analyse(reading).known), (*readings, word)[0])
