"""What typed commands mean."""

import re

from api.channels.menu import BY_NAME
from api.channels.port import Command

_FORM = re.compile(r"/([a-z]+)(?:@\w+)?(?:\s+(\S{1,512}))?", re.IGNORECASE)


def read(text: str) -> tuple[Command, str] | None:
    """A typed command and its argument; None for anything else.

    Only `/start` takes an argument (an invitation's code): words after another command are words to be answered.
    """
    found = _FORM.fullmatch(text.strip())
    command = BY_NAME.get(found[1].lower()) if found else None
    if found is None or command is None or (found[2] and command != "start"):
        return None
    return command, found[2] or ""
