"""What became of each phrase."""

from hypothesis import given
from hypothesis import strategies as st

from api.training.comparing import change_of, compared, count, phrases
from tests.api.training.measured import HELDOUT, measured

INTENTS = st.sampled_from(["order", "complaint", "order_status", "documents", "nlu_fallback"])


def test_each_change_has_its_name() -> None:
    assert change_of("order", "complaint", "order") == "mended"
    assert change_of("order", "order", "nlu_fallback") == "broken"
    assert change_of("order", "complaint", "cart") == "moved"
    assert change_of("order", "cart", "cart") is None


@given(
    st.dictionaries(st.sampled_from(sorted(HELDOUT)), INTENTS),
    st.dictionaries(st.sampled_from(sorted(HELDOUT)), INTENTS),
)
def test_changes_explain_the_difference_of_right_phrases(was: dict[str, str], now: dict[str, str]) -> None:
    before, after = measured(was), measured(now)
    found = phrases(before, after)
    right = [sum(one["got"] == one["expected"] for one in each["phrases"]) for each in (before, after)]
    assert right[1] - right[0] == count(found, "mended") - count(found, "broken")
    back = phrases(after, before)
    assert count(back, "mended") == count(found, "broken")
    assert count(back, "moved") == count(found, "moved")


def test_a_phrase_that_only_one_model_read_is_not_compared() -> None:
    before = measured()
    after = measured({"order 1": "complaint"})
    before["phrases"] = [one for one in before["phrases"] if one["text"] != "order 1"]
    assert phrases(before, after) == []


def test_a_card_tells_both_sides_and_the_worst_first() -> None:
    before = measured({"order 1": "complaint", "order 2": "cart"})
    after = measured({"order 2": "complaint", "8": "complaint"})
    found = compared("live", before, after)
    assert [(one["set"], one["text"], one["was"], one["is"], one["change"]) for one in found["phrases"]] == [
        ("must", "8", "order", "complaint", "broken"),
        ("heldout", "order 1", "complaint", "order", "mended"),
        ("heldout", "order 2", "cart", "complaint", "moved"),
    ]
    assert found["version"] == "live"
    assert found["orders"] == before["orders"]
    assert "mistakes" not in found["heldout"]
