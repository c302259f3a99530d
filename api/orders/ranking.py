"""In which order the goods of a question are offered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from api.orders.basket import ASKED
from api.orders.desk import Desk
from api.understanding.outcome import Question


async def likeliest_first(desk: Desk, questions: Sequence[Question]) -> tuple[Question, ...]:
    """The candidates by how many orders of the customer held them, then what is in stock, then as they were found.

    The stock is looked up for the questions whose turn it is. The order is kept with the question: «второе» and «2»
    mean the same place that the customer read.
    """
    by_sku = desk.who.catalogue.by_sku
    shown = questions[:ASKED]
    named = {sku: by_sku[sku] for question in shown for sku in question.candidates if sku in by_sku}
    market = await desk.who.market(named.values()) if named else None
    ordered = Counter(sku for order in desk.history for sku in order.lines)
    gone = {sku for sku, product in named.items() if market and market.ref(product).stock == "out"}
    return tuple(
        replace(question, candidates=tuple(sorted(question.candidates, key=lambda sku: (-ordered[sku], sku in gone))))
        for question in questions
    )
