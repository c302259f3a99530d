"""The embedded PostgreSQL, on paths that trouble sockets and address parsers."""

from pathlib import Path

import psycopg
import pytest

from api.run.postgres import SOCKET_PATH_LIMIT, Postgres
from api.run.system import System


@pytest.fixture(scope="module")
def database() -> System:
    with System.for_tests(names=[]) as running:
        yield running


def test_the_login_is_no_superuser_and_knows_russian(database: System) -> None:
    with psycopg.connect(database.database_url) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolbypassrls, lower('МОЛОКО Ё') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == ("orders", False, False, "молоко ё")


def test_a_killed_server_comes_back_with_its_data(database: System) -> None:
    with psycopg.connect(database.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    database.kill("postgres")
    database.wait_database()
    with psycopg.connect(database.database_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@pytest.mark.parametrize("name", ["with a space", "русские буквы", "comma,quote'", "x" * 120])
def test_the_socket_address_fits_whatever_the_path(tmp_path: Path, name: str) -> None:
    postgres = Postgres(tmp_path / name)
    directory = next(word for word in postgres.argv() if word.startswith("unix_socket_directories=")).split("=", 1)[1]
    assert len(f"{directory}/.s.PGSQL.5432".encode()) <= SOCKET_PATH_LIMIT
    assert not set(" ,'%") & set(directory)
    assert psycopg.conninfo.conninfo_to_dict(postgres.url())["host"] == directory


def test_two_directories_never_share_a_socket(tmp_path: Path) -> None:
    assert Postgres(tmp_path / "a b").url() != Postgres(tmp_path / "a c").url()


def test_a_second_start_takes_the_database_as_it_is(database: System) -> None:
    postgres = Postgres(database.state / "postgres")
    postgres.create_database()
    assert psycopg.connect(postgres.url()).info.dbname == "orders"
