"""Brings the database to the newest schema: `python -m api.db.migrate`. Safe to run from several machines at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from api.config import settings
from api.db.session import driver_url

LOCK = 7_154_021
"""Advisory lock: two replicas that start together migrate one after the other."""


def alembic_config() -> Config:
    """Alembic's settings; `attributes["connection"]` is to be set by the caller."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(database_url: str) -> None:
    """Upgrades to head in one transaction."""
    engine = create_engine(driver_url(database_url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


if __name__ == "__main__":
    migrate(settings().database_url)
    print("database: schema is up to date")
