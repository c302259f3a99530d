"""The corpus beside the lexicon: one line per flavour of writing."""

from pathlib import Path

import pytest

from order_text import Kind, Token, annotate

CORPUS = [
    tuple(part.strip() for part in line.split(" => "))
    for line in (Path(__file__).parent / "corpus.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SILENT = (Kind.filler, Kind.closed)


@pytest.mark.parametrize(("text", "expected"), CORPUS, ids=[text for text, _ in CORPUS])
def test_the_words_mean(text: str, expected: str) -> None:
    tokens = [token for token in annotate(text).tokens if token.kind not in SILENT]
    wanted = expected.split()
    assert len(tokens) == len(wanted), [f"{token.kind.value}:{token.text}" for token in tokens]
    assert [_shown(token, want) for token, want in zip(tokens, wanted, strict=True)] == wanted


def _shown(token: Token, want: str) -> str:
    """The token in the corpus's notation, as far as the expectation goes."""
    shown = token.kind.value
    if ":" in want:
        shown += f":{token.role}"
    if "=" in want:
        if token.kind == Kind.unit:
            return f"{shown}={token.unit}"
        shown += f"={token.value}"
        if "x" in want.partition("=")[2]:
            shown += f"x{token.value2}"
        if token.kind == Kind.span:
            shown += f"-{token.value2}"
    return shown
