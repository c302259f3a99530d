"""What a distributor sets for the exchange by CommerceML; docs/connect-commerceml.md explains it."""

from typing import Literal

from pydantic import Field, SecretStr

from api.domain.order import OrderStatus
from api.erp.settings import ErpSettings

MEGABYTE = 1024 * 1024


class CommercemlSettings(ErpSettings):
    """User and password are those that 1C signs in with at our address: there is no way without a password."""

    password: SecretStr = Field(min_length=8)
    zip: bool = True
    """Whether 1C may pack its files."""
    file_limit: int = Field(default=4 * MEGABYTE, ge=1024)
    """Bytes of one request; 1C cuts its files to it."""
    unpacked_limit_mb: int = Field(default=4096, ge=1)
    """How much one exchange may bring, unpacked."""
    session_minutes: int = Field(default=240, ge=1)
    answer_seconds: float = Field(default=10, ge=0)
    """How long a request of `import` waits before it answers «progress»: less than 1C's own time-out."""
    patience_minutes: float = Field(default=30, ge=0)
    """How long «progress» is answered while nobody reads the file."""
    encoding: Literal["windows-1251", "utf-8"] = "windows-1251"
    """Of what we answer and of our orders."""
    currency: str = Field(default="руб", min_length=3, max_length=3)
    price_type: str = ""
    """Name or id of the price type for customers who name none."""
    statuses: dict[str, OrderStatus] = Field(default_factory=dict)
    """Words of «Статус заказа» beside the usual ones, as JSON."""
    cancel_taken: bool = True
    """An order that 1C has is withdrawn by a second document; else a manager is to be asked."""
    code_field: str = "Код для входа"
    price_type_field: str = "Вид цен"
    credit_limit_field: str = "Кредитный лимит"
    delay_field: str = "Отсрочка платежа"
    outlet_field: str = "Адрес доставки"
    """May stand several times: each is an outlet."""
    step_field: str = "Кратность заказа"
    minimum_field: str = "Минимальный заказ"
    delivery_field: str = "Дата доставки"
    """Of an order, both ways."""
