"""Our updates are Telegram's: aiogram, which somebody else wrote, reads each as a whole."""

import pytest
from aiogram.types import Message, Update

from tests.api.channels.telegram import updates
from tests.api.channels.telegram.updates import Json

UPDATES = [
    updates.wrote(1, text="молоко 5"),
    updates.wrote(2, text="/start KOFE", entities=[{"type": "bot_command", "offset": 0, "length": 6}]),
    updates.edited(3, text="молоко 8"),
    updates.pressed(4, "7:0"),
    updates.shared(5, "79000000011", updates.ANNA["id"]),
    updates.in_group(6, "@orders_test_bot привет"),
    updates.in_group(7, "новость", chat=updates.CHANNEL),
    updates.member(8, "kicked", "member"),
    updates.member(9, "member", "left", chat=updates.GROUP),
]


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: str(update["update_id"]))
def test_an_update_is_one_of_telegram(update: Json) -> None:
    read = Update.model_validate(update)
    kind = next(key for key in update if key != "update_id")
    assert read.event_type == kind
    assert read.model_dump(exclude_none=True, mode="json", by_alias=True)["update_id"] == update["update_id"]


def test_an_answer_is_one_of_telegram(telegram: object, fake: object) -> None:
    from tests.api.channels.telegram.fake import FakeTelegram

    assert isinstance(fake, FakeTelegram)
    sent = fake._send_message("700000001", "Заказ принят.")
    assert Message.model_validate(sent).text == "Заказ принят."
