"""What can go wrong with an accounting system."""


class ErpError(Exception):
    """A call to the accounting system did not do its work.

    `permanent` alone drives retry: a permanent error will be the same tomorrow, a transient one may pass.
    `evidence` is for the log and the manager only: a backend's texts may echo data of other customers.
    """

    def __init__(self, message: str, *, permanent: bool, evidence: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.evidence = evidence


class ErpUnsupported(ErpError):
    """The backend does not offer this; see its Capabilities."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)
