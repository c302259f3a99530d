"""Intents by the model in use, or by the one named with --model.

A JSON string a line in, {"name", "confidence"} a line out: how `./run parse` hears what the assistant would hear. It
keeps running until its input ends.
"""

import argparse
import asyncio
import json
import os
import sys
from typing import Any, Dict, List

import evaluation
import model_card


def best(parsed: Dict[str, Any]) -> Dict[str, Any]:
    """The likeliest intent; below the fallback's threshold it is still named, with its low confidence."""
    ranking = [one for one in (parsed["intent"], *parsed["intent_ranking"]) if one["name"] != evaluation.FALLBACK]
    likeliest = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    return {"name": likeliest["name"] or "", "confidence": round(float(likeliest["confidence"]), 4)}


def main(arguments: List[str]) -> int:
    """Answers every line of standard input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="архив, его имя в models или версия; без ключа — текущая модель")
    name = parser.parse_args(arguments).model
    # Libraries print to standard output as they please; the answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    archive = model_card.archive(name) if name else model_card.current_model()
    if archive is None:
        print("Модели нет: сначала ./run train", file=sys.stderr)
        return 1
    from rasa.core.channels.channel import UserMessage

    processor = evaluation.processor(archive)
    for line in sys.stdin:
        parsed = asyncio.run(processor.parse_message(UserMessage(json.loads(line))))
        print(json.dumps(best(parsed), ensure_ascii=False), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
