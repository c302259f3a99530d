"""What a distributor sets for the exchange folder; docs/connect-folder.md explains it."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from api.erp.settings import ErpSettings


class FolderSettings(ErpSettings):
    """Without a folder the backend's own place under EXCHANGE_DIR is taken."""

    folder: Path | None = None
    """The exchange folder, mostly a mounted file share. It must be there: a misspelt path is not created."""
    accept: Literal["taken", "written"] = "taken"
    """When the customer hears that an order is accepted: a person took its file away, or at once."""
    encoding: Literal["utf-8", "windows-1251"] = "utf-8"
    """Of what we write. UTF-8 begins with the mark by which Excel knows it."""
    quiet_seconds: float = Field(default=5.0, ge=0)
    """A file that grew or changed within so many seconds is still being written."""
