"""Who answers for us, and when."""

from datetime import datetime

from api.config import settings
from api.conversations.schemas import ManagerOut
from api.customers.service import attended_by
from api.db.models import CustomerRow
from api.domain.wording import clock_time, delivery_days

WORKDAYS = (1, 2, 3, 4, 5)
"""ISO weekdays on which the managers answer."""


def manager_of(customer: CustomerRow | None) -> ManagerOut:
    """Whom to name: the customer's own manager, else the office's."""
    name, phone = attended_by(customer)
    return ManagerOut(name=name, phone=phone)


def office_hours(now: datetime) -> tuple[bool, str]:
    """Whether people answer now, and the hours in words."""
    opens, closes = settings().office_opens, settings().office_closes
    text = f"{delivery_days(WORKDAYS)} с {clock_time(opens)} до {clock_time(closes)}"
    return now.isoweekday() in WORKDAYS and opens <= now.timetz().replace(tzinfo=None) < closes, text
