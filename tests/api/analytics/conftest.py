"""The small distributor of the orders' tests."""

from tests.api.orders.conftest import world

__all__ = ["world"]
