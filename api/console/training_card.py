"""A model's card as its page shows it (docs/decisions/0015-the-training-loop.md says what stands in one)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.console.training_figures import MEASURES, count, listed, number, part, share
from api.console.training_words import FLAVOURS, TAGS
from api.domain.wording import plural
from api.review.intents import title
from api.training import registry

PICTURES = {
    "confusion.png": "С чем путается: строка — что имели в виду, столбец — что поняла модель",
    "confidence.png": "Уверенность: насколько верные ответы отличаются от ошибок",
}
WEAK = 0.9
"""Below it an intent's F1 is marked."""


@dataclass(frozen=True)
class Phrase:
    """A phrase that was understood otherwise than it was meant."""

    text: str
    expected: str
    got: str
    confidence: float | None


@dataclass(frozen=True)
class Weakness:
    """How well one intent, one way of spoiling or one kind of orders is told. `bar`: from 0 to 100."""

    title: str
    value: float | None
    cells: tuple[str, ...]

    @property
    def shown(self) -> str:
        return share(self.value)

    @property
    def bar(self) -> int:
        return round(min(max(self.value or 0.0, 0.0), 1.0) * 100)

    @property
    def weak(self) -> bool:
        return self.value is not None and self.value < WEAK


@dataclass(frozen=True)
class Warned:
    """What a validator had to say that did not keep the data from training."""

    words: str
    text: str
    where: str


@dataclass(frozen=True)
class Disputed:
    """A reviewed example that contradicts the live model and an older example that is like it."""

    text: str
    meant: str
    by: str
    heard: str
    like: str


@dataclass(frozen=True)
class Card:
    came: list[tuple[str, str, bool]]
    """How it came about: title, value, whether it is code."""
    figures: list[tuple[str, str, list[tuple[str, str]]]]
    """By group: title, of how many, its figures."""
    intents: list[Weakness]
    flavours: list[Weakness]
    tags: list[Weakness]
    mistakes: list[Phrase]
    broken: list[Phrase]
    failed_stories: list[str]
    disputed: list[Disputed]
    warnings: list[Warned]
    reasons: list[str]
    """Why the gate refused."""
    told: list[str]
    """What it had to say besides."""


def card(raw: Mapping[str, Any]) -> Card:
    whole = dict(raw)
    return Card(
        came=_came(whole),
        figures=_figures(whole),
        intents=_intents(part(whole, "heldout", "intents")),
        flavours=_flavours(part(whole, "flavours")),
        tags=_tags(part(whole, "orders", "tags")),
        mistakes=phrases(listed(whole, "heldout", "mistakes")),
        broken=phrases(listed(whole, "must", "broken")),
        failed_stories=[str(one) for one in _list(part(whole, "stories").get("failed"))],
        disputed=_disputed(whole),
        warnings=[
            Warned(str(one.get("words", "")), str(one.get("text", "")), str(one.get("where", "")))
            for one in listed(whole, "checks", "warnings")
        ],
        reasons=reasons(part(whole, "gate")),
        told=[str(one) for one in _list(part(whole, "gate").get("told"))],
    )


def reasons(gate: Mapping[str, Any]) -> list[str]:
    """Why the gate refused, in its own words."""
    return [str(one) for one in _list(gate.get("reasons"))]


def phrases(found: list[dict[str, Any]]) -> list[Phrase]:
    return [
        Phrase(
            str(one.get("text", "")),
            title(str(one.get("expected", ""))),
            title(str(one.get("got", ""))),
            number(one, "confidence"),
        )
        for one in found
    ]


def _disputed(raw: dict[str, Any]) -> list[Disputed]:
    return [
        Disputed(
            str(one.get("text", "")),
            title(str(one.get("intent", ""))),
            str(one.get("by", "")),
            title(str(one.get("heard", ""))),
            str(one.get("like", "")),
        )
        for one in listed(raw, "contradictions")
    ]


