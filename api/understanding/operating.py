"""Words that change the cart, as atoms: what is refused, kept, excepted, and what «без» makes of its word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.understanding import surroundings
from api.understanding.atom import Atom
from api.understanding.candidates import Finder, Word
from api.understanding.quantities import SCALES
from api.understanding.wordings import feature_without, word_of
from order_text.model import Kind, Token

if TYPE_CHECKING:
    from api.understanding.atoms import AtomBuilder

_EXCEPT = ("кроме", "за исключением", "исключая")
_EACH_OF = frozenset({"каждого", "каждой", "каждый", "каждую"})
_ALL_OF = frozenset({"все", "всех"})
_REFUSED = (Kind.number, Kind.weight, Kind.volume, Kind.size, Kind.percent)
_LIMITS = frozenset({"decrease", "increase", "less_vague", "more_vague"})
"""«сроком не меньше 5 дней», «хлеба 12, не больше»: to the end of the chunk."""
_TAKEN_OFF = ("минус", "вычт", "отним", "скин")
"""«минус кефир» removes it; «кефира меньше», «кефира на 20% меньше» leave to ask how much."""
_OPENINGS = ("border", "op", "usual")
_MARKERS = frozenset(SCALES) | frozenset(
    "set add remove increase decrease more_vague less_vague keep_only replace clear keep same every too mistake sorry "
    "only shed minus by".split()
)


def take(tokens: Sequence[Token], position: int, atoms: list[Atom], builder: AtomBuilder) -> int:
    """Add the atoms of the operation at `position`; how many tokens they took."""
    token = tokens[position]
    rest = tokens[position + 1 : position + 7]
    if taken := _feature(token, rest, atoms, builder):
        return taken
    if token.norm == "нет" and _corrects(rest, atoms):
        atoms.append(Atom("op", token, role="mistake"))  # «две, нет, три»
        return 1
    if token.role == "negation" or token.norm == "ой не":
        before = len(atoms)
        taken = _negation(token, rest, atoms, builder)
        if token.role == "negation" or len(atoms) > before:
            return taken
    if token.role == "replace" and surroundings.instead_of_number(rest):
        was = rest[0].value
        atoms.append(Atom("op", token, role="set", was=was))  # «5 коробок вместо одной»
        return 3 if len(rest) > 1 and rest[1].kind == Kind.unit else 2
    roles = _whole(token, rest, atoms, builder)
    if roles is None:
        roles = _roles(token, rest, atoms)
    if token.role == "keep_only" and token.norm.endswith(_EXCEPT) and roles:
        atoms.append(Atom("border", token, role="comma"))  # «соки убери все кроме | апельсинового»
    atoms += [Atom("op", token, role=role) for role in roles]
    return 1


def _feature(token: Token, rest: Sequence[Token], atoms: list[Atom], builder: AtomBuilder) -> int:
    """«без газа», «без кофеина – 1», «с газом и без»: how many tokens tell a feature of the goods; 0: none."""
    if "без" in (token.norm, *token.variants) and rest and rest[0].kind in (Kind.word, Kind.filler):
        counted = surroundings.counts_feature(rest[1:])
        stands = counted or (bool(atoms) and atoms[-1].kind not in _OPENINGS)
        feature = feature_without(rest[0], builder.finder, stands)
        if feature is not None:
            atoms.append(Atom("word", rest[0], word=feature))
            return 2
        if rest[0].kind == Kind.word and atoms and _specifies(rest[0], atoms[-1], builder.finder):
            builder.notes.append(f"{token.text} {rest[0].text}")
            return 2
    if token.norm == "без" and (other := _without_it(rest, atoms, builder.finder)) is not None:
        atoms.append(other)
        return 1
    return 0


def _corrects(rest: Sequence[Token], atoms: list[Atom]) -> bool:
    """Whether «нет» stands between an amount and another: «три кило... нет, два с половиной»."""
    last = next((atom for atom in reversed(atoms) if atom.kind != "border"), None)
    said = next((t for t in rest if t.kind not in (Kind.border, Kind.filler) and t.role != "order"), None)
    counted = last is not None and last.kind in ("number", "unit", "figure")
    return counted and said is not None and said.kind in (Kind.number, Kind.weight)


def _whole(token: Token, rest: Sequence[Token], atoms: list[Atom], builder: AtomBuilder) -> list[str] | None:
    """The roles of «кроме» and of «все»; None for any other word."""
    said = {atom.role for atom in atoms}
    if token.norm in _EXCEPT and builder.all_right:
        return []  # «всё правильно записали, кроме чая, там 12»
    if token.norm in _EXCEPT and any(other.role == "clear" for other in rest):
        return ["keep_only"]  # «кроме мороженого всё убери»
    if token.norm in _EXCEPT and {"remove", "every"} <= said:
        return ["except"]
    if token.role == "clear" and "keep_only" in said:
        return []
    if token.role == "clear" and token.norm.startswith("все ") and _beside_goods((), atoms, builder.finder):
        return ["remove", "every"]  # «сиропы все убери»
    if token.norm in _ALL_OF and _beside_goods(rest, atoms, builder.finder):
        return ["every"]
    return None


def _roles(token: Token, rest: Sequence[Token], atoms: list[Atom]) -> list[str]:
    counted = bool(atoms) and atoms[-1].kind in ("number", "unit", "figure")
    if token.role == "each" or (token.norm in _EACH_OF and counted):
        return ["each"]
    if token.role == "set" and token.norm.endswith(" на") and rest and rest[0].kind not in (Kind.number, Kind.unit):
        return ["replace", "onto"]
    if token.norm.startswith("больше не") and any(atom.kind == "number" for atom in atoms):
        return ["set"]  # «кефира 7, больше не надо»
    beyond = len(rest) > 1 and rest[0].role == "comma" and rest[1].kind == Kind.number
    if beyond and token.norm in ("меньше", "больше"):
        return ["set"]  # «кефира можно меньше, 8»
    if token.role == "decrease" and not token.norm.startswith(_TAKEN_OFF):
        return ["decrease", "by"]
    return [token.role] if token.role in _MARKERS else []


def _without_it(rest: Sequence[Token], atoms: list[Atom], finder: Finder) -> Atom | None:
    """The second word of «с газом и без»."""
    before = next((atom.word for atom in reversed(atoms) if atom.kind == "word"), None)
    joined = bool(atoms) and atoms[-1].role == "and" and not (rest and rest[0].kind == Kind.word)
    if not joined or before is None or not before.attached or before.token is None:
        return None
    word = feature_without(before.token, finder, stands=True)
    return None if word is None else Atom("word", before.token, word=word)


def _beside_goods(rest: Sequence[Token], atoms: list[Atom], finder: Finder) -> bool:
    """«все йогурты», «сиропы все»."""
    following = rest[0] if rest else None
    named = following is not None and following.kind == Kind.word and finder.names_head(word_of(following))
    return named or (bool(atoms) and atoms[-1].word is not None and finder.names_head(atoms[-1].word))


def _negation(token: Token, rest: Sequence[Token], atoms: list[Atom], builder: AtomBuilder) -> int:
    """«не 10, а 12» sets 12; «не газированная» is a word; any other negation is chatter."""
    if len(rest) > 1 and rest[0].kind == Kind.unit and rest[1].norm in (",", "а"):
        atoms.append(Atom("op", token, role="set"))  # «не коробку, а десять десятков»
        return 3 if len(rest) > 2 and rest[1].norm == "," and rest[2].norm == "а" else 2
    if rest and rest[0].kind in _REFUSED:
        skip = 2 if len(rest) > 1 and rest[1].kind == Kind.unit else 1
        after = list(rest[skip:])
        passed = 0
        while after and ((after[0].kind == Kind.border and after[0].role == "comma") or after[0].norm == "а"):
            after.pop(0)
            passed += 1
        if passed and (not after or after[0].kind in _REFUSED):
            atoms.append(Atom("op", token, role="set", was=rest[0].value))
            return 1 + skip + passed
    named = rest[1:] if rest and rest[0].norm in surroundings.TYING else rest
    if named and named[0].kind == Kind.word and any(t.norm == "а" for t in named) and token.norm != "нет":
        atoms.append(Atom("op", token, role="not"))  # «не кефир, а ряженку»
        return 1
    if rest and rest[0].role in _LIMITS:
        return next((at for at, other in enumerate(rest, 1) if other.kind == Kind.border), len(rest) + 1)
    if rest and rest[0].kind == Kind.word:
        joined = "не" + rest[0].lemmas[-1] if rest[0].lemmas else "не"
        if builder.finder.index.vocabulary.find(joined):
            atoms.append(Atom("word", rest[0], word=Word(joined, token=rest[0])))
            return 2
        if rest[0].tags & {"best:ADJF", "best:ADJS", "best:INFN", "best:VERB", "best:COMP", "best:PRTF"}:
            builder.notes.append(f"{token.text} {rest[0].text}")  # «не жирная», «не резать»
            return 2
    return 1


def _specifies(token: Token, before: Atom, finder: Finder) -> bool:
    """«филе без шкуры»: right after a product, and no product is so called."""
    word = word_of(token)
    return not finder.hits(word) or (before.kind in ("word", "figure") and not finder.names_head(word))
