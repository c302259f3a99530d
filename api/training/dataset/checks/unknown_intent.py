"""Reviewed examples of intents that nobody wrote examples of by hand."""

from collections.abc import Iterator

from api.training.dataset.corpus import Corpus
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    for line in corpus.reviewed:
        if line.intent not in corpus.skills:
            words = (
                f"Смысла «{line.intent}» нет: у него нет примеров в data/nlu. "
                "Исправьте имя или сначала напишите примеры руками."
            )
            yield Finding("error", "unknown_intent", words, line.text, line.where)
