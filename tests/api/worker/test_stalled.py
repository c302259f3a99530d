"""Jobs of a worker that died: all of them go on, also when the twin of one waits already."""

import asyncio

import procrastinate
from sqlalchemy import text

from api.db.session import staff_session
from api.run.heartbeat import beats
from api.worker import __main__ as worker
from api.worker import app, conninfo, defer

DEAD = text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
TAKEN = text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker WHERE id <= :last")


async def test_a_dead_job_whose_twin_waits_does_not_hold_back_the_others(database: str) -> None:
    async with staff_session() as session:
        await defer(session, "channels.watch", lock="w", queueing_lock="w")
        await defer(session, "conversations.handle", lock="c", inbox_id=1)
        last = await session.scalar(text("SELECT max(id) FROM procrastinate_jobs"))
        dead = await session.scalar(DEAD)
        await session.execute(TAKEN, {"worker": dead, "last": last})
        await defer(session, "channels.watch", lock="w", queueing_lock="w")
    with app.replace_connector(procrastinate.PsycopgConnector(conninfo=conninfo())):
        async with app.open_async():
            await worker.requeue_stalled.func(timestamp=0)
    async with staff_session() as session:
        rows = await session.execute(text("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id"))
        assert [tuple(row) for row in rows] == [("conversations.handle", "todo"), ("channels.watch", "todo")]


async def test_what_we_say_goes_by_a_queue_of_its_own(database: str) -> None:
    async with staff_session() as session:
        await defer(session, "messages.deliver", outbox_id=1)
        await defer(session, "conversations.handle", inbox_id=1)
        rows = await session.execute(text("SELECT task_name, queue_name FROM procrastinate_jobs ORDER BY id"))
        assert [tuple(row) for row in rows] == [
            ("messages.deliver", worker.OUT),
            ("conversations.handle", worker.DEFAULT),
        ]
    assert set(worker.USUAL) == {worker.OUT, worker.DEFAULT, worker.READINGS}


async def test_trainings_hold_nobody_up(database: str) -> None:
    async with staff_session() as session:
        await defer(session, "training.run", run_id=1)
        await defer(session, "model.deploy", deployment_id=1)
        rows = await session.execute(text("SELECT task_name, queue_name FROM procrastinate_jobs ORDER BY id"))
        assert [tuple(row) for row in rows] == [("training.run", worker.TRAINING), ("model.deploy", worker.DEFAULT)]
    assert worker.TRAINING not in worker.USUAL and set(worker.CONCURRENCY) == {*worker.USUAL, worker.TRAINING}


async def test_a_worker_tells_that_it_lives(database: str) -> None:
    beating = asyncio.create_task(worker.beat(["training"]))
    try:
        for _ in range(200):
            if alive := await asyncio.to_thread(beats, database, "training", 5):
                break
            await asyncio.sleep(0.02)
        assert alive
    finally:
        await worker.stop([beating])
    assert not beats(database, "default", 5)
