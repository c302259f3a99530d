"""The port to whoever carries an SMS or an e-mail: one-time codes, invitations."""

from dataclasses import dataclass
from typing import Literal, Protocol

Way = Literal["sms", "email"]


@dataclass(frozen=True)
class Letter:
    """`to` is a number in E.164 or an e-mail address; an SMS has no subject."""

    to: str
    text: str
    subject: str = ""


class CourierError(Exception):
    """The letter was not taken. `evidence` is the provider's answer for the log: no address, no text of the letter."""

    def __init__(self, message: str, *, permanent: bool, evidence: str = "") -> None:
        super().__init__(f"{message} {evidence}".strip())
        self.message = message
        self.permanent = permanent
        self.evidence = evidence


class Courier(Protocol):
    way: Way

    async def send(self, letter: Letter) -> None:
        """Hands the letter over; raises CourierError and nothing else. Never logs the address or the text."""
