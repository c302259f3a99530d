"""What the language of a food order says, without any catalogue."""

from order_text.annotate import annotate, clauses_of
from order_text.features import features
from order_text.model import Annotation, Clause, Kind, Token

__all__ = ["Annotation", "Clause", "Kind", "Token", "annotate", "clauses_of", "features"]
