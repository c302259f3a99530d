"""Whether the process lives, and whether it can serve."""

import asyncio

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from api.config import settings
from api.conversations.assistant import is_up
from api.conversations.watch import last_outcomes
from api.db.models import CatalogVersionRow
from api.db.session import staff_session

router = APIRouter(prefix="/health", tags=["health"])


async def database() -> str | None:
    """What is missing, in a word; None: the database answers and knows the goods. The next ones likewise."""
    try:
        async with staff_session() as session:
            known = await session.scalar(select(CatalogVersionRow.version))
    except SQLAlchemyError:
        return "database"
    return None if known is not None else "catalog"


async def assistant() -> str | None:
    return None if await is_up() else "rasa"


async def actions() -> str | None:
    try:
        async with httpx.AsyncClient(timeout=2) as http:
            response = await http.get(f"{settings().actions_base_url}/health")
    except httpx.HTTPError:
        return "actions"
    return None if response.status_code == 200 else "actions"


async def _channels() -> dict[str, str]:
    try:
        async with staff_session() as session:
            return await last_outcomes(session)
    except SQLAlchemyError:
        return {}


@router.get("/live")
async def live() -> dict[str, bool]:
    """The process answers."""
    return {"live": True}


@router.get("/ready", responses={503: {"description": "Something this process leans on is missing"}})
async def ready() -> JSONResponse:
    """Everything a customer's message needs is there; else 503 and what is waited for.

    The accounting system is not among it: orders are taken while it is down. `channels` tells how each messenger's
    last preparation went; one that fails keeps nobody from the others.
    """
    channels, *found = await asyncio.gather(_channels(), database(), assistant(), actions())
    missing = [name for name in found if name]
    body = {"ready": not missing, "waiting_for": missing, "channels": channels}
    return JSONResponse(body, status_code=503 if missing else 200)
