"""Reading what the widget sends."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from api.channels.cleaning import MAX_TEXT, clean
from api.channels.errors import ChannelError
from api.channels.port import ButtonPress, InboundMessage, LineChange, Reading, Webhook
from api.channels.webchat import visitor

MOST_SEQ = 2**53


class ButtonBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    message: int = Field(ge=1, le=MOST_SEQ)
    index: int = Field(ge=0, le=50)


class LineBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    message: int = Field(ge=1, le=MOST_SEQ)
    sku: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    quantity: Decimal = Field(ge=0, le=1_000_000, decimal_places=3)


class MessageBody(BaseModel):
    """A typed message, a pressed button, or a quantity changed in place: exactly one of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"id": "7f3b2a44-6d0f-4a7e-9a38-0c4b5a0f9f10", "text": "как обычно, только молока 8"}
        },
    )
    id: UUID
    text: str | None = None
    button: ButtonBody | None = None
    line: LineBody | None = None

    @model_validator(mode="after")
    def one_content(self) -> "MessageBody":
        if sum(content is not None for content in (self.text, self.button, self.line)) != 1:
            raise ValueError("exactly one of text, button, line")
        if self.text is not None and not self.text.strip():
            raise ValueError("text is empty")
        return self


class WebChat:
    kind = "webchat"
    title = "чат на сайте"

    def read(self, webhook: Webhook) -> Reading:
        """Verifies the visitor's token and reads the body; raises ChannelError."""
        scheme, _, token = webhook.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise ChannelError(401, "no_visitor", "Сессия закончилась. Обновите страницу.")
        conversation_id = visitor.read(token.strip())
        try:
            message = MessageBody.model_validate_json(webhook.body)
        except ValidationError as error:
            raise ChannelError(422, "broken_message", "Сообщение не получилось прочитать.") from error
        if message.text is not None and len(message.text) > MAX_TEXT:
            raise ChannelError(413, "too_long", f"Сообщение длиннее {MAX_TEXT} знаков. Разделите его, пожалуйста.")
        text = clean(message.text or "")
        if message.text is not None and not text:
            raise ChannelError(422, "empty_message", "Сообщение пустое.")
        inbound = InboundMessage(
            provider_id=f"{conversation_id}:{message.id}",
            channel_user=str(conversation_id),
            raw=message.model_dump(mode="json", exclude_none=True),
            text=text,
            button=ButtonPress(message.button.message, message.button.index) if message.button else None,
            line=LineChange(message.line.message, message.line.sku, message.line.quantity) if message.line else None,
        )
        return Reading((inbound,))
