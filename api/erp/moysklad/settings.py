"""What a distributor sets for МойСклад; docs/connect-moysklad.md explains it."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from api.domain.order import OrderStatus
from api.erp.settings import ErpSettings

API = "https://api.moysklad.ru/api/remap/1.2"


class MoyskladSettings(ErpSettings):
    """Access, and how this account keeps its books. What is named may be named by its name or its id."""

    url: str = API
    token: SecretStr = SecretStr("")
    """Without one `user` and `password` are sent, which МойСклад counts at the same price as a user's token."""

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, token: SecretStr) -> SecretStr:
        if not token.get_secret_value().isascii():
            raise ValueError("a token has no Cyrillic letters")
        return token

    requests: int = Field(default=11, ge=1)
    """Requests in three seconds until the first answer tells the real number: the least that any token may send."""
    parallel: int = Field(default=2, ge=1, le=5)
    """Requests at a time of one of our processes; МойСклад lets five of one user through."""

    organization: str = ""
    """Whose the orders are; empty: the only one."""
    warehouses: str = ""
    """From which is sold, separated by commas; empty: all. The first one is a customer's when nothing else is said."""
    sales_channel: str = ""
    customer_tags: str = ""
    """Groups of counterparties who are customers, separated by commas; empty: everybody."""
    reserve: bool = True
    """Whether an order holds its goods."""

    new_state: str = ""
    """In which state an order is written; empty: МойСклад's first one."""
    cancel_state: str = ""
    """Into which state a cancelled one goes; empty: see States."""
    states: dict[str, OrderStatus] = Field(default_factory=dict)
    """What the account's states mean, as JSON; the rest by statuses.py."""

    balances: bool = True
    """Whether debts are told; they need the tariff's option CRM."""
    debt_documents: Literal["invoiceout", "demand"] = "invoiceout"
    """What is paid: invoices, of which only the shipped part is a debt, or shipments."""
    debt_days: int = Field(default=730, ge=1)
    """How old a document may be to be still looked at."""
    delay_days: int = Field(default=0, ge=0)
    """Days to pay when neither the document nor the counterparty tells them."""
    quotes: bool = True
    """Whether a draft is priced by МойСклад itself, with its discounts."""

    credit_field: str = "Кредитный лимит"
    delay_field: str = "Отсрочка, дней"
    minimum_field: str = "Минимальная сумма заказа"
    prepayment_field: str = "Предоплата"
    code_field: str = "Код для бота"
    outlets_field: str = "Торговые точки"
    warehouse_field: str = "Склад отгрузки"
    """Additional fields of a counterparty; one that is not there is not read."""
    brand_field: str = "Бренд"
    step_field: str = "Кратность заказа"
    least_field: str = "Минимум заказа"
    on_order_field: str = "Срок поставки, дней"
    """Additional fields of a product."""

    webhook_url: str = ""
    """Where МойСклад reaches us, up to the secret: «https://bot.example/erp/main»."""
    webhook_secret: SecretStr = SecretStr("")
    """The last part of that address. МойСклад signs nothing: who knows it is believed. Empty: nobody is."""


def listed(text: str) -> tuple[str, ...]:
    """«Основной, Юг» as its parts."""
    return tuple(part for part in (part.strip() for part in text.split(",")) if part)
