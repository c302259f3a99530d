"""This process's connection to the accounting system."""

from api.config import settings
from api.erp.port import Erp
from api.erp.registry import open_erp

_open: dict[str, Erp] = {}


def erp() -> Erp:
    """The accounting system of the settings, opened at the first use."""
    config = settings()
    if config.erp_kind not in _open:
        _open[config.erp_kind] = open_erp(
            config.erp_kind,
            url=config.erp_base_url,
            user=config.erp_user,
            password=config.erp_password,
            zone=config.zone,
            clock=config.clock,
        )
    return _open[config.erp_kind]


async def close_erp() -> None:
    """Gives back its connections."""
    for backend in _open.values():
        await backend.close()
    _open.clear()
