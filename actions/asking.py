"""Open questions of an order in words and buttons: all of them in one message, the likeliest answers first."""

import re
from collections.abc import Sequence

from actions import labels, replies, words
from actions.views import Button, OptionView, QuestionView

AT_ONCE = 4
"""Questions in one message; more than that nobody reads."""
MANY = 20
"""Questions that nobody wants to answer one by one."""
OFFERED = {1: 5, 2: 4, 3: 3}
"""Answers offered to each, by how many questions stand together: a list of WhatsApp has ten rows."""
FEWEST_OFFERED = 2
ROOM_IN_TEXT = 48
"""Characters of a product in the text of several questions."""
_WORDS = re.compile(r"[^\W\d_]{4,}")
_ALONE = "replace_or_add"
"""A question about the whole order: the others wait for the answer."""
_USUAL: dict[str, list[OptionView]] = {
    "confirm": [{"value": "yes", "title": "Да"}, {"value": "no", "title": "Нет"}],
    "replace_or_add": [{"value": "replace", "title": "Заменить"}, {"value": "add", "title": "Добавить"}],
}


def ask(questions: Sequence[QuestionView], behind: int = 0) -> tuple[str, list[Button]]:
    """The text that asks the open questions, and the buttons that answer them; `behind` come after these."""
    whole = [question for question in questions if question["reason"] == _ALONE or asks_for_order(question)]
    asked = whole[:1] or list(questions[:AT_ONCE])
    text, buttons = _one(asked[0]) if len(asked) == 1 else _several(asked)
    if rest := len(questions) - len(asked) + behind:
        text += f"\nПотом уточню ещё {words.plural(rest, 'позицию', 'позиции', 'позиций')}."
        if whole:
            return text, buttons
        buttons = [*(button for button in buttons if button != replies.CALL_HUMAN), replies.SKIP_QUESTIONS]
        if rest > MANY:
            text += " Можно пропустить все, что не ясно, или позвать человека: файл он увидит."
        buttons.append(replies.CALL_HUMAN)
    return text, buttons


def asks_for_order(question: QuestionView) -> bool:
    """Whether a past order is asked for, not goods."""
    return question["operation"] == "repeat" and question["reason"] == "unknown"


def _one(question: QuestionView) -> tuple[str, list[Button]]:
    """One question with its answers, «Пропустить», and a person where the catalogue has nothing to offer."""
    options = _offered(question, OFFERED[1])
    lines = [_ASKING[question["reason"]](question)]
    if lines[0].endswith(("что именно?", "чего именно?")):
        lines = [f"Уточните, пожалуйста: {lines[0]}"]
    if _unknown_goods(question) and not options:
        lines = [f"{lines[0]} Напишите, пожалуйста, иначе, посмотрите каталог или позовите человека."]
    if _of_goods(question):
        names = _told_apart([option["title"] for option in options])
        lines += [f"{place}. {_priced(name, options[place - 1])}" for place, name in enumerate(names, 1)]
    buttons = _answers(question, options, _titles(question, options, words.TITLE_LIMIT))
    if question["reason"] not in _USUAL:
        buttons.append(replies.skip_question(question["id"]))
    return "\n".join(lines), _with_ways_out(buttons, [question])


def _several(questions: Sequence[QuestionView]) -> tuple[str, list[Button]]:
    """Numbered questions, each with its answers below it. A button begins with the goods or with the number."""
    limit = OFFERED.get(len(questions), FEWEST_OFFERED)
    lines, buttons = ["Уточните, пожалуйста:"], []
    for place, question in enumerate(questions, 1):
        options = _offered(question, limit)
        lines.append(f"{place}. {_ASKING[question['reason']](question)}")
        if _of_goods(question):
            names = labels.labels([option["title"] for option in options], ROOM_IN_TEXT)
            lines += [f"   • {_priced(name, option)}" for name, option in zip(names, options, strict=True)]
        others = [other for other in questions if other is not question]
        buttons += _answers(question, options, _numbered(question, options, place, others))
        if not options:
            buttons.append(replies.skip_question(question["id"], f"{place}. Пропустить"))
    return "\n".join(lines), _with_ways_out(buttons, questions)


def _offered(question: QuestionView, limit: int) -> list[OptionView]:
    """The answers that become buttons. The product itself is no answer to «сколько»: it is named in the question."""
    options = question["options"]
    if question["reason"] == "quantity":
        options = [option for option in options if _is_quantity(option)]
    return options[:limit] or _USUAL.get(question["reason"], [])


def _is_quantity(option: OptionView) -> bool:
    return option["title"][:1].isdigit()


def _of_goods(question: QuestionView) -> bool:
    return question["reason"] == "ambiguous" or _unknown_goods(question)


