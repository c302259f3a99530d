"""A small training root: two skills written by hand, one file of the frozen set."""

from pathlib import Path

import pytest

HAND = {
    "ordering": {"order": ["сметана 15 5", "добавьте кефир", "[сыр](product) 3"], "repeat_order": ["как обычно"]},
    "account": {
        "documents": ["пришлите накладную", "дайте счёт"],
        "order_status": ["где заказ", "покажите мои заказы"],
    },
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for skill, intents in HAND.items():
        parts = ['version: "3.1"\n\nnlu:']
        for intent, texts in intents.items():
            parts.append(f"  - intent: {intent}\n    examples: |\n" + "\n".join(f"      - {text}" for text in texts))
        path = tmp_path / "data" / "nlu" / f"{skill}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    frozen = tmp_path / "data" / "frozen" / "strangers.yml"
    frozen.parent.mkdir()
    frozen.write_text("order:\n  - Хлеба бы нам\n", encoding="utf-8")
    return tmp_path
