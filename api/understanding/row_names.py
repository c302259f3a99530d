"""What the words of a list's row may mean: goods, with figures that tell them apart, never a quantity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from api.understanding.aliases import OwnWords
from api.understanding.atom import Atom
from api.understanding.atoms import AtomBuilder
from api.understanding.attributes import CONTRADICTED, Stated, agreement
from api.understanding.candidates import NAMED, Found, Word
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.mention import Mention
from api.understanding.verbatim import MARK, mark_names
from api.understanding.vocabulary import SHORT_CLIP
from order_text import annotate
from order_text.model import Kind, Token

_HARMLESS = frozenset({"border", "word", "figure", "number", "unit"})
_NOT_NAMES = frozenset({Kind.date, Kind.phone, Kind.order_number})


@dataclass(frozen=True)
class Named:
    """What the words of a row may mean. `doubtful`: something in them was passed over that may set goods apart."""

    mention: Mention
    found: Found
    doubtful: bool
    notes: tuple[str, ...]
    finder: OwnWords

    @classmethod
    def of(cls, name: str, finder: OwnWords, index: CatalogIndex) -> "Named":
        builder = AtomBuilder(finder)
        annotation = annotate(name)
        tokens = mark_names(annotation, index)
        atoms = builder.build(tokens)
        words, units = _words(atoms, finder)
        figures, packed = _figures(atoms, annotation.text), _packed(tokens, annotation.text)
        said, found = words, finder.find((*words, *units), figures)
        if found.full:
            said = (*words, *units)
        else:
            found = finder.find(words, figures)
        found, otherwise = _packed_so(found, packed)
        odd = any(atom.kind not in _HARMLESS for atom in atoms)
        unread = any(token.kind in _NOT_NAMES for token in tokens)
        mention = Mention(0, len(atoms), said, figures)
        return cls(mention, found, odd or unread or otherwise, tuple(builder.notes), finder)

    def agrees(self, entry: Entry) -> bool:
        """Whether the words may name the product: some does, and no measure contradicts it."""
        if any(candidate.entry.sku == entry.sku for candidate in self.found.full):
            return True
        telling = (figure for figure in self.mention.figures if figure.kind in ("percent", "volume", "weight"))
        if any(agreement(entry, figure) == CONTRADICTED for figure in telling):
            return False
        return any(self.finder.likeness(word, entry) >= NAMED for word in self.mention.words)


def _words(atoms: Sequence[Atom], finder: OwnWords) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words of goods, and those of packings that are goods as well («пакет майка»)."""
    words = tuple(atom.word for atom in atoms if atom.kind == "word" and atom.word is not None)
    if marked := tuple(word for word in words if word.form.startswith(MARK)):
        words = marked if len({word.form for word in marked}) == 1 and len(marked) == len(words) else words
    units = (atom.word for atom in atoms if atom.kind == "unit" and atom.word is not None)
    return words, tuple(word for word in units if finder.hits(word).likeness.max(initial=0) >= SHORT_CLIP)


def _figures(atoms: Sequence[Atom], text: str) -> tuple[Stated, ...]:
    """The figures of a name, without those that count what a packing holds."""
    found = []
    for place, atom in enumerate(atoms):
        counts = place + 1 < len(atoms) and atoms[place + 1].role == "count"
        packs = atom.kind == "number" and (counts or _bracketed(atom.token, text))
        if atom.figure is not None and atom.kind in ("figure", "number") and not packs:
            found.append(atom.figure)
    return tuple(found)


def _packed(tokens: Sequence[Token], text: str) -> list[Decimal]:
    """What a name says of the contents of a packing: «(50 шт)», «12 шт/кор», «(12)»."""
    found = []
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else token
        counts = after.role == "count" or "slashed" in after.tags
        if token.kind == Kind.number and token.value and (counts or _bracketed(token, text)):
            found.append(token.value)
    return found


def _bracketed(token: Token, text: str) -> bool:
    return text[max(0, token.start - 1) : token.start] == "(" and text[token.end : token.end + 1] == ")"


def _packed_so(found: Found, packed: Sequence[Decimal]) -> tuple[Found, bool]:
    """The candidates whose packings hold so many; where none does, all of them, in doubt: «стаканы (100 шт)» are
    not those in packs of fifty, nor «яйцо 30 шт» single eggs."""
    if not packed or not found.full:
        return found, False
    fitting = tuple(c for c in found.full if all(_holds(c.entry, number) for number in packed))
    return (replace(found, full=fitting), False) if fitting else (found, True)


def _holds(entry: Entry, number: Decimal) -> bool:
    return number in (entry.attributes.contents, *entry.attributes.counts, *entry.packs.values(), Decimal(1))
