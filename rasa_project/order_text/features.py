"""Abstract classes of tokens for a classifier: what holds on a catalogue never seen in training."""

from order_text.model import Annotation, Kind, Token


def features(annotation: Annotation) -> list[str]:
    """One class per token, e.g. ["operation:add", "number", "unit", "product"]."""
    return [_feature(token) for token in annotation.tokens]


def _feature(token: Token) -> str:
    if token.kind in (Kind.operation, Kind.reference, Kind.question):
        return f"{token.kind.value}:{token.role}"
    if token.kind == Kind.border:
        return f"border:{token.role}"
    if token.kind == Kind.date:
        return "date"
    if token.kind != Kind.word:
        return str(token.kind.value)
    if token.role:
        return token.role
    if "best:VERB" in token.tags or "best:INFN" in token.tags:
        return "verb"
    if "best:ADVB" in token.tags:
        return "adverb"
    return "product"
