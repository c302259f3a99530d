"""The annotation: tokens with what the language says of them, and clauses."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Kind(str, Enum):
    """What a token is, as far as the language alone can say."""

    word = "word"
    number = "number"
    unit = "unit"
    percent = "percent"
    volume = "volume"
    weight = "weight"
    size = "size"
    code = "code"
    span = "span"
    date = "date"
    time = "time"
    phone = "phone"
    address = "address"
    order_number = "order_number"
    money = "money"
    operation = "operation"
    reference = "reference"
    filler = "filler"
    closed = "closed"
    question = "question"
    complaint = "complaint"
    border = "border"


@dataclass(frozen=True)
class Token:
    """A piece of the message; `start` and `end` are offsets into `Annotation.text`.

    value   number; litres of a volume, kilograms of a weight, weekday (0 Monday) of a weekday reference
    value2  the second number of a size (24*24) or of a span (0,8-1,3)
    unit    canonical unit («кор»), or what the measure was stated in («мл»)
    role    finer kind: which operation, reference, question, border («hard», «comma», «and», «colon», «slash»)
    variants other readings of the letters: keyboard layout, transliteration, look-alikes
    """

    kind: Kind
    text: str
    start: int
    end: int
    lemmas: tuple[str, ...] = ()
    value: Decimal | None = None
    unit: str | None = None
    variants: tuple[str, ...] = ()
    role: str = ""
    value2: Decimal | None = None
    tags: frozenset[str] = frozenset()

    @property
    def norm(self) -> str:
        """Lower case, «ё» as «е»."""
        return self.text.lower().replace("ё", "е")


@dataclass(frozen=True)
class Clause:
    """Tokens [first, last) between hard borders."""

    first: int
    last: int


@dataclass(frozen=True)
class Annotation:
    """A message read by the language layer."""

    text: str
    tokens: tuple[Token, ...]
    clauses: tuple[Clause, ...]
