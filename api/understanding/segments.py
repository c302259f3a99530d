"""The joint reading: which atoms make one mention, which number is a figure and which the quantity.

A Viterbi search over the atoms of a clause; the best few readings are kept, because a wrong split
is invisible to the margin of a single one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from api.understanding.atom import Atom
from api.understanding.candidates import Finder, Word
from api.understanding.judging import hypotheses_of
from api.understanding.mention import Mention
from api.understanding.quantities import Amount
from api.understanding.stems import synonyms
from order_text.model import Token
from order_text.morph import analyse

LONGEST, KEPT = 14, 3
MOST_NUMBERS, MOST_COMMAS, MOST_RUNS = 5, 4, 4
ORPHAN, SKIPPED_OP = -1.6, -0.4
SHORT_MEASURE = -1.5
TURNED = -0.15
NEVER = -9.0
SEAM, DASHED, APART = -0.8, -0.4, -0.3


@dataclass(frozen=True)
class Reading:
    """A segmentation of a clause."""

    score: float
    mentions: tuple[Mention, ...]


class Arrival(NamedTuple):
    """A reading and what may follow it: most of them are not kept, so only those that are become readings."""

    score: float
    before: Reading
    mention: Mention | None = None

    def reading(self) -> Reading:
        mentions = self.before.mentions if self.mention is None else (*self.before.mentions, self.mention)
        return Reading(self.score, mentions)


def read_clause(atoms: Sequence[Atom], finder: Finder) -> list[Reading]:
    """The best few readings of a clause, best first."""
    paths: list[list[Reading]] = [[Reading(0.0, ())]]
    splits = [_may_split(atoms, place, finder) for place in range(len(atoms) + 1)]
    for end in range(1, len(atoms) + 1):
        arrivals = [Arrival(_skipped(reading, atoms[end - 1]), reading) for reading in paths[end - 1]]
        for start in range(_earliest(atoms, end), end) if splits[end] else ():
            if not splits[start]:
                continue
            for mention in hypotheses_of(atoms, start, end, finder):
                if _cuts_measure(atoms, mention):
                    mention = mention.moved(start, end, mention.score + SHORT_MEASURE)
                arrivals += [
                    Arrival(r.score + mention.score + _seam(r, mention, atoms) + _turned(r, mention), r, mention)
                    for r in paths[start]
                ]
        arrivals.sort(key=lambda arrival: -arrival.score)
        paths.append(_distinct(arrivals))
    return paths[-1]


def _cuts_measure(atoms: Sequence[Atom], mention: Mention) -> bool:
    """Whether the mention takes «2 л» of «квас 2л 6 шт» for the quantity and leaves the six pieces behind."""
    if mention.amount is None or mention.amount.family == "count" or atoms[mention.last - 1].kind != "figure":
        return False
    rest = list(atoms[mention.last : mention.last + 3])
    if not rest or rest[0].kind != "number":
        return False
    rest = rest[2:] if len(rest) > 1 and rest[1].kind == "unit" else rest[1:]
    return not rest or rest[0].kind in ("border", "op", "usual")


def _skipped(reading: Reading, atom: Atom) -> float:
    penalty = 0.0 if atom.kind == "border" else SKIPPED_OP if atom.kind in ("op", "usual") else ORPHAN
    return reading.score + penalty


def _earliest(atoms: Sequence[Atom], end: int) -> int:
    """How far back one mention may reach: not over a colon, many numbers or many rows of words."""
    numbers = commas = runs = 0
    place = end
    while place > 0 and end - place < LONGEST:
        atom = atoms[place - 1]
        numbers += atom.kind in ("number", "figure", "amount")
        commas += atom.kind == "border" and atom.role in ("comma", "and")
        runs += atom.kind == "word" and (place == end or atoms[place].kind != "word")
        stops = atom.kind == "border" and atom.role in ("colon", "hard", "but")
        if numbers > MOST_NUMBERS or commas > MOST_COMMAS or runs > MOST_RUNS or stops:
            break
        place -= 1
    return place


def _seam(reading: Reading, mention: Mention, atoms: Sequence[Atom]) -> float:
    """Two mentions part without a border only after an amount or an operation."""
    if not mention.words and mention.first and atoms[mention.first - 1].kind in ("word", "figure"):
        return ORPHAN
    if not reading.mentions or reading.mentions[-1].last != mention.first:
        return 0.0
    left = reading.mentions[-1]
    if atoms[mention.first].kind == "unit" and mention.words and atoms[mention.first - 1].kind in ("word", "figure"):
        return SEAM + SEAM  # «мука 00 мешок 4» is no flour and four bags
    if not mention.words:
        more = mention.says("add") and left.amount is not None  # «2 коробки кефира и ещё 5 штук»
        return SEAM / 2 if more else SEAM + SEAM
    if atoms[mention.first - 1].kind == "number" and atoms[mention.first].kind == "word" and _only_adjectives(mention):
        return APART  # «крышки 90 чёрные»: the colour belongs to the lids
    if left.amount is None and atoms[mention.first - 1].kind == atoms[mention.first].kind == "word":
        return 0.0 if _removed_before(atoms, mention.first) else NEVER  # «сироп | фисташка 2»
    if not left.words and left.amount is not None and left.amount.implied:
        return SEAM  # «коробку | сливок 33»
    if left.leads is False and any(atom.role == "dash" for atom in atoms[mention.first : mention.last]):
        return DASHED  # «корейка 8 | рёбер — 5 кг»: the dash parts the whole name from its amount
    return 0.0 if left.amount is not None or left.ops or left.usual else SEAM


def _turned(reading: Reading, mention: Mention) -> float:
    """Who says «шесть мешков муки» goes on with «два мешка сахара»: a change of order costs a little."""
    left = reading.mentions[-1] if reading.mentions else None
    if left is None or left.leads is None or mention.leads is None or left.leads == mention.leads:
        return 0.0
    return TURNED


def _distinct(arrivals: Iterable[Arrival]) -> list[Reading]:
    seen: set[tuple[tuple[int, int, Amount | None], ...]] = set()
    kept: list[Reading] = []
    for arrival in arrivals:
        reading = arrival.reading()
        key = tuple((m.first, m.last, m.amount) for m in reading.mentions)
        if key not in seen:
            seen.add(key)
            kept.append(reading)
        if len(kept) == KEPT:
            break
    return kept


def _may_split(atoms: Sequence[Atom], place: int, finder: Finder) -> bool:
    """Adjacent words do not part without a border, nor does a percentage from the word before it."""
    if place in (0, len(atoms)):
        return True
    left, right = atoms[place - 1], atoms[place]
    if right.role == "span" and left.kind in ("unit", "word"):
        return False  # «помидоров кило 5-7»
    if left.kind == "word" and right.kind == "word":
        parted = _counted_before(atoms, place) or _removed_before(atoms, place)
        return parted and _strangers(left.word, right.word, finder)
    paired = "one" not in right.token.tags or left.token.value == 1
    if left.kind == "number" and right.kind == "unit" and paired:
        follows = place + 1 < len(atoms) and atoms[place + 1].kind in ("word", "figure")
        heads = right.word is not None and finder.names_head(right.word)
        return follows and heads and not _agrees(left.token, right.token)  # «16 | палочки крабовые 25»
    return not (left.kind == "word" and right.role in ("percent", "code"))


def _only_adjectives(mention: Mention) -> bool:
    return bool(mention.words) and all(_is_adjective(word.form) for word in mention.words)


@lru_cache(maxsize=10_000)
def _is_adjective(form: str) -> bool:
    """«чёрные», and «чёрн.» that is cut from it."""
    return "ADJF" in analyse(form).best or any("ADJF" in analyse(whole).best for whole in synonyms(form))


def _agrees(number: Token, unit: Token) -> bool:
    """Whether the number counts the unit by grammar: «10 мешков», «2 коробки»."""
    if {"gent", "plur"} <= analyse(unit.norm).best:
        return True
    few = number.value is not None and number.value % 10 in (2, 3, 4) and number.value % 100 not in (12, 13, 14)
    return few and {"gent", "sing"} <= analyse(unit.norm).grammemes


def _counted_before(atoms: Sequence[Atom], place: int) -> bool:
    """Whether an amount leads the words before: «25 кг картофеля | лука …»."""
    while place and atoms[place - 1].kind == "word":
        place -= 1
    return place > 0 and atoms[place - 1].kind in ("number", "unit", "figure", "amount")


def _removed_before(atoms: Sequence[Atom], place: int) -> bool:
    """Whether the words before are taken out: «без киви и винограда | клубники двенадцать»."""
    while place and (atoms[place - 1].kind == "word" or atoms[place - 1].role == "and"):
        place -= 1
    return place > 0 and atoms[place - 1].role == "remove"


def _strangers(left: Word | None, right: Word | None, finder: Finder) -> bool:
    """Whether no product has both words, and the right one begins a product: «… картофеля | лука шесть»."""
    noun = right is not None and right.token is not None and "best:NOUN" in right.token.tags
    if left is None or right is None or not noun or not finder.names_head(right) or not finder.hits(left):
        return False
    return not bool(((finder.hits(left).likeness > 0) & (finder.hits(right).likeness > 0)).any())
