"""Jobs that read the accounting systems."""

from api.accounting import service
from api.config import settings
from api.deps.erp import each_apart
from api.erp.errors import ErpError
from api.erp.port import Data
from api.worker import READINGS, app


@app.periodic(cron="* * * * *")
@app.task(name="accounting.tick", queueing_lock="accounting.tick", lock="accounting.tick")
async def tick(timestamp: int = 0) -> None:
    """Each minute: what is due."""
    await each_apart("due", service.ask_due)


@app.periodic(cron="* * * * * */30")
@app.task(name="accounting.poll", queueing_lock="accounting.poll", lock="accounting.poll")
async def poll(timestamp: int = 0) -> None:
    """States of orders, and orders made elsewhere."""
    await each_apart("orders", service.ask_orders)


@app.periodic(cron="* * * * * */5")
@app.task(name="accounting.arrived", queueing_lock="accounting.arrived", lock="accounting.arrived")
async def arrived(timestamp: int = 0) -> None:
    """What the accounting systems have brought to us."""
    await each_apart("arrived", service.ask_arrived)


@app.task(name=service.READ, queue=READINGS)
async def read(backend: str, data: str, whole: bool = False) -> None:
    """One run. A failure is noted for people to see, and left to the next run."""
    if backend not in settings().erp_names:
        return
    try:
        await service.read(backend, Data(data), whole=whole)
    except ErpError as error:
        service.log.info("accounting.not_read", backend=backend, data=data, message=error.message)
