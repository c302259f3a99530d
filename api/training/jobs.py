"""The jobs of the training loop."""

from procrastinate import RetryStrategy

from api.training import deploying, publishing
from api.worker import app

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
