"""What the states of orders mean. Every account has its own: they are read from the metadata and mapped by words.

The settings come first, then the names below, then the kind that МойСклад itself gives a state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.domain.order import OrderStatus
from api.erp.moysklad.rows import Row, id_of, number, plain, text

NAMES: dict[OrderStatus, tuple[str, ...]] = {
    OrderStatus.ACCEPTED: ("новый", "принят", "подтвержден", "в работе", "в обработке", "согласован"),
    OrderStatus.PICKING: ("собирается", "в сборке", "на сборке", "комплектуется", "собран", "укомплектован"),
    OrderStatus.SHIPPED: ("отгружен", "отправлен", "в доставке", "в пути", "передан в доставку", "доставляется"),
    OrderStatus.DELIVERED: ("доставлен", "выполнен", "завершен", "получен", "закрыт"),
    OrderStatus.CANCELLED: ("отменен", "отмена", "отказ", "аннулирован"),
}

BY_NAME = {name: status for status, names in NAMES.items() for name in names}
BY_KIND = {"Successful": OrderStatus.DELIVERED, "Unsuccessful": OrderStatus.CANCELLED}
GONE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class State:
    id: str
    name: str
    kind: str
    status: OrderStatus
    known: bool
    """Whether the settings or a name told the status, not a guess by the kind."""


@dataclass(frozen=True)
class States:
    """The account's states in its own order; `cancelled` is the one into which we put an order."""

    all: tuple[State, ...]
    cancelled: State | None

    def status_of(self, order: Row) -> OrderStatus:
        """The life of an order: from its state, from what is shipped, and whether it is posted at all."""
        state = next((state for state in self.all if state.id == id_of(order.get("state"))), None)
        status = state.status if state else OrderStatus.ACCEPTED
        if order.get("deleted") or status is OrderStatus.CANCELLED:
            return OrderStatus.CANCELLED
        if order.get("applicable") is False:
            # Without a state to cancel into, taking back the posting is how we cancel.
            return OrderStatus.FAILED if self.cancelled else OrderStatus.CANCELLED
        total = number(order.get("sum"))
        if status not in GONE and 0 < total <= number(order.get("shippedSum")):
            return OrderStatus.SHIPPED
        return status


def read_states(rows: Sequence[Row], meanings: Mapping[str, OrderStatus], cancel: str) -> States:
    """The states of the metadata. `meanings`: by name or id; `cancel`: the name or id of the one to cancel into."""
    told = {plain(name): status for name, status in meanings.items()}
    states = tuple(_state(row, told) for row in rows)
    wanted = plain(cancel)
    if wanted:
        found = next((state for state in states if wanted in (plain(state.name), state.id)), None)
        return States(states, found)
    ways_out = [state for state in states if state.status is OrderStatus.CANCELLED]
    # «Возврат» is an unhappy end too, but not the one that we mean.
    meant = (state for state in ways_out if plain(state.name) in NAMES[OrderStatus.CANCELLED])
    return States(states, next(meant, next(iter(ways_out), None)))


def _state(row: Row, told: Mapping[str, OrderStatus]) -> State:
    ref, name, kind = text(row, "id"), text(row, "name"), text(row, "stateType")
    status: Any = told.get(ref) or told.get(plain(name)) or BY_NAME.get(plain(name))
    return State(ref, name, kind, status or BY_KIND.get(kind, OrderStatus.ACCEPTED), status is not None)
