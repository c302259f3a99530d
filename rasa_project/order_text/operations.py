"""Operations, references, complaints and questions: the tables compiled into one index."""

from order_text.lexicon.operations import OPERATIONS
from order_text.lexicon.references import REFERENCES
from order_text.lexicon.talk import COMPLAINTS, DRIVER, QUESTIONS
from order_text.phrases import Pattern, PatternIndex, parse_patterns

# Where several tables know the same words, the earlier kind wins.
PRIORITY = ("reference", "complaint", "operation", "question")

PATTERNS = PatternIndex(
    parse_patterns("operation", OPERATIONS)
    + parse_patterns("reference", REFERENCES)
    + parse_patterns("complaint", (("complaint", COMPLAINTS),))
    + parse_patterns("question", (*QUESTIONS, ("driver", DRIVER)))
)


def choose(patterns: list[Pattern]) -> Pattern | None:
    """One of several patterns of the same length: by kind, then in the order of the tables."""
    return min(patterns, key=lambda pattern: PRIORITY.index(pattern.kind), default=None)
