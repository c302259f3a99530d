"""An invented catalogue of any size and lines that order from it: the same size and seed give the same.

The number of different words grows as in real shops' lists (1,500 in 1,000 names, 6,600 in 10,000, 25,000 in
100,000), because it decides how long a look-up takes.
"""

import random
from collections.abc import Sequence
from decimal import Decimal

from api.speed.words import (
    ADJECTIVE_ENDINGS,
    MODIFIERS,
    NOUN_ENDINGS,
    NOUNS,
    PACKAGES,
    SYLLABLES,
    UNITS,
)
from api.understanding.catalog import CatalogItem

SEED = 1
GROWTH = 0.557
"""Heaps' exponent, measured on 20,000 real names."""

BRANDS_OF_ONE, SERIES_OF_ONE = 14.0, 26.0
TYPO, FIGURE_SAID, UNIT_SAID = 0.3, 0.5, 0.4
LETTERS = "оеаинтсрвлкмдпу"


class Inventor:
    """Draws words and names."""

    def __init__(self, size: int, seed: int = SEED) -> None:
        self._draw = random.Random(f"{seed}-{size}")
        self._brands = self._words(int(BRANDS_OF_ONE * size**GROWTH), NOUN_ENDINGS)
        self._series = [*MODIFIERS, *self._words(int(SERIES_OF_ONE * size**GROWTH), ADJECTIVE_ENDINGS)]

    def _words(self, count: int, endings: Sequence[str]) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            beginning = "".join(self._draw.choices(SYLLABLES, k=self._draw.choice((1, 2, 2, 3))))
            found[beginning + self._draw.choice(endings)] = None
        return list(found)

    def _often(self, words: Sequence[str]) -> str:
        """Some words are much more frequent than others."""
        return words[int(len(words) * self._draw.random() ** 2)]

    def item(self, number: int) -> CatalogItem:
        """One product with a brand, one to three telling words, and figures."""
        noun, brand = self._draw.choice(NOUNS), self._often(self._brands)
        series = [self._often(self._series) for _ in range(self._draw.choice((1, 1, 2, 2, 3)))]
        figures = (
            [f"{self._draw.choice((1, 1.5, 2.5, 3.2, 6, 9, 15, 20, 45, 50))}%"] if self._draw.random() < 0.4 else []
        )
        figures.append(self._draw.choice((self._grams, self._litres, self._pieces))())
        name = [noun, *series, f"«{brand.capitalize()}»", *figures, self._draw.choice(PACKAGES)]
        packs = (("кор", Decimal(self._draw.choice((6, 10, 12, 20, 24)))),) if self._draw.random() < 0.7 else ()
        return CatalogItem(f"{number:06}", " ".join(name), noun, brand.capitalize(), "шт", packs)

    def _grams(self) -> str:
        return f"{self._draw.choice((50, 80, 100, 180, 200, 250, 400, 450, 500, 800, 900))}г"

    def _litres(self) -> str:
        return f"{self._draw.choice(('0,25', '0,33', '0,5', '0,93', '1', '1,5', '2', '5'))}л"

    def _pieces(self) -> str:
        return f"({self._draw.choice((10, 20, 50, 100))}шт)"

    def line(self, item: CatalogItem) -> str:
        """How a customer may order the item: some of its words, sometimes a figure, a slip, a unit."""
        words = [word.strip("«»").lower() for word in item.name.split()]
        telling = [word for word in words[1:] if word.isalpha() and len(word) > 3]
        said = [words[0], *self._draw.sample(telling, min(len(telling), self._draw.choice((1, 2, 2))))]
        figures = [word for word in words if word[0].isdigit()]
        if figures and self._draw.random() < FIGURE_SAID:
            said.append(self._draw.choice(figures))
        if self._draw.random() < TYPO:
            place = self._draw.randrange(len(said))
            said[place] = self._slip(said[place])
        unit = f" {self._draw.choice(UNITS)}" if self._draw.random() < UNIT_SAID else ""
        return f"{' '.join(said)} {self._draw.randint(1, 40)}{unit}"

    def _slip(self, word: str) -> str:
        if len(word) < 5 or not word.isalpha():
            return word
        at = self._draw.randrange(1, len(word) - 1)
        return self._draw.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + self._draw.choice(LETTERS) + word[at + 1 :],
            )
        )


def catalogue(size: int, seed: int = SEED) -> list[CatalogItem]:
    """`size` products with different names."""
    inventor = Inventor(size, seed)
    found: dict[str, CatalogItem] = {}
    while len(found) < size:
        item = inventor.item(len(found))
        found.setdefault(item.name, item)
    return list(found.values())


def lines(items: Sequence[CatalogItem], count: int, seed: int = SEED) -> list[str]:
    """`count` lines, each ordering a product drawn at random."""
    inventor, draw = Inventor(1, seed), random.Random(seed)
    return [inventor.line(draw.choice(items)) for _ in range(count)]
