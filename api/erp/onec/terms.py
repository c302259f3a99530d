"""A customer's terms of trade: the agreement in force and its contract."""

from collections.abc import Iterable
from datetime import date

from api.erp.onec.names import Words
from api.erp.onec.records import Record


def is_in_force(agreement: Record, words: Words, today: date) -> bool:
    """Whether an agreement holds on this day."""
    if agreement.flag("deleted") or agreement.text("status") not in ("", words.agreement_in_force):
        return False
    starts, ends = agreement.day("starts"), agreement.day("ends")
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def chosen(agreements: Iterable[Record], words: Words, today: date) -> Record | None:
    """The agreement to trade by: of those in force the one that started last."""
    held = [agreement for agreement in agreements if is_in_force(agreement, words, today)]
    return max(held, key=lambda agreement: (agreement.day("starts") or date.min, agreement.text("id")), default=None)
