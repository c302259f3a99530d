"""Pieces of reviewed examples that are marked as something, and texts that say nothing."""

from collections.abc import Iterator

from api.review.intents import ENTITIES
from api.training.dataset.corpus import Corpus
from api.training.dataset.notation import value_of
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    for line in corpus.reviewed:
        if not line.key:
            yield Finding("error", "entity", "Пустой текст. Уберите пример.", line.text, line.where)
            continue
        try:
            fits = value_of(line.text, line.entities) == (line.text, line.entities)
        except (ValueError, KeyError, TypeError):
            fits = False
        if not fits:
            words = "Отмеченные куски не подходят к тексту. Отметьте заново."
            yield Finding("error", "entity", words, line.text, line.where)
        if unknown := {one["entity"] for one in line.entities or ()} - set(ENTITIES):
            words = f"Такой разметки нет: {', '.join(sorted(unknown))}. Есть: {', '.join(ENTITIES)}."
            yield Finding("error", "entity", words, line.text, line.where)
