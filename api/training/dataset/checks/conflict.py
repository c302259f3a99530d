"""One text under two intents: the model would learn neither."""

from collections import defaultdict
from collections.abc import Iterator

from api.training.dataset.corpus import Corpus, Line
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    by_key: dict[str, list[Line]] = defaultdict(list)
    for line in corpus.lines:
        by_key[line.key].append(line)
    for lines in by_key.values():
        if len({line.intent for line in lines}) < 2:
            continue
        # Blamed are the reviewed ones: what is written by hand was there before.
        for line in [line for line in lines if line.kind == "reviewed"] or lines[:1]:
            others = sorted({f"«{other.intent}» ({other.where})" for other in lines if other.intent != line.intent})
            words = f"Текст стоит под «{line.intent}» ({line.where}) и под {', '.join(others)}. Оставьте один смысл."
            yield Finding("error", "conflict", words, line.text, line.where)
