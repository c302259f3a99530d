"""Shapes of the catalogue over HTTP. Money and quantities are strings; `*_text` is ready Russian."""

from typing import Literal

from pydantic import BaseModel, Field

StockLevel = Literal["in", "low", "out", "on_order"]


class ProductRef(BaseModel):
    """A product as this customer sees it."""

    sku: str
    name: str
    short_name: str
    unit: str
    price_text: str | None = Field(description="None: no price for this customer, or no right to see prices")
    stock: StockLevel
    stock_text: str


class PriceStep(BaseModel):
    from_text: str = Field(examples=["от 12 шт."])
    price_text: str


class PricedProduct(ProductRef):
    prices: list[PriceStep] = Field(description="Lower prices from larger quantities")


class PromoProduct(ProductRef):
    promo: str = Field(examples=["Неделя сыра, до 30 ноября"])
    price_was_text: str | None


class CategoryView(BaseModel):
    id: str
    name: str
    count: int


class Categories(BaseModel):
    categories: list[CategoryView]


class ProductPage(BaseModel):
    products: list[ProductRef]
    page: int
    pages: int
    total: int
    title: str


class LookupBody(BaseModel):
    text: str = Field(max_length=4000, examples=["почём сахар 25 кг?"])


class Lookup(BaseModel):
    products: list[PricedProduct]
    phrase: str
    figures_at_text: str = Field(
        default="", examples=["Остатки — по данным на 09:40."], description="Only when the figures are old"
    )


class Promotions(BaseModel):
    products: list[PromoProduct]
