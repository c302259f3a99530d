"""Writing changed cards into the accounting system."""

from procrastinate import RetryStrategy

from api.customers import written_cards
from api.erp.errors import ErpError
from api.worker import app

UNTIL_IT_ANSWERS = RetryStrategy(wait=60, retry_exceptions=[ErpError])
"""For ever: a change of a card is not urgent, but never lost."""


@app.task(name="cards.write", retry=UNTIL_IT_ANSWERS)
async def write_card(change_id: int) -> None:
    """One change of a card."""
    await written_cards.write(change_id)
