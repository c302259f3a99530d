"""Texts of the cart: lines, changes, questions, warnings."""

from collections.abc import Sequence

from actions import replies, words
from actions.views import Button, CartView, ChangeView, LineView, NoticeView, ProductRef

_NOTICES = {
    "not_in_cart": "В заказе нет: {what}",
    "same_twice": "{What}: названо дважды, сложили — {quantity}",
    "stale_base": "Тот заказ был давно: проверьте, пожалуйста, состав",
    "nothing_to_repeat": "Прошлых заказов пока нет",
    "cart_empty": "Корзина пока пуста",
    "delivery_day": "Доставка — {phrase}",
    "delivery_refused": "{phrase}",
    "outlet_changed": "Везём: {phrase}",
    "cart_kept": "Набранное для «{phrase}» сохранено",
    "outlet_next": "Потом пришлите ещё раз заказ для другой точки: {phrase}",
    "send_apart": "Пришлите, пожалуйста, отдельно, что везти сюда: {phrase}",
    "same_more": "Сложили из нескольких строк ещё {phrase}",
    "changed_more": "Изменилось количество ещё у {phrase}",
    "questions_dropped": "Неуточнённые позиции в заказ не вошли: {quantity}",
    "note_kept": "Пожелание «{phrase}» передадим вместе с заказом",
}
_CHANGES = {
    "added": "Добавили: {name} — {after}",
    "set": "{Head}: было {before}, стало {after}",
    "increased": "{Head}: было {before}, стало {after}",
    "decreased": "{Head}: было {before}, стало {after}",
    "removed": "{Head} — убрали из заказа",
    "replaced": "Заменили на {name} — {after}",
    "kept": "Оставили: {name} — {after}",
    "cleared": "Корзина очищена",
}
_ISSUES = {
    "out": "{what} временно {absent}",
    "withdrawn": "{what} больше не {supplied}",
    "short": "{what} — {issue}",
    "step": "{what} — {issue}",
}


def line_text(line: LineView, with_price: bool) -> str:
    """«• Молоко 3,2%, 10 л — 5 шт. — 2 500 ₽», with the price of one where it is asked for."""
    quantity = line["quantity_text"]
    if with_price and line["price_text"]:
        quantity += f" по {line['price_text']}"
    text = " — ".join(part for part in (f"• {line['name']}", quantity, line["sum_text"]) if part)
    marks = [line["note"], line["issue_text"] or ("" if line["stock"] != "on_order" else line["stock_text"])]
    marks = [mark for mark in marks if mark]
    return f"{text} ({'; '.join(marks)})" if marks else text


def total_text(cart: CartView) -> str:
    return f"Итого: {cart['total_text']}"


def delivery_text(cart: CartView, told: Sequence[str] = ()) -> str:
    """«Доставка — пятница, 19 декабря»; empty when no day was named, or what is told names it already."""
    day = cart.get("delivery_text")
    return f"Доставка — {day}" if day and not any(day in text for text in told) else ""


def head_of(product: ProductRef | ChangeView, cart: CartView) -> str:
    """The short name that no other line of the cart could claim: «Молоко», beside another milk «Молоко 3,2%»."""
    others = [line for line in cart["lines"] if line["sku"] != product["sku"]]
    short = words.head(product["short_name"], [line["short_name"] for line in others])
    if any(line["short_name"].lower().startswith(short.lower()) for line in others):
        return words.head(words.called(product["name"]), [words.called(line["name"]) for line in others])
    return short


def change_text(change: ChangeView, cart: CartView) -> str:
    """One change as a sentence; empty for the lines of a repeated order, which the card shows."""
    op = change["op"]
    if op in ("set", "increased", "decreased") and not change["before_text"]:
        op = "added"
    text = _CHANGES.get(op, "").format(
        name=words.lower_first(change["name"]),
        Head=words.upper_first(head_of(change, cart)),
        before=change["before_text"],
        after=change["after_text"],
    )
    return words.sentence(text)


def now_text(change: ChangeView, cart: CartView) -> str:
    """«Молоко — теперь 8 шт. (4 000 ₽).»: a single changed line, in the article's words."""
    if change["op"] not in ("set", "increased", "decreased"):
        return change_text(change, cart)
    price = f" ({change['sum_text']})" if change["sum_text"] else ""
    return f"{words.upper_first(head_of(change, cart))} — теперь {change['after_text']}{price}."


