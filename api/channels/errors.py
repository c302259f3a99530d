"""What can go wrong with a channel's provider."""


class ChannelError(Exception):
    """A webhook that is not what it claims to be, or is not understood: `status` goes back to the sender."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
