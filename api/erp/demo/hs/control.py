"""The control API of the service: its faults, and sending the webhook now."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict

from api.erp.demo.hs import webhook
from api.erp.demo.hs.desk import Desk
from api.erp.demo.hs.faults import HsFaults


def _desk(request: Request) -> Desk:
    """The service, for a caller who knows the password."""
    desk: Desk = request.app.state.desk
    if not desk.base.accepts(request.headers.get("authorization", "")):
        raise HTTPException(401, "Нужны пользователь и пароль 1С.", {"WWW-Authenticate": 'Basic realm="demo"'})
    return desk


Allowed = Annotated[Desk, Depends(_desk)]
router = APIRouter(prefix="/control/hs", max_body_size=100_000)


class Receiver(BaseModel):
    """Where the bot is told, and by which secret."""

    model_config = ConfigDict(extra="forbid")

    url: str
    secret: str


@router.put("/faults")
def put_faults(desk: Allowed, faults: HsFaults) -> HsFaults:
    """These switches, and no others."""
    desk.faults.set(faults)
    return faults


@router.post("/webhook")
async def send(desk: Allowed, receiver: Receiver) -> dict[str, int]:
    """Tell the bot what has changed since it was told last; what it did not take is told again."""
    entries = desk.journal.after(desk.sent)
    status = await webhook.send(receiver.url, receiver.secret, entries)
    if status == 200 and entries:
        desk.sent = entries[-1].seq
    return {"status": status, "changes": len(entries)}
