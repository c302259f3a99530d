"""All questions of an order in one message."""

from actions.asking import ask
from tests.actions import views

KEFIR = [
    {"value": "1", "title": "Кефир 1% 930г Луговица", "price_text": "71 ₽"},
    {"value": "2", "title": "Кефир 2,5% 930г Луговица", "price_text": "74,50 ₽"},
    {"value": "3", "title": "Кефир 3,2% 500г Луговица", "price_text": "43 ₽"},
]
CHEESE = [
    {"value": "7", "title": "Сыр Гауда 45% вес Сырная гора", "price_text": None},
    {"value": "8", "title": "Сыр Российский 50% вес Сырная гора", "price_text": None},
]


def titles(questions: list[dict[str, object]]) -> tuple[str, list[str]]:
    text, buttons = ask(questions)  # type: ignore[arg-type]
    return text, [button["title"] for button in buttons]


def test_one_question_lists_its_goods() -> None:
    text, buttons = titles([views.question("ambiguous", "кефира", KEFIR, quantity_text="5 шт.")])
    assert text == (
        "Уточните, пожалуйста: «кефира», 5 шт. — что именно?\n"
        "1. Кефир 1% 930 г Луговица — 71 ₽\n"
        "2. Кефир 2,5% 930 г Луговица — 74,50 ₽\n"
        "3. Кефир 3,2% 500 г Луговица — 43 ₽"
    )
    assert buttons == ["1% 930 г · 71 ₽", "2,5% 930 г · 74,50 ₽", "3,2% 500 г · 43 ₽", "Пропустить"]


def test_several_questions_come_together() -> None:
    text, buttons = titles(
        [
            views.question("ambiguous", "кефира", KEFIR, quantity_text="5 шт."),
            views.question("ambiguous", "сыр", CHEESE, id="q-2"),
            views.question("unknown", "верблюжье молоко", id="q-3"),
            views.question("confirm", "сливки", [{"value": "yes", "title": "Да, 740 шт."}], quantity_text="740 шт."),
        ]
    )
    assert text == (
        "Уточните, пожалуйста:\n"
        "1. «кефира», 5 шт. — что именно?\n"
        "   • 1% — 71 ₽\n"
        "   • 2,5% — 74,50 ₽\n"
        "2. «сыр» — что именно?\n"
        "   • Гауда 45%\n"
        "   • Российский 50%\n"
        "3. Не нашёл в каталоге: «верблюжье молоко».\n"
        "4. «сливки» — точно 740 шт.? Это намного больше обычного."
    )
    assert buttons == [
        "Каталог",
        "Кефир 1%",
        "Кефир 2,5%",
        "Сыр Гауда 45%",
        "Сыр Российский 50%",
        "3. Пропустить",
        "4. Да, 740 шт.",
        "Позвать человека",
    ]


def test_like_goods_of_two_questions_are_told_by_number() -> None:
    _, buttons = titles(
        [
            views.question("ambiguous", "кефир маленький", KEFIR[:2]),
            views.question("ambiguous", "кефир большой", KEFIR[1:], id="q-2"),
        ]
    )
    assert buttons == ["1. 1% · 71 ₽", "1. 2,5% · 74,50 ₽", "2. 2,5% 930 г", "2. 3,2% 500 г"]
    assert len(set(buttons)) == len(buttons)


def test_more_than_anybody_reads_waits() -> None:
    many = [views.question("ambiguous", f"товар {n}", KEFIR, id=f"q-{n}") for n in range(6)]
    text, buttons = titles(many)
    assert text.endswith("Потом уточню ещё 2 позиции.")
    assert len(buttons) <= 10


def test_replace_or_add_is_asked_alone() -> None:
    text, buttons = titles(
        [
            views.question("ambiguous", "сыр", CHEESE),
            views.question("replace_or_add", "как обычно", operation="repeat", id="q-2"),
        ]
    )
    assert text.startswith("В корзине уже есть товары.")
    assert text.endswith("Потом уточню ещё 1 позицию.")
    assert buttons == ["Заменить", "Добавить"]
