"""What one mention may be read as, and how well each reading fits the catalogue."""

from collections.abc import Sequence
from dataclasses import replace

from api.understanding.atom import Atom
from api.understanding.attributes import Stated
from api.understanding.candidates import Finder, Word
from api.understanding.hypotheses import Option, options
from api.understanding.mention import Mention
from api.understanding.quantities import SCALES, fit, to_base
from api.understanding.vocabulary import SHORT_CLIP

COST = 0.15
COMMA, AND, TIED_AND = -0.45, -1.1, 0.7
NO_AMOUNT, IMPLIED = -0.5, 0.75
AFTER, BEFORE, MIDDLE_UNIT, MIDDLE_BARE = 1.0, 0.92, 0.75, 0.5
UNEXPLAINED, CONTRADICTED, UNFIT = -1.5, -0.6, -0.5
COUNTED_WORD = -0.8
"""«6 вёдер» is rather an amount, although the name has a bucket in it."""
LEAST_SIZE = 20
"""From here on a span is a size («сибас 300-400»), below it a vague amount («2-3 коробки»)."""
MEASURED = -0.2
_OPS_WITHOUT_AMOUNT = frozenset(
    {"remove", "keep_only", "more_vague", "less_vague", "replace", "keep", "same", "too", *SCALES}
)


def hypotheses_of(atoms: Sequence[Atom], start: int, end: int, finder: Finder) -> list[Mention]:
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
    key = (start > 0, *(atom.shape for atom in part))
    known: list[Mention] | None = finder.memory.get(key)
    if known is None:
        frame = _frame(part, start, end, elements)
        hypotheses = [_judge(frame, elements, option, penalty, finder) for option in options(elements)]
        known = sorted((h for h in hypotheses if h is not None), key=lambda mention: -mention.score)[:2]
        finder.memory[key] = known
    return [mention if mention.first == start else mention.moved(start, end, mention.score) for mention in known]


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
                if i > 0 and (elements[i - 1].kind == "number" or elements[i - 1].role == "span"):
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
    bare = atom.kind == "number" and atom.figure is not None and atom.figure.value % 1 == 0
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
