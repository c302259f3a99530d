"""What changed since a moment, told by DataVersion.

1C keeps no moment of a change, but every writing of an object gives it another DataVersion. The versions are held in
memory with the moment we first saw each: whatever we saw first at `since` or later counts as changed. After a restart
that is everything, so nothing is ever missed.
"""

from collections.abc import Mapping
from datetime import datetime

from api.erp.onec.client import ODataClient
from api.erp.onec.names import Table

LIGHT = 2_000
"""Rows in one answer: of such short ones more."""
DATA_VERSION = "DataVersion"
BY_VERSION = {"id": "Ref_Key", "version": DATA_VERSION}
"""The same in every configuration."""


class Versions:
    """The versions of the objects of one set."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, datetime]] = {}
        self._gone: dict[str, datetime] = {}

    def changed(self, versions: Mapping[str, str], at: datetime, since: datetime) -> frozenset[str]:
        """References of what was written, added or removed at `since` or later, as far as we saw.

        `versions`: of all objects now; `at`: when their reading began.
        """
        old, self._seen = self._seen, {}
        for ref, version in versions.items():
            known = old.get(ref)
            self._seen[ref] = known if known is not None and known[0] == version else (version, at)
        self._gone |= dict.fromkeys(old.keys() - versions.keys(), at)
        written = {ref for ref, (_, seen) in self._seen.items() if seen >= since}
        return frozenset(written | {ref for ref, seen in self._gone.items() if seen >= since})


async def versions_of(client: ODataClient, table: Table) -> dict[str, str]:
    """The version of every object of a set; none of one that the base has not."""
    light = Table(table.entity, BY_VERSION)
    return {record.need_ref("id"): record.text("version") async for record in client.rows(light, page=LIGHT)}
