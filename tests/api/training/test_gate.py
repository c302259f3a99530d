"""The gate: what it refuses, in which words, and that nothing worse ever passes where something better did not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.training import gate
from api.training.contradictions import Contradiction
from api.training.gate import Evidence, verdict
from tests.api.training.measured import HELDOUT, MUST, measured

PHRASES = [*HELDOUT, *MUST]
READINGS = st.dictionaries(
    st.sampled_from(PHRASES), st.sampled_from(["order", "complaint", "nlu_fallback"]), max_size=12
)
MODELS = st.builds(
    measured,
    READINGS,
    strangers_wrong=st.integers(10, 40),
    strangers_false=st.integers(0, 4),
    exact=st.integers(110, 130),
    touchless=st.integers(100, 118),
    silent=st.integers(0, 8),
    failed=st.sampled_from([(), ("ночь",), ("ночь", "долг")]),
)


def contradicting(number: int) -> list[Contradiction]:
    return [Contradiction(f"рис {n}", "complaint", "anna", "order", 0.9, f"сахар {n}") for n in range(number)]


def reason(candidate: dict[str, Any], live: dict[str, Any], evidence: Evidence = Evidence()) -> str:
    """The only one."""
    found = verdict(candidate, live, evidence)
    assert not found.passed
    (words,) = found.reasons
    return words


@given(MODELS)
def test_the_live_model_itself_passes(live: dict[str, Any]) -> None:
    assert verdict(live, live).passed


@given(MODELS, MODELS, st.data())
def test_whoever_is_worse_never_passes_where_the_better_is_refused(
    live: dict[str, Any], candidate: dict[str, Any], data: st.DataObject
) -> None:
    worse = made_worse(candidate, data)
    assert verdict(candidate, live).passed or not verdict(worse, live).passed


def made_worse(model: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Every figure as good or worse, every phrase as it was or wrong."""
    got = {one["text"]: one["got"] for one in model["phrases"]}
    right = sorted(one["text"] for one in model["phrases"] if one["got"] == one["expected"])
    for text in data.draw(st.sets(st.sampled_from(right), max_size=5) if right else st.just(set())):
        got[text] = "nlu_fallback"
    worse = measured(got, failed=tuple(model["stories"]["failed"]) + data.draw(st.sampled_from([(), ("возврат",)])))
    for part, figure, sign in (
        ("orders", "exact", -1), ("orders", "touchless", -1), ("orders", "silent_wrong", 1),
        ("strangers", "accuracy", -1), ("strangers", "false_orders", 1),
    ):  # fmt: skip
        steps = data.draw(st.integers(0, 3))
        worse[part][figure] = model[part][figure] + sign * steps * (1 if figure == "false_orders" else 0.01)
    worse["heldout"]["false_orders"] = model["heldout"]["false_orders"]
    return worse


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_one_more_contradiction_never_lets_it_pass(found: int, others: int, more: int) -> None:
    disputed = found + others
    worse = Evidence(contradicting(found + more), disputed + more)
    assert (
        verdict(measured(), measured(), Evidence(contradicting(found), disputed)).passed
        or not verdict(measured(), measured(), worse).passed
    )


def test_each_reason_is_a_sentence_with_numbers() -> None:
    live = measured()
    assert reason(measured(exact=119), live) == "Точность заказов упала: 92,3\u00a0% → 91,5\u00a0%."
    assert reason(measured(touchless=109), live) == (
        "Точность заказов, где спрашивать нечего, упала: 93,2\u00a0% → 92,4\u00a0%."
    )
    assert reason(measured(silent=4), live) == "Молча неверных строк стало больше: 0,8\u00a0% → 1,0\u00a0%."
    assert reason(measured(failed=("долг",)), measured(failed=("ночь",))) == "Сломаны проверочные диалоги: долг."
    assert reason(measured(strangers_wrong=30), live) == "Чужие фразы понимаются хуже: 95,7\u00a0% → 94,6\u00a0%."
    assert reason(measured(strangers_false=3), live) == "Чужих фраз, ошибочно принятых за заказ: было 2, стало 3."
    assert reason(measured({"8": "complaint"}), live) == (
        "Сломана обязательная фраза: «8» принята за «Жалоба или возврат», а это «Заказ или правка заказа»."
    )


def test_some_phrases_may_go_either_way_but_no_more() -> None:
    live = measured()
    apart = ["order 1", "complaint 1", "documents 1"]
    assert verdict(measured(dict.fromkeys(apart[:2], "nlu_fallback")), live).passed
    assert reason(measured(dict.fromkeys(apart, "nlu_fallback")), live) == ("Своих фраз сломано 3, исправлено 0.")
    mended = measured(dict.fromkeys(["order 9", "order_status 9"], "nlu_fallback"))
    assert verdict(measured(dict.fromkeys(apart, "nlu_fallback")), mended).passed
    assert reason(measured(dict.fromkeys(["order 1", "order 2"], "nlu_fallback")), live) == (
        "Смысл «Заказ или правка заказа» понимается хуже: своих фраз сломано 2, исправлено 0."
    )


def test_one_more_order_where_none_was_meant_is_refused() -> None:
    words = reason(measured({"complaint 1": "order"}), measured())
    assert words == "Своих фраз, ошибочно принятых за заказ: было 0, стало 1."


def test_what_the_live_model_does_not_know_either_is_told_and_refuses_nothing() -> None:
    same = measured({"8": "complaint"})
    found = verdict(same, same)
    assert found.passed
    assert found.told == (
        "Обязательную фразу не понимает и нынешняя модель: «8» принята за «Жалоба или возврат», "
        "а это «Заказ или правка заказа».",
    )


def test_many_broken_phrases_are_counted() -> None:
    found = verdict(measured(dict.fromkeys(MUST, "nlu_fallback")), measured())
    assert len(found.reasons) == len(MUST)
    assert found.reasons[0].endswith("» не понята, а это «Жалоба или возврат».")


@pytest.mark.parametrize(
    ("found", "disputed", "passed"), [(9, 9, True), (10, 10, False), (10, 67, True), (50, 250, False)]
)
def test_contradictions_refuse_when_they_are_many_and_no_small_share(found: int, disputed: int, passed: bool) -> None:
    said = verdict(measured(), measured(), Evidence(contradicting(found), disputed))
    assert said.passed is passed
    if not passed:
        assert f"Разметка {found} примеров противоречит" in said.reasons[0]
        assert "«рис 0» — «Жалоба или возврат»" in said.reasons[0]


def test_the_first_model_is_asked_only_for_what_must_never_break() -> None:
    assert verdict(measured(exact=1, strangers_wrong=500), None).passed
    found = verdict(measured({"8": "complaint"}), None)
    assert not found.passed
    assert found.reasons[0].startswith("Не понята обязательная фраза: «8»")


def test_the_page_tells_the_numbers_of_the_rules() -> None:
    from api.training.programs import CHECKOUT

    page = (CHECKOUT / "docs" / "train.md").read_text(encoding="utf-8").split("## The gate")[1].split("\n## ")[0]
    for told in (
        f"{gate.HELDOUT_NET} or more", f"{gate.INTENT_NET} or more", f"more than {gate.STRANGERS_FALL * 100:.0f} %",
        f"{gate.CONTRADICTIONS} or more", f"{gate.CONTRADICTIONS_SHARE * 100:.0f} %",
    ):  # fmt: skip
        assert told in page, told
