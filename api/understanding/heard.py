"""The intent that the classifier heard in a message, beside what the reading makes of it."""

from dataclasses import dataclass

from api.understanding.outcome import Outcome

ORDER, REPEAT = "order", "repeat_order"
FALLBACK = "nlu_fallback"
"""The classifier's word for «I do not know»: nothing that the reading should lean on."""


@dataclass(frozen=True)
class Heard:
    """The likeliest intent of the whole message and its probability."""

    name: str = ""
    confidence: float = 0.0


def settle(outcome: Outcome, heard: Heard) -> Heard:
    """What the message is, once it was read: what orders is an order, whatever it sounded like."""
    if not outcome.is_order:
        return heard
    repeated = outcome.base_order is not None or any(q.operation == "repeat" for q in outcome.questions)
    name = REPEAT if repeated else ORDER
    return Heard(name, heard.confidence if heard.name == name else 1.0)
