"""The ways in which one token may be words of the catalogue: parts, glued words, features said with «без»."""

from decimal import Decimal

import numpy as np

from api.understanding.attributes import Stated
from api.understanding.candidates import HAS, Finder, Word
from api.understanding.stems import WITHOUT
from api.understanding.verbatim import MARK
from api.understanding.vocabulary import SHORT_CLIP
from order_text.lexicon.answers import ORDINALS
from order_text.lexicon.closed import PREPOSITIONS
from order_text.model import Token
from order_text.morph import analyse
from order_text.normalize import fold

SHORTEST_GLUED, LONGEST_GLUED, LONG_LEMMA = 6, 40, 4
_LAYERS = {"одно": 1, "двух": 2, "трех": 3, "четырех": 4}


def word_of(token: Token) -> Word:
    form = token.lemmas[0] if token.lemmas else fold(token.text)
    if form.startswith(MARK):
        return Word(form, token=token)
    stub = not analyse(form).known
    return Word(form, token.variants, stub, token)


def parts_of(token: Token, finder: Finder) -> list[Word]:
    """«бело-розовый», «по-киевски»: the parts, where the whole is unknown or some product has them all."""
    parts = [part for part in token.norm.split("-") if len(part) > 1 and part not in PREPOSITIONS]
    words = [Word(part, stub=not analyse(part).known, token=token) for part in parts]
    if not finder.hits(word_of(token)):
        return words
    likeness = [finder.hits(word).likeness for word in words]
    best = min((one.max(initial=0) for one in likeness), default=0)
    return words if len(words) > 1 and best > 0 and (np.minimum.reduce(likeness) >= 0.9).any() else []


def glued_in(token: Token, finder: Finder) -> list[Word]:
    """«лукрепчатый»: two words of the catalogue without the space between them."""
    if not SHORTEST_GLUED <= len(token.norm) <= LONGEST_GLUED or "known" in token.tags:
        return []
    for cut in range(3, len(token.norm) - 2):
        words = [Word(part, token=token) for part in (token.norm[:cut], token.norm[cut:])]
        if (np.minimum.reduce([finder.hits(word).likeness for word in words]) >= SHORT_CLIP).any():
            return words
    return []


def feature_without(token: Token, finder: Finder, stands: bool) -> Word | None:
    """«без газа», «без сахара» where some product is so named; `stands`: behind its product. «Как обычно, но без
    дрожжей» takes the yeast out."""
    for lemma in (*token.lemmas, *(lemma for variant in token.variants for lemma in analyse(variant).lemmas)):
        if lemma in ("газ", "газы"):
            return Word("негазированный", token=token)
        if not stands:
            continue
        for joined in (WITHOUT + lemma, "без" + lemma[:-1]):
            if finder.index.vocabulary.named(joined, len(lemma) > LONG_LEMMA):
                return Word(joined, stub=len(lemma) > LONG_LEMMA, token=token)
    return None


def feature_with(token: Token, finder: Finder) -> Word | None:
    """«с косточкой» where some product is «б/косточки»: every product but those has it."""
    known = finder.index.vocabulary
    without = next((WITHOUT + lemma for lemma in token.lemmas if known.named(WITHOUT + lemma)), None)
    return None if without is None else Word(HAS + without, token=token, led="с")


def figure_said(token: Token, follows_word: bool) -> Stated | None:
    """A figure said as a word: «двухслойный» is the «2сл» of names, «смесь первая» its «№1»."""
    for lemma in token.lemmas:
        stem, found, _ = lemma.partition("слойн")
        if found and stem in _LAYERS:
            return Stated("code", Decimal(0), code=(f"{_LAYERS[stem]}сл",))
    if follows_word and token.norm.startswith("нулевк"):
        return Stated("code", Decimal(0), code=("с0", "c0"))  # «яйца нулёвка»
    if token.norm in ORDINALS and follows_word:
        return Stated("code", Decimal(0), code=(f"№{ORDINALS[token.norm] + 1}",))
    return None
