"""Small parts that every table of the seed is made of: rows, keys, chances."""

import base64
import csv
import uuid
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from api.erp.demo.schema import SCHEMA
from api.erp.demo.store import Row

TABLES = Path(__file__).resolve().parents[4] / "data" / "seed"
_SPACE = uuid.UUID("6d9f1c1e-6f0e-5d3a-9a53-1c0de7a1f00d")


def table(name: str) -> list[dict[str, str]]:
    """Rows of a table of data/seed."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def key(entity: str, name: str) -> str:
    """The GUID of an invented object: the same in every installation."""
    return str(uuid.uuid5(_SPACE, f"{entity}/{name}"))


def chance(text: str) -> float:
    """A number in [0, 1) that depends on the text only."""
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest()) / 2**48


def between(text: str, low: int, high: int) -> int:
    """A whole number from low to high inclusive that depends on the text only."""
    return low + int(chance(text) * (high - low + 1))


class Rows:
    """The rows made so far, each with every attribute of its entity and a DataVersion."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, Row]] = []
        self._codes: dict[str, int] = {}

    def __iter__(self) -> Iterator[tuple[str, str, Row]]:
        return iter(self._rows)

    @property
    def version(self) -> int:
        return len(self._rows)

    def add(self, entity: str, name: str, values: dict[str, Any]) -> str:
        """Store an object of a published entity; its key."""
        shape = SCHEMA[entity]
        ref = key(entity, name)
        row: Row = {prop.name: prop.default for prop in shape.properties} | {part: [] for part in shape.parts}
        row["Ref_Key"] = ref
        unknown = {field for field in values if field not in row and not field.startswith("_")}
        if unknown:
            raise ValueError(f"{entity}: no such attributes: {unknown}")
        row.update(values)
        if "Code" in row and not row["Code"]:
            row["Code"] = self._code(entity, shape.by_name["Code"].length)
        self._keep(entity, ref, row)
        return ref

    def add_record(self, entity: str, name: str, row: Row) -> None:
        """Store a register's record or an inner row, as it is."""
        self._rows.append((entity, name, row))

    def _keep(self, entity: str, ref: str, row: Row) -> None:
        self._rows.append((entity, ref, row))
        row["DataVersion"] = base64.b64encode(self.version.to_bytes(8, "little")).decode()

    def _code(self, entity: str, length: int) -> str:
        number = self._codes[entity] = self._codes.get(entity, 0) + 1
        return f"00-{number:0{length - 3}d}" if length > 4 else f"{number:0{length}d}"
