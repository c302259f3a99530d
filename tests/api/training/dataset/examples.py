"""Reviewed examples for property tests: any text, any pieces of it."""

from hypothesis import assume
from hypothesis import strategies as st

from api.review.intents import ENTITIES
from api.training.dataset.notation import plain, value_of
from api.training.schemas import Reviewed

_STRANGE = ("сгуха", " 5 ", "[", "](", "{}", "'=1", "-3", "\n", "😀", '"', ";", "${HOME}")
_WORDS = st.one_of(st.text(max_size=6), st.sampled_from(_STRANGE))
_PIECES = st.lists(st.tuples(_WORDS, st.sampled_from(["", *ENTITIES])), min_size=1, max_size=6)


@st.composite
def reviewed(draw: st.DrawFn) -> Reviewed:
    """As a file holds it."""
    text, entities = "", []
    for words, entity in draw(_PIECES):
        if entity and plain(words).strip():
            entities.append({"start": len(text), "end": len(text) + len(words), "entity": entity})
        text += words
    kept, pieces = value_of(text, entities if draw(st.booleans()) else None)
    assume(kept)
    source = draw(st.sampled_from(["review:17", "import:октябрь.csv", "label-studio:3"]))
    return Reviewed(kept, draw(st.sampled_from(["order", "delivery", "call_human"])), pieces, source, "anna")
