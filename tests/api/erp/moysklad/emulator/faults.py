"""What goes wrong on purpose. Counters say how many requests are left to go wrong."""

from dataclasses import dataclass, field


@dataclass
class Faults:
    down: bool = False
    fail_next: list[tuple[int, int]] = field(default_factory=list)
    """Answers to the next requests instead of the real ones: HTTP status and error code, 0 for a body of no JSON."""
    lose_answer: int = 0
    """The next creations are done, but answered with 504."""
    slow_write: float = 0.0
    """Seconds before a creation, which is done, is answered."""
    slow_first_byte: float = 0.0
    half_body: int = 0
    """The next answers break off in the middle."""
    truncate: bool = False
    """Long comments are cut in silence."""
    refuse_create: list[tuple[int, int, str]] = field(default_factory=list)
    """The next creations are refused: HTTP status, error code, words."""
    token_revoked: bool = False
    page_missing: bool = False
    """A list has no second page."""
    no_crm: bool = False
    no_stock_right: bool = False
    no_wizard: bool = False
    hidden: set[str] = field(default_factory=set)
    """Types that the user may not see."""
    recounted: dict[str, int] = field(default_factory=dict)
    """Products whose stock is being recounted, with how many reports that will last."""
    rounds_prices: bool = False
    """Prices of new orders are kept in whole roubles."""
