"""Messages as a fuzz makes them: words of the lexicon and of the catalogues, figures, marks, junk."""

import odd_world
import small_world
from hypothesis import strategies as st

from api.understanding.context import Context
from order_text.lexicon.answers import CHOICE_WORDS, NO, YES
from order_text.lexicon.calendar import DAY_PARTS, MONTHS, NUMBERED_PLACES, ORDINAL_DAYS, RELATIVE_DAYS, WEEKDAYS
from order_text.lexicon.closed import CONJUNCTIONS, FILLERS, ORGANISATIONS, PREPOSITIONS, PRONOUNS, SPECIFICATIONS
from order_text.lexicon.numerals import CARDINALS, MILLIONS, ORDINALS, SIMPLE, THOUSANDS
from order_text.lexicon.operations import OPERATIONS
from order_text.lexicon.references import REFERENCES
from order_text.lexicon.spoken import SPOKEN
from order_text.lexicon.talk import COMPLAINTS, QUESTIONS
from order_text.lexicon.units import COUNT_UNITS, MEASURE_WORDS, MONEY_FORMS, VOLUME_UNITS, WEIGHT_UNITS

_LONGEST = 10_000
_PHRASES = (
    *(phrase for table in (OPERATIONS, REFERENCES, QUESTIONS) for _, phrases in table for phrase in phrases),
    *COMPLAINTS,
)
_TALK = sorted({phrase.replace("*", "") for phrase in _PHRASES})
_SMALL = sorted(
    {
        *PREPOSITIONS, *CONJUNCTIONS, *FILLERS, *PRONOUNS, *ORGANISATIONS, *SPECIFICATIONS, *SPOKEN, *YES, *NO,
        *CHOICE_WORDS, *ORDINALS, *DAY_PARTS, *MONTHS, *NUMBERED_PLACES, *ORDINAL_DAYS, *RELATIVE_DAYS, *WEEKDAYS,
    }
)  # fmt: skip
_AMOUNTS = sorted(
    {
        *(form for _, forms in (*CARDINALS, *COUNT_UNITS) for form in forms.split()),
        *(form for _, _, forms in (*WEIGHT_UNITS, *VOLUME_UNITS) for form in forms.split()),
        *SIMPLE, *THOUSANDS, *MILLIONS, *MEASURE_WORDS, *MONEY_FORMS,
    }
)  # fmt: skip
_NAMES = sorted({entry.item.name for world in (small_world, odd_world) for entry in world.index().entries})
_WORDS = sorted({word for name in _NAMES for word in name.split()})
_FIGURES = st.one_of(
    st.integers(0, 400).map(str),
    st.integers(0, 10**15).map(str),
    st.decimals(0, 100, places=2).map(lambda value: str(value).replace(".", ",")),
    st.sampled_from(
        "1/2 ½ 24*24 16/20 2-3 0,8-1,3 12:30 20.12 31.02 №36 5% 3,2% +7(916)000-00-00 1e9 -5 -0 С1".split()
    ),
)
_MARKS = st.sampled_from([*",.;:!?()/+-*&=№#%'\"«»–—\n\t|_<>[]{}~@^$\\`", "\r\n", "...", "\n\n", " - ", "1) "])
_JUNK = st.sampled_from(
    ["\x00", "\u200b", "\u202e", "\ufeff", "\ud800", "🙂", "é", "ß", "ﬁ", "１２", "٣", "²", "İ", "ǅ"]
)
FRAGMENTS = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from(_NAMES),
    st.sampled_from(_TALK),
    st.sampled_from(_SMALL),
    st.sampled_from(_AMOUNTS),
    _FIGURES,
    _FIGURES,
    _MARKS,
    _JUNK,
    st.text(alphabet="абвекмнорстухяёabcekmopx", max_size=12),
    st.text(max_size=4),
)
_GLUE = st.sampled_from([" ", " ", " ", "", ", ", "\n", " и ", ". "])


@st.composite
def _rows(draw: st.DrawFn) -> str:
    parts = draw(st.lists(FRAGMENTS, max_size=18))
    return "".join(part + draw(_GLUE) for part in parts)


@st.composite
def _repeated(draw: st.DrawFn) -> str:
    """A short row over and over: what takes a time that grows with the square of the length shows here."""
    row = draw(_glued(5))
    return (row * (draw(st.integers(1, _LONGEST)) // max(1, len(row)) + 1))[:_LONGEST]


@st.composite
def _glued(draw: st.DrawFn, most: int) -> str:
    parts = draw(st.lists(FRAGMENTS, min_size=1, max_size=most))
    glue = draw(_GLUE)
    return glue.join(parts) + glue


MESSAGES = st.one_of(_rows(), _rows(), _glued(8))
LONG_MESSAGES = st.one_of(_repeated(), _repeated(), st.lists(FRAGMENTS, max_size=60).map(" ".join))
CARTS = st.sampled_from([{}, {"m32": 3, "smv": 2}, {"kef": 5}, {"smv": 1, "smk": 2, "pot": 7}])
ODD_CARTS = st.sampled_from([{}, {"w05": 12, "jc": 3}, {"cap8": 100, "tom": "1.5"}])


def _aged(world: object, cart: dict[str, int | str], old: bool) -> Context:
    return world.context(cart, history=world.HISTORY if old else ())  # type: ignore[attr-defined]


VIEWS = st.one_of(
    st.builds(_aged, st.just(small_world), CARTS, st.booleans()),
    st.builds(_aged, st.just(odd_world), ODD_CARTS, st.booleans()),
)
