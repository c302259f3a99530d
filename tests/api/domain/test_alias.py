"""When answers make a phrase a name, whatever their order."""

from hypothesis import given
from hypothesis import strategies as st

from api.domain.alias import Evidence, meaning, needed

PRODUCTS = st.sampled_from(["a", "b"])
STEPS = st.lists(st.one_of(PRODUCTS, st.none()), max_size=12)
"""Answers by product; None: the customer took it back."""


def after(steps: list[str | None], wanted: int) -> Evidence:
    evidence = Evidence("a")
    for step in steps:
        evidence = evidence.contradicted() if step is None else evidence.answered(step, wanted)
    return evidence


@given(STEPS, st.integers(1, 2))
def test_effective_is_as_many_answers_in_a_row_as_needed(steps: list[str | None], wanted: int) -> None:
    evidence = after(steps, wanted)
    last = steps[-wanted:]
    in_a_row = len(last) == wanted and last[0] is not None and len(set(last)) == 1
    assert evidence.effective == in_a_row
    assert not evidence.effective or evidence.product_id == steps[-1]


@given(STEPS, PRODUCTS)
def test_a_contradiction_is_asked_whatever_holds_for_all(steps: list[str | None], shared: str) -> None:
    assert meaning(after([*steps, None], 1), shared) is None


@given(STEPS, st.one_of(st.none(), PRODUCTS), st.integers(1, 2))
def test_own_answers_are_never_overruled(steps: list[str | None], shared: str | None, wanted: int) -> None:
    own = after(steps, wanted)
    assert meaning(own, shared) in (None, own.product_id)
    assert meaning(None, shared) == shared


def test_a_word_of_the_catalogue_and_a_revoked_one_need_two_answers() -> None:
    assert [needed(known, revoked) for known in (False, True) for revoked in (False, True)] == [1, 2, 2, 2]
