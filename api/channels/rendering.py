"""Fitting a message to what a channel can draw: buttons, else a list, else numbered text; long texts in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.channels import press
from api.channels.port import Button, Capabilities, Outgoing

ELLIPSIS = "…"
CHOOSE = "Напишите номер:"
CARD_LINES = 30
"""A message of them fits every channel."""
OTHERWISE = "Или по-другому:"


@dataclass(frozen=True)
class Fitted:
    """The parts to send in order; the buttons belong to the last. `numbered`: they became lines of its text."""

    parts: tuple[Outgoing, ...]
    numbered: bool = False


def fit(seq: int, text: str, buttons: Sequence[Mapping[str, Any]], limits: Capabilities) -> Fitted:
    """A message of the outbox (its number, text and buttons) for a channel.

    A button is `{title, payload}`; `url` makes it a link, `request: "contact"` asks for the person's number.
    """
    drawn, lines = _buttons(seq, buttons, limits)
    text = "\n".join([text, *lines]) if lines else text
    asking = [button for button in drawn if button.asks_contact]
    if limits.contact_apart and asking and len(asking) < len(drawn):
        rest = _laid(OTHERWISE, [button for button in drawn if not button.asks_contact], limits)
        return Fitted((*_parts(text, _rows(asking, limits), limits), *rest.parts), rest.numbered)
    return _laid(text, drawn, limits)


def _laid(text: str, drawn: Sequence[Button], limits: Capabilities) -> Fitted:
    """Buttons, else a list, else numbers."""
    plain = [button for button in drawn if not button.url and not button.asks_contact]
    if len(drawn) <= limits.buttons and (not limits.list_rows or all(_whole(button) for button in plain)):
        return Fitted(_parts(text, _rows(drawn, limits), limits))
    if len(drawn) <= limits.list_rows:
        listed = tuple((replace(button, title=_cut(button.full_title, limits.list_title)),) for button in drawn)
        return Fitted(_parts(text, _told_apart(listed), limits, as_list=True))
    if len(drawn) <= limits.buttons:
        return Fitted(_parts(text, _rows(drawn, limits), limits))
    links = [f"{button.full_title}: {button.url}" for button in drawn if button.url]
    # The number is the button's place among all: some may not be drawn here.
    places = [(press.read(button.data), button.full_title) for button in plain]
    numbers = [f"{pressed.index + 1}. {title}" for pressed, title in places if pressed]
    return Fitted(_parts("\n".join([text, *links, CHOOSE, *numbers]), (), limits), numbered=True)


def outside_window(limits: Capabilities) -> Capabilities:
    """What is left where one may not write freely: words, so that buttons become numbers."""
    return replace(limits, text=limits.window_text or limits.text, buttons=0, list_rows=0)


def _buttons(seq: int, buttons: Sequence[Mapping[str, Any]], limits: Capabilities) -> tuple[list[Button], list[str]]:
    """The buttons that the channel knows, and lines of text for the links that it cannot draw."""
    drawn, lines = [], []
    for index, button in enumerate(buttons):
        title, url = str(button["title"]), str(button.get("url") or "")
        asks_contact = button.get("request") == "contact"
        if url and not limits.link_button:
            lines.append(f"{title}: {url}")
        elif asks_contact and not limits.contact_button:
            continue
        else:
            data = "" if url or asks_contact else press.data_of(seq, index)
            drawn.append(Button(_cut(title, limits.button_title), data, title, url, asks_contact))
    return list(_distinct(drawn, limits.button_title)), lines


def _whole(button: Button) -> bool:
    return button.title == button.full_title


def _cut(title: str, length: int) -> str:
    return title if len(title) <= length else title[: length - 1].rstrip() + ELLIPSIS


def _distinct(buttons: Sequence[Button], length: int) -> list[Button]:
    """Two buttons of one title could not be told apart, and some providers refuse them: the later gets a number."""
    seen: set[str] = set()
    told = []
    for button in buttons:
        title, number = button.title, 2
        while title in seen:
            mark = f" {number}"
            title, number = _cut(button.title, length - len(mark)) + mark, number + 1
        seen.add(title)
        told.append(replace(button, title=title))
    return told


def _told_apart(rows: tuple[tuple[Button], ...]) -> tuple[tuple[Button, ...], ...]:
    longest = max((len(row[0].title) for row in rows), default=0)
    return tuple((button,) for button in _distinct([row[0] for row in rows], max(longest, 3)))


def _rows(buttons: Sequence[Button], limits: Capabilities) -> tuple[tuple[Button, ...], ...]:
    """Side by side what stays readable side by side."""
    rows: list[list[Button]] = []
    for button in buttons:
        last = rows[-1] if rows else None
        if last is not None and len(last) < limits.row_buttons:
            together = [*last, button]
            if max(len(one.title) for one in together) * len(together) <= limits.row_chars:
                last.append(button)
                continue
        rows.append([button])
    return tuple(tuple(row) for row in rows)


def _parts(
    text: str, rows: tuple[tuple[Button, ...], ...], limits: Capabilities, *, as_list: bool = False
) -> tuple[Outgoing, ...]:
    texts = split(text, limits.text)
    *before, last = texts
    if rows and 0 < limits.interactive_text < len(last):
        head, last = _apart(last, limits.interactive_text)
        before = [*before, head]
    return (*(Outgoing(part) for part in before), Outgoing(last, rows, as_list))


def split(text: str, length: int) -> list[str]:
    """The text in parts of at most `length` characters, cut at line ends, else at blanks, else anywhere."""
    parts = []
    while len(text) > length:
        window = text[:length]
        cut = next((place for mark in ("\n", " ") if (place := window.rfind(mark)) > length // 2), length)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _apart(text: str, length: int) -> tuple[str, str]:
    """A head, and the longest tail of at most `length` that begins a line, else a word, else anywhere."""
    earliest = len(text) - length
    for mark in ("\n", " "):
        place = text.find(mark, earliest - 1)
        if place != -1 and (head := text[:place].rstrip()) and (tail := text[place:].lstrip()):
            return head, tail
    return text[:earliest], text[earliest:]


def card_text(card: Mapping[str, Any]) -> str:
    """A card in words, for a message that shows the cart as it is now; of a very long one the first lines."""
    lines = []
    for line in card["lines"][:CARD_LINES]:
        known = (f"• {line['name']}", line["quantity_text"], line.get("sum_text"))
        lines.append(" — ".join(part for part in known if part))
    if len(card["lines"]) > CARD_LINES:
        lines.append(f"… всего строк: {len(card['lines'])}")
    total = f"Итого: {card['total_text']}" if card["lines"] else "Корзина пуста."
    return "\n".join([f"{card['title']}:", *lines, total])
