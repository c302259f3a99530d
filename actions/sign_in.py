"""Who is talking: without a customer there are no prices, so everything begins with signing in.

The api knows the steps (api/customers/steps.py); here they are put into words.
"""

import re

from actions import replies
from actions import sign_in_text as texts
from actions.gateway import GatewayError
from actions.turn import Turn
from actions.views import MeView, SignInView
from actions.words import distinct

_CODE_IN_TEXT = re.compile(r"\b(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+\b")
_AFTER_THE_WORD = re.compile(r"\bкод\w*\s*[:—–-]*\s*([A-Za-zА-Яа-яЁё0-9-]{3,40})", re.IGNORECASE)
_WHOLE_TEXT = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-zА-Яа-яЁё0-9_-]{4,40}")
_ANY_WORD = re.compile(r"[A-Za-zА-Яа-яЁё0-9_-]{3,40}")
_SMALL_TALK = {"greet", "thanks", "help", "affirm", "deny", "call_human"}
_PHONE = re.compile(r"(?<!\d)(?:\+\s?\d|8|7|9)(?:[\s().-]{0,2}\d){9,13}(?!\d)")
_INVITATION = re.compile(r"(?:код\s+)?((?:[A-Z0-9]{4}-){2}[A-Z0-9]{4})", re.IGNORECASE)
_ONE_TIME_CODE = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}(?!\d)")


def phone_in(text: str) -> str | None:
    """A phone number in the words, as it was written."""
    found = _PHONE.search(text)
    return found.group() if found else None


def code_in(text: str, intent: str, asked: bool) -> str | None:
    """The company code in the customer's words, or None.

    A wrong guess costs the customer one of few attempts: a greeting, «молоко 100» or a phone is not tried as a code.
    After the bot has asked for it, a single word is one even when it is Cyrillic.
    """
    text = text.strip(" .!«»\"'")
    if phone_in(text):
        return None
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
    view = await turn.gateway.session()
    try:
        await _go_on(turn, view)
    except GatewayError as error:
        refuse(turn, error, view)
    return False


async def _go_on(turn: Turn, view: SignInView) -> None:
    """Tries what the words may be, else says what is needed."""
    if view["step"] == "code_sent" and (found := _ONE_TIME_CODE.search(turn.text)):
        tell(turn, await turn.gateway.one_time_code(re.sub(r"\D", "", found.group())))
    elif "typed" in view["ways"] and (phone := phone_in(turn.text)):
        tell(turn, await turn.gateway.phone(phone))
    elif code := turn.entities.get("code") or code_in(turn.text, turn.intent, turn.expects("code")):
        # An invitation opens the door even where the policy knows no company codes: the api decides.
        greet(turn, await turn.gateway.sign_in(code))
    else:
        tell(turn, view)


def refuse(turn: Turn, error: GatewayError, view: SignInView | None = None) -> None:
    """A step that the api refused; any other error is not ours to word."""
    known = error.code in texts.REFUSED or error.status == 429
    if not known:
        raise error
    text = error.message or texts.REFUSED.get(error.code, texts.TOO_MANY_ATTEMPTS)
    over = error.code in ("wrong_one_time_code", "code_expired", "code_just_sent")
    buttons = [replies.RESEND_CODE] if over else []
    ways = texts.way_buttons(view) if view is not None and view["step"] != "signed_in" and not over else []
    turn.say(text, [*buttons, *ways, replies.CALL_HUMAN])
    if not turn.signed_in:
        turn.expect("code")


def tell(turn: Turn, view: SignInView) -> None:
    """Says where the visitor stands and what is needed next."""
    if view["step"] == "company":
        titles = distinct([company["name"] for company in view["companies"]])
        buttons = [
            replies.choose_company(title, one["id"]) for title, one in zip(titles, view["companies"], strict=True)
        ]
        turn.say(texts.CHOOSE_COMPANY, [*buttons, replies.CALL_HUMAN])
        turn.expect("company")
    elif view["step"] == "code_sent":
        resend = [] if view["sent_by"] == ["page"] else [replies.RESEND_CODE]
        turn.say(texts.code_sent(view), [*resend, replies.CALL_HUMAN])
        turn.expect("code")
    elif view["me"] is not None:
        greet(turn, view["me"])
    else:
        _ask(turn, view)


def _ask(turn: Turn, view: SignInView) -> None:
    """The first words to an unknown visitor, shorter the second time where a code is all there is."""
    opening = texts.opening(view)
    again = turn.expects("code")
    if again and not opening and view["ways"] == ["code"]:
        words = texts.ASK_CODE_AGAIN
    else:
        words = " ".join(part for part in (opening, texts.first_words(view)) if part)
    hello = "" if again or opening else texts.HELLO
    turn.say(f"{hello}{words}", [*texts.way_buttons(view), replies.CALL_HUMAN])
    turn.expect("code")


async def ask_stranger(turn: Turn, opening: str) -> None:
    """Says something to a visitor and what is needed to go on."""
    view = await turn.gateway.session()
    turn.say(f"{opening} {texts.first_words(view)}".strip(), [*texts.way_buttons(view), replies.CALL_HUMAN])
    turn.expect("code")


async def sign_out(turn: Turn) -> None:
    """Forgets the company and says how to come back."""
    view = await turn.gateway.sign_out()
    turn.signed_in = False
    turn.say(f"{texts.SIGNED_OUT} {texts.first_words(view)}", [*texts.way_buttons(view), replies.CALL_HUMAN])
    turn.expect("code")


async def follow(turn: Turn, code: str) -> None:
    """An invitation of somebody who is signed in: perhaps to another company."""
    try:
        greet(turn, await turn.gateway.sign_in(code))
    except GatewayError as error:
        refuse(turn, error)


async def asked_in_words(turn: Turn) -> bool:
    """An invitation's code, «сменить компанию», «выйти», and nothing else. True: the turn was spent on it."""
    words = turn.text.casefold().strip(" .!")
    if invitation := _INVITATION.fullmatch(turn.text):
        await follow(turn, invitation.group(1))
    elif words in texts.SIGN_OUT_WORDS:
        await sign_out(turn)
    elif words in texts.SWITCH_WORDS:
        try:
            tell(turn, await turn.gateway.switch_company())
        except GatewayError as error:
            refuse(turn, error)
    else:
        return False
    return True


def greet(turn: Turn, me: MeView) -> None:
    """The greeting by name with the main menu."""
    customer = me["customer"]
    if customer is None:
        raise GatewayError("no_customer", "", 403)
    turn.signed_in = True
    turn.expect(None)
    outlet = me["outlet"]["name"] if me["outlet"] else None
    switch = [replies.SWITCH_COMPANY] if me.get("can_switch") else []
    turn.say(
        replies.greeting(customer["name"], [known["name"] for known in me["outlets"]], outlet),
        [*replies.menu(me["rights"]), *switch],
    )
