"""Evaluations as rasa_project/evaluate.py and api.benchmark.gate make them, small."""

from collections.abc import Mapping
from typing import Any

HELDOUT = {f"{intent} {n}": intent for intent in ("order", "complaint", "order_status", "documents") for n in range(15)}
MUST = {"недовезли две коробки": "complaint", "8": "order", "где машина": "order_status"}
STRANGERS = 552


def measured(
    got: Mapping[str, str] | None = None,
    *,
    strangers_wrong: int = 24,
    strangers_false: int = 2,
    exact: int = 120,
    touchless: int = 110,
    silent: int = 3,
    failed: tuple[str, ...] = (),
    reviewed: Mapping[str, tuple[str, str, float]] | None = None,
) -> dict[str, Any]:
    """All is read rightly but for `got`: by phrase what was made of it.

    `reviewed`: by phrase expected, got, confidence.
    """
    got = got or {}
    phrases = [
        {"set": part, "text": text, "expected": intent, "got": got.get(text, intent), "confidence": 0.9}
        for part, pairs in (("heldout", HELDOUT), ("must", MUST))
        for text, intent in pairs.items()
    ] + [
        {"set": "reviewed", "text": text, "expected": expected, "got": heard, "confidence": confidence}
        for text, (expected, heard, confidence) in (reviewed or {}).items()
    ]
    heldout = [one for one in phrases if one["set"] == "heldout"]
    wrong = [one for one in heldout if one["got"] != one["expected"]]
    return {
        "heldout": {
            "utterances": len(heldout),
            "accuracy": round(1 - len(wrong) / len(heldout), 4),
            "false_orders": sum(1 for one in wrong if one["got"] == "order"),
            "mistakes": wrong,
        },
        "strangers": {"accuracy": round(1 - strangers_wrong / STRANGERS, 4), "false_orders": strangers_false},
        "must": {
            "utterances": len(MUST),
            "broken": [one for one in phrases if one["set"] == "must" and one["got"] != one["expected"]],
        },
        "flavours": {},
        "stories": {"stories": 40, "failed": list(failed)},
        "pictures": [],
        "frozen": "f" * 16,
        "orders": {
            "cases": 130,
            "exact": round(exact / 130, 4),
            "touchless": round(touchless / 118, 4),
            "silent_wrong": round(silent / 400, 4),
            "tags": {},
        },
        "phrases": phrases,
    }
