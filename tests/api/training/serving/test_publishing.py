"""Publishing and going back: what is refused, each step taken up again, what a failure leaves, what is kept loaded."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from api.config import settings
from api.db.models import AuditRow, DeploymentRow, ModelSlotRow, ShadowRunRow
from api.db.session import staff_session
from api.errors import Conflict, Forbidden, NotFound
from api.training import adopt, deploying, publishing, registry, shadow, slots
from api.training.publishing import before_the_last
from tests.api.training.serving.conftest import CANDIDATE, LIVE, OLDER, TRAINED, Seats


async def start() -> str:
    """As a start of the product does."""
    now, root = settings().clock.now(), settings().training_root
    async with staff_session() as session:
        version = await adopt.adopt(session, root, now)
    async with staff_session() as session:
        await slots.project(session, root)
    return version


async def publish(version: str = CANDIDATE, reason: str = "") -> int:
    async with staff_session() as session:
        return (await publishing.publish(session, version, "vera", settings().clock.now(), reason)).id


async def roll_back() -> int:
    async with staff_session() as session:
        return (await publishing.roll_back(session, "vera", settings().clock.now())).id


async def deployment(id_: int) -> DeploymentRow:
    async with staff_session() as session:
        return await session.get_one(DeploymentRow, id_)


async def table() -> dict[str, tuple[str, str]]:
    """By seat its version and role."""
    async with staff_session() as session:
        return {slot.name: (slot.version, slot.role) for slot in await slots.all_slots(session)}


async def age(role: str, by: timedelta) -> None:
    async with staff_session() as session:
        statement = update(ModelSlotRow).where(ModelSlotRow.role == role)
        await session.execute(statement.values(since=ModelSlotRow.since - by))


SWITCHED = {"rasa-1": (LIVE, "ready"), "rasa-2": (CANDIDATE, "live")}
UNTOUCHED = {"rasa-1": (LIVE, "live"), "rasa-2": ("", "idle")}


async def test_a_model_is_put_in_and_back_at_once(seats: Seats) -> None:
    assert await start() == LIVE
    assert await table() == UNTOUCHED and seats.told() == {"rasa-1": LIVE, "rasa-2": ""}
    seats.turns[LIVE] = [2, 1, 1, 0]
    first = await publish()
    await deploying.deploy(first)
    row = await deployment(first)
    assert (row.state, row.previous, row.slot, row.error) == ("drained", LIVE, "rasa-2", "")
    assert row.switched_at is not None and row.ended_at is not None
    assert await table() == SWITCHED and seats.current() == CANDIDATE
    assert seats.turns[LIVE] == [0], "it waited for the turns under way"
    assert {version for version, _ in seats.asked} == {CANDIDATE}

    second = await roll_back()
    await deploying.deploy(second)
    assert (await deployment(second)).version == LIVE
    assert await table() == {"rasa-1": (LIVE, "live"), "rasa-2": (CANDIDATE, "ready")}
    assert seats.current() == LIVE and seats.told() == {"rasa-1": LIVE, "rasa-2": CANDIDATE}
    with pytest.raises(Conflict):
        await roll_back()
    async with staff_session() as session:
        rows = await session.scalars(select(AuditRow).order_by(AuditRow.id))
        told = [(row.actor, row.action, row.subject, row.data) for row in rows]
    assert told == [
        ("vera", "model_publish", CANDIDATE, {"previous": LIVE, "reason": ""}),
        ("vera", "model_roll_back", LIVE, {"previous": CANDIDATE, "reason": ""}),
    ]


class Killed(BaseException):
    """The worker's end, in the middle of something."""


def dies(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool) -> None:
    """The worker dies before or after this function is done, once."""
    whole, died = getattr(owner, name), False

    async def wrapped(*given: Any, **named: Any) -> Any:
        nonlocal died
        result = await whole(*given, **named) if after or died else None
        if died:
            return result
        died = True
        raise Killed

    monkeypatch.setattr(owner, name, wrapped)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["_load", "_until_up", "_probe", "_switch", "_drain", "_until_quiet", "tell_seats"])
