"""A customer's list in a file becomes a proposed order: what is settled is put into the cart, the rest is asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from api.attachments import service as attachments
from api.attachments.service import Attached
from api.domain.wording import plural
from api.orders import appointed, reading, views
from api.orders.desk import Desk
from api.orders.schemas import ColumnView, ListView, NoticeView, TurnOutcome
from api.orders.telling import told
from api.spreadsheets.limits import ROWS
from api.understanding.order_list import ListOutcome, find_list, read_list
from api.understanding.outcome import Notice, Outcome
from api.understanding.read import read

NAMELESS_SHOWN = 5
TOLD = 10
"""Changes of lines that were in the cart before, sums, wishes; what is new stands in the cart itself."""


async def attached_list(desk: Desk, conversation: str, attachment: int, column: int | None = None) -> TurnOutcome:
    """Reads the list and puts it into the cart, or asks which column holds the quantities.

    `column`: the customer's answer to that; −1: none does. Raises ApiError `unreadable`.
    """
    file = await attachments.sheets(desk.session, UUID(conversation), attachment)
    found = await asyncio.to_thread(find_list, file.sheets, desk.who.catalogue.index, column)
    if found is None:
        raise attachments.unreadable("no_goods")
    sheet, layout, others = found
    if sheet.total > ROWS + layout.first:
        raise attachments.unreadable("too_many_rows")
    view = ListView(
        attachment=str(attachment),
        file=file.name,
        sheet=sheet.name if len(file.sheets) > 1 else "",
        other_sheets=list(others),
    )
    if layout.rivals:
        view.columns = [ColumnView(value=str(rival.place), title=rival.title) for rival in layout.rivals]
        outcome = await told(desk, "needs_column")
        return outcome.model_copy(update={"attached": view})
    result = await asyncio.to_thread(read_list, sheet, layout, desk.context())
    outcome = await reading.apply(desk, _with_caption(result.outcome, file, desk))
    return _summed_up(outcome, result, view)


def _with_caption(outcome: Outcome, file: Attached, desk: Desk) -> Outcome:
    """«Вот заказ на пятницу, и ещё молока 3» beside the file: the day, and what is ordered without doubt."""
    if not file.caption.strip():
        return outcome
    day = appointed.day_in(file.caption, desk)
    said = read(file.caption, replace(desk.context(), cart=outcome.cart))
    if not said.is_order or not said.changes or said.base_order is not None:
        return replace(outcome, delivery_date=day)
    return replace(
        said,
        changes=(*outcome.changes, *said.changes),
        questions=(*outcome.questions, *said.questions),
        notices=(*outcome.notices, *said.notices),
        notes={**outcome.notes, **said.notes},
        delivery_date=day,
    )


def _summed_up(outcome: TurnOutcome, result: ListOutcome, view: ListView) -> TurnOutcome:
    """The outcome with the figures of the list; lines that are only new are counted, not named."""
    view.rows, view.placed = result.rows, result.placed
    view.unclear, view.unknown, view.blank = result.unclear, result.unknown, result.blank
    view.nameless = list(result.nameless[:NAMELESS_SHOWN])
    changed = [change for change in outcome.changes if change.op not in ("added", "kept")]
    notices = _brief(outcome.notices)
    if more := len(changed[TOLD:]):
        notices.append(_counted("changed_more", more, ("позиции", "позиций", "позиций")))
    return outcome.model_copy(update={"attached": view, "changes": changed[:TOLD], "notices": notices})


def _brief(notices: Sequence[NoticeView]) -> list[NoticeView]:
    """Sums of goods from several rows, each told once with its last sum, and the first wishes; the rest as it is."""
    sums = list({notice.name: notice for notice in notices if notice.code == "same_twice"}.values())
    notes = [notice for notice in notices if notice.code == "note_kept"]
    others = [notice for notice in notices if notice.code not in ("same_twice", "note_kept")]
    more = [_counted("same_more", len(sums) - TOLD, ("товар", "товара", "товаров"))] if len(sums) > TOLD else []
    return [*sums[:TOLD], *more, *notes[:TOLD], *others]


def _counted(code: str, count: int, forms: tuple[str, str, str]) -> NoticeView:
    return views.notice_text(Notice(code, f"{count} {plural(count, *forms)}"))
