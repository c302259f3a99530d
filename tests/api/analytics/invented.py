"""A distributor's days, invented: as rows in the database, and as plain objects to count by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import strategies as st

from api.db.models import (
    ConversationRow,
    CustomerRow,
    EventRow,
    HandoffRow,
    InboxRow,
    OptionRow,
    OrderRow,
    RatingRow,
    StaffUserRow,
)
from api.db.session import staff_session
from tests.api.orders.conftest import NOW

CUSTOMERS = ("a", "b", "c", "trial")
"""The last one is excluded by the settings."""
CHANNELS = ("webchat", "telegram")
STAFF = "staff"
"""The customer of the conversation of one of our own people."""
SPAN_MINUTES = 6 * 24 * 60
STEPS = ("questions", "ready", "refused:minimum_sum", "erp_down", "changed")


@dataclass(frozen=True)
class Attempt:
    """An order in the making. `end`: confirmed, emptied, or nothing. Minutes are before NOW."""

    customer: str
    channel: str
    minutes: int
    took: int
    steps: tuple[str, ...]
    end: str
    total: int
    lines: int
    repeated: bool
    questions: int
    corrected: bool
    person: bool
    messages: int
    status: str
    score: int | None

    @property
    def began(self) -> datetime:
        return NOW - timedelta(minutes=self.minutes)

    @property
    def ended(self) -> datetime:
        return self.began + timedelta(minutes=self.took)

    @property
    def is_order(self) -> bool:
        """Counts as an order."""
        return self.end == "confirmed" and self.status != "cancelled" and self.counts

    @property
    def counts(self) -> bool:
        return self.customer not in ("trial", STAFF)


ATTEMPTS = st.builds(
    Attempt,
    customer=st.sampled_from((*CUSTOMERS, STAFF)),
    channel=st.sampled_from(CHANNELS),
    minutes=st.integers(60, SPAN_MINUTES),
    took=st.integers(1, 50),
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=3).map(tuple),
    end=st.sampled_from(("confirmed", "confirmed", "confirmed", "emptied", "")),
    total=st.integers(1, 50_000),
    lines=st.integers(1, 9),
    repeated=st.booleans(),
    questions=st.sampled_from((0, 0, 2)),
    corrected=st.sampled_from((False, False, True)),
    person=st.sampled_from((False, False, True)),
    messages=st.integers(2, 5),
    status=st.sampled_from(("accepted", "delivered", "failed", "cancelled")),
    score=st.none() | st.integers(1, 5),
)


@dataclass
class Invented:
    """What `keep` has put into the database."""

    attempts: list[Attempt]
    conversations: dict[int, UUID] = field(default_factory=dict)


async def keep(attempts: list[Attempt], elsewhere: list[tuple[str, int]]) -> Invented:
    """Writes the attempts, each in a conversation of its own, and orders made elsewhere (customer, minutes ago)."""
    made = Invented(attempts)
    async with staff_session() as session:
        session.add(OptionRow(key="figures_exclude", value="trial, nobody", changed_at=NOW, changed_by="test"))
        session.add_all([CustomerRow(id=name, name=name) for name in (*CUSTOMERS, STAFF)])
        await session.flush()
        for number, attempt in enumerate(attempts):
            made.conversations[number] = uuid4()
            session.add(
                ConversationRow(
                    id=made.conversations[number],
                    channel=attempt.channel,
                    channel_user=str(number),
                    customer_id=attempt.customer,
                )
            )
            await session.flush()
            if attempt.customer == STAFF:
                user = {"login": f"u{number}", "name": "u", "password_hash": "", "role": "manager"}
                session.add(StaffUserRow(alert_conversation_id=made.conversations[number], **user))
            await _attempt(session, number, attempt, made.conversations[number])
        for number, (customer, minutes) in enumerate(elsewhere):
            at = NOW - timedelta(minutes=minutes)
            session.add(OrderRow(key=f"erp:{number}", customer_id=customer, status="delivered", created_at=at, total=1))
    return made


async def _attempt(session, number: int, attempt: Attempt, conversation: UUID) -> None:  # type: ignore[no-untyped-def]
    spread = (attempt.ended - attempt.began) / (attempt.messages - 1)
    inbox = [
        InboxRow(
            channel=attempt.channel, provider_id=f"{number}-{place}", conversation_id=conversation, seq=place + 1,
            at=attempt.began + place * spread, text="слова", raw={}, handled_at=attempt.ended,
        )
        for place in range(attempt.messages)
    ]  # fmt: skip
    session.add_all(inbox)
    await session.flush()
    name, at = f"attempt-{number}", attempt.began + timedelta(seconds=1)
    events = [("order_started", at, {})]
    for step in attempt.steps:
        step, _, code = step.partition(":")
        events.append(("order_step", at, {"step": step, "code": code}))
    if attempt.corrected:
        events.append(("line_corrected", attempt.began + timedelta(seconds=30), {"phrase": "Молоко"}))
    if attempt.end == "emptied":
        events.append(("order_dropped", attempt.ended, {}))
    if attempt.person:
        asked, taken = attempt.began + timedelta(seconds=20), attempt.began + timedelta(seconds=40)
        session.add(
            HandoffRow(
                conversation_id=conversation, customer_id=attempt.customer, reason="asked", requested_at=asked,
                taken_at=taken, closed_at=taken,
            )
        )  # fmt: skip
    if attempt.end == "confirmed":
        order = OrderRow(
            key=f"AI-{number}", customer_id=attempt.customer, conversation_id=conversation, status=attempt.status,
            created_at=attempt.ended, total=Decimal(attempt.total),
        )  # fmt: skip
        session.add(order)
        await session.flush()
        known = {
            "order_id": order.id, "began": attempt.began.isoformat(), "questions": attempt.questions,
            "repeated": attempt.repeated, "lines": attempt.lines,
        }  # fmt: skip
        events.append(
            ("order_confirmed", attempt.ended, known | ({"changed": attempt.lines} if attempt.repeated else {}))
        )
        if attempt.score is not None:
            session.add(
                RatingRow(
                    order_id=order.id, asked_at=attempt.ended, customer_id=attempt.customer,
                    conversation_id=conversation, score=attempt.score, rated_at=attempt.ended,
                )
            )  # fmt: skip
    for kind, moment, data in events:
        session.add(
            EventRow(
                at=moment, kind=kind, customer_id=attempt.customer, conversation_id=conversation,
                data={"attempt": name} | data,
            )
        )  # fmt: skip
        await session.flush()
