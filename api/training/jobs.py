"""The jobs of the training loop."""

from procrastinate import RetryStrategy

from api.config import settings
from api.training import choosing, deploying, publishing, running, runs, shadow_reading
from api.worker import app

# A training of the console: in the process `trainer`.


@app.task(name=runs.JOB, lock=runs.JOB)
async def train(run_id: int) -> None:
    """One training from the decisions of people to the verdict."""
    await running.work(run_id)


# Putting a model in. What fails for good is said in the deployment; the rest (the database was away, the worker is told
# to stop) is taken up again.


@app.task(name=publishing.JOB, lock=publishing.JOB, retry=RetryStrategy(wait=2))
async def deploy(deployment_id: int) -> None:
    """Takes a deployment to its end."""
    await deploying.deploy(deployment_id)


@app.periodic(cron="* * * * * */10")
@app.task(name="model.keep", queueing_lock="model.keep", lock="model.keep")
async def keep(timestamp: int = 0) -> None:
    """Seats without a purpose are freed, models/slots.json is written again when it differs."""
    await deploying.keep()


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
