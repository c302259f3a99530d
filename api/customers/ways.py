"""Which ways to sign in a visitor of this chat has: the distributor's policy, and what the channel can do."""

from typing import Literal

from api.channels import registry
from api.config import settings
from api.couriers.registry import couriers
from api.db.models import ConversationRow

Way = Literal["contact", "number", "typed", "code", "login"]
"""contact: a button shares the number; number: the channel tells it by itself; typed: a code is sent to it."""


def check_policy() -> None:
    """Raises ValueError where the settings ask for what nothing can do. Called at the start of a process."""
    available = couriers()
    if "otp" in settings().ways and not available:
        raise ValueError("SIGN_IN_WAYS has «otp», but nothing sends the codes: set SMTP_URL and MAIL_FROM")


def ways_of(conversation: ConversationRow) -> list[Way]:
    """The usable ways in the distributor's order."""
    messenger = registry.messenger(conversation.channel)
    vouched: Way | None = None
    if messenger is not None and messenger.capabilities.contact_button:
        vouched = "contact"
    elif conversation.phone:
        vouched = "number"
    found: list[Way] = []
    for way in settings().ways:
        if way in ("phone", "otp") and vouched:
            found.append(vouched)
        elif way == "otp":
            found.append("typed")
        elif way == "code":
            found.append("code")
        elif way == "login":
            found.append("login")
    return list(dict.fromkeys(found))
