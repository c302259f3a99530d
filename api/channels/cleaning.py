"""What people's software puts into texts and nobody means."""

import math
import unicodedata
from typing import Any

MAX_TEXT = 4_000
"""Characters of one message that are read; a longer one is to be sent in parts."""


def clean(text: str) -> str:
    """NFC, without control characters (line breaks stay): they mean nothing and PostgreSQL refuses NUL."""
    kept = (c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def storable(value: Any) -> Any:
    """JSON as PostgreSQL takes it: without NUL, halves of surrogate pairs and infinite numbers."""
    match value:
        case str():
            return "".join(c for c in value if c != "\0" and not "\ud800" <= c <= "\udfff")
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {storable(key): storable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [storable(inner) for inner in value]
        case _:
            return value
