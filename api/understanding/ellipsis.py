"""What a mention leaves unsaid: «вода 0,5 …, 1,5 две», «сок вишня 3, томат 5», «сиропы: ваниль 2»."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from api.understanding.atom import Atom
from api.understanding.attributes import Stated
from api.understanding.candidates import NAMED, Finder, Found, Word
from api.understanding.catalog import SIZES, Entry
from api.understanding.mention import Mention
from api.understanding.quantities import fit
from api.understanding.scope import Ordered
from order_text.morph import analyse

_MEASURES = frozenset({"percent", "weight", "volume"})
# How much worse the words before may explain a mention than it explains itself: an adjective left its noun out.
LEFT_OUT, STANDING = 0.1, 0.05


@dataclass
class Previous:
    """What an elliptical mention inherits: the words before it."""

    words: tuple[Word, ...] = ()
    heads: tuple[Word, ...] = ()
    figures: tuple[Stated, ...] = ()
    header: bool = False
    sku: str | None = None
    unit: str | None = None


@dataclass
class Ellipsis:
    """The mention before, and what of it the next one takes over."""

    finder: Finder
    previous: Previous = field(default_factory=Previous)

    def follow(self, entry: Entry) -> None:
        """«и зеро столько же» in a new message goes on from the cart's last line."""
        words = tuple(Word(form) for form in entry.forms if form not in entry.plain)
        self.previous = Previous(words, sku=entry.sku)

    def header(self, item: Ordered, atoms: Sequence[Atom]) -> bool:
        """«сиропы: ваниль 2» – what stands before a colon is inherited by all that follows."""
        rest = [atom for atom in atoms[item.mention.last :] if atom.role != "dash"]
        after = rest[0] if rest else None
        colon = after is not None and after.role == "colon"
        amount = item.mention.amount
        sized = amount is not None and amount.family in ("weight", "volume")  # «Сиропы (литровые):»
        if colon and (amount is None or sized) and item.mention.words and item.op in ("line", "add", "set"):
            size = (Stated(amount.family, amount.value),) if amount is not None else ()
            self.previous = Previous(item.mention.words, item.mention.words, (*item.mention.figures, *size), True)
            return True
        return False

    def inherit(self, mention: Mention) -> tuple[Mention, Found]:
        """The mention with what it leaves unsaid taken from the one before."""
        own = self.finder.find(mention.words, mention.figures)
        before = self.previous
        if not mention.words and not before.words and (stating := self.finder.by_figures(mention.figures)):
            return mention, Found(stating, known=1)
        result = mention, own
        if before.words and not (mention.ops and not mention.words and not mention.figures):
            for base in self._bases(mention):
                added = tuple(word for word in base if word.form not in {w.form for w in mention.words})
                if not added and mention.words:
                    continue
                joined = self._named(self.finder.find((*added, *mention.words), mention.figures), added)
                if joined.full and self._inherits(mention, own, joined):
                    result = self._with_figures(replace(mention, words=(*added, *mention.words)), joined)
                    break
            else:
                if not mention.words and mention.figures:
                    result = (
                        replace(mention, words=before.heads or before.words),
                        Found(near=own.near, contradicted=True, known=1),
                    )
        self._remember(*result)
        return result

    def _named(self, found: Found, added: Sequence[Word]) -> Found:
        """What the inherited words really name: the word of a category («Молочное») is too little."""
        full = tuple(c for c in found.full if all(self.finder.likeness(word, c.entry) >= NAMED for word in added))
        return replace(found, full=full)

    def _bases(self, mention: Mention) -> list[tuple[Word, ...]]:
        """What of the words before may be meant again: the head noun, else the first words («вымпел манго»)."""
        before = self.previous
        if not mention.words:
            return [
                before.words,
                before.heads,
                *(before.words[:count] for count in range(len(before.words) - 1, 0, -1)),
            ]
        if mention.words and all(word.form in SIZES for word in mention.words):
            return [tuple(word for word in before.words if word.form not in SIZES)]  # «перчатки нитриловые S 2, M 3»
        branded = [word for word in before.words if word in before.heads or self._is_brand(word)]
        if mention.words and len(branded) > len(before.heads) > 0:
            return [tuple(branded), before.heads]  # «сироп барвелло ваниль 2, лесной орех 1»
        beginnings = [before.words[:count] for count in range(len(before.words) - 1, 0, -1)]
        return [before.heads, *(words for words in beginnings if not before.heads)]

    def _is_brand(self, word: Word) -> bool:
        named = self.finder.index.vocabulary.find(word.form, word.variants, word.stub)
        return bool(named) and all(form in self.finder.index.brands_of_goods for form in named)

    def _with_figures(self, mention: Mention, found: Found) -> tuple[Mention, Found]:
        """«воды 1,5 с газом, без газа две», «сметана 15% 200 г …, 400 г две»: figures of other kinds hold on where they
        are needed to tell the variants apart."""
        stated = {figure.kind for figure in mention.figures}
        held = tuple(f for f in self.previous.figures if not stated or (f.kind in _MEASURES and f.kind not in stated))
        if len(found.full) < 2 or not held:
            return mention, found
        figured = self.finder.find(mention.words, (*mention.figures, *held))
        return (replace(mention, figures=(*mention.figures, *held)), figured) if figured.full else (mention, found)

    @staticmethod
    def elliptic(own: Mention, whole: Mention) -> bool:
        """Whether the mention left its noun out: figures or adjectives only («1,5 две», «негазированной два»)."""
        return len(whole.words) > len(own.words) and Ellipsis._adjectives(own)

    @staticmethod
    def _adjectives(mention: Mention) -> bool:
        return all(word.token is not None and {"best:ADJF", "best:PRTF"} & word.token.tags for word in mention.words)

    def _inherits(self, mention: Mention, own: Found, joined: Found) -> bool:
        if not mention.words or not own.full or mention.words[0].attached:
            return True
        if self.previous.header:
            return True
        if self._worse(mention, own, joined):
            return False
        if not any(candidate.head for candidate in own.full) or self._adjectives(mention):
            return True
        if self._flavour(mention) and max(fit(c.entry, mention.amount) for c in joined.full) >= max(
            fit(c.entry, mention.amount) for c in own.full
        ):
            return True
        fits_own = max(fit(c.entry, mention.amount) for c in own.full)
        return fits_own == 0 and max(fit(c.entry, mention.amount) for c in joined.full) > 0

    def _worse(self, mention: Mention, own: Found, joined: Found) -> bool:
        """Whether the inherited reading understands the mention's own words less well."""

        def best(found: Found) -> float:
            return max(sum(self.finder.likeness(word, c.entry) for word in mention.words) for c in found.full)

        return best(joined) < best(own) - (LEFT_OUT if self._adjectives(mention) else STANDING)

    def _flavour(self, mention: Mention) -> bool:
        """A single singular noun after «сок вишня»: a flavour again, although goods of that name are sold too."""
        before = self.previous
        token = mention.words[0].token
        plural = token is not None and "plur" in analyse(token.norm).best
        return (
            len(mention.words) == 1 and not mention.figures and not plural and len(before.words) > len(before.heads) > 0
        )

    def _remember(self, mention: Mention, found: Found) -> None:
        if not mention.words or (self.previous.header and found.full and self.previous.heads[0] in mention.words):
            return
        if self.previous.header and not found.full:
            return
        heads = tuple(word for word in mention.words if self._is_head(word, found))
        self.previous = Previous(mention.words, heads, mention.figures, unit=self.previous.unit)

    def _is_head(self, word: Word, found: Found) -> bool:
        if not found.full:
            return self.finder.names_head(word)
        return any(self.finder.heads(word, candidate.entry) for candidate in found.full)
