"""What our nouns are called in a configuration of 1C, read from a file like ut11.yml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from api.domain.order import OrderStatus
from api.erp.errors import Reason
from api.erp.onec.shapes import DIMENSIONS, NEEDED, SHAPES

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Table:
    """An entity set, a register or a tabular part, with 1C's name of each of our fields.

    An empty entity: this base has none of it. `types`: for a reference of a composite type the set that it points to.
    """

    entity: str
    names: Mapping[str, str]
    types: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, field: str) -> str:
        """1C's name; empty when this base has no such field."""
        return self.names[field]

    def __bool__(self) -> bool:
        """Whether this base has it."""
        return bool(self.entity)

    @property
    def select(self) -> str:
        """The names for $select."""
        return ",".join(dict.fromkeys(name for name in self.names.values() if name))

    def only(self, *wanted: str) -> "Table":
        """The same with these fields alone: a tabular part that is not needed is not asked for."""
        return Table(self.entity, {name: self.names[name] if name in wanted else "" for name in self.names}, self.types)

    def but(self, *unwanted: str) -> "Table":
        """The same without these fields."""
        return self.only(*(name for name in self.names if name not in unwanted))


@dataclass(frozen=True)
class Words:
    """Values that the configuration gives a meaning.

    `passing`: parts of refusals that pass by themselves. `reasons`: in order, the reason of a refusal and parts of its
    text; a part of several words means all of them. `constants`: what an order is always sent with. `roubles`: codes
    and names of the rouble, in small letters. `vat_rates`: percents by the word, or the reference, for the rate.
    """

    sold_types: tuple[str, ...]
    agreement_in_force: str
    prepayment: str
    discount_percent: str
    discount_price: str
    condition_quantity: str
    condition_prepayment: str
    condition_promotion: str
    contract_kind: str
    phone_kind: str
    email_kind: str
    new_order: str
    key_length: int
    passing: tuple[str, ...]
    reasons: tuple[tuple[Reason, tuple[str, ...]], ...]
    constants: Mapping[str, str | bool | int]
    roubles: frozenset[str]
    vat_rates: Mapping[str, Decimal]


@dataclass(frozen=True)
class Names:
    """All tables of a configuration."""

    products: Table
    units: Table
    packings: Table
    brands: Table
    warehouses: Table
    currencies: Table
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
    contact_info: Table
    stock: Table
    reserves: Table
    customer_keys: Table
    debts: Table
    invoices: Table
    orders: Table
    order_lines: Table
    order_states: Table
    words: Words
    statuses: Mapping[str, OrderStatus]


def load(configuration: str = "ut11") -> Names:
    """The names of a configuration: one of this folder («ut11», «unf», «bp3») or the path of an own file.

    Raises ValueError, in Russian, that names what the file lacks.
    """
    path = Path(configuration)
    if configuration in shipped():
        path = FOLDER / f"{configuration}.yml"
    if not path.is_file():
        known = ", ".join(shipped())
        raise ValueError(f"Нет файла имён «{configuration}»: это одно из слов {known} или путь к своему файлу.")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"Файл имён {path} не читается: {error}") from error
    try:
        return _names(data if isinstance(data, dict) else {})
    except ValueError as error:
        raise ValueError(f"Файл имён {path}: {error}") from error


def shipped() -> list[str]:
    """The configurations of this folder."""
    return sorted(file.stem for file in FOLDER.glob("*.yml"))


def _names(data: Mapping[str, Any]) -> Names:
    _same_keys("", {*SHAPES, "words", "statuses"}, data)
    tables: dict[str, Any] = {name: _table(name, data[name] or {}) for name in SHAPES}
    return Names(**tables, words=_words(data["words"] or {}), statuses=_statuses(data["statuses"] or {}))


def _table(name: str, data: Mapping[str, Any]) -> Table:
    shape = SHAPES[name]
    entity = str(data.get("entity") or "")
    if not entity:
        if shape.without == NEEDED:
            raise ValueError(f"таблица «{name}» нужна обязательно.")
        return Table("", dict.fromkeys((*shape.fields, DIMENSIONS), ""))
    _same_keys(name, {"entity", *shape.fields, *([DIMENSIONS] if shape.function == "Balance" else [])}, data)
    names, types = dict[str, str](), dict[str, str]()
    for field_, value in data.items():
        if isinstance(value, dict):
            _same_keys(f"{name}.{field_}", {"name", "type"}, value)
            types[field_] = str(value["type"])
            value = value["name"]
        names[field_] = str(value or "")
    del names["entity"]
    for field_, without in shape.fields.items():
        if without == NEEDED and not names[field_]:
            raise ValueError(f"в таблице «{name}» поле «{field_}» нужно обязательно.")
    return Table(entity, names, types)


def _words(data: Mapping[str, Any]) -> Words:
    _same_keys("words", {field_.name for field_ in fields(Words)}, data)
    _known("words.reasons", [reason[0] for reason in data["reasons"]], {reason.value for reason in Reason})
    reasons = tuple((Reason(reason[0]), tuple(map(str, reason[1:]))) for reason in data["reasons"])
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    made = {
        "reasons": reasons,
        "constants": data["constants"] or {},
        "roubles": frozenset(str(word).lower() for word in data["roubles"] or ()),
        "vat_rates": {str(word): _percent(value) for word, value in (data["vat_rates"] or {}).items()},
    }
    return Words(**(plain | made))


def _percent(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"в «words.vat_rates» не число: «{value}».") from error


def _statuses(data: Mapping[str, Any]) -> dict[str, OrderStatus]:
    _known("statuses", list(data.values()), {status.value for status in OrderStatus})
    return {str(name): OrderStatus(value) for name, value in data.items()}


def _known(place: str, given: Sequence[str], known: set[str]) -> None:
    for word in given:
        if word not in known:
            raise ValueError(f"в «{place}» неизвестное слово «{word}»: это одно из {', '.join(sorted(known))}.")


def _same_keys(place: str, wanted: set[str], given: Mapping[str, Any]) -> None:
    """A slip in a name would silently mean «there is none of it»."""
    where = f"в «{place}» " if place else ""
    if missing := sorted(wanted - set(given)):
        raise ValueError(f"{where}не хватает: {', '.join(missing)}; если этого в базе нет, оставьте имя пустым.")
    if unknown := sorted(set(given) - wanted):
        raise ValueError(f"{where}лишнее: {', '.join(unknown)}.")
