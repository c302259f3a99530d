"""The shapes of MAX's answers, as far as they are used."""

from typing import Any

from pydantic import BaseModel, Field


class Done(BaseModel):
    """The answer to a change; a refusal may come with status 200."""

    success: bool
    message: str = ""


class SentBody(BaseModel):
    mid: str = Field(min_length=1)


class SentMessage(BaseModel):
    body: SentBody


class Sent(BaseModel):
    message: SentMessage


class Subscription(BaseModel):
    url: str
    update_types: list[str] | None = None


class Subscriptions(BaseModel):
    subscriptions: list[Subscription]


class Command(BaseModel):
    name: str
    description: str | None = None


class Commands(BaseModel):
    """Of `GET /me` and of `PATCH /me/commands`."""

    commands: list[Command] | None = None


class Updates(BaseModel):
    updates: list[dict[str, Any]]
    marker: int | None = None
