"""What MAX's refusals mean for a message. Its errors are `{"code": "chat.denied", "message": "Key: error.dialog…"}`."""

from dataclasses import dataclass

from api.channels.errors import DeliveryError

SEND = "POST /messages"
BAD_TOKEN = "verify.token"
NOT_YET = "attachment.not.ready"
GONE = frozenset(("chat.denied",))
"""The person stopped the bot or removed the dialogue: 403, «error.dialog.suspended»."""
TOKEN_SECONDS = 60.0
"""A refused token binds every chat until a person puts another one into the settings."""
BUSY_SECONDS = 1.0
MOST_EVIDENCE = 300


@dataclass(frozen=True)
class Refusal:
    """An answer that is no success. `asked`: method and path, without the query that names people."""

    asked: str
    status: int
    code: str = ""
    message: str = ""
    retry_after: float | None = None

    @property
    def evidence(self) -> str:
        return f"{self.asked} → {self.status} {self.code}: {self.message}"[:MOST_EVIDENCE]


def silence(asked: str, reason: BaseException) -> DeliveryError:
    """Nothing came back, or not in time: it may have been done."""
    return DeliveryError("MAX не отвечает.", permanent=False, evidence=f"{asked}: {reason!r}"[:MOST_EVIDENCE])


def unreadable(asked: str, reason: str) -> DeliveryError:
    """200 with something else than the API answers: a proxy's page, or a new version."""
    return DeliveryError("MAX ответил непонятно.", permanent=False, evidence=f"{asked}: {reason}"[:MOST_EVIDENCE])


def refused(refusal: Refusal) -> DeliveryError:
    """Permanent or not, by status and code."""
    evidence = refusal.evidence
    if refusal.status == 401 or refusal.code == BAD_TOKEN:
        return DeliveryError(
            "MAX не принимает токен бота.",
            permanent=False,
            evidence=evidence,
            retry_after=TOKEN_SECONDS,
            whole_channel=True,
        )
    if refusal.status == 429:
        wait = refusal.retry_after or BUSY_SECONDS
        return DeliveryError(
            "MAX просит подождать.", permanent=False, evidence=evidence, retry_after=wait, whole_channel=True
        )
    if refusal.status >= 500 or refusal.code == NOT_YET:
        return DeliveryError("MAX пока не может.", permanent=False, evidence=evidence, retry_after=refusal.retry_after)
    gone = refusal.code in GONE or (refusal.asked == SEND and refusal.status in (403, 404))
    return DeliveryError("MAX не принял запрос.", permanent=True, evidence=evidence, blocked=gone)
