"""How the cart is shown and what is asked next: used by every skill that changes an order."""

from collections.abc import Iterable, Sequence
from typing import Literal

from actions import asking, cart_text, list_text, replies, words
from actions.turn import Turn
from actions.views import Button, Card, CartView, ChangeView, NoticeView, OutletView, TurnOutcome

_WHERE = ("outlet_changed", "cart_kept")
"""Said before the cart: whose it is."""
_BEGUN = ("nothing_to_repeat", "delivery_day", "delivery_refused", "outlet_changed", "send_apart")
"""Notices after which the goods are still to be named."""
ALL_LINES, FIRST_LINES = 40, 20
"""A longer order is told by its first lines: a messenger takes 4,000 characters, a person reads fewer."""
CARD_LINES = 100
_ONE_LINE = ("set", "increased", "decreased", "removed", "replaced")
"""A single change of a known line is told in a sentence; anything bigger shows the card."""


def show_outcome(turn: Turn, outcome: TurnOutcome, title: str = "") -> None:
    """Tells what the message did to the cart and asks the next open thing.

    The order is: what was done, what to note, then one question (open question, missing product, confirmation).
    `title` forces the card of a repeated order («Ваш последний заказ от …»).
    """
    if outcome["kind"] == "needs_outlet":
        several = any(notice["code"] == "several_outlets" for notice in outcome["notices"])
        ask_outlet(turn, outcome["outlets"], replies.ASK_FIRST_OUTLET if several else replies.ASK_OUTLET)
        return
    cart, listed = outcome["cart"], outcome.get("attached")
    if listed and outcome["kind"] == "needs_column":
        turn.say(list_text.ask_column(listed), list_text.column_buttons(listed))
        return
    where = _texts(notice for notice in outcome["notices"] if notice["code"] in _WHERE)
    where += list_text.summary(listed) if listed else []
    notices = _texts(notice for notice in outcome["notices"] if notice["code"] not in _WHERE)
    changes = cart_text.without_pairs([change for change in outcome["changes"] if change["op"] != "repeated"])
    repeated = bool(title) or any(change["op"] == "repeated" for change in outcome["changes"])
    if not cart["lines"]:
        # Clearing comes as a change per line, and is said once.
        told = dict.fromkeys(cart_text.change_text(change, cart) for change in changes)
        begun = any(notice["code"] in _BEGUN for notice in outcome["notices"])
        _show_no_lines(turn, cart, [*where, *told, *notices], begun)
    elif not repeated and not where and (not changes or _is_one_line(changes)):
        _show_one_line(turn, cart, changes, notices)
    else:
        # The card shows the day of delivery itself.
        others = [text for text in notices if text != words.sentence(cart_text.delivery_text(cart))]
        show_card(turn, cart, title or _title(cart, repeated), _told(cart, changes) + others, repeated)
        if where:
            turn.messages[-1].text = "\n".join([" ".join(where), turn.messages[-1].text])


def _texts(notices: Iterable[NoticeView]) -> list[str]:
    return [text for text in map(cart_text.notice_text, notices) if text]


def show_card(turn: Turn, cart: CartView, title: str, told: Sequence[str] = (), repeat: bool = False) -> None:
    """The whole cart: a card where the channel has cards, the same in plain text everywhere."""
    question, buttons = next_question(turn, cart, as_is=repeat and not told)
    day = cart_text.delivery_text(cart, told)
    remarks = (day, *told, *cart_text.difference_texts(cart), question)
    footer = "\n".join(text for text in remarks if text)
    shown = cart["lines"] if len(cart["lines"]) <= ALL_LINES else cart["lines"][:FIRST_LINES]
    lines = [cart_text.line_text(line, with_price=not repeat) for line in shown]
    lines += _and_more(cart, len(shown))
    text = "\n".join(part for part in (f"{title}:", *lines, cart_text.total_text(cart), footer) if part)
    turn.say(text, buttons, _card("repeat" if repeat else "cart", cart, title, footer))


def _and_more(cart: CartView, shown: int) -> list[str]:
    """«… и ещё 580 позиций», when not all lines are shown."""
    rest = len(cart["lines"]) - shown
    return [f"… и ещё {words.plural(rest, 'позиция', 'позиции', 'позиций')}"] if rest > 0 else []


def _card(kind: Literal["cart", "repeat", "update"], cart: CartView, title: str, footer: str = "") -> Card:
    return {
        "kind": kind,
        "title": title,
        "lines": cart["lines"][:CARD_LINES],
        "total_text": cart["total_text"],
        "editable": True,
        "version": cart["version"],
        "footer": "\n".join(part for part in (*_and_more(cart, CARD_LINES), footer) if part),
    }


