"""A catalogue name read into words and attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from api.understanding.stems import WITHOUT, expand, is_descriptor, synonyms
from order_text.lexicon.closed import CONJUNCTIONS, PREPOSITIONS
from order_text.morph import analyse
from order_text.normalize import clean, fold, letter_variants
from order_text.tokens import Piece, cut
from order_text.units import canonical_unit, unit_of

Values = TypeVar("Values", bound=frozenset[Any])
GREATEST = Decimal(10) ** 12
PIECE = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|%")
_DIMENSIONS = frozenset({"мм", "см", "м", "mm", "cm", "микр", "мкм"})
_SMALL_WORDS = PREPOSITIONS | CONJUNCTIONS


@dataclass(frozen=True)
class NameWord:
    """A word of a name; `clipped` ends with a full stop («пастер.»)."""

    form: str
    clipped: bool = False


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a name states in figures; volumes in litres, weights in kilograms."""

    percents: frozenset[Decimal] = frozenset()
    volumes: frozenset[Decimal] = frozenset()
    weights: frozenset[Decimal] = frozenset()
    weight_spans: frozenset[tuple[Decimal, Decimal]] = frozenset()
    counts: frozenset[Decimal] = frozenset()
    sizes: frozenset[tuple[Decimal, Decimal]] = frozenset()
    codes: frozenset[str] = frozenset()
    numbers: frozenset[Decimal] = frozenset()
    contents: Decimal | None = None

    @property
    def figures(self) -> Iterator[Decimal | str]:
        """All values by which a customer may point at the product."""
        yield from self.percents | self.volumes | self.weights | self.numbers | self.counts
        yield from self.codes


@dataclass
class _Figures:
    """Attributes in the making."""

    percents: set[Decimal] = field(default_factory=set)
    volumes: set[Decimal] = field(default_factory=set)
    weights: set[Decimal] = field(default_factory=set)
    weight_spans: set[tuple[Decimal, Decimal]] = field(default_factory=set)
    counts: set[Decimal] = field(default_factory=set)
    sizes: set[tuple[Decimal, Decimal]] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    numbers: set[Decimal] = field(default_factory=set)
    contents: Decimal | None = None

    def frozen(self) -> Attributes:
        return Attributes(
            _shared(frozenset(self.percents)),
            _shared(frozenset(self.volumes)),
            _shared(frozenset(self.weights)),
            _shared(frozenset(self.weight_spans)),
            _shared(frozenset(self.counts)),
            _shared(frozenset(self.sizes)),
            _shared(frozenset(self.codes)),
            _shared(frozenset(self.numbers)),
            self.contents,
        )


@lru_cache(maxsize=100_000)
def _shared(values: Values) -> Values:
    """One object for all equal sets: most goods of a large catalogue state the same few figures."""
    return values


@dataclass(frozen=True)
class ParsedName:
    """Words in order, with the head's place, and attributes."""

    words: tuple[NameWord, ...]
    head: int
    attributes: Attributes
    weighed: bool
    quoted: frozenset[str] = frozenset()
    beginning: tuple[str, ...] = ()


def name_pieces(text: str) -> list[str]:
    """The words and figures of a name, in one case and with one decimal mark."""
    return [plain_piece(found.group()) for found in PIECE.finditer(text)]


def plain_piece(piece: str) -> str:
    """Lower case, «ё» as «е», a decimal point."""
    return fold(piece).replace(",", ".")


def parse_name(name: str, brand: str, base_unit: str) -> ParsedName:
    """Read a name such as «Стакан бум. 250мл белый (50шт)»."""
    text = clean(name)
    pieces = cut(text)
    figures = _Figures()
    words: list[NameWord] = []
    position = 0
    while position < len(pieces):
        position += _take(pieces, position, text, figures, words)
    brands = {fold(part) for part in re.findall(r"[\w]+", brand)}
    weighed = canonical_unit(base_unit) == "кг" or any(
        word.form in ("вес", "весовой", "весовая", "весовое") for word in words
    )
    quoted = frozenset(
        fold(part) for inside in re.findall(r'"([^"]+)"', text) for part in re.findall(r"[^\W\d_]+", inside)
    )
    return ParsedName(
        tuple(words), _head(words, brands), figures.frozen(), weighed, quoted, tuple(name_pieces(text)[:2])
    )


def _take(pieces: list[Piece], position: int, text: str, attributes: _Figures, words: list[NameWord]) -> int:
    """Read one piece (or a number with its unit); how many pieces were used."""
    piece = pieces[position]
    following = pieces[position + 1] if position + 1 < len(pieces) else None
    if piece.group in ("word", "slashed"):
        return _take_word(pieces, position, text, words)
    if piece.group == "code":
        form = fold(piece.text).replace("-", "")
        attributes.codes.update({form, *(fold(v) + form[1:] for v in letter_variants(form[0]))})
        attributes.numbers.add(Decimal(re.sub(r"\D", "", form)))
    elif piece.group == "mix":
        form = re.sub(r"\s", "", fold(piece.text)).replace("in", "в")
        attributes.codes.add(form)
        words.append(NameWord(form))  # people call the coffee just so
    elif piece.group == "over":
        attributes.codes.add(piece.text)
        attributes.numbers.add(Decimal(piece.text.rstrip("+")))
    elif piece.group == "time":
        attributes.codes.add(piece.text)  # «концентрат 1:10» looks like the time of day
    elif piece.group == "percent":
        attributes.percents.add(_decimal(piece.text.rstrip("% ")))
    elif piece.group == "size" or piece.group == "slash_number":
        _size(piece, following, attributes)
    elif piece.group == "span":
        return _span(piece, following, attributes)
    elif piece.group in ("number", "thousand"):
        return _number(pieces, position, text, attributes)
    return 1


