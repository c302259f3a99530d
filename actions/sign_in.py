"""Who is talking: without a customer there are no prices, so everything begins with the code of the company."""

import re

from actions import replies
from actions.gateway import GatewayError
from actions.turn import Turn
from actions.views import MeView

_CODE_IN_TEXT = re.compile(r"\b(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+\b")
_AFTER_THE_WORD = re.compile(r"\bкод\w*\s*[:—–-]*\s*([A-Za-zА-Яа-яЁё0-9-]{3,40})", re.IGNORECASE)
_WHOLE_TEXT = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-zА-Яа-яЁё0-9_-]{4,40}")
_ANY_WORD = re.compile(r"[A-Za-zА-Яа-яЁё0-9_-]{3,40}")
_SMALL_TALK = {"greet", "thanks", "help", "affirm", "deny", "call_human"}


def code_in(text: str, intent: str, asked: bool) -> str | None:
    """The company code in the customer's words, or None.

    A wrong guess costs the customer one of few attempts: a greeting or «молоко 100» is not tried as a code.
    After the bot has asked for it, a single word is one even when it is Cyrillic.
    """
    text = text.strip(" .!«»\"'")
    found = _CODE_IN_TEXT.search(text)
    if found:
        return found.group()
    found = _AFTER_THE_WORD.search(text)
    if found and re.search(r"[A-Za-z0-9]", found.group(1)):
        return found.group(1)
    if _WHOLE_TEXT.fullmatch(text):
        return text
    if asked and intent not in _SMALL_TALK and _ANY_WORD.fullmatch(text):
        return text
    return None


def is_stranger(error: GatewayError) -> bool:
    """The api knows no customer behind the token."""
    return error.status == 403 and error.code == "no_customer"


async def ensure_signed_in(turn: Turn) -> bool:
    """True: go on. False: the turn was spent on signing in, and everything is said."""
    if turn.signed_in:
        return True
    code = code_in(turn.text, turn.intent, turn.expects("code"))
    turn.expect("code")
    if code is None:
        ask_code(turn)
        return False
    try:
        me = await turn.gateway.sign_in(code)
    except GatewayError as error:
        if error.code not in ("wrong_code", "too_many_attempts") and error.status != 429:
            raise
        turn.say(replies.code_refused(error.code, error.message), [replies.CALL_HUMAN])
        return False
    greet(turn, me)
    return False


def ask_code(turn: Turn) -> None:
    """The first words to an unknown visitor, shorter the second time."""
    turn.say(replies.ASK_CODE_AGAIN if turn.expects("code") else replies.ASK_CODE, [replies.CALL_HUMAN])
    turn.expect("code")


def greet(turn: Turn, me: MeView) -> None:
    """The greeting by name with the main menu."""
    customer = me["customer"]
    if customer is None:
        ask_code(turn)
        return
    turn.signed_in = True
    turn.expect(None)
    outlet = me["outlet"]["name"] if me["outlet"] else None
    turn.say(
        replies.greeting(customer["name"], [known["name"] for known in me["outlets"]], outlet),
        replies.menu(me["rights"]),
    )