def picture(version: str, name: str) -> Path | None:
    """The file of a picture: only of the names that are known, only beside a model."""
    cards = registry.cards()
    path = cards.pictures(version) / name
    return path if name in PICTURES and cards.has(version) and path.is_file() else None


def pictures(version: str) -> list[tuple[str, str]]:
    """Name and title of those that are there."""
    return [(name, title) for name, title in PICTURES.items() if picture(version, name)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _came(raw: dict[str, Any]) -> list[tuple[str, str, bool]]:
    git = part(raw, "git")
    commit = str(git.get("commit", ""))[:12] + (" и незаписанные правки" if git.get("dirty") else "")
    versions = part(raw, "versions")
    found = [
        ("Примеры", examples(raw), False),
        ("Данные", _word(raw, "data_hash"), True),
        ("Коммит", commit if git else "", True),
        ("Языковой слой (order_text)", _word(raw, "order_text_hash"), True),
        ("Эталон при проверке", _word(raw, "frozen"), True),
        ("Начальные значения случайных чисел (seed)", ", ".join(str(one) for one in _list(raw.get("seeds"))), False),
        ("Python", _word(raw, "python"), False),
        ("Библиотеки", ", ".join(f"{name} {value}" for name, value in versions.items() if value), False),
        ("Обучение заняло", _lasted(number(raw, "seconds")), False),
    ]
    return [(title, value, is_code) for title, value, is_code in found if value]


def _word(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _lasted(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} мин {rest} с" if minutes else f"{rest} с"


def examples(raw: Mapping[str, Any]) -> str:
    """«1 204 написано вручную, 30 из разметки, 5 300 составлено программой»"""
    counts = part(dict(raw), "examples")
    words = (("written", "написано вручную"), ("reviewed", "из разметки"), ("generated", "составлено программой"))
    known = [(number(counts, name), title) for name, title in words]
    return ", ".join(f"{value:,.0f} {title}".replace(",", "\u00a0") for value, title in known if value is not None)


FORMS = {
    "cases": ("сообщение", "сообщения", "сообщений"),
    "stories": ("диалог", "диалога", "диалогов"),
    "utterances": ("фраза", "фразы", "фраз"),
}


def _of(found: Mapping[str, Any]) -> str:
    """«365 фраз»"""
    for name, forms in FORMS.items():
        value = number(found, name)
        if value is not None:
            return f"{value:.0f} {plural(int(value), *forms)}"
    return ""


def _figures(raw: dict[str, Any]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    groups = []
    for group, measures in MEASURES:
        known = [(one.title, one.shown(value)) for one in measures if (value := one.of(raw)) is not None]
        if known:
            groups.append((group, _of(part(raw, measures[0].part)), known))
    return groups


def _weakest(found: list[Weakness]) -> list[Weakness]:
    return sorted(found, key=lambda one: (2.0 if one.value is None else one.value, one.title))


def _intents(found: dict[str, Any]) -> list[Weakness]:
    names = ("precision", "recall", "utterances")
    rows = []
    for name, figures in found.items():
        precision, recall, utterances = (number(part(figures), key) for key in names)
        cells = (share(precision), share(recall), count(utterances))
        rows.append(Weakness(title(name), number(part(figures), "f1"), cells))
    return _weakest(rows)


def _flavours(found: dict[str, Any]) -> list[Weakness]:
    rows = []
    for name, figures in found.items():
        one = part(figures)
        cells = (share(number(one, "not_understood")), share(number(one, "wrong")), count(number(one, "utterances")))
        rows.append(Weakness(FLAVOURS.get(name, name), number(one, "accuracy"), cells))
    return _weakest(rows)


def _tags(found: dict[str, Any]) -> list[Weakness]:
    rows = []
    for name, figures in found.items():
        one = part(figures)
        cells = (share(number(one, "touchless")), share(number(one, "silent_wrong")), count(number(one, "cases")))
        rows.append(Weakness(TAGS.get(name, name), number(one, "exact"), cells))
    return _weakest(rows)
