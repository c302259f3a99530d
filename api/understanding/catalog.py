"""The catalogue as words and attributes: built once per catalogue version, shared by all customers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from api.understanding.names import Attributes, ParsedName, parse_name
from api.understanding.stems import is_descriptor
from api.understanding.vocabulary import Vocabulary
from order_text.morph import analyse
from order_text.normalize import fold
from order_text.units import canonical_unit, unit_of


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


@dataclass(frozen=True)
class Entry:
    """An item with its name read. `forms` are the words of the name in order, `head` the forms of the head noun;
    `plain` are words that do not set it apart (brand and descriptors); `unit` and `packs` are canonical."""

    item: CatalogItem
    forms: tuple[str, ...]
    head: frozenset[str]
    brand: frozenset[str]
    plain: frozenset[str]
    category: frozenset[str]
    attributes: Attributes
    weighed: bool
    unit: str
    packs: dict[str, Decimal]
    clipped: frozenset[str]

    @property
    def sku(self) -> str:
        """The item's sku."""
        return self.item.sku


class CatalogIndex:
    """Immutable; holds no customer data."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.items = tuple(entry.item for entry in entries)
        self.by_sku = {entry.sku: entry for entry in entries}
        self.postings: dict[str, dict[str, Entry]] = {}
        self.category_postings: dict[str, dict[str, Entry]] = {}
        self.heads: set[str] = set()
        self.units: dict[str, str] = {}
        clipped: set[str] = set()
        for entry in entries:
            self.heads |= entry.head
            for unit in (entry.unit, *entry.packs):
                self.units.update(dict.fromkeys((unit, *analyse(unit).lemmas), unit))
            clipped |= entry.clipped
            for form in (*entry.forms, *entry.brand):
                self.postings.setdefault(form, {})[entry.sku] = entry
            for form in entry.category:
                self.category_postings.setdefault(form, {})[entry.sku] = entry
        clipped.update(form for form in self.postings if not analyse(form).known)
        self.vocabulary = Vocabulary(self.postings, clipped)
        self.category_vocabulary = Vocabulary(self.category_postings, set())

    @classmethod
    def build(cls, items: Iterable[CatalogItem]) -> "CatalogIndex":
        """Index the items (at most a second for 1,000)."""
        read = [(item, parse_name(item.name, item.brand, item.base_unit)) for item in items]
        heads: dict[str, set[str]] = {}
        for _, parsed in read:
            for form in parsed.quoted:
                heads.setdefault(form, set()).add(parsed.words[parsed.head].form if parsed.words else "")
        brands = frozenset(form for form, of in heads.items() if len(of) > 1)
        return cls(tuple(_entry(item, parsed, brands) for item, parsed in read))


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
    """`brands` are words that stand in quotation marks beside several different heads."""
    brand = _brand_words(item)
    forms = tuple(dict.fromkeys(word.form for word in parsed.words))
    head = frozenset({parsed.words[parsed.head].form}) if parsed.words else frozenset()
    plain = brand | {form for form in forms if is_descriptor(form) or form in brands or unit_of(form) is not None}
    category = frozenset(fold(part) for part in re.findall(r"[^\W\d_]{3,}", item.category))
    packs = {canonical_unit(unit): factor for unit, factor in item.packs}
    return Entry(
        item,
        forms,
        head,
        brand,
        plain,
        category,
        parsed.attributes,
        parsed.weighed,
        canonical_unit(item.base_unit),
        packs,
        frozenset(word.form for word in parsed.words if word.clipped),
    )
