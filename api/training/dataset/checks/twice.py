"""One text twice under the same intent: it only weighs more than it should."""

from collections import defaultdict
from collections.abc import Iterator

from api.training.dataset.corpus import Corpus, Line
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    by_key: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in corpus.lines:
        by_key[line.key, line.intent].append(line)
    for lines in by_key.values():
        yield from _of(lines)


def _of(lines: list[Line]) -> Iterator[Finding]:
    """The same letters are an error; other punctuation, as people write by hand on purpose, a warning."""
    seen: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: line.kind == "reviewed"):
        if (before := seen.get(line.text.lower())) is not None:
            words = f"Текст уже есть в {before.where}. Уберите лишний."
            yield Finding("error", "twice", words, line.text, line.where)
        elif seen and line.kind == "reviewed":
            before = next(iter(seen.values()))
            words = f"Только знаками отличается от «{before.text}» в {before.where}. Один из них лишний."
            yield Finding("warning", "twice", words, line.text, line.where)
        seen.setdefault(line.text.lower(), line)
