"""Cards of models as the loop leaves them, for the tests of the pages of «Обучение»."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OLD, LIVE, NEW, BAD = "0" * 16, "a" * 16, "b" * 16, "c" * 16
NOTHING_FROZEN = "e3b0c44298fc1c14"
"""The hash of a frozen set without files."""
AT = datetime(2025, 12, 10, 9, 0, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "00050001a5f645400000000049454e44ae426082"
)


def intents(weak: float) -> dict[str, Any]:
    return {
        "order": {"precision": 1.0, "recall": 0.976, "f1": 0.988, "utterances": 42},
        "documents": {"precision": weak, "recall": weak, "f1": weak, "utterances": 15},
    }


def figures(accuracy: float) -> dict[str, Any]:
    wrong = round(1 - accuracy - 0.005, 4)
    return {"utterances": 365, "accuracy": accuracy, "not_understood": 0.005, "wrong": wrong, "false_orders": 0}


def card(version: str, at: datetime, accuracy: float = 0.97, **more: Any) -> dict[str, Any]:
    """A whole card; `more` replaces parts of it."""
    broken = {"text": "отмените заказ 120", "expected": "cancel_order", "got": "nlu_fallback", "confidence": 0.31}
    return {
        "fingerprint": version, "version": version, "trained_at": at.isoformat(), "seconds": 109, "python": "3.11.7",
        "versions": {"rasa": "3.6.21", "tensorflow": "2.12.0", "peer": None}, "seeds": ["random_seed: 42"],
        "base": "1" * 16, "data_hash": "d" * 16, "order_text_hash": "e" * 16, "frozen": NOTHING_FROZEN,
        "git": {"commit": "0123456789abcdef0123", "dirty": True},
        "examples": {"written": 1204, "generated": 5300, "reviewed": 30},
        "heldout": figures(accuracy) | {"intents": intents(0.81), "mistakes": [
            {"text": "сколько я торчу", "expected": "balance", "got": "nlu_fallback", "confidence": 0.3}]},
        "strangers": figures(accuracy - 0.05), "must": {"utterances": 24, "broken": [broken]},
        "flavours": {"plain": {"utterances": 365, "accuracy": 0.98, "not_understood": 0.01, "wrong": 0.01},
                     "layout": {"utterances": 365, "accuracy": 0.85, "not_understood": 0.1, "wrong": 0.05},
                     "by_ear": {"utterances": 365, "accuracy": 0.95, "not_understood": 0.03, "wrong": 0.02}},
        "stories": {"stories": 12, "failed": []}, "pictures": ["confusion.png", "confidence.png"],
        "orders": {"cases": 410, "exact": 0.912, "touchless": 0.803, "silent_wrong": 0.011,
                   "tags": {"list": {"cases": 90, "exact": 0.95, "touchless": 0.9, "silent_wrong": 0.0},
                            "translit-lat": {"cases": 12, "exact": 0.7, "touchless": 0.5, "silent_wrong": 0.02}}},
        "contradictions": [{"text": "почём батон", "intent": "order", "by": "olga", "heard": "price_query",
                            "confidence": 0.93, "like": "почём хлеб"}],
        "checks": {"warnings": [{"severity": "warning", "check": "near", "words": "Почти то же уже есть.",
                                 "text": "отгрузите без накладной", "where": "data/nlu/reviewed/account.yml"}]},
        **more,
    }  # fmt: skip


def change(
    text: str, kind: str, of: str = "heldout", was: str = "nlu_fallback", now: str = "documents"
) -> dict[str, Any]:
    return {"set": of, "text": text, "expected": "documents" if kind != "broken" else was, "was": was, "is": now,
            "was_confidence": 0.31, "confidence": 0.94, "change": kind}  # fmt: skip


CHANGED = [
    change("отгрузите без накладной", "mended", "reviewed"),
    change("без бумаг везите", "mended"),
    change("отмените заказ 120", "broken", "must", "cancel_order", "documents"),
    change("что там с бумагой", "moved", "heldout", "order", "stock_query"),
]


def put(root: Path, version: str, content: dict[str, Any] | str, *, pictures: bool = False) -> None:
    """The archive, the card and the pictures of a version below the training root."""
    models = root / "models"
    models.mkdir(exist_ok=True)
    (models / f"intents-{version}.tar.gz").write_bytes(b"")
    words = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    (models / f"intents-{version}.json").write_text(words, encoding="utf-8")
    if pictures:
        (models / f"intents-{version}").mkdir(exist_ok=True)
        for name in ("confusion.png", "confidence.png"):
            (models / f"intents-{version}" / name).write_bytes(PIXEL)


def shelf(root: Path) -> None:
    """An old model, the live one, a candidate that passed and one that was refused; the newest last."""
    compared = {"version": LIVE, "heldout": figures(0.96), "strangers": figures(0.93),
                "must": {"utterances": 24, "broken": []}, "stories": {"stories": 12, "failed": []},
                "orders": {"cases": 410, "exact": 0.912, "touchless": 0.81, "silent_wrong": 0.011},
                "phrases": CHANGED}  # fmt: skip
    refused = {
        "passed": False,
        "reasons": ["Сломана обязательная фраза: «отмените заказ 120»."],
        "told": [],
    }
    put(root, OLD, {"fingerprint": OLD, "trained_at": AT.isoformat(), "heldout": figures(0.95)})
    put(root, LIVE, card(LIVE, AT + timedelta(days=1), 0.96, gate={"passed": True, "reasons": []}))
    put(root, NEW, card(NEW, AT + timedelta(days=2), 0.97, gate={"passed": True, "reasons": []},
                        compared_with=compared), pictures=True)  # fmt: skip
    put(root, BAD, card(BAD, AT + timedelta(days=3), 0.93, gate=refused, compared_with=compared))
