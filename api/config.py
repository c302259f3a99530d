"""Settings, from the environment. Every name is in the README's table."""

from datetime import time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.domain.clock import Clock, SystemClock

Policy = Literal["warn", "ask", "block"]
MAIN_ERP = "main"
"""The accounting system of the plain ERP_ variables; what it calls its things is stored as it is."""

WAYS = ("phone", "code", "login", "otp")
"""How a person may prove who they are: README, «Who is writing»."""


class Settings(BaseSettings):
    """What a distributor may set. Secrets have no default: `./run up` makes them on the first start."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: str = "postgresql://127.0.0.1/orders"
    secret_key: str = Field(min_length=16)
    rasa_gateway_secret: str = Field(min_length=16)

    api_port: int = 8000
    rasa_port: int = 5005
    actions_port: int = 5055
    demo_erp_port: int = 8100
    rasa_2_port: int = 5006
    """Of the second Rasa, which rests unless a model is tried or put in."""
    rasa_url: str = ""
    rasa_2_url: str = ""
    actions_url: str = ""

    erp_kind: str = "onec"
    """The rest of what it is told stands in api/erp/settings.py and in its own folder."""
    erp_more: str = Field(default="", pattern=r"^([a-z][a-z0-9]*(, *[a-z][a-z0-9]*)*)?$")
    """Names of further accounting systems, one for each further legal entity, separated by commas."""
    exchange_dir: Path = Path(".run/exchange")
    """Files that accounting systems bring and fetch, a folder for each."""
    order_unfetched_hours: float = Field(default=4, gt=0)
    """How long an order may wait to be fetched by an accounting system before a manager is told."""
    stock_sync_minutes: int = Field(default=5, ge=1)
    """How often each kind of data is read; the next ones likewise. Everything is read whole once a night besides."""
    sync_goods_minutes: int = Field(default=60, ge=1)
    sync_prices_minutes: int = Field(default=60, ge=1)
    sync_customers_minutes: int = Field(default=60, ge=1)
    sync_balances_minutes: int = Field(default=15, ge=1)
    sync_max_gone_percent: int = Field(default=20, ge=0, le=100)
    """A reading that would take away a larger share of what is known waits for a manager."""
    sync_max_repriced_percent: int = Field(default=30, ge=0, le=100)
    """The same for prices that would change at once."""

    training_dir: str = ""
    """Where data/ (examples, frozen set) and models/ lie; empty: the checkout."""
    keep_models: int = Field(default=5, ge=2)
    """As many trained models are kept, with those in use."""

    timezone: str = "Europe/Moscow"
    clock_offset_seconds: int = 0

    company_name: str = "ПродЭкспресс"
    manager_name: str = "Алексей"
    manager_phone: str = "+7 900 000-00-01"
    office_opens: time = time(9)
    office_closes: time = time(18)
    cutoff: time = time(18)
    requisites: str = "Реквизиты для оплаты пришлёт ваш менеджер."
    credit_limit_policy: Policy = "block"
    overdue_policy: Policy = "warn"

    admin_password: str = ""
    """Of the console's first login, «admin»; empty makes none."""
    admin_second_factor: Literal["", "required", "optional"] = ""
    """Whether admins must have one; empty: unless `demo` (docs/decisions/0013)."""

    public_url: str = ""
    """The https address under which customers and providers reach the api."""
    sign_in_ways: str = "phone,code"
    """In order of preference, separated by commas: names of WAYS."""
    otp_when: Literal["doubt", "always"] = "doubt"
    """When the way `otp` asks for a one-time code beside a number that the messenger vouches for."""
    sign_in_tries: int = Field(default=5, ge=1)
    """Failed attempts of a conversation before it is locked out; a contact has twice, an address four times as many."""
    sign_in_lockout_minutes: int = Field(default=15, ge=1)
    invitation_days: int = Field(default=30, ge=1)
    invite_telegram: str = ""
    """The bot's name in invitations, without @; the next ones likewise. Empty: not offered."""
    invite_max: str = ""
    invite_whatsapp: str = ""
    """The number, digits only."""
    invite_web: str = ""
    """The page with the chat; empty: PUBLIC_URL/chat."""

    demo: bool = True
    webchat_origins: str = "*"
    """Origins that may embed the widget, separated by commas; * for any."""
    webchat_file_mb: int = Field(default=10, ge=1, le=50)
    """The largest file that the web chat takes, in megabytes."""

    @field_validator("sign_in_ways")
    @classmethod
    def known_ways(cls, value: str) -> str:
        """Refuses a way that nobody knows, and a policy that lets nobody in."""
        ways = [way.strip() for way in value.split(",") if way.strip()]
        unknown = [way for way in ways if way not in WAYS]
        if unknown or not ways:
            wrong = f"unknown: {', '.join(unknown)}" if unknown else "no way to sign in"
            raise ValueError(f"SIGN_IN_WAYS: {wrong}; known are {', '.join(WAYS)}")
        return ",".join(dict.fromkeys(ways))

    @property
    def ways(self) -> tuple[str, ...]:
        """The distributor's ways to sign in, the preferred first."""
        return tuple(self.sign_in_ways.split(","))

    @property
    def second_factor_required(self) -> bool:
        """Of admins."""
        return self.admin_second_factor == "required" or (not self.admin_second_factor and not self.demo)

    @property
    def public_base_url(self) -> str:
        return (self.public_url or f"http://127.0.0.1:{self.api_port}").rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def clock(self) -> Clock:
        return SystemClock(self.zone, timedelta(seconds=self.clock_offset_seconds))

    @property
    def rasa_base_url(self) -> str:
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def rasa_2_base_url(self) -> str:
        return self.rasa_2_url or f"http://127.0.0.1:{self.rasa_2_port}"

    @property
    def training_root(self) -> Path:
        return Path(self.training_dir) if self.training_dir else Path(__file__).resolve().parents[1]

    @property
    def actions_base_url(self) -> str:
        """Without the path that Rasa's endpoints need."""
        return (self.actions_url or f"http://127.0.0.1:{self.actions_port}").removesuffix("/webhook")

    @property
    def erp_names(self) -> tuple[str, ...]:
        """Names of all accounting systems, the main one first."""
        more = [name.strip() for name in self.erp_more.split(",") if name.strip()]
        return tuple(dict.fromkeys((MAIN_ERP, *more)))

    @property
    def demo_erp_url(self) -> str:
        return f"http://127.0.0.1:{self.demo_erp_port}/demo"


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()  # type: ignore[call-arg]  # the required ones come from the environment
