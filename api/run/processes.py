"""The processes of the product: a table. Words in braces are filled from the environment when a process starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

API = "{root}/api/.venv/bin/python"
ACTIONS = "{root}/actions/.venv/bin/python"
RASA = "{root}/rasa_project/.venv/bin/python"

HEARTBEAT = "heartbeat:"
"""Before the queue whose worker is to beat."""
SEAT = "seat:"
"""Before the port's variable of a seat, which is ready when it rests or answers."""


@dataclass(frozen=True)
class Process:
    name: str
    argv: tuple[str, ...]
    title: str
    """What it is doing until it is ready, for the person who waits."""

    cwd: str = "{root}"
    health: str = ""
    """Answers 200 when it is ready; HEARTBEAT: it writes to the database; SEAT: it says so in its file or answers;
    empty: ready when it runs."""

    port: str = ""
    """The variable with its port."""

    env: Mapping[str, str] = field(default_factory=dict)
    stop_stage: int = 0
    """Stages are stopped one after the other, lowest first: what takes work in before what does it."""

    ready_seconds: float = 60
    """How long a first start may take on a slow machine."""


# X-Forwarded-For and X-Forwarded-Proto count from these proxies only. A browser's socket sends us one short frame.
BEHIND_A_PROXY = ("--proxy-headers", "--forwarded-allow-ips", "{TRUSTED_PROXIES}", "--ws-max-size", "65536")


def uvicorn(app: str, port: str) -> tuple[str, ...]:
    """An ASGI server on the loopback interface. Open sockets and long polls are cut 3 s after a SIGTERM."""
    command = (API, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", f"{{{port}}}", "--no-access-log")
    return (*command, "--timeout-graceful-shutdown", "3", *BEHIND_A_PROXY)


def seat(name: str, port: str) -> Process:
    """A Rasa with a model, or none: rasa_project/slot.py looks after it."""
    return Process(
        name,
        (RASA, "slot.py", "--name", name, "--port", f"{{{port}}}"),
        "загружается модель",
        cwd="{root}/rasa_project",
        health=f"{SEAT}{port}",
        port=port,
        stop_stage=1,
        ready_seconds=240,
    )


PROCESSES = (
    Process(
        "demo-1c",
        uvicorn("api.erp.demo.main:app", "DEMO_ERP_PORT"),
        "готовятся данные",
        health="http://127.0.0.1:{DEMO_ERP_PORT}/health/live",
        port="DEMO_ERP_PORT",
        stop_stage=1,
    ),
    Process(
        "actions",
        (ACTIONS, "-m", "rasa_sdk", "--actions", "actions", "-p", "{ACTIONS_PORT}"),
        "запускается",
        health="http://127.0.0.1:{ACTIONS_PORT}/health",
        port="ACTIONS_PORT",
        stop_stage=1,
    ),
    seat("rasa-1", "RASA_PORT"),
    seat("rasa-2", "RASA_2_PORT"),
    Process(
        "api",
        uvicorn("api.main:app", "API_PORT"),
        "запускается",
        health="http://127.0.0.1:{API_PORT}/health/live",
        port="API_PORT",
    ),
    Process("worker", (API, "-m", "api.worker"), "запускается", health=f"{HEARTBEAT}default"),
    Process("trainer", (API, "-m", "api.worker", "training"), "запускается", health=f"{HEARTBEAT}training"),
)

BY_NAME = {process.name: process for process in PROCESSES}
