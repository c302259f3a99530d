"""The data of a button: our message's number and the button's place in it, looked up on the server when it comes back.

`7:0` is short enough for every provider (Telegram: 64 bytes) and names nothing: what the button does stands in the
outbox, and only for the conversation it was offered in.
"""

import re

from api.channels.port import ButtonPress

_FORM = re.compile(r"([0-9]{1,15}):([0-9]{1,2})")


NOWHERE = ButtonPress(0, 0)
"""A button that was never ours. No message has this number: it is answered as a dead one."""


def data_of(message: int, index: int) -> str:
    """What travels with the button."""
    return f"{message}:{index}"


def read(data: str) -> ButtonPress | None:
    """The press behind the data; None for anything that is not ours."""
    found = _FORM.fullmatch(data)
    return ButtonPress(int(found[1]), int(found[2])) if found else None
