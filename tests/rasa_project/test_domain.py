"""Domain and rules: the table of intents and actions that api, actions and Rasa agree on."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TYPED = """greet thanks help order repeat_order cart affirm deny price_query stock_query catalog_query promo
order_status
cancel_order balance documents profile notifications delivery call_human complaint out_of_scope""".split()
BUTTONS = """start sign_out new_order repeat_last repeat_mode show_cart confirm_order leave_order attached_list
edit_lines edit_line set_line remove_line replace_line answer_question skip_questions choose_outlet
clear_cart fit_limit browse add_products pick_product status cancel confirm_cancel show_balance share_phone
resend_code choose_company switch_company other_way rate_order""".split()
VALUES = {
    "mode",
    "version",
    "sku",
    "quantity",
    "by_sku",
    "id",
    "value",
    "outlet",
    "category",
    "page",
    "order",
    "score",
    "attachment",
    "column",
    "code",
    "company",
    "way",
}
ACTIONS = {
    "start": "action_greet",
    "cart": "action_show_cart",
    "repeat_last": "action_repeat_order",
    "price_query": "action_price",
    "stock_query": "action_stock",
    "status": "action_order_status",
    "show_balance": "action_balance",
    "nlu_fallback": "action_not_understood",
}


def merged(key):
    found = []
    for path in sorted((ROOT / "rasa_project" / "domain").glob("*.yml")):
        found.extend(yaml.safe_load(path.read_text(encoding="utf-8")).get(key) or [])
    return found


def rules():
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            first, second = rule["steps"]
            yield first["intent"], second["action"]


def test_intents_are_the_agreed_ones():
    assert sorted(name for entry in merged("intents") for name in entry) == sorted(TYPED + BUTTONS)


def test_no_entity_reaches_the_policy():
    assert all(settings == {"use_entities": []} for entry in merged("intents") for settings in entry.values())
    assert set(merged("entities")) == VALUES


def test_every_intent_has_one_rule():
    intents = [intent for intent, _ in rules()]
    assert sorted(intents) == sorted([*TYPED, *BUTTONS, "nlu_fallback"])


def test_rules_lead_to_the_agreed_actions():
    for intent, action in rules():
        assert action == ACTIONS.get(intent, f"action_{intent}")
        assert action in merged("actions")


def test_every_action_exists_once():
    assert len(merged("actions")) == len(set(merged("actions")))


@pytest.mark.parametrize("skill", "session ordering editing catalog account delivery handoff fallback".split())
def test_a_skill_has_its_files(skill):
    assert (ROOT / "rasa_project" / "domain" / f"{skill}.yml").exists()
    assert (ROOT / "data" / "rules" / f"{skill}.yml").exists()
    assert (ROOT / "data" / "nlu" / f"{skill}.yml").exists() or skill == "editing"
