"""How well a trained model understands utterances that it has never seen (data/frozen).

Three sets: must.yml holds what must never break; of the others <skill>.yml are of the hand that wrote the examples,
strangers.yml is not. Of the strangers' set only figures are told, never the mistakes: whoever reads them writes
examples for them, and the set measures nothing any more.
"""

import asyncio
import json
import logging
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Iterable, List

import examples
import model_card
import yaml
from examples import Pair

FROZEN = model_card.DATA / "frozen"
STORIES = model_card.CHECKOUT / "tests" / "stories"
STRANGERS, MUST = "strangers.yml", "must.yml"
FALLBACK = "nlu_fallback"
AT_ONCE = 100
"""Messages that go through the model's graph together: twice as fast as one by one, and read alike."""


@dataclass(frozen=True)
class Verdict:
    """One utterance and what the model made of it."""

    text: str
    expected: str
    got: str
    confidence: float


def heldout(folder: Path = FROZEN) -> List[Pair]:
    """(intent, utterance) pairs of all skills, the other two sets apart."""
    paths = (path for path in sorted(folder.glob("*.yml")) if path.name not in (STRANGERS, MUST))
    return [pair for path in paths for pair in examples.unseen(path)]


def strangers(folder: Path = FROZEN) -> List[Pair]:
    """(intent, utterance) pairs that somebody wrote who knew neither the examples nor the code."""
    return examples.unseen(folder / STRANGERS)


def must(folder: Path = FROZEN) -> List[Pair]:
    """(intent, utterance) pairs that no model may read otherwise."""
    return examples.unseen(folder / MUST)


def quiet() -> None:
    """Silences Rasa: it logs every parsed message."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("rasa").setLevel(logging.WARNING)
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)


def processor(archive: Path) -> Any:
    """Rasa's message processor of a model (some seconds to load)."""
    return Model(archive).processor


class Model:
    """A loaded model."""

    def __init__(self, archive: Path) -> None:
        from rasa.core.agent import Agent

        quiet()
        self._agent = Agent.load(str(archive))
        self.processor: Any = self._agent.processor
        if self.processor is None:
            raise RuntimeError(f"{archive} holds no model")

    def judge(self, pairs: Iterable[Pair]) -> List[Verdict]:
        """Reads every utterance, as the processor's `parse_message` does one by one."""
        everything = list(pairs)
        verdicts = []
        for start in range(0, len(everything), AT_ONCE):
            some = everything[start : start + AT_ONCE]
            for (expected, text), intent in zip(some, self._intents([text for _, text in some]), strict=True):
                verdicts.append(Verdict(text, expected, str(intent["name"]), round(float(intent["confidence"]), 3)))
        return verdicts

    def _intents(self, texts: List[str]) -> List[Dict[str, Any]]:
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
        from rasa.shared.core.trackers import DialogueStateTracker

        target = self.processor.model_metadata.nlu_target
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage(text) for text in texts],
            PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("evaluation", []),
        }
        read = self.processor.graph_runner.run(inputs=inputs, targets=[target])[target]
        return [message.get("intent") or {"name": None, "confidence": 0.0} for message in read]

    def stories(self, folder: Path = STORIES) -> Dict[str, Any]:
        """How many of Rasa's test stories there are, and the names of those that go another way."""
        if not folder.is_dir():
            return {"stories": 0, "failed": []}
        from rasa.core.test import FAILED_STORIES_FILE, REPORT_STORIES_FILE, test

        with tempfile.TemporaryDirectory() as out:
            test_of_stories = test(str(folder), self._agent, out_directory=out, disable_plotting=True, warnings=False)
            asyncio.run(test_of_stories)
            report = json.loads((Path(out) / REPORT_STORIES_FILE).read_text(encoding="utf-8"))
            failed = yaml.safe_load((Path(out) / FAILED_STORIES_FILE).read_text(encoding="utf-8")) or {}
        # Rasa appends the file: «a repeat onto a full cart (/app/tests/stories/test_conversations.yml)»
        names = [str(story["story"]).rsplit(" (", 1)[0] for story in failed.get("stories", [])]
        return {"stories": report["conversation_accuracy"]["total"], "failed": names}


def metrics(verdicts: List[Verdict]) -> Dict[str, Any]:
    """The figures and the mistakes themselves."""
    return {**figures(verdicts), "mistakes": _mistakes(verdicts)}


def broken(verdicts: List[Verdict]) -> Dict[str, Any]:
    """How many there are, and those that were read otherwise."""
    return {"utterances": len(verdicts), "broken": _mistakes(verdicts)}


def shares(verdicts: List[Verdict]) -> Dict[str, Any]:
    """How many were understood, not understood, and taken for something else."""
    return {
        "utterances": len(verdicts),
        "accuracy": _share(sum(v.got == v.expected for v in verdicts), len(verdicts)),
        "not_understood": _share(sum(v.got == FALLBACK for v in verdicts), len(verdicts)),
        "wrong": _share(sum(v.got not in (v.expected, FALLBACK) for v in verdicts), len(verdicts)),
    }


def figures(verdicts: List[Verdict]) -> Dict[str, Any]:
    """`shares`, how many were taken for an order wrongly; precision, recall and F1 by intent."""
    right = Counter(v.expected for v in verdicts if v.got == v.expected)
    expected, got = Counter(v.expected for v in verdicts), Counter(v.got for v in verdicts)
    return {
        **shares(verdicts),
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


def _mistakes(verdicts: List[Verdict]) -> List[Dict[str, Any]]:
    return [asdict(v) for v in verdicts if v.got != v.expected]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
