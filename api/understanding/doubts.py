"""What looks settled and still has to be asked: numbers that may be figures, words that may mean something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.understanding.attributes import bare_matches
from api.understanding.candidates import Candidate, Finder, Word
from api.understanding.catalog import Entry
from api.understanding.habits import Habits
from api.understanding.mention import Mention
from api.understanding.quantities import Amount, fit
from api.understanding.scope import Ordered
from api.understanding.stems import synonyms
from api.understanding.thresholds import PRESENT
from api.understanding.verbatim import MARK
from api.understanding.vocabulary import GUESS, KIN, SHORT_CLIP
from order_text.morph import analyse


@dataclass(frozen=True)
class Doubts:
    """Checks of a line that has found its product."""

    finder: Finder
    habits: Habits
    guess: float = PRESENT.guess

    def figure_clash(
        self, item: Ordered, mention: Mention, narrowed: Sequence[Candidate], entries: Sequence[Entry]
    ) -> list[Entry] | None:
        """A lone number that may be a figure of a candidate is asked, unless it is the usual quantity."""
        amount = mention.amount
        if any(word.form.startswith(MARK) for word in mention.words):
            return None  # the whole name is pasted, with its figures
        if amount is None or item.op in ("set", "increase", "decrease", "add") or mention.spread:
            return None
        if mention.lone:
            clashing = [c for c in narrowed if bare_matches(c.entry, amount.value, lone=True)]
            if not clashing:
                return None
            if len(entries) == 1 and self.habits.is_usual(entries[0].sku, amount.value):
                return None
            if amount.value % 1 != 0:
                return [c.entry for c in clashing]
            rest = [c for c in narrowed if c not in clashing]
            return [c.entry for c in (*clashing, *rest)]
        if amount.family in ("weight", "volume") and not mention.figures:
            return self._measure_clash(amount, narrowed)
        return None

    @staticmethod
    def _measure_clash(amount: Amount, narrowed: Sequence[Candidate]) -> list[Entry] | None:
        """«сахар 25 кг» where a 25 kg bag is sold beside packets."""
        value: Decimal = amount.value
        clashing = [
            c
            for c in narrowed
            if fit(c.entry, amount) < 2
            and value in (c.entry.attributes.weights if amount.family == "weight" else c.entry.attributes.volumes)
        ]
        if not clashing or len(narrowed) == 1:
            return None
        return [c.entry for c in (*clashing, *(c for c in narrowed if c not in clashing))]

    def only_kin(self, mention: Mention, narrowed: Sequence[Candidate]) -> bool:
        """A guess that has to be asked: a cut word that is a word itself («ряж»), or a noun that names no head
        and stands in the name only as an adjective («лимон» in «вафли лимонные»)."""
        if any(GUESS <= self.finder.likeness(w, c.entry) <= self.guess for w in mention.words for c in narrowed):
            return True
        if any(c.head for c in narrowed):
            return False
        if mention.words and all(self._only_clipped(word) for word in mention.words):
            return True
        nouns = [word for word in mention.words if word.token is not None and "best:NOUN" in word.token.tags]
        return bool(nouns) and all(self._is_adjective(nouns[0], c) for c in narrowed)

    def is_chatter(self, item: Ordered, mention: Mention) -> bool:
        """Words without an amount or an operation that no product and no food is called by: «еле дверь откопала»."""
        bare = mention.amount is None and not (mention.ops or mention.usual or mention.figures or mention.spread)
        return bare and item.op == "line" and not self.speaks_of_goods(mention.words)

    def speaks_of_goods(self, words: Sequence[Word]) -> bool:
        """Whether a word names goods or is of no language at all, as brands are; nouns decide where there are any."""
        nouns = [word for word in words if word.token is not None and _is_noun(word.token.tags)]
        return any(self._sounds_like_goods(word) for word in nouns or words)

    def _sounds_like_goods(self, word: Word) -> bool:
        analysis = analyse(word.form)
        hits = self.finder.hits(word)
        if not analysis.known:
            return True
        return hits.likeness.max() > KIN or any(synonyms(lemma) for lemma in analysis.lemmas[:1])

    def _only_clipped(self, word: Word) -> bool:
        """«сольки» that begins like «сол.»: a cut word of three letters is no evidence by itself."""
        vocabulary = self.finder.index.vocabulary
        meant = vocabulary.find(word.form, word.variants, word.stub)
        return bool(meant) and all(vocabulary.cuts(form) and meant[form] <= SHORT_CLIP for form in meant)

    def _is_adjective(self, noun: Word, candidate: Candidate) -> bool:
        meant = self.finder.index.vocabulary.find(noun.form, noun.variants, noun.stub)
        forms = [form for form in candidate.entry.forms if form in meant and form not in candidate.entry.brand]
        return bool(forms) and all("ADJF" in analyse(form).best and meant[form] <= KIN for form in forms)


def _is_noun(tags: frozenset[str]) -> bool:
    """«Ход», not «чёрному», which may be a noun as well."""
    return "best:NOUN" in tags and "ADJF" not in tags
