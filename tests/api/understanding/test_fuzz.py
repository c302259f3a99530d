"""The laws under a fuzz: a short one always, ten minutes of it with `--long`."""

import time

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from laws import check_answers, check_message
from messages import LONG_MESSAGES, MESSAGES, VIEWS

from api.understanding.context import Context

MINUTES = 10
LATE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(MESSAGES, VIEWS, MESSAGES)
@settings(LATE, max_examples=150)
def test_the_laws_hold_for_any_message_and_any_answer(text: str, view: Context, reply: str) -> None:
    check_answers(check_message(text, view), reply, view)


@given(LONG_MESSAGES, VIEWS)
@settings(LATE, max_examples=25)
def test_long_messages_take_two_seconds_at_most(text: str, view: Context) -> None:
    check_message(text, view)


@pytest.mark.long
@pytest.mark.timeout(60 * (MINUTES + 5))
def test_ten_minutes_of_any_messages() -> None:
    ends = time.monotonic() + 60 * MINUTES
    number = int(time.time())
    while time.monotonic() < ends:
        number += 1

        @seed(number)
        @given(st.one_of(MESSAGES, MESSAGES, LONG_MESSAGES), VIEWS, MESSAGES)
        @settings(LATE, max_examples=200, database=None)
        def round_of_messages(text: str, view: Context, reply: str) -> None:
            check_answers(check_message(text, view), reply, view)

        round_of_messages()