def show_cart(turn: Turn, cart: CartView, told: Sequence[str] = ()) -> None:
    """The cart as it is, or that there is nothing in it."""
    if cart["lines"]:
        show_card(turn, cart, "Ваш заказ", told)
    else:
        _show_no_lines(turn, cart, told)


def next_question(turn: Turn, cart: CartView, as_is: bool = False) -> tuple[str, list[Button]]:
    """What to ask after the cart was told, and the buttons for it: the open questions, else what is missing."""
    if cart["questions"]:
        turn.expect("question")
        return asking.ask(cart["questions"], cart.get("questions_behind", 0))
    issue = cart_text.first_issue(cart)
    if issue:
        turn.expect(f"issue:{issue['sku']}")
        return cart_text.issue_text(issue), cart_text.issue_buttons(issue)
    turn.expect(f"confirm:{cart['version']}")
    return "", _confirm_buttons(cart, as_is)


def ask_outlet(turn: Turn, outlets: Sequence[OutletView], asked: str = replies.ASK_OUTLET) -> None:
    """«Куда везём?» with a button per outlet."""
    titles = words.distinct([outlet["name"] for outlet in outlets])
    places = [f"• {outlet['name']}: {outlet['address']}" for outlet in outlets if outlet["address"]]
    buttons = [replies.choose_outlet(title, outlet["id"]) for title, outlet in zip(titles, outlets, strict=True)]
    turn.say("\n".join([asked, *places]), buttons)
    turn.expect("outlet")


def ask_goods(turn: Turn, opening: str = "") -> None:
    """An order begins: what to bring."""
    text = f"{opening} {replies.ASK_GOODS}".strip()
    turn.say(text, [replies.CATALOGUE, replies.REPEAT_LAST, replies.CALL_HUMAN])
    turn.expect(None)


def _is_one_line(changes: Sequence[ChangeView]) -> bool:
    first = changes[0]
    return (
        len(changes) == 1
        and first["op"] in _ONE_LINE
        and (first["op"] in ("removed", "replaced") or bool(first["before_text"]))
    )


def _show_one_line(turn: Turn, cart: CartView, changes: Sequence[ChangeView], notices: Sequence[str]) -> None:
    question, buttons = next_question(turn, cart)
    done = [f"{cart_text.now_text(change, cart)} Новый итог: {cart['total_text']}" for change in changes]
    if not question:
        buttons = [buttons[0], replies.CHANGE_MORE, replies.ADD_PRODUCTS]
        summary = [] if changes else [f"В заказе {_positions(cart)} на {cart['total_text']}."]
        turn.say("\n".join([*done, *notices, *summary]), buttons, _renewed(cart))
        return
    turn.say("\n".join([*done, *notices, question]), buttons, _renewed(cart))


def _renewed(cart: CartView) -> Card:
    """Keeps the card that the customer looks at true, without showing it once more."""
    return _card("update", cart, "Ваш заказ")


def _show_no_lines(turn: Turn, cart: CartView, told: Sequence[str], begun: bool = False) -> None:
    told = [text for text in told if text]
    if cart["questions"]:
        question, buttons = next_question(turn, cart)
        turn.say("\n".join([*told, question]), buttons)
        return
    if begun:
        turn.say(" ".join([*told, "Что привезти?"]), [replies.CATALOGUE, replies.CALL_HUMAN], _renewed(cart))
        turn.expect(None)
        return
    text = " ".join([*(told or ["Корзина пока пуста."]), "Что хотите сделать?"])
    turn.say(text, replies.menu_and_person(), _renewed(cart))
    turn.expect(None)


def _told(cart: CartView, changes: Sequence[ChangeView]) -> list[str]:
    """The changes in sentences, without what the card itself or the difference from the base order says."""
    if all(change["op"] == "added" for change in changes) and len(changes) >= len(cart["lines"]):
        return []
    compared = {line["sku"] for line in cart["lines"] if line["previous_quantity_text"]}
    told = [
        cart_text.change_text(change, cart)
        for change in changes
        if change["sku"] not in compared or change["op"] not in ("set", "increased", "decreased")
    ]
    return [text for text in told if text]


def _title(cart: CartView, repeated: bool) -> str:
    return f"Как в заказе от {cart['base']['date_text']}" if repeated and cart["base"] else "Ваш заказ"


def _positions(cart: CartView) -> str:
    return words.plural(len(cart["lines"]), "позиция", "позиции", "позиций")


def _confirm_buttons(cart: CartView, as_is: bool) -> list[Button]:
    as_is = as_is and not any(line["previous_quantity_text"] for line in cart["lines"])
    title = "Оформить как есть" if as_is else "Оформить"
    return [replies.confirm(title, cart["version"]), replies.CHANGE_QUANTITY, replies.ADD_PRODUCTS]
