"""Where a counterparty is delivered to.

МойСклад knows no outlets: a counterparty has one actual address. A distributor whose customers have several lists them
in an additional field of type «Текст», a line each: «На Садовой | ул. Садовая, 12», or only the address. Then the
field is the whole list. An outlet's id is made of the name, so a line may get another address and stay the same outlet.
"""

import hashlib
from dataclasses import dataclass

from api.erp.moysklad.rows import Row, attribute, text

MAIN = "main"


@dataclass(frozen=True)
class Place:
    """An outlet without its terms. `id` begins with the counterparty's."""

    id: str
    name: str
    address: str


def places(row: Row, field: str) -> list[Place]:
    """The outlets of a counterparty; none when nobody wrote an address."""
    ref = text(row, "id")
    listed = lines(row, field)
    if not listed:
        address = text(row, "actualAddress")
        return [Place(main_of(ref), address, address)] if address else []
    found = {f"{ref}/{_mark(name)}": (name, address) for name, address in map(parted, listed)}
    return [Place(outlet, name, address) for outlet, (name, address) in found.items()]


def lines(row: Row, field: str) -> list[str]:
    """The filled lines of the field."""
    return [line.strip() for line in str(attribute(row, field) or "").splitlines() if line.strip()]


def parted(line: str) -> tuple[str, str]:
    """A line as name and address."""
    name, bar, address = line.partition("|")
    return (name.strip(), address.strip()) if bar else (line, line)


def readdressed(row: Row, field: str, outlet: str, address: str) -> str:
    """The whole field with one outlet's line under another address; the name stays, for the id is made of it."""
    new = []
    for line in lines(row, field):
        name, _ = parted(line)
        new.append(f"{name} | {' '.join(address.split())}" if f"{text(row, 'id')}/{_mark(name)}" == outlet else line)
    return "\n".join(new)


def main_of(customer: str) -> str:
    """The id of the outlet that is the counterparty's own address."""
    return f"{customer}/{MAIN}"


def _mark(name: str) -> str:
    return hashlib.sha1(name.casefold().encode(), usedforsecurity=False).hexdigest()[:8]
