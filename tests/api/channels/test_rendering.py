"""Fitting messages: nothing is lost on the way from many buttons to few, none, or numbers."""

from hypothesis import given
from hypothesis import strategies as st

from api.channels import press
from api.channels.port import Capabilities
from api.channels.rendering import card_text, fit, split

FEW = Capabilities(text=1024, buttons=3, button_title=20, payload_bytes=256, list_rows=10, list_title=24)
MANY = Capabilities(text=4096, buttons=100, button_title=64, payload_bytes=64, row_buttons=2, row_chars=36, edits=True)

titles = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=60).filter(str.strip)


def buttons(*names: str) -> list[dict[str, str]]:
    return [{"title": name, "payload": "/x"} for name in names]


def test_buttons_where_they_fit() -> None:
    fitted = fit(7, "Ваш заказ", buttons("Оформить", "Изменить", "Добавить"), FEW)
    (part,) = fitted.parts
    assert [button.data for button in part.buttons] == ["7:0", "7:1", "7:2"]
    assert not part.as_list and not fitted.numbered


def test_a_list_where_there_are_too_many_or_a_title_would_be_cut() -> None:
    assert fit(7, "x", buttons("а", "б", "в", "г"), FEW).parts[-1].as_list
    part = fit(7, "x", buttons("Оформить", "Молоко пастеризованное 3,2 %"), FEW).parts[-1]
    assert part.as_list
    assert part.buttons[1].title == "Молоко пастеризованное…"
    assert part.buttons[1].full_title == "Молоко пастеризованное 3,2 %"


def test_numbered_text_where_a_list_is_too_short() -> None:
    fitted = fit(7, "Какую позицию изменить?", buttons(*(f"Товар {n}" for n in range(1, 13))), FEW)
    assert fitted.numbered
    assert fitted.parts[-1].rows == ()
    assert fitted.parts[-1].text.endswith("11. Товар 11\n12. Товар 12")


def test_links_and_requests_for_a_number_only_where_they_can_be_drawn() -> None:
    asked = [{"title": "Войти", "url": "https://x/1"}, {"title": "Мой номер", "request": "contact"}]
    part = fit(1, "Кто вы?", asked, FEW).parts[-1]
    assert part.buttons == ()
    assert part.text == "Кто вы?\nВойти: https://x/1"
    able = Capabilities(text=99, buttons=9, button_title=20, payload_bytes=64, contact_button=True, link_button=True)
    link, contact = fit(1, "Кто вы?", asked, able).parts[-1].buttons
    assert (link.url, contact.asks_contact, link.data, contact.data) == ("https://x/1", True, "", "")


def test_short_titles_stand_side_by_side() -> None:
    rows = fit(1, "x", buttons("Оформить", "Изменить", "Повторить последний заказ"), MANY).parts[-1].rows
    assert [len(row) for row in rows] == [2, 1]


@given(st.lists(titles, max_size=30), st.integers(1, 10**12))
def test_every_button_stays_reachable(names: list[str], seq: int) -> None:
    for limits in (FEW, MANY):
        fitted = fit(seq, "Выберите", buttons(*names), limits)
        last = fitted.parts[-1]
        if fitted.numbered:
            whole = "\n".join(part.text for part in fitted.parts)
            assert all(f"{number}. " in whole for number in range(1, len(names) + 1))
            continue
        assert [press.read(button.data) for button in last.buttons] == [
            press.ButtonPress(seq, index) for index in range(len(names))
        ]
        length = limits.list_title if last.as_list else limits.button_title
        assert all(len(button.title) <= length for button in last.buttons)
        assert len({button.title for button in last.buttons}) == len(names)
        assert all(len(button.data.encode()) <= limits.payload_bytes for button in last.buttons)


@given(st.text(max_size=3000), st.integers(20, 400))
def test_a_long_text_comes_whole_in_parts(text: str, length: int) -> None:
    parts = split(text, length)
    assert all(len(part) <= length for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_card_in_words() -> None:
    line = {"name": "Молоко 3,2%, 10 л", "quantity_text": "5 шт.", "sum_text": "2 500 ₽"}
    card = {"title": "Ваш заказ", "lines": [line, line | {"sum_text": None}], "total_text": "2 500 ₽"}
    assert card_text(card) == (
        "Ваш заказ:\n• Молоко 3,2%, 10 л — 5 шт. — 2 500 ₽\n• Молоко 3,2%, 10 л — 5 шт.\nИтого: 2 500 ₽"
    )
