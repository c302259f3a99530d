"""What our nouns are called in a configuration of 1C, read from a table like ut11.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import tomllib

from api.domain.order import OrderStatus

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Table:
    """An entity set, a register or a tabular part, with 1C's name of each of our fields."""

    entity: str
    names: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        """1C's name; empty when this base has no such field."""
        return self.names[field]

    @property
    def select(self) -> str:
        """The names for $select."""
        return ",".join(name for name in self.names.values() if name)


@dataclass(frozen=True)
class Words:
    """Values that the configuration gives a meaning. `passing`: parts of refusals that pass by themselves."""

    sold_types: tuple[str, ...]
    agreement_in_force: str
    prepayment: str
    discount_percent: str
    discount_price: str
    condition_quantity: str
    condition_prepayment: str
    condition_promotion: str
    new_order: str
    key_length: int
    passing: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """All tables of a configuration."""

    products: Table
    packings: Table
    brands: Table
    warehouses: Table
    price_types: Table
    organizations: Table
    managers: Table
    prices: Table
    agreements: Table
    agreement_lines: Table
    discounts: Table
    discount_lines: Table
    customers: Table
    companies: Table
    contracts: Table
    outlets: Table
    contacts: Table
    stock: Table
    debts: Table
    invoices: Table
    orders: Table
    order_lines: Table
    words: Words
    statuses: Mapping[str, OrderStatus]


def load(configuration: str = "ut11") -> Names:
    """The names of a configuration: a file of this folder without its ending. KeyError names what the file lacks."""
    data = tomllib.loads((FOLDER / f"{configuration}.toml").read_text(encoding="utf-8"))
    words: dict[str, Any] = {name: _value(value) for name, value in data.pop("words").items()}
    statuses = {name: OrderStatus(value) for name, value in data.pop("statuses").items()}
    names = [field.name for field in fields(Names) if field.name not in {"words", "statuses"}]
    tables: dict[str, Any] = {name: _table(data[name]) for name in names}
    return Names(**tables, words=Words(**words), statuses=statuses)


def _table(data: Mapping[str, str]) -> Table:
    return Table(data["entity"], {name: value for name, value in data.items() if name != "entity"})


def _value(value: object) -> object:
    """Lists of the file as tuples."""
    return tuple(value) if isinstance(value, list) else value
