"""The catalogue as words and attributes: built once per catalogue version, shared by all customers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from api.understanding.names import Attributes, ParsedName, name_pieces, parse_name
from api.understanding.stems import is_descriptor, synonyms
from api.understanding.vocabulary import LATIN, Vocabulary
from order_text.lexicon.abbreviations import AMBIGUOUS
from order_text.lexicon.foods import (
    CLASS_NOUNS,
    NAMED_BY_ADJECTIVE,
    NAMED_BY_NOUN,
    SETS_APART,
    TAKEN_FOR_GRANTED,
)
from order_text.lexicon.units import NAMED_HOLDERS, SMALL_PACKS
from order_text.morph import analyse
from order_text.normalize import fold
from order_text.units import canonical_unit, unit_of

Key = TypeVar("Key", str, Decimal | str)
SHORTEST_TELLING, SHORTEST_CODE = 2, 5
SIZES = frozenset({"s", "m", "l", "xl", "xs"})
Places = NDArray[np.int32]
"""Places of entries in `CatalogIndex.entries`, ascending."""


@dataclass(frozen=True)
class CatalogItem:
    """A product as the catalogue states it; `packs` are (unit, factor in base units)."""

    sku: str
    name: str
    category: str
    brand: str
    base_unit: str
    packs: tuple[tuple[str, Decimal], ...] = ()
    step: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with its name read. `forms` are the words of the name in order, `head` the forms of the head noun;
    `plain` are words that do not set it apart (brand and descriptors); `unit` and `packs` are canonical;
    `holders` are the containers that the name itself mentions."""

    item: CatalogItem
    forms: tuple[str, ...]
    head: frozenset[str]
    brand: frozenset[str]
    plain: frozenset[str]
    category: frozenset[str]
    attributes: Attributes
    weighed: bool
    unit: str
    packs: Mapping[str, Decimal]
    clipped: frozenset[str]
    holders: frozenset[str]
    beginning: tuple[str, ...]

    @property
    def sku(self) -> str:
        """The item's sku."""
        return self.item.sku


class CatalogIndex:
    """Immutable; holds no customer data."""

    def __init__(self, entries: tuple[Entry, ...], brands: frozenset[str] = frozenset()) -> None:
        self.entries = entries
        self.brands = brands
        self.by_sku = {entry.sku: entry for entry in entries}
        self.brands_of_goods = frozenset(form for entry in entries for form in entry.brand)
        self.place = {entry.sku: place for place, entry in enumerate(entries)}
        self.units: dict[str, str] = {}
        self.telling = np.array([len(entry.forms) - len(entry.plain) for entry in entries], dtype=np.float32)
        """How many words of a name set it apart."""
        for unit in {unit for entry in entries for unit in (entry.unit, *entry.packs)}:
            self.units.update(dict.fromkeys((unit, *analyse(unit).lemmas), unit))
        self.postings = _places((*entry.forms, *entry.brand) for entry in entries)
        self.head_postings = _places(entry.head for entry in entries)
        self.category_postings = _places(entry.category for entry in entries)
        self.figure_postings = _places(entry.attributes.figures for entry in entries)
        self.by_code = {code: entry.sku for entry in entries if (code := _code(entry.sku))}
        self._beginnings: dict[tuple[str, ...], list[int]] = {}
        for place, entry in enumerate(entries):
            self._beginnings.setdefault(entry.beginning, []).append(place)
        clipped = {form for entry in entries for form in entry.clipped}
        clipped.update(form for form in self.postings if not analyse(form).known and not LATIN.search(form))
        self.vocabulary = Vocabulary(self.postings, clipped)
        self.category_vocabulary = Vocabulary(self.category_postings, set())

    def stating(self, values: Iterable[Decimal | str]) -> list[Places]:
        """The places of the goods that state any of these figures or codes."""
        return [self.figure_postings[value] for value in values if value in self.figure_postings]

    def beginning(self, first: str, second: str) -> list[Entry]:
        """The goods whose names begin with these two words or figures."""
        return [self.entries[place] for place in self._beginnings.get((first, second), ())]

    @property
    def items(self) -> tuple[CatalogItem, ...]:
        """The goods, in the order of `entries`."""
        return tuple(entry.item for entry in self.entries)

    @classmethod
    def build(cls, items: Iterable[CatalogItem], former: "CatalogIndex | None" = None) -> "CatalogIndex":
        """Index the items. Names that `former`, the index before, has read already are not read again."""
        goods = list({item.sku: item for item in items}.values())
        read = {
            item.sku: parse_name(item.name, item.brand, item.base_unit) for item in goods if not _kept(item, former)
        }
        brands = _quoted_brands(read.values()) | (former.brands if former else frozenset())
        entries = (
            _entry(item, read[item.sku], brands) if item.sku in read else former.by_sku[item.sku]  # type: ignore[union-attr]
            for item in goods
        )
        return cls(tuple(entries), brands)


def _code(sku: str) -> tuple[str, ...]:
    """A SKU as it is read in a message; none for one that could as well be a quantity."""
    plain = sku.isdigit() and not sku.startswith("0") and len(sku) < SHORTEST_CODE
    pieces = tuple(name_pieces(sku))
    return () if plain or len(sku) < SHORTEST_CODE - 1 or not any(c.isdigit() for c in sku) else pieces


def _kept(item: CatalogItem, former: CatalogIndex | None) -> bool:
    known = former.by_sku.get(item.sku) if former is not None else None
    return known is not None and known.item == item


