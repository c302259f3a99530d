"""Where Rasa keeps its conversations: by default a schema of its own in the product's database.

`python -m api.run.tracker_store` makes the schema (docker-compose.yml); `./run up` does the same by itself.
"""

import os
import re
from collections.abc import Mapping

import psycopg

SCHEMA = "rasa"


def tracker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that rasa_project/endpoints.yml and Rasa itself read; a given RASA_DB_URL stays as it is."""
    if environment.get("RASA_DB_URL"):
        return {"RASA_DB_URL": environment["RASA_DB_URL"]}
    url = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg2://", environment["DATABASE_URL"])
    return {"RASA_DB_URL": url, "POSTGRESQL_SCHEMA": SCHEMA}


def create_schema(database_url: str) -> None:
    """Makes the schema where it is missing; Rasa makes its table in it."""
    url = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", database_url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")


if __name__ == "__main__":
    create_schema(os.environ["DATABASE_URL"])
    print(f"tracker store: schema {SCHEMA} is there")
