"""The customer's words go to the api to be read as an order; here is what comes of them."""

import re

from actions import showing
from actions.also import answer_also
from actions.amounts import names_day
from actions.turn import Turn
from actions.views import OutletView, TurnOutcome

ORDER_KINDS = ("changed", "asked", "needs_outlet")
_REMOVE = re.compile(r"(да,? |тогда |ну )?(убер\w*|убир\w*|убра\w*|удал\w*|выкин\w*)( (её|ее|его|их|это))?")
_REPLACE = re.compile(r"(да,? |тогда |ну )?(замен\w*|поменя\w*)( (её|ее|его|их|это))?")
_PLAIN_YES_OR_NO = 5
"""Words in a message that may still be nothing but «да, всё верно, оформляйте»."""


async def read_order(turn: Turn) -> TurnOutcome | None:
    """Reads the words and tells the outcome. None: it is no order, nothing is said."""
    if not turn.text:
        return None
    outcome = await _settled(turn) or await turn.gateway.message(
        turn.text, turn.intent, turn.confidence, turn.focus_sku
    )
    if outcome["kind"] == "needs_outlet" and turn.expects("outlet"):
        named = outlet_named(turn.text, outcome["outlets"])
        if named:
            outcome = await turn.gateway.choose_outlet(named)
    if outcome["kind"] not in ORDER_KINDS and not outcome["notices"]:
        if outcome.get("also"):
            await answer_also(turn, outcome)
            return outcome
        return None
    showing.show_outcome(turn, outcome)
    await answer_also(turn, outcome)
    return outcome


async def _settled(turn: Turn) -> TurnOutcome | None:
    """«убрать» or «замените» as the whole answer to «Заменить на карамель или убрать из заказа?»; else None."""
    sku = turn.expected_value if turn.expects("issue") else None
    said = turn.text.lower().strip(" .!")
    if not sku:
        return None
    if _REMOVE.fullmatch(said):
        return await turn.gateway.set_line(sku, None)
    if not _REPLACE.fullmatch(said):
        return None
    line = next((line for line in (await turn.gateway.cart())["lines"] if line["sku"] == sku), None)
    if line is None or line["substitute"] is None:
        return None
    return await turn.gateway.replace_line(sku, line["substitute"]["sku"])


def says_more(text: str) -> bool:
    """«да, и сливок 3», «да, на пятницу»: more than a yes or a no, so it must be read before it is obeyed."""
    return any(sign.isdigit() for sign in text) or names_day(text) or len(text.split()) > _PLAIN_YES_OR_NO


def outlet_named(text: str, outlets: list[OutletView]) -> str | None:
    """The outlet that a word of the answer, or its number in the list, points to; None unless exactly one fits."""
    if text.strip(" .)").isdigit():
        place = int(text.strip(" .)")) - 1
        return outlets[place]["id"] if 0 <= place < len(outlets) else None
    named = _stems(text)
    fitting = [outlet["id"] for outlet in outlets if named & _stems(f"{outlet['name']} {outlet['address']}")]
    return fitting[0] if len(fitting) == 1 else None


def _stems(text: str) -> set[str]:
    """The beginnings of the longer words: «Лесной» and «Лесную» share one."""
    return {word[:4] for word in re.findall(r"[а-яёa-z0-9]{4,}", text.lower())}
