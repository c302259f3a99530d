"""What a text that is kept for people to read must not show: phones, cards, codes, passwords.

A masked sign is one dot, so that places in the text stay where they were.
"""

import re

DOT = "•"
LONG_NUMBER = re.compile(r"(?<![\w.,])(?=[\d ()+\-–.]*\d{3})\+?\d(?:[ ()\-–.]{0,2}\d){9,18}(?![\w])")
"""Ten to nineteen digits, however they are grouped: a phone, a card, an account. Small
quantities in a row («10 20 30 40 50») have no three digits together."""
_SECRET_WORDS = (
    r"парол[ьяюеи]\w*|пин(?:-?код\w*)?|cvv|cvc|password|"
    r"код(?:а|ом|у|е)?(?: (?:компании|доступа|подтверждения|приглашения|входа|из смс|из sms))?"
)
SECRET = re.compile(
    rf"(?<!\w)(?:{_SECRET_WORDS})(?: (?:мой|такой|это))?[ :=—–-]{{1,4}}(?=\S*\d|\S*[A-Za-z])(\S+)", re.I
)
_PASSWORD = re.compile(r"(?<!\w)(?:парол[ьяюеи]\w*|password)(?: (?:мой|такой|это))?[ :=—–-]{1,4}(\S+)", re.I)
CODE = re.compile(r"(?<!\w)(?=[\w-]*\d)[A-ZА-Я0-9]{3,5}(?:-[A-ZА-Я0-9]{3,5}){1,4}(?!\w)")
"""«ABCE-HKMP-4567»: an invitation."""
_STRANGERS = re.compile(r"\S*[\dA-Za-z]\S*")
"""Whoever is not signed in types codes, numbers and logins at us: any word that may be one."""


def masked(text: str, *, stranger: bool = False) -> str:
    """The text with every such thing dotted over; `stranger`: it was said before anybody signed in."""
    for pattern in (LONG_NUMBER, CODE):
        text = pattern.sub(lambda found: _dots(found[0]), text)
    for pattern in (_PASSWORD, SECRET):
        text = pattern.sub(lambda found: found[0][: -len(found[1])] + _dots(found[1]), text)
    return _STRANGERS.sub(lambda found: _dots(found[0]), text) if stranger else text


def _dots(secret: str) -> str:
    """Each letter and digit dotted; what parts them stays."""
    return re.sub(r"\w", DOT, secret)
