"""The terminal shows our steps and troubles; the rest of what processes say is in their logs."""

import io

import pytest

from api.run.console import Console


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        "psycopg.OperationalError: connection is bad",
        "2026-11-23 21:16:18 ERROR    rasa.core.agent  - no model",
        "timestamp=2026-11-23T20:56:51Z level=warning event=sync.failed",
        "2026-11-23 UTC [1] FATAL:  the database system is starting up",
    ],
)
def test_trouble_is_shown(line: str) -> None:
    stream = io.StringIO()
    Console(stream).process("worker", line)
    assert line in stream.getvalue()


@pytest.mark.parametrize(
    "line", ["INFO rasa_sdk.executor Registered function for 'action_order'", "  return self.randrange(a, b+1)", ""]
)
def test_chatter_is_not(line: str) -> None:
    stream = io.StringIO()
    Console(stream).process("rasa-1", line)
    assert stream.getvalue() == ""
