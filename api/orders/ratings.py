"""The customer's own word on ordering with the assistant: one tap, and a few words if they like."""

from datetime import timedelta

from sqlalchemy import select

from api.db.models import RatingRow
from api.deps.turn import CustomerTurn
from api.errors import NotFound
from api.orders.schemas import Rating

TAKEN_FOR = timedelta(days=14)
"""A tap on a button that is older says nothing of the days in between."""
LONGEST_COMMENT = 1000


async def rate(turn: CustomerTurn, order_id: int, score: int) -> Rating:
    """Keeps the tap. The same one again changes nothing; another one is the better word, as fingers slip."""
    row = await _asked(turn, order_id)
    if turn.clock.now() - row.asked_at > TAKEN_FOR:
        return Rating(state="late", score=row.score)
    if row.score == score:
        return Rating(state="same", score=score)
    again = row.score is not None
    row.score, row.rated_at = score, turn.clock.now()
    await turn.session.flush()
    await turn.record("rated", order_id=row.order_id, score=row.score, again=again)
    return Rating(state="changed" if again else "rated", score=score)


async def comment(turn: CustomerTurn, order_id: int, text: str) -> Rating:
    """Keeps the words that come after the tap; raises NotFound where there was none."""
    row = await _asked(turn, order_id)
    if row.score is None:
        raise NotFound("Сначала поставьте, пожалуйста, оценку.", code="rating_not_found")
    if turn.clock.now() - row.asked_at > TAKEN_FOR:
        return Rating(state="late", score=row.score)
    row.comment = f"{row.comment}\n{text}".strip()[:LONGEST_COMMENT]
    await turn.session.flush()
    return Rating(state="commented", score=row.score)


async def _asked(turn: CustomerTurn, order_id: int) -> RatingRow:
    """The question of this conversation about this order; raises NotFound for every other."""
    query = select(RatingRow).filter_by(order_id=order_id, conversation_id=turn.scope.conversation_id)
    row = (await turn.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("Об этом заказе я не спрашивал.", code="rating_not_found")
    return row
