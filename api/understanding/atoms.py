"""From tokens to what the decoder joins: words, figures, numbers, units, operations, borders."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from api.understanding import operating, signs, surroundings
from api.understanding.asides import is_country, is_department, is_person, is_product_name, skipped
from api.understanding.atom import Atom
from api.understanding.attributes import Stated, stated
from api.understanding.candidates import Finder, Word
from api.understanding.rewriting import joined
from api.understanding.stems import expand
from api.understanding.verbatim import MARK
from api.understanding.vocabulary import GUESS
from api.understanding.wordings import feature_with, figure_said, glued_in, parts_of, word_of
from order_text.lexicon.references import REFERENCE_STEMS
from order_text.model import Kind, Token
from order_text.units import unit_forms, unit_of

SHORTEST_UNIT, LEAST_GRAMS = 5, 100
LONG_UNITS = tuple(form for form in unit_forms() if len(form) >= SHORTEST_UNIT)
_LETTERS = {"м": "m"}
_ONE_LETTER = {"м": ("масло",)}
_NO_GOODS = frozenset({"best:VERB", "best:INFN", "best:ADVB", "INTJ", "PRED", "PRTS", "COMP"})
_ONE = frozenset({"один", "одну", "одно", "одни"})
_MADE_OF = frozenset({"одним", "двумя", "тремя", "четырьмя", "целым"})
_IT = frozenset({"него", "нее", "них", "этого", "этой"})
_FIGURES = (Kind.number, Kind.percent, Kind.volume, Kind.weight, Kind.size, Kind.span, Kind.code, Kind.time)
_AS = frozenset({"как", "же", "что", "столько", "прошлый", "прошлом", "тогда"})
_BORDERS = {
    "comma": "comma",
    "and": "and",
    "colon": "colon",
    "dash": "dash",
    "paren": "dash",
    "slash": "dash",
    "hard": "hard",
    "question": "hard",
    "line": "hard",
}


class AtomBuilder:
    """Builds the atoms of one clause; collects notes and unclear references on the way."""

    def __init__(self, finder: Finder, all_right: bool = False) -> None:
        """`all_right`: the message has said so of the cart, so that «кроме чая» takes nothing out."""
        self.finder = finder
        self.all_right = all_right
        self.notes: list[str] = []
        self.unclear: list[str] = []
        self._replaces = self._keeps_only = False

    def build(self, tokens: Sequence[Token]) -> list[Atom]:
        """The atoms of a row of tokens; chatter, dates, phones and addresses are left out."""
        atoms: list[Atom] = []
        self._keeps_only = any(token.role == "keep_only" for token in tokens)
        self._replaces = any(token.kind == Kind.operation and token.role == "replace" for token in tokens)
        tokens = surroundings.reordered(tokens)
        position = 0
        while position < len(tokens):
            position += self._noted(tokens, position) or self._take(tokens, position, atoms)
        return joined(atoms)

    def _noted(self, tokens: Sequence[Token], position: int) -> int:
        """«рёбра 10 кг (порубить порционно)»: how many tokens are a wish in brackets, kept as a note; 0: none."""
        if tokens[position].text != "(":
            return 0
        closing = next((at for at in range(position + 1, len(tokens)) if tokens[at].text == ")"), len(tokens))
        inside = tokens[position + 1 : closing]
        if not surroundings.wishes(inside, self.finder):
            return 0
        self.notes.append(" ".join(token.text for token in inside if token.kind != Kind.border))
        return min(closing + 1, len(tokens)) - position

    def _take(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> int:
        """Add the atoms of the token at `position`; how many tokens they took."""
        token = tokens[position]
        if surroundings.told_before(tokens, position):
            return 1  # said by «на» before the amount
        if token.kind == Kind.operation:
            return operating.take(tokens, position, atoms, self)
        if token.norm == "у" and surroundings.is_at_ours(tokens[position + 1 : position + 3]):
            rest = tokens[position:]
            return next((at for at, other in enumerate(rest) if other.kind == Kind.border), len(rest))
        if token.norm == "а" and surroundings.refuses_goods(tokens, position, self.finder):
            atoms.append(Atom("op", token, role="rather"))  # «черри жёлтые, а не красные»
            return 2
        if token.norm == "а" and surroundings.refused_after(tokens, position):
            atoms.append(Atom("op", token, role="set", was=tokens[position + 2].value))
            unit_after = position + 3 < len(tokens) and tokens[position + 3].kind == Kind.unit
            return 4 if unit_after else 3
        if mark := self._mark(tokens, position, atoms):
            atoms.append(mark)
        elif token.kind in _FIGURES:
            return self._figure(tokens, position, atoms)
        elif token.kind == Kind.unit:
            self._unit(tokens, position, atoms)
        elif token.kind in (Kind.word, Kind.filler):
            return self._named(tokens, position, atoms)
        return 1

    def _mark(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> Atom | None:
        """A border, a reference or a small word that joins: «на», «а», «вместо него»."""
        token = tokens[position]
        if atoms and atoms[-1].role == "replace" and token.norm in _IT:
            return Atom("op", token, role="it")
        if token.norm.startswith("последн") and signs.removes_it(tokens, "последн"):
            return Atom("op", token, role="last")
        if token.norm in signs.THEM and signs.removes_it(tokens):
            return Atom("op", token, role="it")  # «ряженку дети не пьют, её исключите»
        if token.norm in signs.THEM and [after.kind for after in tokens[position + 1 : position + 2]] == [Kind.number]:
            return Atom("op", token, role="set")  # «всё верно кроме кефира, его 8»
        if token.norm == "на" and (change := surroundings.change_after(tokens, position)):
            return Atom("op", token, role=change)  # «на кило поменьше»
        if token.norm == "на" and surroundings.changed_before(tokens, position):
            return Atom("op", token, role=surroundings.changed_before(tokens, position))
        if token.kind == Kind.closed and token.norm == "на" and self._replaces:
            return Atom("op", token, role="onto")
        if token.kind == Kind.closed and token.norm in ("а", "но", "однако"):
            return Atom("border", token, role="but")
        if token.role == "colon" and surroundings.only_counted_after(tokens[position + 1 :]):
            return Atom("border", token, role="dash")  # «кефир:10, хлеб:12»
        if token.kind == Kind.border:
            return Atom("border", token, role=_BORDERS.get(token.role, "comma"))
        likened = token.role == "usual" or any(word in _AS for word in token.norm.split())
        return Atom("usual", token, role=token.role) if token.kind == Kind.reference and likened else None

    def _figure(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> int:
        """A number, a measure or a code."""
        token = tokens[position]
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if token.kind == Kind.code and any(lemma in self.finder.index.postings for lemma in token.lemmas):
            atoms.append(Atom("word", token, word=Word(token.lemmas[0], token=token)))  # «3 в 1»
        elif token.kind == Kind.time:
            if token.text in self.finder.index.figure_postings:
                ratio = Stated("code", Decimal(0), code=(token.text,))  # «концентрат 1:10»
                atoms.append(Atom("figure", token, role="code", figure=ratio))
        elif token.role == "times" and self._measures(token):
            sized = replace(token, kind=Kind.number, role="", value2=None)
            atoms.append(Atom("figure", sized, figure=stated(sized)))  # «снежок 450 х 12»
            atoms.append(Atom("number", replace(sized, value=token.value2)))
        elif token.kind != Kind.number:
            atoms.append(Atom("figure", token, role=token.kind.value, figure=stated(token)))
        elif token.norm in _ONE and following is not None and following.kind == Kind.word and self._keeps_only:
            return 1  # «один дарницкий оставь, остальное долой»
        elif token.norm in _MADE_OF and following is not None:
            self.notes.append(f"{token.text} {following.text}")  # «одним куском»
            return 2
        elif token.norm.startswith("половин") and surroundings.halves(tokens, position):
            atoms.append(Atom("op", token, role="half"))  # «арахиса половину»
        elif self._holds_so_many(tokens, position, atoms):
            atoms.append(Atom("figure", token, figure=stated(token)))  # «держатель на 4 стакана»
        elif decimal := self._dictated(tokens[position : position + 3]):
            atoms.append(Atom("number", decimal, figure=stated(decimal)))  # «молоко три и два»
            return 3
        elif token.role == "ordinal":
            atoms.append(Atom("figure", token, role="ordinal", figure=stated(token)))  # «сметаны двадцатой»
        else:
            atoms.append(Atom("number", token, figure=stated(token)))
        return 1

    def _dictated(self, tokens: Sequence[Token]) -> Token | None:
        """«три и два» where some product has 3.2 %."""
        digits = [token.value for token in tokens if token.kind == Kind.number and token.role == "spoken"]
        if len(tokens) < 3 or tokens[1].role != "and" or len(digits) != 2 or not all(d and 1 <= d <= 9 for d in digits):
            return None
        value = Decimal(f"{digits[0]}.{digits[1]}") if all(d is not None and d % 1 == 0 for d in digits) else None
        if value is None or value not in self.finder.index.figure_postings:
            return None
        text = " ".join(token.text for token in tokens)
        return replace(tokens[0], text=text, end=tokens[2].end, value=value)

    def _measures(self, token: Token) -> bool:
        """Whether the first factor is the grams or millilitres of some product."""
        return (
            token.value is not None
            and token.value >= LEAST_GRAMS
            and token.value / 1000 in self.finder.index.figure_postings
        )

    def _holds_so_many(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> bool:
        """Whether «на 4 стакана» stands behind goods that some product names together with the word."""
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        led = position > 0 and tokens[position - 1].norm == "на" and following is not None
        if not led or following is None or following.kind != Kind.word or not atoms or atoms[-1].word is None:
            return False
        both = [self.finder.hits(word).likeness > 0 for word in (atoms[-1].word, word_of(following))]
        return bool((both[0] & both[1]).any())

    def _unit(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> None:
        """A unit; behind «в» it is a property of the goods: «кола в банке», «вода в бутылях»."""
        token = tokens[position]
        before = tokens[position - 1] if position else None
        described = position > 1 and before is not None and "best:ADJF" in before.tags  # «в стеклянной банке»
        led = tokens[position - 2 if described else position - 1] if before is not None else None
        if token.role == "count" and led is not None and led.norm in ("в", "во"):
            packed = Word(token.lemmas[-1] if token.lemmas else token.norm, token=token, led="в")
            atoms += [Atom("word", token, word=packed)] if self.finder.hits(packed) else []
            return
        measured = token.role in ("weight", "volume") and not (atoms and atoms[-1].kind == "number")
        if measured and [after.kind for after in tokens[position + 1 : position + 3]] == [Kind.number, Kind.unit]:
            measure = Stated(token.role, token.value or Decimal(1))
            named = replace(token, kind=Kind(token.role), value=measure.value)
            atoms.append(Atom("figure", named, role=token.role, figure=measure))  # «сливки литр 12 шт»
            return
        opens = not atoms or atoms[-1].kind in ("border", "op")
        if opens and position + 1 < len(tokens) and tokens[position + 1].norm == "для":
            atoms.append(Atom("word", token, word=word_of(token)))  # «палочки для суши»
            return
        large = Word("l", token=token)
        if token.text == "Л" and not (atoms and atoms[-1].kind == "number") and self.finder.hits(large):
            atoms.append(Atom("word", token, word=large))  # «перчатки Л 200 шт»
            return
        token = self._own_unit(token)
        more = bool(atoms) and atoms[-1].role in ("add", "increase")  # «ещё коробку» is no box to buy
        word = None if more else Word(token.lemmas[0] if token.lemmas else token.norm, token=token)
        atoms.append(Atom("unit", token, role=token.role, word=word))

    def _named(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> int:
        """A word of goods, unless it names a place, a sender or a department."""
        token = tokens[position]
        before = tokens[position - 1].norm if position else ""
        if aside := skipped(tokens, position, self.finder):
            return aside
        if token.norm in _ONE and self._keeps_only:
            return 1  # «оставь одни энергетики»
        if token.kind == Kind.filler:
            atoms += [Atom("word", token, word=word_of(token))] if is_product_name(token, self.finder) else []
        elif is_department(tokens, position, self.finder):
            self.notes.append(token.text)
        else:
            following = tokens[position + 1] if position + 1 < len(tokens) else None
            numbered = following is not None and following.kind == Kind.number and not token.text.istitle()
            counted = numbered or surroundings.counted(tokens, position)
            self._word(token, atoms, counted=counted, tied=before in ("с", "со"))
            if before in surroundings.TYING and atoms and atoms[-1].word is not None:
                atoms[-1] = replace(atoms[-1], word=replace(atoms[-1].word, led=before))
        return 1

    def _own_unit(self, token: Token) -> Token:
        """A packing that this catalogue names in its own way: «бруска» is its «брус»."""
        units = self.finder.index.units
        if token.role != "count" or token.unit in units:
            return token
        said = token.lemmas[-1] if token.lemmas else token.norm
        own = next((unit for lemma, unit in units.items() if len(lemma) > 2 and said.startswith(lemma)), token.unit)
        return replace(token, unit=own)

    def _word(self, token: Token, atoms: list[Atom], counted: bool, tied: bool) -> None:
        """`counted`: an amount stands beside the word, so it may not be passed over as chatter; `tied`: by «с»."""
        word = word_of(token)
        if tied and (featured := feature_with(token, self.finder)):
            atoms.append(Atom("word", token, word=featured))
            return
        if word.form.startswith(MARK):
            atoms.append(Atom("word", token, word=word))
            return
        if "slashed" in token.tags and all(unit_of(part) for part in token.norm.split("/")):
            if atoms and atoms[-1].kind == "number":
                atoms.pop()  # «4 шт/кор» tells what a packing holds
            return
        own = self._packing_after_number(token, atoms) or self._misspelt_unit(token, atoms)
        if own is not None:
            atoms.append(own)
            return
        known = bool(self.finder.hits(word))
        figure = None if known else figure_said(token, bool(atoms) and atoms[-1].kind == "word")
        if figure is not None:
            atoms.append(Atom("figure", token, role="code", figure=figure))
            return
        several = self._several(token, known)
        if several:
            atoms += [Atom("word", token, word=part) for part in several]
        elif len(token.norm) == 1:
            spellings = (_LETTERS.get(token.norm, token.norm), *_ONE_LETTER.get(token.norm, ()))
            letters = [Word(spelling, token=token) for spelling in spellings]
            atoms += [Atom("word", token, word=letter) for letter in letters if self.finder.hits(letter)][:1]
        elif counted and _after_item(atoms):
            atoms.append(Atom("word", token, word=word))  # «кефир 3, красная 2»
        elif not self._is_chatter(token, known, counted):
            atoms.append(Atom("word", token, word=word))

    def _several(self, token: Token, known: bool) -> list[Word]:
        """The words of an abbreviation, of a hyphenated or of a glued word; none for a plain one."""
        for spelling in (token.norm, *(token.variants if "slashed" in token.tags else ())):
            if expand(spelling) not in ((), (spelling,)):
                return [Word(part, token=token) for part in expand(spelling)]
        if "-" in token.norm:
            return parts_of(token, self.finder)
        return [] if known else glued_in(token, self.finder)

    def _packing_after_number(self, token: Token, atoms: list[Atom]) -> Atom | None:
        """«2 бруса» where this catalogue packs so."""
        units = self.finder.index.units
        own = next((units[lemma] for lemma in token.lemmas if lemma in units), None)
        if own is None or not atoms or atoms[-1].kind != "number":
            return None
        unit = replace(token, kind=Kind.unit, unit=own, role="count", value=Decimal(1), tags=frozenset())
        return Atom("unit", unit, role="count", word=Word(token.norm, token=token))

    def _misspelt_unit(self, token: Token, atoms: list[Atom]) -> Atom | None:
        """«12 банак»: right after a number an unknown word that is nearly a unit is one."""
        if "known" in token.tags or not atoms or atoms[-1].kind != "number" or len(token.norm) < SHORTEST_UNIT:
            return None
        near = process.extractOne(token.norm, LONG_UNITS, scorer=OSA.distance, score_cutoff=1)
        unit = unit_of(near[0]) if near is not None else None
        if unit is None:
            return None
        named = replace(token, kind=Kind.unit, unit=unit[1], role=unit[0], value=unit[2], tags=frozenset())
        return Atom("unit", named, role=unit[0], word=Word(token.norm, token=token))

    def _is_chatter(self, token: Token, known: bool, counted: bool) -> bool:
        """Whether the word is passed over: people, countries, verbs; notes and unclear references are kept."""
        if not counted and is_person(token, self.finder):
            return True
        likeness = self.finder.hits(word_of(token)).likeness.max(initial=0)
        manner = "best:COMP" in token.tags or (token.role == "specification" and "best:ADVB" in token.tags)
        if (manner and not counted) or (token.role in ("department", "specification") and likeness <= GUESS):
            self.notes.append(token.text)
            return True
        if known:
            return False
        if any(token.norm.startswith(stem) for stem in REFERENCE_STEMS):
            self.unclear.append(token.text)
            return True
        return is_country(token) or (not counted and "known" in token.tags and bool(token.tags & _NO_GOODS))


def _after_item(atoms: Sequence[Atom]) -> bool:
    """Whether the item before is complete, its amount said and a comma behind it."""
    return len(atoms) > 1 and atoms[-1].role == "comma" and atoms[-2].kind in ("number", "unit", "amount")
