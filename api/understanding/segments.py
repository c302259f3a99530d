"""The joint reading: which atoms make one mention, which number is a figure and which the quantity.

A Viterbi search over the atoms of a clause; the best few readings are kept, because a wrong split
is invisible to the margin of a single one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from api.understanding.atom import Atom
from api.understanding.attributes import Stated
from api.understanding.candidates import Finder, Word
from api.understanding.hypotheses import Option, options
from api.understanding.quantities import SCALES, Amount, fit, to_base
from api.understanding.vocabulary import SHORT_CLIP
from order_text.morph import analyse

LONGEST, KEPT = 14, 3
MOST_NUMBERS, MOST_COMMAS, MOST_RUNS = 5, 4, 4
COST = 0.15
ORPHAN, SKIPPED_OP = -1.6, -0.4
NO_AMOUNT, IMPLIED = -0.5, 0.75
AFTER, BEFORE, MIDDLE_UNIT, MIDDLE_BARE = 1.0, 0.92, 0.75, 0.5
UNEXPLAINED, CONTRADICTED, UNFIT = -1.5, -0.6, -0.5
SHORT_MEASURE = -1.5
TURNED = -0.15
TIED_AND = 0.7
NEVER = -9.0
COUNTED_WORD = -0.8
"""«6 вёдер» is rather an amount, although the name has a bucket in it."""
LEAST_SIZE = 20
"""From here on a span is a size («сибас 300-400»), below it a vague amount («2-3 коробки»)."""
MEASURED = -0.2
COMMA, AND, SEAM, DASHED = -0.45, -1.1, -0.8, -0.4
_OPS_WITHOUT_AMOUNT = frozenset(
    {
        "remove",
        "keep_only",
        "more_vague",
        "less_vague",
        "replace",
        "keep",
        "same",
        "too",
        *SCALES,
    }
)


@dataclass(frozen=True)
class Mention:
    """One product as mentioned. `lone` is the bare number when it is the only one; `leads`: the amount stands
    before the words."""

    first: int
    last: int
    words: tuple[Word, ...] = ()
    figures: tuple[Stated, ...] = ()
    amount: Amount | None = None
    lone: bool = False
    ops: tuple[tuple[str, bool], ...] = ()
    usual: bool = False
    spread: bool = False
    was: Decimal | None = None
    score: float = 0.0
    phrase: str = ""
    leads: bool | None = None

    def says(self, *roles: str) -> bool:
        """Whether one of the operations is among the mention's words."""
        return any(role in roles for role, _ in self.ops)


@dataclass(frozen=True)
class Reading:
    """A segmentation of a clause."""

    score: float
    mentions: tuple[Mention, ...]


def read_clause(atoms: Sequence[Atom], finder: Finder) -> list[Reading]:
    """The best few readings of a clause, best first."""
    paths: list[list[Reading]] = [[Reading(0.0, ())]]
    for end in range(1, len(atoms) + 1):
        arrivals = [_skip(reading, atoms[end - 1]) for reading in paths[end - 1]]
        for start in range(_earliest(atoms, end), end):
            if not _may_split(atoms, start, finder) or not _may_split(atoms, end, finder):
                continue
            for mention in _mentions(atoms, start, end, finder):
                if _cuts_measure(atoms, mention):
                    mention = replace(mention, score=mention.score + SHORT_MEASURE)
                arrivals += [
                    Reading(
                        r.score + mention.score + _seam(r, mention, atoms) + _turned(r, mention), (*r.mentions, mention)
                    )
                    for r in paths[start]
                ]
        arrivals.sort(key=lambda reading: -reading.score)
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


def _skip(reading: Reading, atom: Atom) -> Reading:
    penalty = 0.0 if atom.kind == "border" else SKIPPED_OP if atom.kind in ("op", "usual") else ORPHAN
    return Reading(reading.score + penalty, reading.mentions)


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
    if not mention.words:
        return SEAM + SEAM
    if left.amount is None and atoms[mention.first - 1].kind == atoms[mention.first].kind == "word":
        return NEVER  # «сироп | фисташка 2»
    if not left.words and left.amount is not None and left.amount.implied:
        return SEAM  # «коробку | сливок 33»
    if any(atom.role == "dash" for atom in atoms[mention.first : mention.last]) and left.leads is False:
        return DASHED  # «корейка 8 | рёбер — 5 кг»: the dash parts the whole name from its amount
    return 0.0 if left.amount is not None or left.ops or left.usual else SEAM


def _turned(reading: Reading, mention: Mention) -> float:
    """Who says «шесть мешков муки» goes on with «два мешка сахара»: a change of order costs a little."""
    left = reading.mentions[-1] if reading.mentions else None
    if left is None or left.leads is None or mention.leads is None or left.leads == mention.leads:
        return 0.0
    return TURNED


