"""Wrong labels among reviewed examples."""

from api.training.contradictions import Reading, contradictions, disputed, readings
from api.training.schemas import Reviewed
from tests.api.training.measured import measured

OLDER = [
    ("order_status", "где мой заказ"),
    ("order_status", "когда приедет заказ"),
    ("cancel_order", "отмените мой заказ"),
    ("complaint", "привезли без накладной"),
    ("documents", "можно потом бумаги"),
]


def reading(text: str, intent: str, heard: str, confidence: float = 0.95) -> Reading:
    return Reading(text, intent, "anna", heard, confidence)


def test_a_wrong_label_on_a_familiar_phrase_is_found_with_what_it_is_like() -> None:
    (found,) = contradictions([reading("где наш заказ", "cancel_order", "order_status")], OLDER)
    assert found.to_json() == {
        "text": "где наш заказ", "intent": "cancel_order", "by": "anna", "heard": "order_status", "confidence": 0.95,
        "like": "где мой заказ",
    }  # fmt: skip


def test_a_new_kind_of_phrase_is_no_contradiction_though_the_model_is_sure() -> None:
    assert contradictions([reading("отгрузите пока без бумаг", "documents", "complaint")], OLDER) == []


def test_an_unsure_model_and_one_that_understood_nothing_say_nothing_against_a_person() -> None:
    doubtful = reading("где наш заказ", "cancel_order", "order_status", 0.79)
    fallen = reading("где наш заказ", "cancel_order", "nlu_fallback", 1.0)
    assert contradictions([doubtful, fallen], OLDER) == []


def test_what_the_model_has_learnt_is_in_nobodys_dispute() -> None:
    learnt = reading("где наш заказ", "cancel_order", "cancel_order")
    assert disputed([learnt]) == []


def test_reviewed_examples_are_taken_as_the_live_model_read_them() -> None:
    live = measured(reviewed={"где наш заказ": ("cancel_order", "order_status", 0.9)})
    said = [
        Reviewed("где наш заказ", "cancel_order", None, "review:1", "anna"),
        Reviewed("не прочитано", "cancel_order", None, "review:2", "anna"),
    ]
    assert readings(live, said) == [Reading("где наш заказ", "cancel_order", "anna", "order_status", 0.9)]
