"""What is read of an accounting system, as people call it."""

from collections.abc import Mapping
from types import MappingProxyType

from api.erp.port import Data

TITLES: Mapping[Data, str] = MappingProxyType(
    {
        Data.GOODS: "товары",
        Data.PRICES: "цены",
        Data.STOCK: "остатки",
        Data.CUSTOMERS: "клиенты",
        Data.BALANCES: "взаиморасчёты",
        Data.ORDERS: "заказы",
    }
)
