"""Dialogues against the one running product (tests/conftest.py), each from the first morning again."""

from collections import Counter

import pytest

from api.run.system import System
from tests.e2e.chat import Chat


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """This suite is dealt out by file (api/run/suites.py): of two tests of one name pytest-xdist silently runs one."""
    twice = [name for name, times in Counter(item.nodeid for item in items).items() if times > 1]
    assert not twice, f"tests of one name: {twice}"


@pytest.fixture
def cafe(system: System, fresh: None) -> Chat:
    """«Кофейня у Петра», just greeted."""
    return Chat(system.url, "KOFE-PETRA")
