"""Where two models differ: the dearest first, each kind once, and who was right by what people said."""

from datetime import datetime, timedelta

from pytest_httpserver import HTTPServer

from api.db.session import staff_session
from api.review import service
from api.training import shadow, shadow_reading, shadow_report
from api.training.shadow_report import Report, price
from tests.api.orders.conftest import NOW
from tests.api.training.shadow.conftest import CANDIDATE, Seat, Traffic

SAID = {
    "отгрузите без накладной 5": ("order", "documents", 0.9), "отгрузите без накладной 7": ("order", "documents", 0.8),
    "привет": ("greet", "thanks", 0.99), "что нового": ("nlu_fallback", "promo", 0.7),
    "молоко 5": ("order", "order", 0.9), "кефир": ("order", "order", 0.95),
}  # fmt: skip


async def compared(traffic: Traffic, second: Seat, later: datetime) -> int:
    async with staff_session() as session:
        run = await shadow.start(session, CANDIDATE, NOW + timedelta(days=1), "anna", NOW)
    for text, (live, other, share) in SAID.items():
        second.says[text] = (other, share)
        await traffic.hears(text, live, 0.6)
    await shadow_reading.read(later)
    return run.id


async def shown(run: int) -> Report:
    async with staff_session() as session:
        found = next(one for one in await shadow.latest(session) if one.id == run)
        return await shadow_report.report(session, found)


async def test_the_dearest_difference_stands_first(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime
) -> None:
    report = await shown(await compared(traffic, second, later))
    assert (report.same.part, report.same.whole, report.missed, report.live_missed) == (2, 6, 0, 1)
    low, high = report.same.interval
    assert low < 1 / 3 < high
    assert [(one.live_intent, one.intent, one.times) for one in report.differences] == [
        ("order", "documents", 2), ("nlu_fallback", "promo", 1), ("greet", "thanks", 1)
    ]  # fmt: skip
    first = report.differences[0]
    assert first.examples == ["отгрузите без накладной 7"]
    assert (round(first.confidence, 2), first.live_confidence, first.label) == (0.85, 0.6, "")
    assert report.matrix.cells["order"]["documents"] == 2 and report.matrix.cells["order"]["order"] == 2
    assert report.matrix.live == ["order", "greet", "nlu_fallback"] and report.matrix.more == 0
    assert report.matrix.candidate == ["documents", "order", "promo", "thanks"]


async def test_labels_tell_who_was_right(seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime) -> None:
    run = await compared(traffic, second, later)
    first, missed, greeting = (await shown(run)).differences
    async with staff_session() as session:
        for one, deed in ((first, "documents"), (missed, "help"), (greeting, "greet")):
            await shadow_report.label_difference(session, run, one.key, deed, "anna", later)
        taught = await service.examples(session)
    assert sorted((one.text, one.intent) for one in taught) == [
        ("отгрузите без накладной 7", "documents"), ("привет", "greet"), ("что нового", "help"),
    ]  # fmt: skip
    report = await shown(run)
    assert (report.verdict.candidate, report.verdict.live, report.verdict.neither) == (2, 1, 1)
    assert [one.label for one in report.differences] == ["documents", "help", "greet"]
    async with staff_session() as session:
        await service.undo(session, report.differences[0].decision_id or 0, "anna", later)
    report = await shown(run)
    assert report.verdict.candidate == 0 and report.differences[0].label == ""


async def test_a_dismissal_says_nothing_of_who_was_right(
    seated: HTTPServer, traffic: Traffic, second: Seat, later: datetime
) -> None:
    run = await compared(traffic, second, later)
    async with staff_session() as session:
        key = (await shadow_report.report(session, (await shadow.latest(session))[0])).differences[0].key
        await shadow_report.label_difference(session, run, key, "not_order", "anna", later)
    report = await shown(run)
    assert report.differences[0].label == "not_order" and report.verdict.share.whole == 0


def test_orders_are_the_dearest() -> None:
    assert price("order", "greet") == price("greet", "order") > price("call_human", "greet") > price("greet", "thanks")
    assert price("nlu_fallback", "greet") > price("greet", "thanks")
