"""The jobs of the training loop."""

from api.training import running, runs
from api.worker import app

# A training of the console: in the process `trainer`.


@app.task(name=runs.JOB, lock=runs.JOB)
async def train(run_id: int) -> None:
    """One training from the decisions of people to the verdict."""
    await running.work(run_id)
