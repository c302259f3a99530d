"""Spoils sentences as hurried people do: slips, spelling by ear, wrong keyboard layout, Latin letters, glued words."""

import random
import re
from typing import Callable, List

from order_text.lexicon.letters import LAYOUT

# Of two keys that type the same letter the one without Shift, which stands first.
KEYS = {chr(russian): chr(key) for key, russian in reversed(LAYOUT.items())}
LATIN = dict(zip("абвгдезиклмнопрстуфэ", "abvgdeziklmnoprstufe", strict=True))
LATIN_CHOICES = {
    "ж": ["zh", "zh", "j"],
    "й": ["i", "y", "j"],
    "х": ["h", "h", "kh", "x"],
    "ц": ["c", "ts"],
    "ч": ["ch"],
    "ш": ["sh"],
    "щ": ["sch", "shch"],
    "ъ": [""],
    "ы": ["y", "y", "i"],
    "ь": ["", "", "'"],
    "ю": ["yu", "yu", "u"],
    "я": ["ya", "ya", "ja"],
    "ё": ["e", "yo"],
}
BY_EAR = [
    (r"т(?:ь)?ся\b", "ца"),
    (r"(?<=[ое])го\b", "во"),
    (r"сч", "щ"),
    (r"что", "што"),
    (r"(?<=[бвгджзклмнпрстфхцчшщ])о(?=[бвгджзклмнпрстфхцчшщ])", "а"),
    (r"(?<=[бвгджзклмнпрстфхцчшщ])е(?=[бвгджзклмнпрстфхцчшщ])", "и"),
    (r"(?<=[бвгджзклмнпрстфхцчшщ])а(?=[бвгджзклмнпрстфхцчшщ])", "о"),
    (r"(?<=[бвгджзклмнпрст])ь(?=[бвгджзклмнпрсткцч])", ""),
    (r"([лнстк])\1", r"\1"),
    (r"ы", "и"),
    (r"жи", "жы"),
    (r"[вд](?=[кпстфхцчшщ])", "ф"),
    (r"г\b", "к"),
    (r"д\b", "т"),
]


def slip(text: str, rng: random.Random) -> str:
    """One letter is lost, doubled, changed for its neighbour or has changed places with the next one."""
    places = [i for i in range(1, len(text) - 1) if text[i - 1 : i + 2].isalpha()]
    if not places:
        return text
    i = rng.choice(places)
    slips = [
        text[:i] + text[i + 1 :],
        text[:i] + text[i + 1] + text[i] + text[i + 2 :],
        text[:i] + text[i] + text[i:],
    ]
    return rng.choice(slips)


def by_ear(text: str, rng: random.Random) -> str:
    """One or two places are written as they sound."""
    for pattern, written in rng.sample(BY_EAR, len(BY_EAR))[:6]:
        places = [match for match in re.finditer(pattern, text) if match.start() > 0]
        if places:
            match = rng.choice(places)
            text = text[: match.start()] + match.expand(written) + text[match.end() :]
            if rng.random() < 0.5:
                break
    return text


def wrong_layout(text: str, rng: random.Random) -> str:
    """The keyboard was left in the Latin layout; a text that holds Latin letters already is left alone."""
    return text if re.search("[a-z]", text.lower()) else "".join(KEYS.get(letter, letter) for letter in text.lower())


def in_latin(text: str, rng: random.Random) -> str:
    """Russian in Latin letters, each writer with a spelling of his own."""
    spelling = {**LATIN, **{letter: rng.choice(choices) for letter, choices in LATIN_CHOICES.items()}}
    return "".join(spelling.get(letter, letter) for letter in text.lower())


def glued(text: str, rng: random.Random) -> str:
    """Figures run into the words beside them, or a gap between two words is lost."""
    close = re.sub(r"(?<=[а-яё]) (?=\d)|(?<=\d) (?=[а-яё])", "", text)
    if close != text:
        return close
    gaps = [match.start() for match in re.finditer(r"(?<=[а-яё]) (?=[а-яё])", text)]
    if not gaps:
        return text
    gap = rng.choice(gaps)
    return text[:gap] + text[gap + 1 :]


KINDS: List[Callable[[str, random.Random], str]] = [slip, slip, by_ear, by_ear, wrong_layout, in_latin, glued]


def spoil(text: str, rng: random.Random) -> str:
    """The sentence with one kind of noise."""
    return rng.choice(KINDS)(text, rng)
