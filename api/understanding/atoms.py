"""From tokens to what the decoder joins: words, figures, numbers, units, operations, borders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from api.understanding.attributes import Stated, stated
from api.understanding.candidates import Finder, Hits, Word
from api.understanding.quantities import Amount
from api.understanding.stems import expand
from api.understanding.verbatim import MARK
from api.understanding.vocabulary import EXACT, GUESS, STUB
from order_text.lexicon.answers import ORDINALS
from order_text.lexicon.closed import ORGANISATIONS, PREPOSITIONS
from order_text.lexicon.foods import COUNTRIES
from order_text.lexicon.references import REFERENCE_STEMS
from order_text.lexicon.units import OUTER_CONTAINERS
from order_text.model import Kind, Token
from order_text.morph import analyse
from order_text.normalize import fold
from order_text.units import unit_of

_TYING = frozenset({"с", "со", "для", "из", "без", "в", "под"})
ASIDE = frozenset(word for row in COUNTRIES for word in row.split())
"""Countries: price lists and customers name them, and where no product of the catalogue does they tell nothing."""
_AS = frozenset({"как", "же", "что", "столько", "прошлый", "прошлом", "тогда"})
_MARKERS = frozenset(
    {
        "set",
        "add",
        "remove",
        "increase",
        "decrease",
        "double",
        "triple",
        "more_half",
        "half",
        "third",
        "more_vague",
        "less_vague",
        "keep_only",
        "replace",
        "clear",
        "keep",
        "same",
        "every",
        "mistake",
    }
)
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


@dataclass(frozen=True)
class Atom:
    """kind: word, figure, number, unit, amount (a product «2 по 12»), op, usual, border."""

    kind: str
    token: Token
    role: str = ""
    word: Word | None = None
    figure: Stated | None = None
    amount: Amount | None = None
    was: Decimal | None = None


class AtomBuilder:
    """Builds the atoms of one clause; collects notes and unclear references on the way."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.notes: list[str] = []
        self.unclear: list[str] = []
        self._replaces = False

    def build(self, tokens: Sequence[Token]) -> list[Atom]:
        """The atoms of a row of tokens; chatter, dates, phones and addresses are left out."""
        atoms: list[Atom] = []
        self._replaces = any(token.kind == Kind.operation and token.role == "replace" for token in tokens)
        position = 0
        while position < len(tokens):
            position += self._take(tokens, position, atoms)
        return _products(_corrected(_categories(_without_packs(_without_asides(atoms)))))

    def _take(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> int:
        token = tokens[position]
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if token.kind == Kind.operation:
            return self._operation(tokens, position, atoms)
        if token.norm == "а" and following is not None and following.norm == "не" and _figure_at(tokens, position + 2):
            atoms.append(Atom("op", token, role="set", was=tokens[position + 2].value))
            unit_after = position + 3 < len(tokens) and tokens[position + 3].kind == Kind.unit
            return 4 if unit_after else 3
        replacing = bool(atoms) and atoms[-1].role == "replace"
        if replacing and token.norm in ("него", "нее", "них", "этого", "этой", "неё"):
            atoms.append(Atom("op", token, role="it"))
        elif token.kind == Kind.closed and token.norm == "на" and self._replaces:
            atoms.append(Atom("op", token, role="onto"))
        elif token.kind == Kind.closed and token.norm in ("а", "но", "однако"):
            atoms.append(Atom("border", token, role="but"))
        elif token.kind == Kind.border:
            atoms.append(Atom("border", token, role=_BORDERS.get(token.role, "comma")))
        elif token.kind == Kind.reference and (
            token.role == "usual" or any(word in _AS for word in token.norm.split())
        ):
            atoms.append(Atom("usual", token, role=token.role))
        elif token.kind in (Kind.percent, Kind.volume, Kind.weight, Kind.size, Kind.span, Kind.code):
            atoms.append(Atom("figure", token, role=token.kind.value, figure=stated(token)))
        elif token.kind == Kind.time and token.text in self.finder.index.figure_postings:
            ratio = Stated("code", Decimal(0), code=(token.text,))  # «концентрат 1:10»
            atoms.append(Atom("figure", token, role="code", figure=ratio))
        elif token.kind == Kind.number:
            atoms.append(Atom("number", token, figure=stated(token)))
        elif token.kind == Kind.unit:
            token = self._own_unit(token)
            atoms.append(
                Atom(
                    "unit",
                    token,
                    role=token.role,
                    word=Word(token.lemmas[0] if token.lemmas else token.norm, token=token),
                )
            )
        elif token.kind == Kind.filler and "best:Name" in token.tags and self._is_product_name(token):
            atoms.append(Atom("word", token, word=_word(token)))
        elif token.kind == Kind.word:
            if self._is_origin(tokens, position):
                return 1
            if _is_organisation(token) and not self.finder.names_head(_word(token)):
                return 1 + _name_of_organisation(tokens, position + 1)
            if self._is_street(tokens, position):
                return 2
            if token.role == "department" and position and tokens[position - 1].norm in ("на", "в", "во", "для"):
                if not self.finder.names_head(_word(token)):
                    self.notes.append(token.text)
                    return 1
            self._word(token, atoms, counted=_counted(tokens, position))
            if position and tokens[position - 1].norm in _TYING and atoms and atoms[-1].word is not None:
                atoms[-1] = replace(atoms[-1], word=replace(atoms[-1].word, attached=True))
        return 1

    def _own_unit(self, token: Token) -> Token:
        """A packing that this catalogue names in its own way: «бруска» is its «брус»."""
        units = self.finder.index.units
        if token.role != "count" or token.unit in units:
            return token
        said = token.lemmas[-1] if token.lemmas else token.norm
        own = next((unit for lemma, unit in units.items() if len(lemma) > 2 and said.startswith(lemma)), token.unit)
        return replace(token, unit=own)

    def _is_product_name(self, token: Token) -> bool:
        """«печенье Мария»: a first name that stands in a name of the catalogue itself."""
        return bool(self.finder.hits(_word(token)).likeness.max(initial=0) == EXACT)

    def _is_person(self, token: Token, hits: Hits) -> bool:
        """A first name, patronymic or capitalised surname that is at best a guess at some product."""
        if hits.likeness.max(initial=0) > STUB or "known" not in token.tags:
            return False
        return bool(token.tags & {"best:Name", "best:Patr"}) or ("best:Surn" in token.tags and token.text.istitle())

    def _is_origin(self, tokens: Sequence[Token], position: int) -> bool:
        """«Нина Петровна из Ключей»: a capitalised place in the middle of a sentence."""
        token = tokens[position]
        if not position or tokens[position - 1].norm != "из" or not token.text.istitle():
            return False
        return not self.finder.names_head(_word(token)) or "best:Geox" in token.tags

    def _is_street(self, tokens: Sequence[Token], position: int) -> bool:
        """«на Садовую 18»: a name that no product has, between a preposition and a number."""
        token = tokens[position]
        before = tokens[position - 1].norm if position else ""
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        placed = before in ("на", "в", "во", "по") and following is not None and following.kind == Kind.number
        named = token.text[0].isupper() or token.tags & {"best:ADJF", "best:Geox", "best:Surn"}
        return bool(placed and named) and not self.finder.hits(_word(token))

    def _operation(self, tokens: Sequence[Token], position: int, atoms: list[Atom]) -> int:
        token = tokens[position]
        rest = tokens[position + 1 : position + 5]
        if token.norm == "без" and rest and rest[0].kind in (Kind.word, Kind.filler):
            feature = self._without(rest[0])
            if feature is not None:
                atoms.append(Atom("word", rest[0], word=feature))
                return 2
            if rest[0].kind == Kind.word and atoms and self._specifies(rest[0], atoms[-1]):
                self.notes.append(f"{token.text} {rest[0].text}")
                return 2
        if token.role == "negation":
            return self._negation(token, rest, atoms)
        if token.role == "each":
            atoms.append(Atom("op", token, role="each"))
        elif (
            token.role == "set" and token.norm.endswith(" на") and rest and rest[0].kind not in (Kind.number, Kind.unit)
        ):
            atoms += [Atom("op", token, role="replace"), Atom("op", token, role="onto")]
        elif token.role in _MARKERS:
            atoms.append(Atom("op", token, role=token.role))
        return 1

    def _negation(self, token: Token, rest: Sequence[Token], atoms: list[Atom]) -> int:
        """«не 10, а 12» sets 12; «не газированная» is a word; any other negation is chatter."""
        if rest and rest[0].kind in (Kind.number, Kind.weight, Kind.volume):
            skip = 2 if len(rest) > 1 and rest[1].kind == Kind.unit else 1
            after = list(rest[skip:])
            passed = 0
            while after and ((after[0].kind == Kind.border and after[0].role == "comma") or after[0].norm == "а"):
                after.pop(0)
                passed += 1
            if passed and (not after or after[0].kind in (Kind.number, Kind.weight, Kind.volume)):
                atoms.append(Atom("op", token, role="set", was=rest[0].value))
                return 1 + skip + passed
        if rest and rest[0].kind == Kind.word:
            joined = "не" + rest[0].lemmas[-1] if rest[0].lemmas else "не"
            if self.finder.index.vocabulary.find(joined):
                atoms.append(Atom("word", rest[0], word=Word(joined, token=rest[0])))
                return 2
            if rest[0].tags & {"best:ADJF", "best:ADJS", "best:INFN", "best:VERB", "best:COMP", "best:PRTF"}:
                self.notes.append(f"{token.text} {rest[0].text}")  # «не жирная», «не резать»
                return 2
        return 1

    def _specifies(self, token: Token, before: Atom) -> bool:
        """«филе без шкуры»: right after a product, and no product is so called."""
        word = _word(token)
        return not self.finder.hits(word) or (before.kind in ("word", "figure") and not self.finder.names_head(word))

    def _parts(self, token: Token, whole: Word) -> list[Word]:
        """«бело-розовый», «по-киевски»: the parts, where the whole is unknown or some product has them all."""
        parts = [part for part in token.norm.split("-") if len(part) > 1 and part not in PREPOSITIONS]
        words = [Word(part, stub=not analyse(part).known, token=token) for part in parts]
        if not self.finder.hits(whole):
            return words
        likeness = [self.finder.hits(word).likeness for word in words]
        best = min((one.max(initial=0) for one in likeness), default=0)
        return words if len(words) > 1 and best > 0 and (np.minimum.reduce(likeness) >= 0.9).any() else []

    def _without(self, token: Token) -> Word | None:
        """«без газа», «без сахара» where some product is so named."""
        for lemma in token.lemmas:
            if lemma in ("газ", "газы"):
                return Word("негазированный", token=token)
            for joined in ("без_" + lemma, "без" + lemma[:-1]):
                if self.finder.index.vocabulary.named(joined, len(lemma) > 4):
                    return Word(joined, stub=len(lemma) > 4, token=token)
        return None

    def _word(self, token: Token, atoms: list[Atom], counted: bool) -> None:
        """`counted`: an amount stands beside the word, so it may not be passed over as chatter."""
        if token.lemmas and token.lemmas[0].startswith(MARK):
            atoms.append(Atom("word", token, word=_word(token)))
            return
        if "slashed" in token.tags and all(unit_of(part) for part in token.norm.split("/")):
            if atoms and atoms[-1].kind == "number":
                atoms.pop()  # «4 шт/кор» tells what a packing holds
            return
        if expand(token.norm):
            atoms += [Atom("word", token, word=Word(part, token=token)) for part in expand(token.norm)]
            return
        own_unit = next(
            (self.finder.index.units[lemma] for lemma in token.lemmas if lemma in self.finder.index.units), None
        )
        if own_unit is not None and atoms and atoms[-1].kind == "number":
            unit = replace(token, kind=Kind.unit, unit=own_unit, role="count", value=Decimal(1), tags=frozenset())
            atoms.append(Atom("unit", unit, role="count", word=Word(token.norm, token=token)))
            return
        word = _word(token)
        hits = self.finder.hits(word)
        if "-" in token.norm and (parts := self._parts(token, word)):
            atoms += [Atom("word", token, word=part) for part in parts]
            return
        if token.norm in ORDINALS and not hits and atoms and atoms[-1].kind == "word":
            ordinal = Stated("code", Decimal(0), code=(f"№{ORDINALS[token.norm] + 1}",))  # «смесь первая» is «№1»
            atoms.append(Atom("figure", token, role="code", figure=ordinal))
            return
        if not counted and self._is_person(token, hits):
            return
        if not hits and any(lemma in ASIDE for lemma in token.lemmas):
            return
        if token.role in ("department", "specification") and hits.likeness.max(initial=0) <= GUESS:
            self.notes.append(token.text)
            return
        if not hits and any(token.norm.startswith(stem) for stem in REFERENCE_STEMS):
            self.unclear.append(token.text)
            return
        if (
            not hits
            and not counted
            and token.tags & {"best:VERB", "best:INFN", "best:ADVB", "INTJ", "PRED", "PRTS", "COMP"}
            and "known" in token.tags
        ):
            return
        if len(token.norm) == 1:
            word = Word({"м": "m"}.get(token.norm, token.norm), token=token)
            if not self.finder.hits(word):
                return
        atoms.append(Atom("word", token, word=word))


def _is_organisation(token: Token) -> bool:
    return token.norm in ORGANISATIONS or any(lemma in ORGANISATIONS for lemma in token.lemmas[:2])


def _name_of_organisation(tokens: Sequence[Token], start: int) -> int:
    """How many tokens after «МБОУ», «ИП» or «школа» are its name or number: «СОШ 7», «Саяпин»."""
    taken = 0
    for token in tokens[start : start + 4]:
        named = token.kind == Kind.word and (token.text.istitle() or _is_organisation(token))
        numbered = token.kind in (Kind.number, Kind.code) or token.role == "sign"
        if not named and not numbered:
            break
        taken += 1
        if token.kind in (Kind.number, Kind.code):
            break
    return taken


def _counted(tokens: Sequence[Token], position: int) -> bool:
    """Whether an amount and then nothing more follows the word: «омывайки 10 шт,»."""
    rest = tokens[position + 1 : position + 4]
    amounts = (Kind.number, Kind.unit, Kind.weight, Kind.volume, Kind.percent)
    while rest and rest[0].kind in amounts:
        rest = rest[1:]
    return rest != tokens[position + 1 : position + 4] and (not rest or rest[0].kind == Kind.border)


def _figure_at(tokens: Sequence[Token], position: int) -> bool:
    return position < len(tokens) and tokens[position].kind in (Kind.number, Kind.weight, Kind.volume)


def _word(token: Token) -> Word:
    form = token.lemmas[0] if token.lemmas else fold(token.text)
    if form.startswith(MARK):
        return Word(form, token=token)
    stub = not analyse(form).known
    return Word(form, token.variants, stub, token)


def _without_asides(atoms: list[Atom]) -> list[Atom]:
    """«10 шт (2 кор)»: an amount in brackets after an amount only says it again."""
    out: list[Atom] = []
    position = 0
    while position < len(atoms):
        group = atoms[position : position + 4]
        marks = [atom.token.text if atom.kind == "border" else atom.kind for atom in group]
        if (
            marks in (["(", "number", "unit", ")"], ["(", "number", "unit"])
            and out
            and out[-1].kind in ("number", "unit")
        ):
            position += len(group)
            continue
        out.append(atoms[position])
        position += 1
    return out


def _without_packs(atoms: list[Atom]) -> list[Atom]:
    """«4 шт / кор», «кор 14 шт,», «кор 10 кг -»: what a packing holds, where the quantity comes later."""
    out: list[Atom] = []
    position = 0
    while position < len(atoms):
        group = atoms[position : position + 4]
        kinds = [atom.kind for atom in group]
        per = kinds == ["number", "unit", "border", "unit"] and group[2].token.text == "/"
        length = 3 if kinds[:3] == ["unit", "number", "unit"] else 2 if kinds[:2] == ["unit", "figure"] else 0
        later = any(atom.kind in ("number", "figure", "amount") for atom in atoms[position + length :])
        held = length and group[0].token.unit in OUTER_CONTAINERS and group[length - 1].token.unit in ("шт", "кг")
        if per or (held and later and (len(group) <= length or group[length].kind == "border")):
            position += 4 if per else length
            continue
        out.append(atoms[position])
        position += 1
    return out


def _corrected(atoms: list[Atom]) -> list[Atom]:
    """«20, ой нет, 10 кг»: the amount before the words of mistake is taken back."""
    out: list[Atom] = []
    taken: Atom | None = None
    for place, atom in enumerate(atoms):
        if atom is taken:
            continue  # stands before the unit of the amount that was taken back
        if atom.role != "mistake":
            out.append(atom)
            continue
        following = next((later for later in atoms[place + 1 :] if later.kind != "border"), None)
        if following is None or following.kind not in ("number", "amount", "figure"):
            continue
        while out and out[-1].kind == "border":
            out.pop()
        if len(out) > 1 and out[-1].kind == "unit" and out[-2].kind == "number":
            unit = out.pop()
            out.pop()
            counted = place + 2 < len(atoms) and atoms[place + 2].kind == "unit"
            if following.kind == "number" and not counted:
                out.append(following)
                out.append(unit)
                taken = following
        elif out and out[-1].kind in ("number", "amount", "figure"):
            out.pop()
    return out


def _categories(atoms: list[Atom]) -> list[Atom]:
    """«1 категории» of eggs is the grade «С1», «1 сорт» of flour its number."""
    out: list[Atom] = []
    for atom in atoms:
        numbered = bool(out) and out[-1].kind == "number" and atom.word is not None and atom.word.form.startswith("сорт")
        if numbered and out[-1].token.value is not None:
            number = out[-1].token
            out[-1] = Atom("figure", number, role="code", figure=Stated("code", Decimal(0), code=(f"№{number.value}",)))
            continue
        grade = _grade(out[-1]) if atom.word is not None and atom.word.form.startswith("категор") and out else ""
        if grade:
            number = out[-1].token
            out[-1] = Atom(
                "figure", number, role="code", figure=Stated("code", Decimal(0), code=(grade, "c" + grade[1:]))
            )
            continue
        out.append(atom)
    return out


def _grade(atom: Atom) -> str:
    if atom.kind == "number" and atom.token.value is not None:
        return f"с{atom.token.value}"
    ordinal = ORDINALS.get(atom.token.norm)
    return "" if ordinal is None else f"с{ordinal + 1}"


def _products(atoms: list[Atom]) -> list[Atom]:
    """«2 по 12», «2 кор по 12 шт» become one amount."""
    out: list[Atom] = []
    position = 0
    while position < len(atoms):
        atom = atoms[position]
        if atom.role == "each" and position + 1 < len(atoms):
            second = atoms[position + 1]
            unit = out[-1] if out and out[-1].kind == "unit" else None
            number = out[-2] if unit is not None and len(out) > 1 else out[-1] if out else None
            whole = second.kind == "number" and second.token.value is not None and second.token.value % 1 == 0
            weighed = second.kind == "figure" and second.role == "weight" and second.token.value is not None
            if weighed and unit is not None and number is not None and number.token.value is not None:
                del out[-2:]
                kilos = number.token.value * (second.token.value or Decimal(0))
                out.append(Atom("amount", number.token, amount=Amount(kilos, "кг", "weight")))
                position += 2
                continue
            if number is not None and number.kind == "number" and whole and number.token.value is not None:
                del out[-2 if unit is not None else -1 :]
                named = unit.token.unit if unit is not None and unit.token.unit != "шт" else None
                out.append(
                    Atom("amount", number.token, amount=Amount(number.token.value, named, per=second.token.value))
                )
                trailing = position + 2 < len(atoms) and atoms[position + 2].kind == "unit"
                position += 3 if trailing else 2
                continue
        out.append(atom)
        position += 1
    return out
