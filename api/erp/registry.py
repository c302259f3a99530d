"""Every accounting system we can talk to. A new one is a folder beside this file and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.erp.commerceml.backend import open_commerceml
from api.erp.commerceml.settings import CommercemlSettings
from api.erp.folder.backend import open_folder
from api.erp.folder.settings import FolderSettings
from api.erp.memory import open_memory
from api.erp.moysklad.backend import open_moysklad
from api.erp.moysklad.settings import MoyskladSettings
from api.erp.onec.backend import open_onec
from api.erp.onec.settings import OnecSettings
from api.erp.onec_http.backend import open_onec_http
from api.erp.onec_http.settings import OnecHttpSettings
from api.erp.port import Erp, Place
from api.erp.sap.backend import open_sap
from api.erp.sap.settings import SapSettings
from api.erp.settings import ErpSettings, read_settings


@dataclass(frozen=True)
class Kind:
    """How a kind of backend is opened, and what it is told by the environment."""

    open: Callable[[Any, Place], Erp]
    settings: type[ErpSettings] = ErpSettings


KINDS: dict[str, Kind] = {
    "folder": Kind(open_folder, FolderSettings),
    "commerceml": Kind(open_commerceml, CommercemlSettings),
    "memory": Kind(open_memory),
    "onec": Kind(open_onec, OnecSettings),
    "moysklad": Kind(open_moysklad, MoyskladSettings),
    "sap": Kind(open_sap, SapSettings),
    "onec_http": Kind(open_onec_http, OnecHttpSettings),
}


def open_erp(kind: str, prefix: str, place: Place) -> Erp:
    """The backend of this kind with the settings that begin with `prefix`, not yet connected.

    Raises ValueError, which names the kinds, for another word; also for settings that cannot be right.
    """
    found = KINDS.get(kind)
    if found is None:
        raise ValueError(f"{prefix}KIND={kind!r} is unknown; it may be one of: {', '.join(sorted(KINDS))}")
    return found.open(read_settings(found.settings, prefix), place)