def _distinct(readings: list[Reading]) -> list[Reading]:
    seen: set[tuple[tuple[int, int, Amount | None], ...]] = set()
    kept = []
    for reading in readings:
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
        return _counted_before(atoms, place) and _strangers(left.word, right.word, finder)
    paired = "one" not in right.token.tags or left.token.value == 1
    if left.kind == "number" and right.kind == "unit" and paired:
        follows = place + 1 < len(atoms) and atoms[place + 1].kind in ("word", "figure")
        counted = {"gent", "plur"} <= analyse(right.token.norm).best  # «10 мешков»
        return (
            follows and not counted and right.word is not None and finder.names_head(right.word)
        )  # «16 | палочки крабовые 25»
    return not (left.kind == "word" and right.role in ("percent", "code"))


def _counted_before(atoms: Sequence[Atom], place: int) -> bool:
    """Whether an amount leads the words before: «25 кг картофеля | лука …»."""
    while place and atoms[place - 1].kind == "word":
        place -= 1
    return place > 0 and atoms[place - 1].kind in ("number", "unit", "figure", "amount")


def _strangers(left: Word | None, right: Word | None, finder: Finder) -> bool:
    """Whether no product has both words, and the right one begins a product: «… картофеля | лука шесть»."""
    noun = right is not None and right.token is not None and "best:NOUN" in right.token.tags
    if left is None or right is None or not noun or not finder.names_head(right) or not finder.hits(left):
        return False
    return not bool(((finder.hits(left).likeness > 0) & (finder.hits(right).likeness > 0)).any())


def _mentions(atoms: Sequence[Atom], start: int, end: int, finder: Finder) -> list[Mention]:
    """The best hypotheses for atoms[start:end] as one mention."""
    part = atoms[start:end]
    if part[0].kind == "border" or part[-1].kind == "border":
        return []
    borders = [atom.role for atom in part if atom.kind == "border"]
    if any(role in ("colon", "hard", "but") for role in borders) or len(borders) > 5:
        return []
    if sum(atom.kind == "op" and atom.role != "each" for atom in part) > 2:
        return []
    penalty = sum(COMMA if role == "comma" else AND if role == "and" else 0.0 for role in borders) - COST
    penalty -= AND * TIED_AND * _tied_ands(part)
    elements = [atom for atom in part if atom.kind in ("word", "figure", "number", "unit", "amount")]
    if not elements or sum(atom.kind in ("number", "figure", "amount") for atom in elements) > 6:
        return []
    if penalty < -COST and _words_apart(part):
        penalty -= 0.6
    frame = _frame(part, start, end, elements)
    key = (start > 0, *((atom.kind, atom.role, atom.token.norm, atom.was) for atom in part))
    known: list[Mention] | None = finder.memory.get(key)
    if known is None:
        hypotheses = [_judge(frame, elements, option, penalty, finder) for option in options(elements)]
        known = sorted((h for h in hypotheses if h is not None), key=lambda mention: -mention.score)[:2]
        finder.memory[key] = known
    return [mention if mention.first == start else replace(mention, first=start, last=end) for mention in known]


def _tied_ands(part: Sequence[Atom]) -> int:
    """How many «и» join what a preposition ties on: «с ветчиной и сыром»."""
    tied = 0
    for place, atom in enumerate(part[1:-1], 1):
        before, after = part[place - 1].word, part[place + 1].word
        tied += atom.role == "and" and before is not None and before.attached and after is not None
    return tied


def _words_apart(part: Sequence[Atom]) -> bool:
    """Whether words stand on both sides of a border."""
    before = after = passed = False
    for atom in part:
        if atom.kind == "border" and atom.role in ("comma", "and"):
            passed = True
        elif atom.kind == "word":
            before, after = before or not passed, after or passed
    return before and after


def _frame(part: Sequence[Atom], start: int, end: int, elements: list[Atom]) -> Mention:
    first_word = next(
        (i for i, atom in enumerate(part) if atom.kind in ("word", "figure", "number", "unit", "amount")), 0
    )
    ops = tuple((atom.role, i < first_word) for i, atom in enumerate(part) if atom.kind == "op" and atom.role != "each")
    was = next((atom.was for atom in part if atom.was is not None), None)
    return Mention(
        start,
        end,
        ops=ops,
        usual=any(atom.kind == "usual" for atom in part),
        spread=any(atom.role == "each" for atom in part),
        was=was,
    )


