"""What people's software puts into texts and nobody means."""

import unicodedata

MAX_TEXT = 4_000
"""Characters of one message that are read; a longer one is to be sent in parts."""


def clean(text: str) -> str:
    """NFC, without control characters (line breaks stay): they mean nothing and PostgreSQL refuses NUL."""
    kept = (c for c in unicodedata.normalize("NFC", text) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
