"""Numbered buttons press what they name; the request for a number stands apart where it must; storing any update."""

import json

from hypothesis import given

from api.channels import rendering
from api.channels.cleaning import storable
from api.channels.port import Capabilities
from tests.api.channels.conformance import JSON, QUICK

ASK = {"title": "Поделиться номером", "request": "contact"}
LINK = {"title": "Сайт", "url": "https://shop.example/"}
CODE = {"title": "Ввести код", "payload": "/code"}
HUMAN = {"title": "Позвать человека", "payload": "/call_human"}
BARE = Capabilities(text=400, buttons=0, button_title=40, payload_bytes=64)
APART = Capabilities(
    text=400, buttons=5, button_title=40, payload_bytes=64, contact_button=True, contact_apart=True, link_button=True
)
TOGETHER = Capabilities(text=400, buttons=5, button_title=40, payload_bytes=64, contact_button=True)


def test_a_number_is_the_buttons_place_among_all() -> None:
    fitted = rendering.fit(7, "Как войти?", [ASK, CODE, LINK, HUMAN], BARE)
    assert fitted.numbered
    assert fitted.parts[0].text.splitlines() == [
        *("Как войти?", "Сайт: https://shop.example/"),
        *(rendering.CHOOSE, "2. Ввести код", "4. Позвать человека"),
    ]


def test_links_among_too_many_buttons_stay_links() -> None:
    many = [{"title": f"Товар {n}", "payload": "/x"} for n in range(5)]
    fitted = rendering.fit(7, "Выберите:", [*many, LINK], APART)
    assert "Сайт: https://shop.example/" in fitted.parts[0].text.splitlines()
    assert "6." not in fitted.parts[0].text


def test_the_request_for_the_number_has_a_message_of_its_own_where_it_must() -> None:
    fitted = rendering.fit(7, "Как войти?", [CODE, ASK, LINK], APART)
    first, second = fitted.parts
    assert (first.text, [one.title for one in first.buttons]) == ("Как войти?", ["Поделиться номером"])
    assert (second.text, [one.data or one.url for one in second.buttons]) == (
        *(rendering.OTHERWISE, ["7:0", "https://shop.example/"]),
    )
    assert len(rendering.fit(7, "Как войти?", [ASK], APART).parts) == 1
    assert len(rendering.fit(7, "Как войти?", [CODE, ASK], TOGETHER).parts) == 1


@QUICK
@given(JSON)
def test_any_update_can_be_stored(update: object) -> None:
    kept = json.dumps(storable(update), ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in kept
    kept.encode()
    assert storable(storable(update)) == storable(update)


def test_only_what_postgresql_refuses_is_taken_away() -> None:
    update = {"text": "молоко\n5 🥖", "n": 1.5, "list": [None, True, "a\0b\ud800"], "inf": float("inf")}
    assert storable(update) == {"text": "молоко\n5 🥖", "n": 1.5, "list": [None, True, "ab"], "inf": None}