def without_pairs(changes: Sequence[ChangeView]) -> list[ChangeView]:
    """A replacement comes as «removed» and «replaced»: one of the two says it all."""
    replaced = sum(change["op"] == "replaced" for change in changes)
    removed = [change for change in changes if change["op"] == "removed"]
    dropped = removed[:replaced]
    return [change for change in changes if change not in dropped]


def notice_text(notice: NoticeView) -> str:
    """One notice as a sentence; empty when the code has no words of its own."""
    what = notice["name"] or (f"«{notice['phrase']}»" if notice["phrase"] else "")
    text = _NOTICES.get(notice["code"], "").format(
        what=words.lower_first(what),
        What=words.upper_first(what),
        phrase=notice["phrase"],
        quantity=notice["quantity_text"],
    )
    return words.sentence(text)


def difference_texts(cart: CartView) -> list[str]:
    """What differs from the base order: quantities and prices."""
    texts = []
    for line in cart["lines"]:
        if line["previous_quantity_text"]:
            name = words.upper_first(head_of(line, cart))
            texts.append(
                words.sentence(f"{name}: было {line['previous_quantity_text']}, стало {line['quantity_text']}")
            )
    for line in cart["lines"]:
        if line["price_was_text"] and line["price_text"]:
            name = words.lower_first(words.called(line["name"]))
            texts.append(f"Изменилась цена: {name} — была {line['price_was_text']}, стала {line['price_text']}.")
    return texts


def first_issue(cart: CartView) -> LineView | None:
    """The line that cannot be delivered as it stands; they are settled one at a time."""
    return next((line for line in cart["lines"] if line["issue"]), None)


def issue_text(line: LineView) -> str:
    """«Внимание: сироп ваниль временно отсутствует. Заменить на карамель или убрать из заказа?»"""
    many = words.is_plural(line["short_name"])
    fact = _ISSUES[line["issue"] or "short"].format(
        what=words.spoken(line["short_name"]),
        issue=line["issue_text"] or "нужно уточнить количество",
        absent="отсутствуют" if many else "отсутствует",
        supplied="поставляются" if many else "поставляется",
    )
    ways = []
    if line["issue"] in ("short", "step"):
        ways.append("Изменить количество")
    if line["substitute"]:
        ways.append(f"{'заменить' if ways else 'Заменить'} на {_instead(line)}")
    ways.append("убрать из заказа" if ways else "Убрать из заказа")
    return f"Внимание: {words.sentence(fact)} {', '.join(ways[:-1])}{' или ' if ways[:-1] else ''}{ways[-1]}?"


def issue_buttons(line: LineView) -> list[Button]:
    """The ways out of an issue."""
    buttons = []
    available = line.get("available")
    if line["issue"] == "short" and available:
        title = f"Взять {available.replace('.', ',')} {words.unit_text(line['unit'])}"
        buttons.append(replies.set_line(title, line["sku"], available))
    elif line["issue"] in ("short", "step"):
        buttons.append(replies.edit_line("Изменить", line["sku"]))
    if line["substitute"]:
        title = f"Заменить на {_instead(line)}"
        title = title if len(title) <= words.TITLE_LIMIT else "Заменить"
        buttons.append(replies.replace_line(title, line["sku"], line["substitute"]["sku"]))
    return [*buttons, replies.remove_line(line["sku"]), replies.CALL_HUMAN]


def _instead(line: LineView) -> str:
    """«карамель»: what tells the substitute from the missing product."""
    if line["substitute"] is None:
        return ""
    fresh = words.difference(line["substitute"]["short_name"], line["short_name"])
    if fresh:
        return words.in_case(fresh, "accs") or fresh
    called = words.called(line["substitute"]["name"])
    same = called == words.called(line["name"])
    return words.lower_first(line["substitute"]["name"] if same else called)


def ask_quantity(name: str, unit: str, step: str | None) -> str:
    """«Сколько штук молока 3,2%, 10 л?»; a neutral form where the grammar is uncertain."""
    called = words.called(name)
    units, genitive = words.unit_genitive(unit), words.in_case(called, "gent")
    asked = f"Сколько {units} {genitive}?" if units and genitive else f"Сколько нужно: {called}?"
    if step in (None, "0", "1"):
        return asked
    return words.sentence(f"{asked} Заказ кратно {str(step).replace('.', ',')} {words.unit_text(unit)}")
