"""The generator of Rasa's side and the checks of the api's side call the same texts the same."""

import generate  # of rasa_project, which imports nothing of Rasa
from hypothesis import example, given
from hypothesis import strategies as st

from api.run.paths import ROOT
from api.training.dataset.corpus import read_corpus
from api.training.dataset.fold import folded

TYPED = st.text(alphabet="абвёЁЙъщэ АНЕТ-aZ09 \t\n.,!?«»…—%+_/()№😀ǅİß\u0301\u00a0", max_size=40)


@given(st.text() | TYPED)
@example("…")
@example(" ?! ")
@example("_ё_")
def test_any_text_folds_alike(text: str) -> None:
    assert folded(text) == generate.fold(text)


def test_the_data_fold_alike() -> None:
    texts = {line.text for line in read_corpus(ROOT).lines}
    assert len(texts) > 1000
    assert {text for text in texts if folded(text) != generate.fold(text)} == set()
