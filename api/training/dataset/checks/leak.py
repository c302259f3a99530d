"""Examples that the frozen set holds: a model that has learnt them is measured on nothing.

Named is the example, never the frozen text: that is to stay unread.
"""

from collections.abc import Iterator

from api.training.dataset.corpus import Corpus
from api.training.schemas import Finding


def check(corpus: Corpus) -> Iterator[Finding]:
    for line in corpus.lines:
        if (where := corpus.frozen.get(line.key)) is not None:
            words = f"Этот текст есть в эталоне ({where}), учиться на нём нельзя. Уберите пример."
            yield Finding("error", "leak", words, line.text, line.where)
