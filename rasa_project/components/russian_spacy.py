"""The Russian language of the pipeline: spaCy's blank model that cuts a text as order_text does.

No trained Russian model is needed: pymorphy3 gives the lemmas. spaCy's own tokenizer leaves «15шт» and «8шт,кефир»
in one piece, order_text does not, and the same cut is used when the order is read.
"""

import re
from functools import lru_cache
from typing import List, Tuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from order_text import Annotation, Kind, annotate

SPOKEN_KINDS = frozenset(
    {
        Kind.word,
        Kind.unit,
        Kind.operation,
        Kind.reference,
        Kind.filler,
        Kind.closed,
        Kind.question,
        Kind.complaint,
        Kind.border,
    }
)
# What order_text leaves out and an intent may need: smileys, hearts, ticks.
SIGN = re.compile(r"[^\w\s.,;:!?()\-/+&*=%№#\"«»'’„“”…—–\ufe0f\u200d]")

Piece = Tuple[int, int, str, str]
"""start, end, text, lemma (empty: spaCy's own)"""


def pieces(annotation: Annotation) -> List[Piece]:
    """The annotation's tokens and the signs between them; a figure is named by its kind, not by its digits."""
    found: List[Piece] = []
    for token in annotation.tokens:
        if token.kind in SPOKEN_KINDS:
            found.append((token.start, token.end, token.text, ""))
        else:
            found.append((token.start, token.end, token.kind.value, token.kind.value))
    taken = {position for start, end, _, _ in found for position in range(start, end)}
    for match in SIGN.finditer(annotation.text):
        if match.start() not in taken:
            found.append((match.start(), match.end(), match.group(), match.group()))
    return sorted(found)


class OrderTextCutter:
    """spaCy's tokenizer, replaced: a Doc of order_text's tokens."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        return Doc(self.vocab, words=[piece[2] for piece in pieces(annotate(text))])


@lru_cache(maxsize=1)
def russian() -> Language:
    """The pipeline: order_text's tokens, pymorphy3's lemmas."""
    language = spacy.blank("ru")
    language.tokenizer = OrderTextCutter(language.vocab)
    language.add_pipe("lemmatizer", config={"mode": "pymorphy3_lookup"})
    return language
