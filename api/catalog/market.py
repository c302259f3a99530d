"""What one customer sees of some goods: its own prices, the stock of its own warehouse. Lives for one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from api.catalog.schemas import PricedProduct, PriceStep, ProductRef, PromoProduct, StockLevel
from api.catalog.snapshot import Catalogue, short_name
from api.domain import pricing, wording
from api.domain.pricing import Terms
from api.domain.product import Price, Product

LOW_STEPS = 10
"""Less than this many order steps left is told as «осталось …»."""

PLENTY = Decimal(10**9)


@dataclass(frozen=True)
class Market:
    catalogue: Catalogue
    terms: Terms
    day: date
    prices: Mapping[str, list[Price]]
    stock: Mapping[str, Decimal]
    shows_prices: bool = True
    """Whether the person may see prices."""
    tells_stock: bool = True
    """Whether the accounting system tells stock at all; where it does not, everything sold may be ordered."""

    def price(self, product: Product, quantity: Decimal) -> Price | None:
        """The price row of a base unit when this much is bought."""
        return pricing.price_for(self.prices.get(product.id, ()), quantity, self.terms, self.day)

    def amount(self, product: Product, quantity: Decimal) -> Decimal | None:
        """The same, as roubles."""
        price = self.price(product, quantity)
        return None if price is None else price.amount

    def available(self, product: Product) -> Decimal:
        """Free stock in base units; none of what is withdrawn."""
        if product.active and not self.tells_stock:
            return PLENTY
        return max(self.stock.get(product.id, Decimal(0)), Decimal(0)) if product.active else Decimal(0)

    def is_on_order(self, product: Product) -> bool:
        """Whether the distributor brings it when asked."""
        return product.active and bool(product.on_order_days)

    def money(self, amount: Decimal | None) -> str | None:
        """The sum in words, for those who may see it."""
        return None if amount is None or not self.shows_prices else wording.money(amount)

    def stock_level(self, product: Product) -> StockLevel:
        available = self.available(product)
        if available < product.step:
            return "on_order" if self.is_on_order(product) else "out"
        return "low" if available < LOW_STEPS * product.step else "in"

    def stock_text(self, product: Product) -> str:
        """«в наличии», «осталось 3 шт.», «под заказ, 5 дней»."""
        if not product.active:
            return "больше не поставляется"
        if not self.tells_stock:
            return "наличие подтвердит менеджер"
        level = self.stock_level(product)
        if level == "on_order":
            days = product.on_order_days or 0
            return f"под заказ, {days} {wording.plural(days, 'день', 'дня', 'дней')}"
        if level == "low":
            return f"осталось {wording.quantity(self.available(product), product.base_unit)}"
        return "в наличии" if level == "in" else "нет в наличии"

    def ref(self, product: Product, quantity: Decimal | None = None) -> ProductRef:
        """The product with the price it has when this much is bought (the least allowed, when not said)."""
        return ProductRef(**self._fields(product, quantity))

    def _fields(self, product: Product, quantity: Decimal | None = None) -> dict[str, Any]:
        bought = quantity or max(product.step, product.minimum)
        return {
            "sku": product.sku,
            "name": product.name,
            "short_name": short_name(product),
            "unit": product.base_unit,
            "price_text": self.money(self.amount(product, bought)),
            "stock": self.stock_level(product),
            "stock_text": self.stock_text(product),
        }

    def priced(self, product: Product) -> PricedProduct:
        """The product with the quantities from which it is cheaper."""
        found = pricing.steps(self.prices.get(product.id, ()), self.terms, self.day) if self.shows_prices else []
        prices = [
            PriceStep(from_text=f"от {wording.quantity(quantity, product.base_unit)}", price_text=wording.money(amount))
            for quantity, amount in found
        ]
        return PricedProduct(**self._fields(product), prices=prices)

    def promo(self, product: Product) -> PromoProduct | None:
        """The product with its promotion, or None when the customer's own price is as good."""
        rows = self.prices.get(product.id, [])
        thresholds = [row.min_quantity for row in rows if pricing.is_promotion(row)]
        quantity = max(product.step, product.minimum, *thresholds)
        price = self.price(product, quantity)
        if price is None or not pricing.is_promotion(price):
            return None
        regular = pricing.regular_price(rows, quantity, self.terms, self.day)
        parts = [price.promo or "Акция"]
        if price.min_quantity > product.step:
            parts.append(f"от {wording.quantity(price.min_quantity, product.base_unit)}")
        if price.valid_to is not None:
            parts.append(f"до {wording.day(price.valid_to, self.day)}")
        was = self.money(regular.amount) if regular and regular.amount > price.amount else None
        return PromoProduct(**self._fields(product, quantity), promo=", ".join(parts), price_was_text=was)
