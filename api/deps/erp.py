"""This process's connections to the accounting systems: the main one, and one for each further legal entity."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from api.config import MAIN_ERP, settings
from api.erp.named import Named
from api.erp.port import Erp, Exchange, Place
from api.erp.registry import open_erp
from api.erp.settings import ErpSettings, prefix_of, read_settings

log = structlog.get_logger()

PATIENCE_SECONDS = 30.0
"""How long the others wait for one of them."""

_open: dict[str, Erp] = {}
_busy: dict[tuple[str, str], asyncio.Task[None]] = {}
"""What goes on with each, by the word for it and the name."""


def kind_of(name: str) -> str:
    """The kind of a backend: a word of api/erp/registry.py."""
    return settings().erp_kind if name == MAIN_ERP else read_settings(ErpSettings, prefix_of(name, MAIN_ERP)).kind


def erp(name: str = MAIN_ERP) -> Erp:
    """A backend of the settings, opened at the first use."""
    if name not in _open:
        config = settings()
        place = Place(name, config.zone, config.clock, config.exchange_dir / name, config.demo_erp_url)
        opened = open_erp(kind_of(name), prefix_of(name, MAIN_ERP), place)
        _open[name] = opened if name == MAIN_ERP else Named(name, opened)
    return _open[name]


def inner(name: str) -> Erp:
    """The same backend as its adapter made it, with ids of its own."""
    backend = erp(name)
    return backend.inner if isinstance(backend, Named) else backend


def exchange(name: str) -> Exchange | None:
    """The same backend, when it is one that comes to us."""
    backend = inner(name)
    return backend if isinstance(backend, Exchange) else None


async def close_erp() -> None:
    """Gives back their connections."""
    for backend in _open.values():
        await backend.close()
    _open.clear()


async def each_apart(what: str, ask: Callable[[str], Awaitable[None]]) -> None:
    """Does this with every backend at once; what one of them cannot, or does not end, is nothing to the others.

    One that needs longer goes on by itself, and is left alone until it has ended: a thread that waits for a dead disk
    cannot be stopped, and asking again would only take another one.
    """
    names = settings().erp_names
    for name in names:
        earlier = _busy.get((what, name))
        if earlier is None or earlier.done():
            _busy[what, name] = asyncio.create_task(_apart(what, name, ask))
    _, late = await asyncio.wait([_busy[what, name] for name in names], timeout=PATIENCE_SECONDS)
    for name in names:
        if _busy[what, name] in late:
            log.warning("erp.not_ended", what=what, backend=name)


async def _apart(what: str, name: str, ask: Callable[[str], Awaitable[None]]) -> None:
    try:
        await ask(name)
    except Exception:
        log.exception("erp.not_asked", what=what, backend=name)
