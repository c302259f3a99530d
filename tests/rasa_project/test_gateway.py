"""The connector over real HTTP: api on one side, the action server on the other."""

import uuid

import pytest
from channels.gateway import TURNS_PER_SESSION, GatewayInput, TurnCounter
from rasa.shared.exceptions import RasaException

from tests.rasa_project.server import MODEL, SECRET, free_port, rasa_run

METADATA = {"token": "t0ken", "conversation": "c", "message": "17", "customer": None, "channel": "webchat"}


def turn(text, sender=None, metadata=None):
    return {"sender": sender or uuid.uuid4().hex, "text": text, "metadata": METADATA if metadata is None else metadata}


def test_a_turn_gives_the_messages_in_one_piece_and_the_intent(rasa):
    status, answer = rasa.post(turn("молока 5 и хлеба 3"))
    assert status == 200
    (message,) = answer["messages"]
    assert message["text"] == "action_order\n\nвторой абзац"
    assert message["buttons"] == [{"title": "Оформить", "payload": '/confirm_order{"version":"3"}'}]
    assert message["custom"]["card"]["metadata"] == METADATA
    assert answer["intent"]["name"] == "order"
    assert 0.5 < answer["intent"]["confidence"] <= 1
    assert answer["ranking"][0] == answer["intent"]
    assert len(answer["ranking"]) == 3


def test_a_button_carries_its_intent_and_its_values(rasa):
    status, answer = rasa.post(turn('/set_line{"sku": "20013", "quantity": "8"}'))
    assert (status, answer["intent"]) == (200, {"name": "set_line", "confidence": 1.0})
    assert answer["messages"][0]["text"].startswith("action_set_line")
    assert answer["messages"][0]["custom"]["card"]["entities"] == {"sku": "20013", "quantity": "8"}


def test_slots_last_from_turn_to_turn_and_conversations_are_apart(rasa):
    sender = uuid.uuid4().hex
    seen = [rasa.post(turn("/start", sender))[1]["messages"][0]["custom"]["card"]["expecting"] for _ in range(2)]
    assert seen == [None, "confirm"]
    assert rasa.post(turn("/start"))[1]["messages"][0]["custom"]["card"]["expecting"] is None


def test_a_long_conversation_keeps_its_slots_and_a_short_tracker(rasa):
    sender = uuid.uuid4().hex
    for _ in range(2 * TURNS_PER_SESSION + 2):
        status, answer = rasa.post(turn("/show_cart", sender))
        assert status == 200
        assert len(answer["messages"]) == 1
    assert answer["messages"][0]["custom"]["card"]["expecting"] == "confirm"
    events = [len(call["tracker"]["events"]) for call in rasa.calls if call["sender_id"] == sender]
    assert max(events) < 8 * (TURNS_PER_SESSION + 1)


def test_what_is_not_understood_is_answered_too(rasa):
    status, answer = rasa.post(turn("ъуъ ыъы ээъ"))
    assert status == 200
    assert answer["intent"]["name"] in ("nlu_fallback", "out_of_scope")


def test_an_unknown_button_is_read_as_text(rasa):
    status, answer = rasa.post(turn("/no_such_intent"))
    assert status == 200
    assert len(answer["messages"]) == 1


@pytest.mark.parametrize("text", ["/promo", "/profile"], ids=["action fails", "action is silent"])
def test_no_answer_is_an_error_and_the_conversation_goes_on(rasa, text):
    sender = uuid.uuid4().hex
    status, answer = rasa.post(turn(text, sender))
    assert (status, answer["error"]["code"]) == (500, "no_answer")
    assert rasa.post(turn("привет", sender))[0] == 200


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "1", SECRET[:-1], "s3cret-???"])
def test_only_the_secret_opens(rasa, secret):
    status, answer = rasa.post(turn("привет"), secret)
    assert (status, answer["error"]["code"]) == (401, "wrong_secret")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"", 400, "not_json"),
        (b"[1]", 400, "not_json"),
        (b'"\xff\xfe"', 400, "not_json"),
        ({"text": "привет"}, 422, "sender"),
        ({"sender": "", "text": "привет"}, 422, "sender"),
        ({"sender": 7, "text": "привет"}, 422, "sender"),
        ({"sender": "x" * 256, "text": "привет"}, 422, "sender"),
        ({"sender": "x", "text": " "}, 422, "text"),
        ({"sender": "x", "text": None}, 422, "text"),
        ({"sender": "x", "text": "а" * 4001}, 413, "too_long"),
        ({"sender": "x", "text": "а", "metadata": []}, 422, "metadata"),
    ],
)
def test_a_broken_request_is_told_what_is_wrong(rasa, body, status, code):
    answered, answer = rasa.post(body)
    assert (answered, answer["error"]["code"]) == (status, code)
    assert answer["error"]["message"]


def test_the_longest_allowed_text_is_read(rasa):
    text = ("плюмик 5 шт, " * 400)[:4000]
    assert rasa.post(turn(text))[1]["intent"]["name"] == "order"


@pytest.mark.parametrize(
    "credentials", [None, {}, {"secret": ""}, {"secret": None}, {"secret": "${RASA_GATEWAY_SECRET}"}]
)
def test_no_secret_no_start(credentials):
    with pytest.raises(RasaException, match="RASA_GATEWAY_SECRET"):
        GatewayInput.from_credentials(credentials)


def test_rasa_itself_does_not_start_without_the_secret(archive):
    process = rasa_run(
        archive, free_port(), RASA_GATEWAY_SECRET="", RASA_DB_URL="sqlite://", ACTIONS_URL="http://127.0.0.1:1"
    )
    output = process.communicate(timeout=120)[0].decode("utf-8", "replace")
    assert process.returncode != 0
    assert "RASA_GATEWAY_SECRET" in output


def test_the_counter_opens_a_session_after_so_many_turns_and_forgets_the_oldest():
    counter = TurnCounter(limit=2, size=2)
    assert [counter.session_is_full("a") for _ in range(6)] == [False, False, True, False, True, False]
    for sender in ("b", "c"):
        counter.session_is_full(sender)
    assert [counter.session_is_full("a") for _ in range(2)] == [False, False]


def test_it_tells_which_model_it_has_and_how_many_turns_are_under_way(rasa):
    assert rasa.get() == (200, {"status": "ok", "model": MODEL, "turns": 0})
    assert rasa.post(turn("привет"))[1]["model"] == MODEL
    assert rasa.get()[1]["turns"] == 0


def test_utterances_of_no_conversation_are_read_without_a_word(rasa):
    asked = len(rasa.calls)
    status, answer = rasa.post({"texts": ["молока 5 и хлеба 3", "сколько я вам должен?"]}, path="parse")
    assert (status, answer["model"]) == (200, MODEL)
    assert [one["intent"]["name"] for one in answer["results"]] == ["order", "balance"]
    for one in answer["results"]:
        assert one["ranking"][0] == one["intent"] and len(one["ranking"]) == 3
    assert len(rasa.calls) == asked


@pytest.mark.parametrize("texts", [None, [], "молоко", [""], [7], ["x" * 4001], ["x"] * 101])
def test_a_broken_list_of_utterances_is_refused(rasa, texts):
    status, answer = rasa.post({"texts": texts}, path="parse")
    assert (status, answer["error"]["code"]) == (422, "texts")


def test_utterances_are_read_for_the_secret_only(rasa):
    status, answer = rasa.post({"texts": ["привет"]}, "wrong", path="parse")
    assert (status, answer["error"]["code"]) == (401, "wrong_secret")
