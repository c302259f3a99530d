"""What can go wrong with a channel's provider."""


class ChannelError(Exception):
    """A webhook that is not what it claims to be, or is not understood: `status` goes back to the sender."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class DeliveryError(Exception):
    """The provider did not take a message. An adapter decides permanence from the provider's own words.

    `evidence` is the provider's answer for the log, never for a customer.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        evidence: str = "",
        retry_after: float | None = None,
        whole_channel: bool = False,
        blocked: bool = False,
    ) -> None:
        super().__init__(f"{message} {evidence}".strip())
        self.message = message
        self.permanent = permanent
        self.evidence = evidence
        self.retry_after = retry_after
        """Seconds that the provider asks to wait."""
        self.whole_channel = whole_channel
        """The wait binds every chat of the channel, not this one only."""
        self.blocked = blocked
        """The person stopped the bot, or is not there: nothing more will get through."""