async def test_a_worker_that_dies_leaves_the_rest_to_the_next(
    seats: Seats, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    await start()
    id_ = await publish()
    dies(monkeypatch, slots if step == "tell_seats" else deploying, step, after=after)
    with pytest.raises(Killed):
        await deploying.deploy(id_)
    await deploying.keep()  # what happens meanwhile takes nothing away
    await deploying.deploy(id_)
    row = await deployment(id_)
    assert (row.state, row.previous, row.error) == ("drained", LIVE, "")
    assert await table() == SWITCHED and seats.told() == {"rasa-1": LIVE, "rasa-2": CANDIDATE}
    assert seats.current() == CANDIDATE


async def test_the_product_that_ends_after_the_switch_starts_with_the_new_model(
    seats: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start()
    id_ = await publish()
    dies(monkeypatch, deploying, "_switch", after=True)
    with pytest.raises(Killed):
        await deploying.deploy(id_)
    assert seats.current() == LIVE, "the file was not written yet"
    assert await start() == CANDIDATE
    assert seats.current() == CANDIDATE and (await table())["rasa-2"] == (CANDIDATE, "live")
    await deploying.deploy(id_)
    assert (await deployment(id_)).state == "drained" and await table() == SWITCHED


async def test_another_model_at_a_start_wins_over_the_table(seats: Seats) -> None:
    """An update trained it, or a person named it while nothing ran."""
    await start()
    going = await publish()
    seats.model(OLDER)
    seats.current(OLDER)
    assert await start() == OLDER
    assert await table() == {"rasa-1": (OLDER, "live"), "rasa-2": ("", "idle")}
    assert (await deployment(going)).state == "failed"
    async with staff_session() as session:
        row = (await session.scalars(select(DeploymentRow).filter_by(kind="start", version=OLDER))).one()
        assert await publishing.previous(session) == LIVE
    assert row.previous == LIVE
    await deploying.deploy(going)
    assert await table() == {"rasa-1": (OLDER, "live"), "rasa-2": ("", "idle")}


async def test_a_start_keeps_the_seat_that_runs_the_model(seats: Seats) -> None:
    (seats.models / "slots.json").write_text(f'{{"rasa-1": "", "rasa-2": "{LIVE}"}}')
    await start()
    assert (await table())["rasa-2"] == (LIVE, "live")
    assert await start() == LIVE
    async with staff_session() as session:
        assert len((await session.scalars(select(DeploymentRow))).all()) == 1


@pytest.mark.parametrize("way", ["fails", "never comes", "hears nothing"])
async def test_a_failure_leaves_the_live_model_alone(seats: Seats, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    await start()
    id_ = await publish()
    words = {"fails": "no such component", "never comes": "не загрузилась за", "hears nothing": "понимает плохо"}
    if way == "fails":
        seats.fails("rasa-2", CANDIDATE, "no such component")
    elif way == "never comes":
        seats.down.add(CANDIDATE)
        monkeypatch.setattr(deploying, "UP_SECONDS", 0)
    else:
        seats.deaf.add(CANDIDATE)
    await deploying.deploy(id_)
    row = await deployment(id_)
    assert row.state == "failed" and words[way] in row.error and row.switched_at is None
    assert await table() == UNTOUCHED and seats.told() == {"rasa-1": LIVE, "rasa-2": ""}
    assert seats.current() == LIVE
    async with staff_session() as session:
        assert await publishing.previous(session) == ""
    await publish(), "the next one may begin"


async def test_what_an_ended_deployment_left_is_taken_over(seats: Seats) -> None:
    await start()
    now = settings().clock.now()
    async with staff_session() as session:
        await slots.occupy(session, OLDER, "starting", now)
    await deploying.deploy(await publish())
    assert await table() == SWITCHED


async def test_before_the_first_start_there_is_nothing_to_change(seats: Seats) -> None:
    with pytest.raises(Conflict, match="не запущен"):
        await publish()


async def test_two_at_once(seats: Seats) -> None:
    await start()
    await publish()
    with pytest.raises(Conflict, match="уже вводится"):
        await publish()
    async with staff_session() as session:
        jobs = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'model.deploy'"))
    assert jobs == 1


async def test_what_is_no_model_or_live_already_is_refused(seats: Seats) -> None:
    await start()
    for name in ("d" * 16, "../models/intents-" + CANDIDATE, "", "B" * 16):
        with pytest.raises(NotFound):
            await publish(name)
    with pytest.raises(Conflict, match="и так отвечает"):
        await publish(LIVE)
    with pytest.raises(Conflict, match="Возвращаться не к чему"):
        await roll_back()


async def test_over_the_gate_only_with_a_reason(seats: Seats) -> None:
    await start()
    seats.model(CANDIDATE, gate={"passed": False, "reasons": ["хуже"]})
    for reason in ("", "  "):
        with pytest.raises(Forbidden):
            await publish(reason=reason)
    id_ = await publish(reason="Праздники, иначе никак")
    assert (await deployment(id_)).reason == "Праздники, иначе никак"
    async with staff_session() as session:
        assert (await session.scalars(select(AuditRow))).one().data["reason"] == "Праздники, иначе никак"


@pytest.mark.parametrize("read", [CANDIDATE, OLDER], ids=["the same", "another"])
async def test_a_shadow_makes_room(seats: Seats, read: str) -> None:
    await start()
    seats.model(read)
    now = settings().clock.now()
    async with staff_session() as session:
        await slots.occupy(session, read, "shadow", now)
        session.add(ShadowRunRow(at=now, by="vera", version=read, until=now + timedelta(days=1)))
    await deploying.keep()
    assert (await table())["rasa-2"] == (read, "shadow")
    await deploying.deploy(await publish())
    assert await table() == SWITCHED
    async with staff_session() as session:
        run = (await session.scalars(select(ShadowRunRow))).one()
    assert run.ended_at is not None
    assert run.ended_why == (shadow.PUBLISHED if read == CANDIDATE else shadow.TAKEN)


async def test_the_model_before_rests_after_a_while(seats: Seats) -> None:
    await start()
    await deploying.deploy(await publish())
    await deploying.keep()
    assert await table() == SWITCHED
    await age("ready", deploying.WARM + timedelta(seconds=1))
    await deploying.keep()
    assert await table() == {"rasa-1": ("", "idle"), "rasa-2": (CANDIDATE, "live")}
    assert seats.told() == {"rasa-1": "", "rasa-2": CANDIDATE}
    await deploying.deploy(await roll_back())
    assert (await table())["rasa-1"] == (LIVE, "live")


async def test_seats_without_a_purpose_are_freed_and_the_file_is_mended(seats: Seats) -> None:
    await deploying.keep()
    assert not (seats.models / "slots.json").exists(), "nothing is live yet"
    await start()
    async with staff_session() as session:
        await slots.occupy(session, CANDIDATE, "shadow", settings().clock.now())  # and no run
    (seats.models / "slots.json").write_text("{}")
    await deploying.keep()
    assert await table() == UNTOUCHED and seats.told() == {"rasa-1": LIVE, "rasa-2": ""}


async def test_nobody_takes_a_seat_from_a_deployment(seats: Seats) -> None:
    await start()
    id_ = await publish()
    await deploying._load(id_)
    async with staff_session() as session:
        with pytest.raises(Conflict):
            await slots.occupy(session, OLDER, "shadow", settings().clock.now())


async def test_the_model_is_not_probed_with_half_a_set(seats: Seats) -> None:
    assert deploying.must_phrases() == [("молока 8", "order"), ("11", "order"), ("сколько я должен", "balance")]
    must = seats.root / "data" / "frozen" / "must.yml"
    (must.parent / "handoff.yml").write_text("- broken elsewhere\n")
    assert len(deploying.must_phrases()) == 3
    must.write_text("order: [\n")
    with pytest.raises(deploying.Failed, match=r"must\.yml не читается"):
        deploying.must_phrases()
    must.unlink()
    assert deploying.must_phrases() == []


@pytest.mark.parametrize(
    ("deployments", "expected"),
    [
        ([], ""),
        ([("start", "a")], ""),
        ([("start", "a"), ("publish", "b")], "a"),
        ([("start", "a"), ("publish", "b"), ("publish", "c"), ("roll_back", "b")], "a"),
        ([("start", "a"), ("publish", "b"), ("roll_back", "a")], ""),
        ([("start", "a"), ("publish", "b"), ("roll_back", "a"), ("publish", "b")], "a"),
        ([("start", "a"), ("start", "b"), ("start", "b")], "a"),
        ([("roll_back", "b")], ""),
    ],
)
def test_what_was_before(deployments: list[tuple[str, str]], expected: str) -> None:
    assert before_the_last(deployments) == expected


async def test_the_newest_are_kept_and_those_in_use(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "keep_models", 2)
    await start()
    names = [f"{number:016x}" for number in range(5)]
    for number, name in enumerate(names):
        seats.model(name, TRAINED + timedelta(days=1 + number))
    (seats.models / f"intents-{names[0]}").mkdir()
    (seats.models / f"intents-{names[0]}" / "confusion.png").write_bytes(b"")
    (seats.models / "evaluations").mkdir()
    (seats.models / "evaluations" / f"{names[0]}-0123.json").write_text("{}")
    (seats.models / "intents-broken.tar.gz").write_bytes(b"")
    assert [one.version for one in registry.versions()][:2] == [names[4], names[3]]
    await deploying.deploy(await publish(names[1]))
    left = {one.version for one in registry.versions()}
    assert left == {LIVE, names[1], names[3], names[4]}
    assert not any(names[0] in path.name for path in seats.models.rglob("*"))


async def test_only_what_the_gate_let_pass_against_the_live_model(seats: Seats) -> None:
    await start()
    for card, words in (
        ({"gate": None}, "не проходила проверку"),
        ({"compared_with": {"version": OLDER}}, "против другой модели"),
        ({"frozen": "0" * 16}, "изменился эталон"),
    ):
        seats.model(CANDIDATE, **card)  # type: ignore[arg-type]
        with pytest.raises(Forbidden, match=words):
            await publish()
    assert (await deployment(await publish(reason="Другой пока нет, заменим завтра"))).reason.startswith("Другой")


async def test_a_model_of_another_program_is_neither_put_in_nor_gone_back_to(seats: Seats) -> None:
    seats.model(LIVE, program="1" * 16)
    seats.model(CANDIDATE, program="2" * 16)
    await start()
    with pytest.raises(Conflict, match="другой версии программы"):
        await publish(reason="Очень нужна именно эта")


async def test_a_seat_that_was_taken_meanwhile_is_not_switched_to(seats: Seats) -> None:
    await start()
    id_ = await publish()
    name, _ = await deploying._load(id_)
    async with staff_session() as session:
        await slots.vacate(session, name, settings().clock.now())
    with pytest.raises(deploying.Failed, match="Место"):
        await deploying._switch(id_, name)
    async with staff_session() as session:
        assert (await slots.live(session)).version == LIVE