def _unknown_goods(question: QuestionView) -> bool:
    return question["reason"] == "unknown" and not asks_for_order(question)


def _titles(question: QuestionView, options: Sequence[OptionView], limit: int) -> list[str]:
    """What the buttons say: goods are told by what sets them apart."""
    titles = [option["title"] for option in options]
    if _of_goods(question):
        return labels.with_prices(labels.labels(titles, limit), [option.get("price_text") for option in options], limit)
    return words.distinct([words.upper_first(title) for title in titles], limit)


def _numbered(
    question: QuestionView, options: Sequence[OptionView], place: int, others: Sequence[QuestionView]
) -> list[str]:
    """«Сыр Гауда 45%», «Гауда 45%», or «2. 45%» where the button alone would not say which goods are meant."""
    if _of_goods(question):
        names = [option["title"] for option in options]
        titles = labels.labels(names, words.TITLE_LIMIT)
        heads = {name.split(" ", 1)[0] for name in names}
        full = [title if title.startswith(head) else f"{head} {title}" for head in heads for title in titles]
        theirs = [option["title"] for other in others for option in other["options"]]
        fits = all(len(title) <= words.TITLE_LIMIT and "…" not in title for title in full)
        if len(heads) == 1 and fits and not any(name.startswith(tuple(heads)) for name in theirs):
            return full
        if not any(_alike(title, theirs) for title in titles):
            return titles
    prefix = f"{place}. "
    return [f"{prefix}{title}" for title in _titles(question, options, words.TITLE_LIMIT - len(prefix))]


def _alike(title: str, theirs: Sequence[str]) -> bool:
    """Whether the title has no word of its own: nothing but figures, or words that another question's goods have."""
    own = [word.casefold() for word in _WORDS.findall(title)]
    return not own or any(all(word in name.casefold() for word in own) for name in theirs)


def _answers(question: QuestionView, options: Sequence[OptionView], titles: Sequence[str]) -> list[Button]:
    return [
        replies.answer_question(title, question["id"], option["value"])
        for title, option in zip(titles, options, strict=True)
    ]


def _with_ways_out(buttons: list[Button], questions: Sequence[QuestionView]) -> list[Button]:
    """The catalogue, where nothing in it could be offered, and a person, where the words were not understood."""
    lost = any(_unknown_goods(question) and not question["options"] for question in questions)
    unknown = any(question["reason"] == "unknown" for question in questions)
    return [*([replies.CATALOGUE] if lost else []), *buttons, *([replies.CALL_HUMAN] if unknown else [])]


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names without what nobody says aloud, unless it is just that which tells them apart."""
    said = [labels.said(name) for name in names]
    return said if len(set(said)) == len(said) else list(names)


def _priced(name: str, option: OptionView) -> str:
    price = option.get("price_text")
    return f"{name} — {price}" if price else name


def _ambiguous(question: QuestionView) -> str:
    quantity = f", {question['quantity_text']}" if question["quantity_text"] else ""
    return f"«{question['phrase']}»{quantity} — что именно?"


def _unknown(question: QuestionView) -> str:
    if asks_for_order(question):
        last = f", {question['options'][0]['title']}" if question["options"] else ""
        return f"Не нашёл такого заказа. Повторить последний{last}?"
    fact = f"Не нашёл в каталоге: «{question['phrase']}»."
    return f"{fact} Может быть, подойдёт что-то из этого?" if question["options"] else fact


def _quantity(question: QuestionView) -> str:
    if question["options"] and question["quantity_text"]:
        return f"«{question['phrase']}»: {question['quantity_text']} не получится. Сколько везти?"
    settled = [option["title"] for option in question["options"] if not _is_quantity(option)]
    return f"Сколько нужно: {settled[0]}?" if len(settled) == 1 else f"Сколько нужно: «{question['phrase']}»?"


def _unit(question: QuestionView) -> str:
    quantity = question["quantity_text"]
    if quantity and any(sign.isalpha() for sign in quantity):
        return f"«{question['phrase']}»: ровно {quantity} не получается. Сколько везти?"
    return f"«{question['phrase']}»{f', {quantity}' if quantity else ''} — чего именно?"


def _confirm(question: QuestionView) -> str:
    if question["operation"] in ("clear", "keep", "scale"):
        return f"Вы написали «{question['phrase']}». Так и сделать?"
    quantity = question["quantity_text"] or "столько"
    return f"«{question['phrase']}» — точно {quantity}? Это намного больше обычного."


def _replace_or_add(question: QuestionView) -> str:
    return "В корзине уже есть товары. Заменить их прошлым заказом или добавить к ним?"


_ASKING = {
    "ambiguous": _ambiguous,
    "unknown": _unknown,
    "quantity": _quantity,
    "unit": _unit,
    "confirm": _confirm,
    "replace_or_add": _replace_or_add,
}
