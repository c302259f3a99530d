"""Words of 1C for the state of an order. Configurations and people name them differently; settings add to them."""

import re
from collections.abc import Mapping

from api.domain.order import OrderStatus

WORDS = {
    "новый": OrderStatus.ACCEPTED,
    "принят": OrderStatus.ACCEPTED,
    "создан": OrderStatus.ACCEPTED,
    "открыт": OrderStatus.ACCEPTED,
    "оплачен": OrderStatus.ACCEPTED,
    "не согласован": OrderStatus.ACCEPTED,
    "на согласовании": OrderStatus.ACCEPTED,
    "согласован": OrderStatus.ACCEPTED,
    "подтвержден": OrderStatus.ACCEPTED,
    "к выполнению": OrderStatus.PICKING,
    "к выполнению / в резерве": OrderStatus.PICKING,
    "к обеспечению": OrderStatus.PICKING,
    "в резерве": OrderStatus.PICKING,
    "в работе": OrderStatus.PICKING,
    "собирается": OrderStatus.PICKING,
    "собран": OrderStatus.PICKING,
    "комплектуется": OrderStatus.PICKING,
    "к отгрузке": OrderStatus.SHIPPED,
    "отгружен": OrderStatus.SHIPPED,
    "отправлен": OrderStatus.SHIPPED,
    "передан в доставку": OrderStatus.SHIPPED,
    "в пути": OrderStatus.SHIPPED,
    "закрыт": OrderStatus.DELIVERED,
    "выполнен": OrderStatus.DELIVERED,
    "завершен": OrderStatus.DELIVERED,
    "доставлен": OrderStatus.DELIVERED,
    "отменен": OrderStatus.CANCELLED,
    "аннулирован": OrderStatus.CANCELLED,
    "отказ": OrderStatus.CANCELLED,
}
CODE = re.compile(r"^\[[^\]]*\]\s*")
"""«[N] Принят»: some write the code before the word."""


def status_of_word(text: str, own: Mapping[str, OrderStatus]) -> OrderStatus | None:
    """The state that a word means, or else the part of it before a comma; None: nobody knows it."""
    known = WORDS | {_plain(name): status for name, status in own.items()}
    word = _plain(text)
    return known.get(word) or known.get(word.partition(",")[0])


def _plain(text: str) -> str:
    return " ".join(CODE.sub("", text).lower().replace("ё", "е").split())
