"""The jobs of the training loop."""

from api.config import settings
from api.training import choosing, shadow_reading
from api.worker import app

# Shadow, and what to label next: by the ordinary worker.


@app.periodic(cron="* * * * * */5")
@app.task(name="shadow.read", queueing_lock="shadow.read", lock="shadow.read")
async def read(timestamp: int = 0) -> None:
    """The candidate in the shadow reads what was answered since."""
    await shadow_reading.read(settings().clock.now())


@app.periodic(cron="* * * * * */30")
@app.task(name="labels.choose", queueing_lock="labels.choose", lock="labels.choose")
async def choose(timestamp: int = 0) -> None:
    """What is worth labelling next is chosen anew."""
    await choosing.choose(settings().clock.now())
