"""Sending one-time codes and invitations; writing changed cards into the accounting system."""

import structlog
from procrastinate import RetryStrategy

from api.couriers.port import CourierError
from api.customers import invitations, otp, written_cards
from api.erp.errors import ErpError
from api.worker import app

log = structlog.get_logger()

UNTIL_IT_ANSWERS = RetryStrategy(wait=60, retry_exceptions=[ErpError])
"""For ever: a change of a card is not urgent, but never lost."""


@app.task(name="cards.write", retry=UNTIL_IT_ANSWERS)
async def write_card(change_id: int) -> None:
    """Writes one change of a card into the accounting system."""
    await written_cards.write(change_id)


SEVERAL_TRIES = RetryStrategy(max_attempts=5, exponential_wait=3, retry_exceptions=[CourierError])


@app.task(name="one_time_codes.send", retry=SEVERAL_TRIES)
async def send_one_time_code(code_id: int) -> None:
    """A code that the courier will never take is given up: the person asks for another or takes another way."""
    try:
        await otp.send(code_id)
    except CourierError as error:
        log.warning("one_time_code.not_sent", code=code_id, permanent=error.permanent, evidence=error.evidence)
        if not error.permanent:
            raise


@app.task(name="invitations.send", retry=SEVERAL_TRIES)
async def send_invitation(contact_id: str, way: str, by: str) -> None:
    """An invitation by SMS or e-mail."""
    try:
        await invitations.send(contact_id, "sms" if way == "sms" else "email", by)
    except CourierError as error:
        log.warning("invitation.not_sent", contact=contact_id, permanent=error.permanent, evidence=error.evidence)
        if not error.permanent:
            raise
