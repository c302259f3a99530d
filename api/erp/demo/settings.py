"""Settings of the demo 1C, from the environment. It shares the user and the clock with the rest of the product."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.domain.clock import Clock, SystemClock


class DemoSettings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    demo_erp_port: int = 8100
    demo_erp_data: str = ".run/demo-1c.sqlite3"
    erp_user: str = "bot"
    erp_password: str = "demo"
    timezone: str = "Europe/Moscow"
    clock_offset_seconds: int = 0
    demo_erp_max_body: int = Field(default=4_000_000, ge=1_000)
    """Bytes of a request's body; a larger one answers 413."""

    @property
    def clock(self) -> Clock:
        return SystemClock(ZoneInfo(self.timezone), timedelta(seconds=self.clock_offset_seconds))
