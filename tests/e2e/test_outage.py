"""A long outage of 1C under a load of orders: all arrive once, each customer hears twice of each: kept, accepted.

`OUTAGE_SECONDS` and `OUTAGE_ORDERS` make it short for a try by hand: the test's own are ten minutes and forty orders.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.run.system import System
from tests.e2e.chat import Chat
from tests.running import Demo1C

SECONDS = float(os.environ.get("OUTAGE_SECONDS", "600"))
ORDERS = int(os.environ.get("OUTAGE_ORDERS", "40"))
CODES = (
    "KOFE-PETRA",
    "BULOCHNAYA",
    "KAFE-ROMASHKA",
    "BAR-PRICHAL",
    "KONDITER-MECHTA",
    "BURGER-TOCHKA",
    "SHKOLA-15",
    "DETSAD-SOLNYSHKO",
)
"""Customers with credit left, one outlet and no smallest sum."""
AT_ONCE = 4
RECOVERY_SECONDS = 45.0
"""A ping each 15 s notices that 1C is back; then forty orders go through four connections."""
KEPT = ("Заказ сохранён.", "Ваш заказ сохранён")
ACCEPTED = "принят!"


def order(chat: Chat) -> None:
    """A small order, confirmed, and left when 1C is known to be down."""
    chat.say("молока 2")
    for _ in range(3):
        if any(title.startswith("Оформить") for title in chat.messages[-1].buttons):
            break
        chat.press(chat.messages[-1].buttons[0])
    chat.say("да, оформляйте")
    if "Оставить заказ" in chat.messages[-1].buttons:
        chat.press("Оставить заказ")


def kept(chat: Chat) -> int:
    return sum(any(words in message.text for words in KEPT) for message in chat.messages)


def accepted(chat: Chat) -> int:
    return sum(ACCEPTED in message.text for message in chat.messages)


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 600)
def test_all_arrive_once_and_each_is_told_twice(system: System, demo: Demo1C, fresh: None) -> None:
    before = demo.count()
    chats = [Chat(system.url, code) for code in CODES]
    share = -(-ORDERS // len(chats))
    demo.faults(down=True)
    began = time.monotonic()
    try:
        order(chats[0])  # nobody knows yet that 1C is down
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda chat: [order(chat) for _ in range(share - (chat is chats[0]))], chats))
        system.kill("worker")
        assert demo.count() == before
        time.sleep(max(0.0, SECONDS - (time.monotonic() - began)))
        for chat in chats:
            chat.fetch()
        assert [(kept(chat), accepted(chat)) for chat in chats] == [(share, 0)] * len(chats)
    finally:
        demo.faults(down=False)
    back = time.monotonic()
    while time.monotonic() - back < RECOVERY_SECONDS and demo.count() < before + share * len(chats):
        time.sleep(0.5)
    took = time.monotonic() - back
    time.sleep(10)
    for chat in chats:
        chat.fetch()
    keys = [document["НомерПоДаннымКлиента"] for document in demo.orders()]
    assert (len(keys), len(set(keys))) == (share * len(chats),) * 2, f"after {took:.0f} s"
    assert [(kept(chat), accepted(chat)) for chat in chats] == [(share, share)] * len(chats)
    print(f"{len(keys)} orders went within {took:.1f} s after an outage of {SECONDS:.0f} s")
