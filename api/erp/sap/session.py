"""The protection against forged requests (CSRF) of an SAP gateway.

A write needs a token, which is told to whoever asks for it with `X-CSRF-Token: Fetch` and lives as long as the session,
that is the cookies that came with it. Their names differ from system to system (SAP's notes 3048103 and 3339155): the
HTTP client keeps all of them. The token may come with an answer that is itself an error, so it is learnt from headers.
"""

from api.erp.errors import ErpError
from api.erp.http import Answer, RetryAfter

HEADER = "x-csrf-token"
FETCH = {"X-CSRF-Token": "Fetch"}


class Session(RetryAfter):
    """The token of the session; as a Pace it sees every answer, also those that raise."""

    def __init__(self) -> None:
        self.token = ""

    def after(self, answer: Answer) -> float | None:
        """See Pace."""
        told = answer.headers.get(HEADER, "")
        if told.casefold() == "required":
            self.token = ""
        elif told:
            self.token = told
        return super().after(answer)

    def forget(self, token: str) -> None:
        """The token is good no more, unless another request has fetched a newer one meanwhile."""
        if self.token == token:
            self.token = ""

    @property
    def headers(self) -> dict[str, str]:
        """For a write."""
        return {"X-CSRF-Token": self.token} if self.token else {}


def wants_new_token(error: ErpError) -> bool:
    """«403: CSRF token validation failed»: nothing was written, the session had ended."""
    return "→ 403" in error.evidence and "csrf" in error.evidence.casefold()
