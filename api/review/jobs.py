"""The job of the review queue."""

from api.config import settings
from api.review import collect
from api.worker import app


@app.periodic(cron="* * * * * */10")
@app.task(name="review.collect", queueing_lock="review.collect", lock="review.collect")
async def look(timestamp: int = 0) -> None:
    """What looks misunderstood since the last time becomes items to review."""
    await collect.collect(settings().clock.now())
