"""What can go wrong with an accounting system."""

from enum import StrEnum


class Reason(StrEnum):
    """Why an order was refused for good, as far as it decides what the customer and the manager hear."""

    OTHER = "other"
    CREDIT = "credit"
    """The debt or the credit limit."""
    STOCK = "stock"
    GOODS = "goods"
    """A product that is unknown there, or closed for sale."""
    PRICE = "price"
    CUSTOMER = "customer"
    """The customer, its agreement or its outlet is unknown there, or closed."""
    PERIOD = "period"
    """The date lies in a period closed for changes."""
    LATE = "late"
    """The order has gone too far for this."""
    RIGHTS = "rights"
    """Our user may not; an administrator mends it."""


class ErpError(Exception):
    """A call to the accounting system did not do its work.

    `permanent` alone drives retry: a permanent error will be the same tomorrow, a transient one may pass.
    `evidence` is for the log and the manager only: a backend's texts may echo data of other customers.
    `retry_after`: seconds that the backend asked us to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        evidence: str = "",
        reason: Reason = Reason.OTHER,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.evidence = evidence
        self.reason = reason
        self.retry_after = retry_after


class ErpUnsupported(ErpError):
    """The backend does not offer this; see its Capabilities."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class ErpConflict(ErpError):
    """The field to be written was changed there meanwhile; `stored` is what it holds."""

    def __init__(self, message: str, *, stored: str) -> None:
        super().__init__(message, permanent=True, evidence=stored)
        self.stored = stored
