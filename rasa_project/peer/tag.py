"""Intent and entities by a model: `python -m peer.tag ARCHIVE`; a JSON string a line in, an object a line out."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Dict

import evaluation


def plain(parsed: Dict[str, Any]) -> Dict[str, Any]:
    """What the comparison needs of Rasa's answer."""
    return {
        "intent": parsed["intent"]["name"] or "",
        "entities": [[one["entity"], one["value"]] for one in parsed["entities"]],
    }


def main(archive: str) -> int:
    """Answers every line of standard input."""
    # Libraries print to standard output as they please; the answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from rasa.core.channels.channel import UserMessage

    processor = evaluation.processor(Path(archive))
    for line in sys.stdin:
        parsed = asyncio.run(processor.parse_message(UserMessage(json.loads(line))))
        print(json.dumps(plain(parsed), ensure_ascii=False), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
