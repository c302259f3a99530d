"""PostgreSQL itself refuses other customers' rows, also to a query that forgot its WHERE."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from api.db.models import (
    AliasRow,
    AttachmentRow,
    BalanceRow,
    Base,
    CartRow,
    CartSessionRow,
    ContactRow,
    EventRow,
    InboxRow,
    InvoiceRow,
    OutboxRow,
    PriceRow,
    ProfileRequestRow,
    ReadingRow,
    StoredResultRow,
)
from api.db.session import customer_session, staff_session
from tests.api.orders.conftest import BEREZKA, NOW, PETRA, World

RULES = import_module("api.db.migrations.versions.0002_roles_and_row_level_security")
ALIASES = import_module("api.db.migrations.versions.0005_aliases")
CHANNELS = import_module("api.db.migrations.versions.0007_channels_and_people")
BACKENDS = import_module("api.db.migrations.versions.0009_several_accounting_systems")
DESK = import_module("api.db.migrations.versions.0010_the_managers_desk")
TRAINING = import_module("api.db.migrations.versions.0011_the_training_loop")
READABLE = sorted([*(table for table, (_, rights) in RULES.OWNED.items() if "SELECT" in rights), *CHANNELS.OWNED])


@pytest.fixture
async def full(world: World) -> World:
    """Rows of both customers in every table that belongs to customers."""
    for place, customer in enumerate((PETRA, BEREZKA), 1):
        await world.past_order(customer, {"p-milk": ("5", "500")}, number=f"N-{customer}")
        conversation = world.conversations[customer]
        await world.add(
            ContactRow(id=f"c-{customer}", customer_id=customer, name=customer),
            BalanceRow(customer_id=customer, debt=Decimal(1), overdue=Decimal(0), as_of=NOW),
            InvoiceRow(
                customer_id=customer, number="1", issued=date(2025, 12, 1), due=date(2025, 12, 9),
                amount=Decimal(1), rest=Decimal(1),
            ),
            PriceRow(product_id="p-milk", amount=Decimal(400), customer_id=customer),
            CartRow(customer_id=customer, outlet_id=f"{customer}-1"),
            CartSessionRow(conversation_id=conversation, customer_id=customer, outlet_id=f"{customer}-1"),
            StoredResultRow(inbox_id=place, request="x", customer_id=customer, body={"of": customer}),
            EventRow(at=NOW, kind="x", customer_id=customer, conversation_id=conversation, data={}),
            InboxRow(
                id=place, channel="webchat", provider_id=customer, conversation_id=conversation, seq=1, at=NOW,
                text="x", raw={},
            ),
            OutboxRow(conversation_id=conversation, seq=2, at=NOW, sender="bot", text="x", customer_id=customer),
            ProfileRequestRow(at=NOW, customer_id=customer, conversation_id=conversation, kind="phone"),
        )  # fmt: skip
        await world.add(
            AttachmentRow(inbox_id=place, conversation_id=conversation, customer_id=customer, kind="document")
        )
    return world


async def rows(table: str, customer: str | None) -> list[str]:
    """Every row of the table as text: of the customer's role, or of the staff's."""
    query = text(f"SELECT to_jsonb(t)::text FROM {table} t")
    if customer is None:
        async with staff_session() as session:
            return list(await session.scalars(query))
    async with customer_session(customer) as session:
        return list(await session.scalars(query))


@pytest.mark.parametrize("table", READABLE)
async def test_a_query_without_where_sees_own_rows_only(full: World, table: str) -> None:
    everything = await rows(table, None)
    mine, theirs = await rows(table, PETRA), await rows(table, BEREZKA)
    assert mine and theirs
    assert not set(mine) & set(theirs)
    assert set(mine) | set(theirs) <= set(everything)


@pytest.mark.parametrize(
    "table", sorted([*RULES.INTERNAL, *CHANNELS.INTERNAL, *DESK.INTERNAL, *TRAINING.TABLES, "readings"])
)
async def test_internal_tables_are_closed(world: World, table: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        await rows(table, PETRA)


async def test_what_was_said_to_the_former_company_of_a_chat_is_hidden_from_the_next(full: World) -> None:
    async with staff_session() as session:
        await session.execute(
            text("UPDATE conversations SET customer_id = :new, hidden_until = 2 WHERE customer_id <> :new"),
            {"new": PETRA},
        )
    assert len(await rows("conversations", PETRA)) == 2
    assert len(await rows("outbox", PETRA)) == 1
    assert len(await rows("inbox", PETRA)) == 1


async def test_without_a_customer_there_are_no_rows(full: World) -> None:
    for table in READABLE:
        assert await rows(table, "") == []


async def test_nobody_writes_for_another(full: World) -> None:
    foreign = [
        insert(CartRow).values(customer_id=BEREZKA, outlet_id="berezka-9"),
        insert(EventRow).inline().values(at=NOW, kind="x", customer_id=BEREZKA, data={}),
        insert(ReadingRow)
        .inline()
        .values(
            at=NOW,
            inbox_id=1,
            conversation_id=full.conversations[BEREZKA],
            customer_id=BEREZKA,
            text="x",
            operation="x",
        ),
    ]
    for statement in foreign:
        with pytest.raises(DBAPIError, match="row-level security"):
            async with customer_session(PETRA) as session:
                await session.execute(statement)
    async with customer_session(PETRA) as session:
        changed = await session.execute(text("UPDATE carts SET version = 99 RETURNING customer_id"))
        assert [row.customer_id for row in changed] == [PETRA]


def _alias(customer: str | None, phrase: str) -> AliasRow:
    return AliasRow(
        customer_id=customer, phrase=phrase, said=phrase, product_id="p-milk", origin="manager", created_at=NOW
    )


async def test_aliases_without_where_are_ones_own_and_those_for_all(world: World) -> None:
    await world.add(_alias(PETRA, "моё"), _alias(BEREZKA, "чужое"), _alias(None, "общее"))
    async with customer_session(PETRA) as session:
        assert set(await session.scalars(text("SELECT phrase FROM aliases"))) == {"моё", "общее"}
    async with customer_session("") as session:
        assert set(await session.scalars(text("SELECT phrase FROM aliases"))) == {"общее"}


async def test_a_customer_changes_its_own_aliases_only(world: World) -> None:
    await world.add(_alias(PETRA, "моё"), _alias(BEREZKA, "чужое"), _alias(None, "общее"))
    async with customer_session(PETRA) as session:
        changed = await session.scalars(text("UPDATE aliases SET product_id = 'p-cream' RETURNING phrase"))
        assert list(changed) == ["моё"]
    values = {"phrase": "новое", "said": "новое", "product_id": "p-milk", "origin": "answer", "created_at": NOW}
    for customer in (BEREZKA, None):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with customer_session(PETRA) as session:
                await session.execute(insert(AliasRow).values(customer_id=customer, **values))
    for statement in (
        "UPDATE aliases SET revoked_at = NULL",
        "UPDATE aliases SET customer_id = NULL",
        "DELETE FROM aliases",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with customer_session(PETRA) as session:
                await session.execute(text(statement))


async def test_the_policies_bind_the_role_itself(world: World) -> None:
    query = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname LIKE 'orders\\_%'")
    async with staff_session() as session:
        assert set(await session.scalars(query)) == {False}


def test_every_table_of_the_product_is_ruled() -> None:
    ruled = {*RULES.COMMON, *RULES.OWNED, *RULES.INTERNAL, *ALIASES.OWNED_OR_SHARED}
    ruled |= {*CHANNELS.INTERNAL, *CHANNELS.OWNED, *BACKENDS.INTERNAL, *DESK.INTERNAL, *DESK.OWNED}
    ruled |= {*TRAINING.TABLES}
    assert set(Base.metadata.tables) <= ruled
