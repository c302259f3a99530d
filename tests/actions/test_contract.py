"""What the other parts rely on: names of actions, shape of buttons, grammar of names."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa_sdk.executor import ActionExecutor

from actions import replies, words

ACTIONS = [
    "action_greet",
    "action_thanks",
    "action_help",
    "action_sign_out",
    "action_sign_in",
    "action_share_phone",
    "action_resend_code",
    "action_choose_company",
    "action_switch_company",
    "action_other_way",
    "action_order",
    "action_repeat_order",
    "action_show_cart",
    "action_affirm",
    "action_deny",
    "action_new_order",
    "action_repeat_mode",
    "action_confirm_order",
    "action_leave_order",
    "action_attached_list",
    "action_edit_lines",
    "action_edit_line",
    "action_set_line",
    "action_remove_line",
    "action_replace_line",
    "action_answer_question",
    "action_skip_questions",
    "action_choose_outlet",
    "action_clear_cart",
    "action_fit_limit",
    "action_price",
    "action_stock",
    "action_catalog_query",
    "action_promo",
    "action_browse",
    "action_add_products",
    "action_pick_product",
    "action_order_status",
    "action_cancel_order",
    "action_cancel",
    "action_confirm_cancel",
    "action_balance",
    "action_documents",
    "action_profile",
    "action_notifications",
    "action_rate_order",
    "action_delivery",
    "action_call_human",
    "action_complaint",
    "action_out_of_scope",
    "action_not_understood",
    "action_default_fallback",
]
RASA_BUTTON = re.compile(r"^/([^{@]+)(@[0-9.]+)?([{].+[}])?$", re.DOTALL)
"""How Rasa 3.6 takes a payload apart (rasa/shared/nlu/constants, RegexMessageHandler)."""


def test_every_action_of_the_contract_exists(executor: ActionExecutor) -> None:
    assert set(executor.actions) == set(ACTIONS)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.text(min_size=1, max_size=60),
    st.from_regex(r"[a-z_]{1,20}", fullmatch=True),
    st.dictionaries(st.sampled_from(["sku", "id", "value", "category", "order"]), st.text(max_size=40)),
)
def test_payload_survives_the_way_through_rasa(title: str, intent: str, entities: dict[str, str]) -> None:
    made = replies.button(title, intent, **entities)
    parts = RASA_BUTTON.match(made.get("payload", ""))
    assert parts is not None
    assert parts.group(1) == intent
    assert json.loads(parts.group(3) or "{}") == entities
    assert len(made["title"]) <= 20


@pytest.mark.parametrize(
    ("name", "genitive"),
    [
        ("Молоко 3,2%, 10 л", "молока 3,2%, 10 л"),
        ("Молоко пастер. 3,2% 10л канистра", "молока пастер. 3,2% 10л канистра"),
        ("Сливки 20%, 1 л", "сливок 20%, 1 л"),
        ("Сироп ваниль, 1 л", "сиропа ваниль, 1 л"),
        ("Хлеб бородинский 400 г", "хлеба бородинского 400 г"),
        ("Хлеб Дарницкий формовой 650 г", "хлеба дарницкого формового 650 г"),
        ("Гречневая крупа 800 г", "гречневой крупы 800 г"),
        ("Яйцо куриное С1", "яйца куриного С1"),
        ("Стаканчики бумажные 250 мл", "стаканчиков бумажных 250 мл"),
        ("Йогурт Бифидок 2,5%", "йогурта Бифидок 2,5%"),
        ("Топпинг шоколад", None),
        ("BBQ соус", None),
        ("3 корочки", None),
        ("", None),
    ],
)
def test_genitive_or_an_honest_refusal(name: str, genitive: str | None) -> None:
    assert words.in_case(name, "gent") == genitive


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Молоко пастер. 3,2% 10л канистра Белый ключ", "Молоко 3,2%, 10 л"),
        ("Молоко ультрапаст. 3,2% 1л Белый ключ (12)", "Молоко 3,2%, 1 л"),
        ("Молоко 3,2%, 10 л", "Молоко 3,2%, 10 л"),
        ("Масло сл. 82,5% 180г", "Масло 82,5%, 180 г"),
        ("Стакан бум. 250мл (50шт)", "Стакан 250 мл"),
        ("Томаты вес. сорт 1", "Томаты сорт 1"),
        ("Яйцо куриное С1 (30шт) Заря", "Яйцо куриное С1 (30шт) Заря"),
        ("Чай черн. лист. 500г Гора", "Чай черн. лист. 500 г"),
    ],
)
def test_what_people_call_it(name: str, called: str) -> None:
    assert words.called(name) == called


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=50))
def test_no_name_breaks_the_grammar(name: str) -> None:
    words.in_case(name, "gent")
    words.head(name, ["Молоко", name])
    words.spoken(name)
    words.called(name)
    assert len(words.shorten(name)) <= 20


@pytest.mark.parametrize(
    ("name", "others", "head"),
    [
        ("Молоко 3,2%, 10 л", ["Сливки 20%, 1 л"], "Молоко"),
        ("Молоко 3,2%, 10 л", ["Молоко 2,5%, 10 л"], "Молоко 3,2%"),
        ("Сахар песок 1 кг", ["Сахар песок 5 кг"], "Сахар песок 1 кг"),
        ("Гречневая крупа", ["Рис"], "Гречневая крупа"),
    ],
)
def test_the_shortest_telling_name(name: str, others: list[str], head: str) -> None:
    assert words.head(name, others) == head


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.text(max_size=40), max_size=9, unique=True))
def test_titles_stay_distinct(names: list[str]) -> None:
    titles = words.distinct(names)
    assert len(titles) == len(names)
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 20 for title in titles)


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1 товар"), (2, "2 товара"), (5, "5 товаров"), (11, "11 товаров"), (21, "21 товар")]
)
def test_plural(number: int, text: str) -> None:
    assert words.plural(number, "товар", "товара", "товаров") == text
