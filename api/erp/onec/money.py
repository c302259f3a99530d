"""In what money 1C keeps its prices: which are in roubles, and which are without VAT."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.erp.onec.client import ODataClient
from api.erp.onec.records import Record


@dataclass(frozen=True)
class Money:
    """`types`: the price types; `roubles`: references of currencies; None: the base keeps one currency."""

    types: Mapping[str, Record]
    roubles: frozenset[str] | None

    def in_roubles(self, *records: Record | None) -> bool:
        """The first of the records that names a currency decides. One that is not in the list is no rouble."""
        named = (ref for record in records if record is not None and (ref := record.ref("currency")))
        currency = next(named, None)
        return self.roubles is None or currency is None or currency in self.roubles

    def foreign(self) -> list[str]:
        """Names of the price types in use that are not in roubles."""
        return sorted(record.text("name") for record in self._used() if not self.in_roubles(record))

    def net(self) -> list[str]:
        """Names of the price types in use, in roubles, that are without VAT."""
        return sorted(record.text("name") for record in self._used() if self.in_roubles(record) and is_net(record))

    def _used(self) -> list[Record]:
        return [record for record in self.types.values() if not (record.flag("deleted") or record.flag("folder"))]


async def money_of(client: ODataClient) -> Money:
    """The price types and the currencies of a base."""
    types = {record.need_ref("id"): record async for record in client.rows(client.names.price_types)}
    return Money(types, await roubles_of(client))


async def roubles_of(client: ODataClient) -> frozenset[str] | None:
    """References of the currencies that are roubles; None: the base keeps one currency."""
    table, words = client.names.currencies, client.names.words.roubles
    if not table:
        return None
    found = [record async for record in client.rows(table)]
    return frozenset(
        record.need_ref("id") for record in found if {record.text("code").lower(), record.text("name").lower()} & words
    )


def is_net(record: Record | None) -> bool:
    """Whether the prices of a price type or an agreement are without VAT."""
    return record is not None and bool(record.table["vat_included"]) and not record.flag("vat_included")
