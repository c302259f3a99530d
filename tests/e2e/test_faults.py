"""What breaks is survived: 1C, the worker, the assistant. Nothing is lost, nothing happens twice."""

import time

import psycopg

from api.run.system import System
from tests.e2e.chat import Chat
from tests.running import Demo1C

NOTICED_SECONDS = 40.0
"""A look each 15 s; the rest is for a busy machine."""


def noticed_down(system: System) -> None:
    """Waits until the gateway, which looks at 1C each 15 s, knows that it does not answer."""
    deadline = time.monotonic() + NOTICED_SECONDS
    with psycopg.connect(system.database_url, autocommit=True) as connection:
        connection.execute("SET ROLE orders_staff")
        while connection.execute("SELECT up FROM erp_health WHERE backend = 'main'").fetchone() != (False,):
            assert time.monotonic() < deadline, "the gateway did not notice that 1C is down"
            time.sleep(0.2)


def test_1c_down_is_said_and_the_left_order_goes_through(cafe: Chat, demo: Demo1C, system: System) -> None:
    before = demo.count()
    cafe.press("Повторить последний")
    demo.faults(down=True)
    try:
        noticed_down(system)
        cafe.press("Оформить как есть")
        assert "Сейчас мы обновляем систему" in cafe.last()
        assert "+7" in cafe.last()
        cafe.press("Оставить заказ")
        assert demo.count() == before
    finally:
        demo.faults(down=False)
    cafe.wait_for("принят!", patience=90)
    assert demo.count() == before + 1


def test_1c_dies_between_confirm_and_create(cafe: Chat, demo: Demo1C) -> None:
    before = demo.count()
    cafe.press("Повторить последний")
    demo.faults(down=True)
    try:
        cafe.press("Оформить как есть")
        cafe.wait_for("обновляем систему")
    finally:
        demo.faults(down=False)
    cafe.wait_for("принят!", patience=90)
    assert demo.count() == before + 1


def test_answer_lost_after_the_create_makes_one_document(cafe: Chat, demo: Demo1C) -> None:
    before = demo.count()
    demo.faults(lose_answer_after_create=1)
    cafe.press("Повторить последний")
    cafe.press("Оформить как есть")
    cafe.wait_for("принят!", patience=90)
    assert demo.count() == before + 1


def test_worker_killed_in_the_middle_of_a_delivery(cafe: Chat, demo: Demo1C, system: System) -> None:
    before = demo.count()
    demo.faults(slow_first_write_seconds=6)
    cafe.press("Повторить последний")
    cafe.press("Оформить как есть")
    time.sleep(2)  # the worker is now waiting for 1C's slow answer
    system.kill("worker")
    cafe.wait_for("принят!", patience=90)
    time.sleep(3)
    assert demo.count() == before + 1
    cafe.fetch(wait=1)
    assert sum("принят!" in message.text for message in cafe.messages) == 1


def test_rasa_restarted_in_the_middle_of_a_conversation(cafe: Chat, system: System) -> None:
    cafe.press("Повторить последний")
    cafe.press("Изменить количество")
    cafe.press("Молоко")
    system.kill("rasa-1")
    seq = cafe.send(text="8")
    system.wait_ready(["rasa-1"])
    cafe.wait_for("Новый итог: 7 000 ₽", patience=120)
    assert [m.text for m in cafe.messages if m.seq > seq and m.sender == "customer"] == []


def test_query_without_where_shows_no_other_customer(system: System, fresh: None) -> None:
    options = "-c role=orders_customer"
    with psycopg.connect(system.database_url, options=options) as connection:
        mine = connection.execute("SELECT set_config('app.customer_id', '', false)").fetchone()
        assert mine == ("",)
        for table in ("customers", "orders", "outlets", "contacts", "balances", "invoices", "carts"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