def _places(keys_of_entries: Iterable[Iterable[Key]]) -> dict[Key, Places]:
    found: dict[Key, list[int]] = {}
    for place, keys in enumerate(keys_of_entries):
        for key in keys:
            places = found.setdefault(key, [])
            if not places or places[-1] != place:
                places.append(place)
    return {key: np.array(places, dtype=np.int32) for key, places in found.items()}


def _quoted_brands(names: Iterable[ParsedName]) -> frozenset[str]:
    """Words that stand in quotation marks beside several different heads."""
    heads: dict[str, set[str]] = {}
    for parsed in names:
        for form in parsed.quoted:
            heads.setdefault(form, set()).add(parsed.words[parsed.head].form if parsed.words else "")
    return frozenset(form for form, of in heads.items() if len(of) > 1)


def _brand_words(item: CatalogItem) -> frozenset[str]:
    """Words that only name the brand: in «Хлеб Ржаной простой Ржаной двор» the first «Ржаной» is no brand."""
    brand, name = _folded_words(item.brand), _folded_words(item.name)
    for place in range(len(name) - len(brand) + 1):
        if brand and name[place : place + len(brand)] == brand:
            del name[place : place + len(brand)]
            return frozenset(brand) - frozenset(name)
    return frozenset(brand) - frozenset(name) if len(brand) > 1 else frozenset(brand)


def _folded_words(text: str) -> list[str]:
    return [fold(part) for part in re.findall(r"[^\W_]{2,}", text)]


def _entry(item: CatalogItem, parsed: ParsedName, brands: frozenset[str]) -> Entry:
    brand = _brand_words(item)
    forms = tuple(dict.fromkeys(word.form for word in parsed.words))
    head = _heads(parsed, brand)
    clipped = frozenset(word.form for word in parsed.words if word.clipped)
    plain = brand | {form for form in forms if form in brands or _describes(form, form in clipped)}
    plain |= {form for form in forms if form not in head and "Geox" in analyse(form).best}
    plain |= {form for form in forms for noun, usual in TAKEN_FOR_GRANTED if form in usual and _begins(forms, noun)}
    plain -= {form for form in forms for noun in head if form.startswith(SETS_APART.get(noun, "-"))}
    if len(head) > 1:
        plain |= {form for form in head if {form, *analyse(form).lemmas} & CLASS_NOUNS}  # «сыр» of «Сыр Гауда»
    return Entry(
        item,
        forms,
        _shared(head),
        _shared(brand),
        _shared(plain),
        _category(item.category),
        parsed.attributes,
        parsed.weighed,
        canonical_unit(item.base_unit),
        _packs(item.packs),
        _shared(clipped),
        _shared(_holders(forms)),
        parsed.beginning,
    )


def _heads(parsed: ParsedName, brand: frozenset[str]) -> frozenset[str]:
    """The head noun; after one that only names the class («Крупа гречневая», «Сыр Гауда») the next word as well."""
    if not parsed.words:
        return frozenset()
    head = parsed.words[parsed.head].form
    whole = {head, *analyse(head).lemmas, *synonyms(head)}
    rest = [word for word in parsed.words[parsed.head + 1 :] if word.form not in brand]
    following = next((word.form for word in rest if not is_descriptor(word.form, word.clipped)), None)
    if following is not None and any(synonyms(following) & NAMED_BY_NOUN.get(one, frozenset()) for one in whole):
        return frozenset({head, following})
    if following is None or is_descriptor(following) or not whole & CLASS_NOUNS:
        return frozenset({head})
    # «ржаной» alone is a bread, «овсяное» is a drink as well as a biscuit.
    adjective = "ADJF" in analyse(following).best
    return frozenset({head}) if adjective and not whole & NAMED_BY_ADJECTIVE else frozenset({head, following})


def _begins(forms: Iterable[str], beginning: str) -> bool:
    return any(form.startswith(beginning) for form in forms)


def _describes(form: str, clipped: bool) -> bool:
    """Whether the word describes or tells a packing without setting the goods apart."""
    packing = unit_of(form) is not None and form not in SMALL_PACKS
    return packing or is_descriptor(form, clipped) or _says_nothing(form)


def _says_nothing(form: str) -> bool:
    """Codes of packing: «ст», «д/п»."""
    return ("/" in form and "негазированный" not in AMBIGUOUS.get(form, ())) or (
        len(form) <= SHORTEST_TELLING and form not in SIZES
    )


def _holders(forms: Iterable[str]) -> frozenset[str]:
    """«лоток» of «Печень ЦБ охл. 500г лоток», «стак» of «Сметана 20% 300г ст.»."""
    units = (unit_of(NAMED_HOLDERS.get(form, form)) for form in forms)
    return frozenset(unit[1] for unit in units if unit is not None and unit[0] == "count")


@lru_cache(maxsize=100_000)
def _shared(words: frozenset[str]) -> frozenset[str]:
    """One object for all equal sets: a hundred thousand names share a few thousand."""
    return words


@lru_cache(maxsize=10_000)
def _category(name: str) -> frozenset[str]:
    return frozenset(fold(part) for part in re.findall(r"[^\W\d_]{3,}", name))


@lru_cache(maxsize=10_000)
def _packs(packs: tuple[tuple[str, Decimal], ...]) -> Mapping[str, Decimal]:
    return {canonical_unit(unit): factor for unit, factor in packs}
