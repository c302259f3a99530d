"""Rendering for channels that take less text beside buttons, or none but words for a while."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.channels import rendering
from api.channels.port import Capabilities

SHORT = Capabilities(text=400, buttons=3, button_title=20, payload_bytes=64, interactive_text=100)
WINDOW = Capabilities(
    text=400,
    buttons=3,
    button_title=20,
    payload_bytes=64,
    list_rows=10,
    list_title=24,
    window=timedelta(hours=24),
    window_text=150,
)
YES_NO = [{"title": "Да", "payload": "/x"}, {"title": "Нет", "payload": "/y"}]


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(text=st.text(st.characters(codec="utf-8"), max_size=1_500))
def test_no_word_is_lost_and_the_part_with_buttons_is_short(text: str) -> None:
    parts = rendering.fit(1, text, YES_NO, SHORT).parts
    assert squeezed("".join(part.text for part in parts)) == squeezed(text)
    assert all(len(part.text) <= 400 and not part.rows for part in parts[:-1])
    assert len(parts[-1].text) <= 100
    assert len(parts[-1].buttons) == 2


def test_the_end_begins_a_line() -> None:
    lines = [f"строка номер {number}" for number in range(12)]
    first, last = rendering.fit(1, "\n".join(lines), YES_NO, SHORT).parts
    assert first.text.splitlines() + last.text.splitlines() == lines
    assert len(last.text) > 80


def test_a_text_without_buttons_stays_whole() -> None:
    (part,) = rendering.fit(1, "я" * 399, [], SHORT).parts
    assert len(part.text) == 399


def test_outside_the_window_buttons_are_numbers() -> None:
    fitted = rendering.fit(1, "Выполнить?", YES_NO, rendering.outside_window(WINDOW))
    (part,) = fitted.parts
    assert (part.rows, fitted.numbered) == ((), True)
    assert part.text.endswith("1. Да\n2. Нет")
    assert all(len(one.text) <= 150 for one in rendering.fit(1, "я " * 300, [], rendering.outside_window(WINDOW)).parts)
