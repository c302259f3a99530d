"""How well a trained model understands utterances that it has never seen (tests/nlu/heldout).

Two sets: <skill>.yml are of the hand that wrote the examples, strangers.yml is not. Of the strangers' set only figures
are told, never the mistakes: whoever reads them writes examples for them, and the set measures nothing any more.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Iterable, List, Tuple

import yaml

HELDOUT = Path(__file__).resolve().parent.parent / "tests" / "nlu" / "heldout"
STRANGERS = "strangers.yml"


@dataclass(frozen=True)
class Verdict:
    """One utterance and what the model made of it."""

    text: str
    expected: str
    got: str
    confidence: float


def heldout(folder: Path = HELDOUT) -> List[Tuple[str, str]]:
    """(intent, utterance) pairs of all skills, the strangers' apart."""
    return [pair for path in sorted(folder.glob("*.yml")) if path.name != STRANGERS for pair in _pairs(path)]


def strangers(folder: Path = HELDOUT) -> List[Tuple[str, str]]:
    """(intent, utterance) pairs that somebody wrote who knew neither the examples nor the code."""
    return _pairs(folder / STRANGERS)


def _pairs(path: Path) -> List[Tuple[str, str]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(intent, str(text)) for intent, texts in content.items() for text in texts]


def quiet() -> None:
    """Silences Rasa: it logs every parsed message."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("rasa").setLevel(logging.WARNING)
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)


def processor(archive: Path) -> Any:
    """Rasa's message processor of a model (some seconds to load)."""
    from rasa.core.agent import Agent

    quiet()
    loaded = Agent.load(str(archive)).processor
    if loaded is None:
        raise RuntimeError(f"{archive} holds no model")
    return loaded


def judge(archive: Path, pairs: Iterable[Tuple[str, str]]) -> List[Verdict]:
    """Loads the model and reads every utterance with it."""
    from rasa.core.channels.channel import UserMessage

    reader = processor(archive)

    async def read_all() -> List[Verdict]:
        verdicts = []
        for expected, text in pairs:
            intent = (await reader.parse_message(UserMessage(text)))["intent"]
            verdicts.append(Verdict(text, expected, str(intent["name"]), round(float(intent["confidence"]), 3)))
        return verdicts

    return asyncio.run(read_all())


def metrics(verdicts: List[Verdict]) -> Dict[str, Any]:
    """The figures and the mistakes themselves."""
    return {**figures(verdicts), "mistakes": [asdict(v) for v in verdicts if v.got != v.expected]}


def figures(verdicts: List[Verdict]) -> Dict[str, Any]:
    """Accuracy, how many were not understood, taken for an order wrongly; precision, recall and F1 by intent."""
    right = Counter(v.expected for v in verdicts if v.got == v.expected)
    expected, got = Counter(v.expected for v in verdicts), Counter(v.got for v in verdicts)
    return {
        "utterances": len(verdicts),
        "accuracy": _share(sum(right.values()), len(verdicts)),
        "not_understood": _share(got["nlu_fallback"], len(verdicts)),
        "wrong": _share(sum(1 for v in verdicts if v.got not in (v.expected, "nlu_fallback")), len(verdicts)),
        "false_orders": sum(1 for v in verdicts if v.got == "order" != v.expected),
        "intents": {
            intent: {
                "precision": _share(right[intent], got[intent]),
                "recall": _share(right[intent], expected[intent]),
                "f1": _share(2 * right[intent], got[intent] + expected[intent]),
                "utterances": expected[intent],
            }
            for intent in sorted(expected)
        },
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
