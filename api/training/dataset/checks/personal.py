"""Phones, names, addresses, numbers of orders. By hand names and streets are invented, phones are not."""

from collections.abc import Iterator

from api.training.dataset.corpus import Corpus
from api.training.dataset.masking import mask, without_contacts
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    for line in corpus.lines:
        if line.kind == "reviewed":
            masked = mask(line.text, line.entities)[0]
        else:
            masked = without_contacts(line.text)
        if masked != line.text:
            words = f"Личные данные в примере. Замените: «{masked}»."
            yield Finding("error", "personal", words, line.text, line.where)
