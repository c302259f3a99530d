"""Figures: the scorer's verdicts, intervals, flavours."""

from typing import Any

from api.benchmark.scoring import Verdict, by_flavour, figures, judge, ratio, wilson


def case(cart: dict[str, str], ask: list[dict[str, Any]], tags: list[str]) -> dict[str, Any]:
    return {"id": "1", "client": "NEW", "text": "", "start": {}, "expect": {"cart": cart, "ask": ask}, "tags": tags}


def test_a_right_cart_is_exact_and_a_wrong_one_is_a_silent_error() -> None:
    one = case({"a": "2"}, [], ["list"])
    assert judge(one, {"cart": {"a": "2.0"}, "questions": []}) == Verdict("1", True, 0, 1, False, 0, ("list",), True)
    wrong = judge(one, {"cart": {"b": "2"}, "questions": []})
    assert (wrong.exact, wrong.silent) == (False, 2)
    asked = judge(one, {"cart": {}, "questions": [{"phrase": "", "reason": "unknown", "candidates": []}]})
    assert (asked.exact, asked.silent, asked.asked) == (False, 0, 1)


def test_edits_repeats_answers_and_questions_are_no_new_orders() -> None:
    parsed: dict[str, Any] = {"cart": {"a": "2"}, "questions": []}
    plain = case({"a": "2"}, [], ["list"])
    assert judge(plain, parsed).new_order
    asking = case({"a": "2"}, [{"reason": "unknown", "phrase": "", "offer": []}], ["list"])
    others = [plain | {"start": {"b": "1"}}, plain | {"turns": ["да"]}, case({"a": "2"}, [], ["repeat"]), asking]
    assert not any(judge(other, parsed).new_order for other in [*others, case({}, [], ["not-order"])])


def test_wilson_holds_at_the_ends() -> None:
    none = wilson([])
    assert (none.value, none.low, none.high) == (0.0, 0.0, 1.0)
    all_right = wilson([True] * 10)
    assert all_right.value == all_right.high == 1.0
    assert round(all_right.low, 3) == 0.722


def test_the_ratio_is_of_sums_and_its_interval_is_the_same_every_time() -> None:
    share = ratio([0, 2, 0, 1], [4, 4, 1, 3])
    assert share.value == 3 / 12
    assert 0 <= share.low < share.value < share.high
    assert ratio([0, 2, 0, 1], [4, 4, 1, 3]) == share


def test_figures_part_what_must_be_asked_from_the_rest() -> None:
    verdicts = [
        Verdict("1", True, 0, 2, False, 0, ("list",)),
        Verdict("2", False, 1, 1, False, 0, ("list", "typo")),
        Verdict("3", True, 0, 1, True, 1, ("typo",)),
    ]
    found = figures(verdicts)
    assert (found.exact.right, found.touchless.value, found.asked_right.value) == (2, 0.5, 1.0)
    assert (found.silent_wrong.value, found.coverage) == (0.25, 0.75)
    assert {tag: (share.right, share.of) for tag, share in by_flavour(verdicts).items()} == {
        "list": (1, 2),
        "typo": (1, 2),
    }
