"""One element of a clause as the decoder sees it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from api.understanding.attributes import Stated
from api.understanding.candidates import Word
from api.understanding.quantities import Amount
from order_text.model import Token


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

    @cached_property
    def shape(self) -> tuple[str, str, str, Decimal | None]:
        """What two atoms share that are read alike wherever they stand."""
        return self.kind, self.role, self.token.norm, self.was
