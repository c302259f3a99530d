"""0009 and 0010 on a database in use: nothing is lost upwards; back again with the main accounting system alone."""

import psycopg
import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from api.db.migrate import alembic_config
from api.db.session import driver_url

FILLED = """
INSERT INTO categories (id, name) VALUES ('c', 'Молочное');
INSERT INTO products (id, sku, name, base_unit, category_id) VALUES ('p', '10001', 'Молоко', 'шт', 'c');
INSERT INTO price_lists (id, name) VALUES ('l', 'Опт');
INSERT INTO warehouses (id, name) VALUES ('w', 'Основной');
INSERT INTO customers (id, name, price_list_id) VALUES ('k', 'Кофейня', 'l');
INSERT INTO sync_runs (name, finished_at, succeeded_at) VALUES ('catalog', now(), now()), ('prices', now(), now());
INSERT INTO erp_health (id, up, changed_at, reason) VALUES (1, false, now(), 'нет связи');
"""
USED = """
INSERT INTO sync_runs (backend, name, started_at) VALUES ('main', 'stock', now());
INSERT INTO sync_holds (backend, data, found_at, summary) VALUES ('main', 'goods', now(), '{}');
INSERT INTO card_changes (at, customer_id, field) VALUES (now(), 'k', 'address');
"""
NAMED = """
INSERT INTO aliases (customer_id, phrase, said, product_id, origin, created_at, revoked_at) VALUES
    ('k', 'печен', 'печенья', 'p', 'answer', now(), NULL), ('k', 'сгух', 'сгухи', 'p', 'answer', now(), NULL),
    (NULL, 'печен', 'печенье', 'p', 'manager', now(), now());
INSERT INTO conversations (id, channel, channel_user, customer_id, mode) VALUES
    ('00000000-0000-0000-0000-000000000001', 'webchat', 'v', 'k', 'waiting');
INSERT INTO inbox (channel, provider_id, conversation_id, seq, at, text, raw) VALUES
    ('webchat', '1', '00000000-0000-0000-0000-000000000001', 1, now(), 'Позовите человека', '{}');
INSERT INTO handoffs (conversation_id, customer_id, reason, requested_at) VALUES
    ('00000000-0000-0000-0000-000000000001', 'k', 'asked', now());
"""


def told(connection: Connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(query))]


def test_up_and_down_on_a_database_in_use(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("CREATE DATABASE migrated")
    engine = create_engine(make_url(driver_url(postgres)).set(database="migrated"))
    config = alembic_config()
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0008")
            connection.execute(text(FILLED))
            command.upgrade(config, "0009")
            assert told(connection, "SELECT backend, sku FROM products") == [("main", "10001")]
            assert told(connection, "SELECT backend, name FROM sync_runs ORDER BY name") == [
                ("main", "goods"),
                ("main", "prices"),
            ]
            assert told(connection, "SELECT backend, up, reason FROM erp_health") == [("main", False, "нет связи")]
            connection.execute(text(USED))
            command.downgrade(config, "0008")
            assert told(connection, "SELECT name FROM sync_runs ORDER BY name") == [("catalog",), ("prices",)]
            assert told(connection, "SELECT id, up FROM erp_health") == [(1, False)]
            command.upgrade(config, "head")
            command.downgrade(config, "0009")
            connection.execute(text(NAMED))
            command.upgrade(config, "head")
            assert told(connection, "SELECT phrase FROM aliases ORDER BY id") == [("печенье",), ("сгух",), ("печенье",)]
            last = "SELECT last_text, last_sender, unanswered_since IS NOT NULL FROM conversations"
            assert told(connection, last) == [("Позовите человека", "customer", True)]
            command.downgrade(config, "0009")
            command.upgrade(config, "head")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            connection.execute(text("INSERT INTO categories (id, name, backend) VALUES ('north:c', 'Сыры', 'north')"))
            with pytest.raises(DBAPIError, match="a second accounting system"):
                command.downgrade(config, "0008")
            connection.rollback()
    finally:
        engine.dispose()
        with psycopg.connect(postgres, autocommit=True) as server:
            server.execute("DROP DATABASE migrated")
