"""This process's connections to the accounting systems: the main one, and one for each further legal entity."""

from api.config import MAIN_ERP, settings
from api.erp.named import Named
from api.erp.port import Erp, Exchange, Place
from api.erp.registry import open_erp
from api.erp.settings import ErpSettings, prefix_of, read_settings

_open: dict[str, Erp] = {}


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
