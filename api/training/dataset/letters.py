"""Words of two alphabets: «мoлоко» with a Latin «o» is another word to a model."""

import re

from order_text.lexicon.letters import LATIN_LOOKALIKES

MIXED = re.compile(r"\b(?=\w*[а-яё])(?=\w*[a-z])[а-яёa-z]+\b", re.IGNORECASE)


def one_alphabet(text: str) -> str:
    """Latin letters that look Russian as the Russian ones, in words of both; each character stays one."""
    return MIXED.sub(_straight, text)


def _straight(word: re.Match[str]) -> str:
    fixed = word[0].translate(LATIN_LOOKALIKES)
    return word[0] if re.search("[a-z]", fixed, re.IGNORECASE) else fixed
