"""One product as a customer mentioned it."""

from dataclasses import dataclass
from decimal import Decimal

from api.understanding.attributes import Stated
from api.understanding.candidates import Word
from api.understanding.quantities import Amount


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

    def moved(self, first: int, last: int, score: float) -> "Mention":
        """The same elsewhere. The decoder does little else, and `dataclasses.replace` takes ten times as long."""
        copy = object.__new__(Mention)
        copy.__dict__.update(self.__dict__, first=first, last=last, score=score)
        return copy

    def says(self, *roles: str) -> bool:
        """Whether one of the operations is among the mention's words."""
        return any(role in roles for role, _ in self.ops)
