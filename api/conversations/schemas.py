"""What conversations take and give over HTTP."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class SessionIn(BaseModel):
    visitor: str | None = Field(None, max_length=500)
    code: str | None = Field(None, max_length=100)


class SessionOut(BaseModel):
    visitor: str
    conversation: UUID
    customer: str | None
    seq: int
    file_bytes: int
    """The largest file that is taken."""


class ButtonOut(BaseModel):
    """A quick reply; with `url` a link, which is opened and not sent back."""

    title: str
    url: str | None = None


class MessageOut(BaseModel):
    """A line of the conversation as the customer sees it. `sender` is customer, bot or manager."""

    seq: int
    at: datetime
    sender: str = Field(serialization_alias="from")
    author: str | None = None
    text: str
    client_id: str | None = None
    buttons: list[ButtonOut] = []
    card: dict[str, Any] | None = None


class MessagesOut(BaseModel):
    messages: list[MessageOut]
    typing: bool
    hidden_until: int = 0
    """Messages up to this number are another company's: who still shows them takes them away at once."""


class ReceiptOut(BaseModel):
    """The number that the message got; none for a messenger's update, whose sender does not wait for it."""

    seq: int | None


class SignInBody(BaseModel):
    code: str = Field(max_length=100, examples=["KOFE-PETRA"])


class ChannelBody(BaseModel):
    channel: str = Field(max_length=40, examples=["telegram"])


class NameOut(BaseModel):
    name: str


class ManagerOut(BaseModel):
    name: str
    phone: str


class OutletOut(BaseModel):
    id: str
    name: str
    address: str


class LastOrderOut(BaseModel):
    number: str | None
    date_text: str


class MeOut(BaseModel):
    signed_in: bool
    customer: NameOut | None = None
    contact_name: str = ""
    can_switch: bool = False
    """The same person may speak for other companies as well."""
    rights: list[str] = []
    outlets: list[OutletOut] = []
    outlet: OutletOut | None = None
    manager: ManagerOut
    last_order: LastOrderOut | None = None


class PhoneBody(BaseModel):
    phone: str = Field(max_length=40)


class OneTimeCodeBody(BaseModel):
    code: str = Field(pattern=r"^\d{4,8}$")


class CompanyBody(BaseModel):
    company: str = Field(max_length=100)


class CompanyOut(BaseModel):
    id: str
    name: str


class LinkOut(BaseModel):
    url: str


class SignInOut(BaseModel):
    """Where a visitor stands. `left`: signed out.

    `sent_by`: sms, email, told only to whom the number belongs; page: the number stands on the page for a password.
    """

    step: Literal["signed_in", "ask", "code_sent", "company"]
    me: MeOut | None
    ways: list[Literal["contact", "number", "typed", "code", "login"]]
    companies: list[CompanyOut] = []
    sent_by: list[str] = []
    problem: Literal["", "foreign_contact", "unknown_phone", "doubt"] = ""
    closed: str = ""
    """Cut off by the distributor: contact, phone, code, login or customer says why."""
    left: bool = False
    manager: ManagerOut


class HandoffBody(BaseModel):
    reason: str = Field("asked", max_length=40)
    note: str = Field("", max_length=4_000)


class HandoffOut(BaseModel):
    manager: ManagerOut
    working_hours: bool
    hours_text: str


class MisunderstoodBody(BaseModel):
    text: str = Field(max_length=4_000)
    intent: str = Field("", max_length=60)
    confidence: float | None = Field(None, ge=0, le=1)
    stage: int = Field(1, ge=1, le=9)


class Empty(BaseModel):
    pass
