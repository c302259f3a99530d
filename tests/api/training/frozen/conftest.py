"""A training root of the test's own, with a small frozen set and a few examples."""

from pathlib import Path

import pytest

from api.config import settings

ACCOUNT = (
    """# Used for nothing but measuring.
order_status:
"""
    + "".join(f"  - где мой заказ {n}\n" for n in range(11))
    + "cancel_order:  # of what was sent\n"
    + "".join(f"  - отмените {n}\n" for n in range(10))
)
HANDOFF = "complaint:\n" + "".join(f"  - молоко {n} скисло\n" for n in range(11)) + "\n# the end\n"
MUST = "order:\n  - '8'\n  - 3,2\norder_status:\n  - где машина\n"
STRANGERS = "order:\n- тайная фраза\n- 'две\n\n  строки'\n"
NLU = """version: "3.1"

nlu:
  - intent: order_status
    examples: |
      - где моя [сметана](product)
      - что с [заявкой]{"entity": "product", "value": "x"} 100
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "frozen/account.yml": ACCOUNT,
        "frozen/handoff.yml": HANDOFF,
        "frozen/must.yml": MUST,
        "frozen/strangers.yml": STRANGERS,
        "nlu/account.yml": NLU,
    }
    for name, text in files.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(settings(), "training_dir", str(tmp_path))
    return tmp_path