def _judge(frame: Mention, elements: list[Atom], option: Option, penalty: float, finder: Finder) -> Mention | None:
    words: list[Word] = []
    figures: list[Stated] = []
    score, lone = penalty, True
    word_places = [i for i, atom in enumerate(elements) if atom.kind == "word"]
    amount_place = min(option.used, default=-1)
    for i, atom in enumerate(elements):
        if i in option.used:
            continue
        if atom.kind == "word" and atom.word is not None:
            words.append(atom.word)
        elif atom.kind == "unit":
            if option.units_as_words and atom.word is not None and finder.hits(atom.word).likeness.max() >= SHORT_CLIP:
                words.append(atom.word)
                word_places.append(i)
                if i > 0 and elements[i - 1].kind == "number" and i - 1 not in option.used:
                    score += COUNTED_WORD
            else:
                counted = i > 0 and elements[i - 1].kind == "number" and i - 1 not in option.used
                beside = amount_place in (i - 1, i + 1) and elements[amount_place].kind == "number"
                if beside and not counted and "one" not in atom.token.tags:
                    return None
                score -= 0.1 if counted else 0.35
        elif atom.kind == "amount":
            return None
        elif atom.figure is not None:
            lone = False
            vague = atom.role == "span" and atom.figure.value < LEAST_SIZE
            if vague and atom.token.unit not in ("кг", "г") and option.amount is None:
                continue  # «2-3 коробки»: the quantity is vague and will be asked
            figures.append(atom.figure)
            score += _figure_place(atom, i, word_places, amount_place)
    settled = {figure.value for figure in figures if figure.kind != "bare"}
    if any(figure.kind == "bare" and figure.value in settled for figure in figures):
        return None  # «паста 25% 25»: the percentage is said, the second number counts
    phrase = " ".join(dict.fromkeys(atom.token.text for i, atom in enumerate(elements) if i not in option.used))
    only_units = option.units_as_words and not any(atom.kind == "word" for atom in elements)
    if words and only_units and not any(finder.names_head(word) for word in words):
        return None
    amount = option.amount
    lone = lone and amount is not None and amount.unit is None and amount.per is None
    mention = replace(frame, words=tuple(words), figures=tuple(figures), amount=amount, phrase=phrase, lone=lone)
    score += _amount_score(mention, amount_place, word_places)
    if amount is not None and word_places:
        mention = replace(mention, leads=amount_place < word_places[0])
    return replace(mention, score=score + _product_score(mention, finder))


def _figure_place(atom: Atom, i: int, word_places: list[int], amount_place: int) -> float:
    """Figures follow the words and precede the quantity."""
    bare = atom.kind == "number"
    score = 0.0
    if word_places and i < word_places[0]:
        score -= 0.3 if bare else 0.05
    if 0 <= amount_place < i:
        score -= 0.45 if bare else 0.05
    return score


def _amount_score(mention: Mention, place: int, word_places: list[int]) -> float:
    roles = {role for role, _ in mention.ops}
    amount = mention.amount
    if amount is not None and mention.usual:
        return 0.0  # «стаканчики 200 как обычно»: the number is a figure, the usual quantity is meant
    if amount is None:
        return 0.0 if mention.usual or roles & _OPS_WITHOUT_AMOUNT else NO_AMOUNT
    score = AFTER
    if word_places and place < word_places[0]:
        score = BEFORE
    elif word_places and place < word_places[-1]:
        score = MIDDLE_UNIT if amount.unit else MIDDLE_BARE
    if amount.implied:
        score = min(score, IMPLIED)
    if amount.unit is None and amount.value % 1 != 0:
        score -= 0.15
    if roles & {"remove", "keep_only"}:
        score += 0.1 if amount.implied else -0.35  # «муки мешок сними»
    return score


def _product_score(mention: Mention, finder: Finder) -> float:
    count = len(mention.words)
    if not count:
        return _wordless_score(mention)
    found = finder.find(mention.words, mention.figures)
    if not found.full:
        if found.contradicted:
            return found.known * 0.85 + CONTRADICTED
        return found.known * 0.55 + UNEXPLAINED * len(found.unexplained)
    best = max(found.full, key=lambda c: (fit(c.entry, mention.amount) > 0, c.likeness + 0.2 * c.head))
    score = count * best.likeness + 0.2 * best.head + 0.95 * best.figures + 0.1 * best.absent
    fitness = max(fit(candidate.entry, mention.amount) for candidate in found.full)
    if fitness == 1 and mention.amount is not None and mention.amount.family != "count":
        score += MEASURED if to_base(best.entry, mention.amount) == 1 else 0.0
    return score + (UNFIT if fitness == 0 else 0.1 * (fitness == 2))


def _wordless_score(mention: Mention) -> float:
    """Only numbers: «1,5 две упаковки» after «вода 0,5 …», or «сделай 8»."""
    if mention.ops:
        return -0.3 if not mention.figures else 0.4
    if mention.amount is None:
        return -1.4
    return 0.75 if mention.figures and mention.first > 0 else -2.0
