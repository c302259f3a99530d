"""Dialogues against the one running product (tests/conftest.py), each from the first morning again."""

import pytest

from api.run.system import System
from tests.e2e.chat import Chat


@pytest.fixture
def cafe(system: System, fresh: None) -> Chat:
    """«Кофейня у Петра», just greeted."""
    return Chat(system.url, "KOFE-PETRA")
