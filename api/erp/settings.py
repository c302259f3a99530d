"""What every backend is told of itself.

The names in the environment begin with ERP_, those of a second backend with ERP_<NAME>_.
"""

import os

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ErpSettings(BaseSettings):
    """Address and user. A secret may also be a file of SECRETS_DIR named like the variable."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    kind: str = ""
    url: str = ""
    user: str = "bot"
    password: SecretStr = SecretStr("")


def prefix_of(name: str, main: str) -> str:
    """How the variables of a backend begin."""
    return "ERP_" if name == main else f"ERP_{name.upper()}_"


def read_settings(kind: type[ErpSettings], prefix: str) -> ErpSettings:
    """The settings of a backend. Raises pydantic's ValidationError, which names the wrong ones but quotes no value."""
    return kind(_env_prefix=prefix, _secrets_dir=os.environ.get("SECRETS_DIR") or None)  # type: ignore[call-arg]
