"""Whether a candidate may take the live model's place. Pure: figures in, a verdict in Russian words out.

Both models are measured on the same frozen set with the same code, and both are deterministic, so that a figure that
fell did fall. Where a handful of phrases may go either way by chance, a rule says how many it forgives.
docs/train.md, «The gate», tells the rules to people; a test holds its numbers to those below.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.domain.wording import percent, plural
from api.review.intents import title
from api.training.comparing import Measured, change_of
from api.training.contradictions import Contradiction
from api.understanding.heard import FALLBACK

HELDOUT_NET = 3
"""So many more held-out phrases broken than mended are no chance any more: of 365 one or two change sides."""
INTENT_NET = 2
"""Of one intent, which has about 15."""
STRANGERS_FALL = 0.01
"""Of the strangers' phrases only shares are told; a hundredth is five of 552."""
CONTRADICTIONS = 10
CONTRADICTIONS_SHARE = 0.15
"""Of the examples that the live model reads otherwise than the person: of right ones every eleventh is one."""
SHOWN = 5

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Verdict:
    """`reasons`: why it is refused; `told`: what is worth knowing and refuses nothing."""

    passed: bool
    reasons: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A card's `gate` and a run's `verdict`."""
        return {"passed": self.passed, "reasons": list(self.reasons), "told": list(self.told)}


@dataclass(frozen=True)
class Evidence:
    """What the rules look at besides the two evaluations: examples that contradict, of so many in dispute."""

    contradictions: Sequence[Contradiction] = ()
    disputed: int = 0


Rule = Callable[[Measured, Measured], Iterable[str]]


def verdict(candidate: Measured, live: Measured | None, evidence: Evidence = Evidence()) -> Verdict:
    """The gate's word. Without a live model only the phrases that must never break, and the stories, are asked for."""
    if live is None:
        reasons = [*_must_of_the_first(candidate), *_stories(candidate, {})]
        return Verdict(not reasons, tuple(reasons), ("Сравнить не с чем: это первая модель.",))
    reasons = [words for rule in RULES for words in rule(candidate, live)] + list(_contradictions(evidence))
    return Verdict(not reasons, tuple(reasons), tuple(_wrong_as_before(candidate, live)))


def _orders(candidate: Measured, live: Measured) -> Iterator[str]:
    now, was = candidate["orders"], live["orders"]
    for key, which in (("exact", ""), ("touchless", ", где спрашивать нечего,")):
        if now[key] < was[key] - TOLERANCE:
            yield f"Точность заказов{which} упала: {_change(was[key], now[key])}."
    if now["silent_wrong"] > was["silent_wrong"] + TOLERANCE:
        yield f"Молча неверных строк стало больше: {_change(was['silent_wrong'], now['silent_wrong'])}."


def _change(was: float, now: float) -> str:
    """«92,3 % → 91,5 %»"""
    return f"{percent(was)} → {percent(now)}"


def _must(candidate: Measured, live: Measured) -> Iterator[str]:
    before = _wrong(live)
    broken = [one for text, one in _wrong(candidate).items() if text not in before]
    for one in broken[:SHOWN]:
        yield f"Сломана обязательная фраза: {_reading(one)}."
    if len(broken) > SHOWN:
        yield f"Сломано ещё обязательных фраз: {len(broken) - SHOWN}."


def _must_of_the_first(candidate: Measured) -> Iterator[str]:
    for one in list(_wrong(candidate).values())[:SHOWN]:
        yield f"Не понята обязательная фраза: {_reading(one)}."


def _wrong_as_before(candidate: Measured, live: Measured) -> Iterator[str]:
    before = _wrong(live)
    for text, one in _wrong(candidate).items():
        if text in before:
            yield f"Обязательную фразу не понимает и нынешняя модель: {_reading(one)}."


def _wrong(measured: Measured) -> dict[str, Mapping[str, Any]]:
    return {one["text"]: one for one in measured["must"]["broken"]}


def _reading(one: Mapping[str, Any]) -> str:
    """«„8“ принята за „Жалоба или возврат“, а это „Заказ или правка заказа“»"""
    taken = "не понята" if one["got"] == FALLBACK else f"принята за «{title(one['got'])}»"
    return f"«{one['text']}» {taken}, а это «{title(one['expected'])}»"


def _stories(candidate: Measured, live: Measured) -> Iterator[str]:
    before = set(live.get("stories", {}).get("failed", ()))
    failed = [name for name in candidate.get("stories", {}).get("failed", ()) if name not in before]
    if failed:
        yield f"Сломаны проверочные диалоги: {_some(failed)}."


def _heldout(candidate: Measured, live: Measured) -> Iterator[str]:
    broken, mended = _by_intent(candidate, live)
    net = broken.total() - mended.total()
    if net >= HELDOUT_NET:
        yield f"Своих фраз сломано {broken.total()}, исправлено {mended.total()}."
    for intent in sorted(broken):
        if broken[intent] - mended[intent] >= INTENT_NET:
            counts = f"сломано {broken[intent]}, исправлено {mended[intent]}"
            yield f"Смысл «{title(intent)}» понимается хуже: своих фраз {counts}."


def _by_intent(candidate: Measured, live: Measured) -> tuple[Counter[str], Counter[str]]:
    """Held-out phrases broken and mended, by the intent that they have."""
    before = {one["text"]: one["got"] for one in live["phrases"] if one["set"] == "heldout"}
    changes: dict[str | None, Counter[str]] = {"broken": Counter(), "mended": Counter()}
    for one in candidate["phrases"]:
        if one["set"] == "heldout" and one["text"] in before:
            change = change_of(one["expected"], before[one["text"]], one["got"])
            changes.setdefault(change, Counter())[one["expected"]] += 1
    return changes["broken"], changes["mended"]


def _strangers(candidate: Measured, live: Measured) -> Iterator[str]:
    now, was = candidate["strangers"]["accuracy"], live["strangers"]["accuracy"]
    if now < was - STRANGERS_FALL - TOLERANCE:
        yield f"Чужие фразы понимаются хуже: {_change(was, now)}."


def _false_orders(candidate: Measured, live: Measured) -> Iterator[str]:
    for part, words in (("heldout", "Своих"), ("strangers", "Чужих")):
        now, was = candidate[part]["false_orders"], live[part]["false_orders"]
        if now > was:
            yield f"{words} фраз, ошибочно принятых за заказ: было {was}, стало {now}."


def _contradictions(evidence: Evidence) -> Iterator[str]:
    found = evidence.contradictions
    if len(found) >= CONTRADICTIONS and len(found) >= CONTRADICTIONS_SHARE * evidence.disputed:
        some = _some([f"«{one.text}» — «{title(one.intent)}»" for one in found], 3)
        yield (
            f"Разметка {len(found)} {plural(len(found), 'примера', 'примеров', 'примеров')} противоречит "
            f"и нынешней модели, и похожим прежним примерам: {some}. Проверьте эту разметку."
        )


def _some(names: Sequence[str], shown: int = SHOWN) -> str:
    """«а, б и ещё 3»"""
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" и ещё {rest}" if rest > 0 else "")


RULES: tuple[Rule, ...] = (_orders, _must, _stories, _heldout, _strangers, _false_orders)