def _take_word(pieces: list[Piece], position: int, text: str, words: list[NameWord]) -> int:
    piece = pieces[position]
    form = fold(piece.text)
    clipped = text[piece.end : piece.end + 1] == "."
    if form == "без" and position + 1 < len(pieces) and pieces[position + 1].group == "word":
        words.append(NameWord(WITHOUT + analyse(pieces[position + 1].text).lemmas[0]))
        return 2
    if piece.group == "slashed":
        words.extend(NameWord(part) for part in expand(form))
        return 1
    if expand(form):
        words.extend(NameWord(part) for part in expand(form))
        return 1
    for part in re.split("[-']", form):
        if part and part not in _SMALL_WORDS and (len(part) > 1 or part in "smlx"):
            words.append(NameWord(part, clipped))
    return 1


def _number(pieces: list[Piece], position: int, text: str, attributes: _Figures) -> int:
    value = _decimal(pieces[position].text)
    if pieces[position].text.startswith("00"):
        attributes.codes.add(pieces[position].text)
    following = pieces[position + 1] if position + 1 < len(pieces) else None
    if following is None or following.group != "word":
        attributes.numbers.add(value)
        return 1
    unit = unit_of(following.text)
    form = fold(following.text)
    if unit is None:
        if form in _DIMENSIONS:
            attributes.numbers.add(value)
            return 2
        if form in ("пак", "пакетиков", "л", "листов", "слоев", "сл", "слойный", "слойная"):
            attributes.counts.add(value)
            if form.startswith("сл"):
                attributes.codes.add(f"{value}сл")
            return 2
        attributes.numbers.add(value)
        return 1
    family, canonical, factor = unit
    after = pieces[position + 2].text if position + 2 < len(pieces) else ""
    bracketed = text[: pieces[position].start].rstrip().endswith("(")
    if family == "count" or (bracketed and canonical == "л" and value >= 20):
        if after != "/":
            attributes.counts.add(value)
            if bracketed or canonical == "шт":
                attributes.contents = value
    elif family == "percent":
        attributes.percents.add(value)
    elif family == "volume":
        attributes.volumes.add(value * factor)
    else:
        attributes.weights.add(value * factor)
    return 2


def _size(piece: Piece, following: Piece | None, attributes: _Figures) -> None:
    numbers = [_decimal(part) for part in re.findall(r"\d+(?:[.,]\d+)?", piece.text)]
    attributes.sizes.add((numbers[0], numbers[1]))
    attributes.numbers.update(numbers)
    unit = unit_of(following.text) if following is not None and following.group == "word" else None
    if unit and unit[0] == "weight":
        attributes.weights.add(numbers[-1] * unit[2])
    if unit and unit[0] == "volume":
        attributes.volumes.add(numbers[-1] * unit[2])


def _span(piece: Piece, following: Piece | None, attributes: _Figures) -> int:
    low, high = [_decimal(part) for part in re.findall(r"\d+(?:[.,]\d+)?", piece.text)[:2]]
    unit = unit_of(following.text) if following is not None and following.group == "word" else None
    attributes.sizes.add((low, high))
    attributes.numbers.update({low, high})
    if unit and unit[0] == "weight":
        attributes.weight_spans.add((low * unit[2], high * unit[2]))
        return 2
    if following is not None and following.group == "percent":
        attributes.percents.update({low, high})
    return 1


def _head(words: list[NameWord], brands: set[str]) -> int:
    """The place of the head noun: the first noun that is neither brand nor foreign nor a descriptor."""
    fallback = 0
    for place, word in enumerate(words):
        if word.form in brands or re.search("[a-z_/]", word.form):
            continue
        grammemes = analyse(word.form).best
        if "NOUN" in grammemes and not word.clipped:
            return place
        if word.clipped and place == 0 and (not is_descriptor(word.form) or _noun_when_whole(word.form)):
            following = words[1] if len(words) > 1 else None
            named = following is not None and not following.clipped and "NOUN" in analyse(following.form).best
            return 1 if named and following is not None and following.form not in brands else place
    for place, word in enumerate(words):
        if word.form not in brands:
            return place
    return fallback


def _noun_when_whole(clipped: str) -> bool:
    """«Бум. туал.» is a paper, «Паст. молоко» a milk."""
    return any("NOUN" in analyse(word).best for word in synonyms(clipped))


def _decimal(text: str) -> Decimal:
    return min(Decimal(text.strip().replace(",", ".").replace(" ", "")), GREATEST)
