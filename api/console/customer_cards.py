"""On a customer's page: what is written back into the accounting system, and who wins a conflict."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.access import Member
from api.console.customers import back, show
from api.customers import phones, written_cards
from api.db.models import CardChangeRow, ContactRow, CustomerRow, OutletRow, ProfileRequestRow
from api.db.session import staff_session
from api.deps.audit import audit
from api.domain.customer import CardField
from api.errors import NotFound

router = APIRouter(prefix="/console/customers", include_in_schema=False)


@router.post("/{customer_id:path}/card")
async def change_card(
    request: Request,
    staff: Member,
    customer_id: str,
    field: Annotated[Literal["address", "phone"], Form()],
    subject: Annotated[str, Form(max_length=200)],
    after: Annotated[str, Form(max_length=500)],
    request_id: Annotated[int | None, Form()] = None,
) -> Response:
    """The address of an outlet or the number of a person, for the accounting system to keep."""
    value = after.strip() if field == "address" else phones.number(after) or ""
    if not value:
        wanted = "Нужен новый адрес." if field == "address" else "Номер нужен целиком: +7 900 000-00-00."
        return await show(request, staff, customer_id, 422, error=wanted)
    async with staff_session() as session:
        customer = await session.get(CustomerRow, customer_id)
        whose = await _whose(session, field, subject)
        if customer is None or whose is None or whose.customer_id != customer_id:
            raise NotFound("Такой точки или такого сотрудника нет.")
        if request_id is not None:
            asked = await session.get(ProfileRequestRow, request_id)
            if asked is None or asked.customer_id != customer_id:
                raise NotFound("Такой просьбы нет.")
        row = await written_cards.propose(
            session, customer, CardField(field), whose, value, by=staff.login, request_id=request_id
        )
        if row is None:
            raise NotFound("Эта учётная система не принимает такие изменения.")
        await audit(session, staff.login, "card_change", str(row.id), customer=customer_id, field=row.field)
    return back(customer_id)


async def _whose(session: AsyncSession, field: str, subject: str) -> OutletRow | ContactRow | None:
    if field == "address":
        return await session.get(OutletRow, subject)
    return await session.get(ContactRow, subject)


@router.post("/{customer_id:path}/card/{change_id}/{winner}")
async def decide(staff: Member, customer_id: str, change_id: int, winner: Literal["ours", "theirs"]) -> Response:
    """Who wins where the field was changed on both sides."""
    async with staff_session() as session:
        query = select(CardChangeRow).filter_by(id=change_id, customer_id=customer_id, state="conflict")
        row = (await session.scalars(query.with_for_update())).one_or_none()
        if row is None:
            raise NotFound("Это уже решено.")
        await written_cards.decide(session, row, ours=winner == "ours", by=staff.login)
        await audit(session, staff.login, f"card_{winner}", str(row.id), customer=customer_id)
    return back(customer_id)
