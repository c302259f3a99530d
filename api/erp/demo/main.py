"""The process of the demo 1C: `python -m uvicorn api.erp.demo.main:app --port 8100`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.erp.demo import control, odata, page
from api.erp.demo.base import Base
from api.erp.demo.faults import FaultBox
from api.erp.demo.hs import control as hs_control
from api.erp.demo.hs import router as hs_router
from api.erp.demo.hs.desk import open_desk
from api.erp.demo.seed.fill import ensure_seeded
from api.erp.demo.settings import DemoSettings
from api.erp.demo.store import Store


def create_app(settings: DemoSettings | None = None) -> FastAPI:
    """The application; its data file is opened, and filled when new, at start."""
    chosen = settings or DemoSettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = Store(chosen.demo_erp_data)
        app.state.base = Base(
            store,
            FaultBox(),
            chosen.clock,
            chosen.erp_user,
            chosen.erp_password,
            chosen.demo_erp_max_body,
        )
        ensure_seeded(store, app.state.base.now())
        app.state.desk = open_desk(app.state.base)
        yield
        store.close()

    app = FastAPI(title="Демо 1С", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(odata.router)
    app.include_router(control.router)
    app.include_router(page.router)
    app.include_router(hs_router.router)
    app.include_router(hs_control.router)

    @app.get("/health/live", include_in_schema=False)
    def live() -> dict[str, bool]:
        """The process answers, whether the base is up or not."""
        return {"live": True}

    return app


app = create_app()
