"""What may be changed in the frozen set, in words for whoever wants it. Pure: the set and the examples are given."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from api.review.intents import BY_NAME, title
from api.training.dataset.corpus import read_corpus
from api.training.dataset.errors import Unreadable
from api.training.dataset.fold import folded
from api.training.dataset.masking import mask
from api.training.frozen_files import MUST, Frozen, Phrase

LONGEST = 500
"""Characters of a phrase."""
FEWEST = 10
"""So many phrases of an intent stay: fewer measure nothing."""
Action = Literal["add", "remove", "move"]


@dataclass(frozen=True)
class Wish:
    """What somebody wants: the phrase in this part under this intent; of a removal, where it stands.

    `was`: the intent that a phrase stands under which moves, to another intent or to another part.
    """

    action: Action
    part: str
    text: str
    intent: str
    was: str = ""

    @property
    def phrase(self) -> Phrase:
        return Phrase(self.part, self.intent, self.text)

    def concerns(self, other: "Wish") -> bool:
        return folded(self.text) == folded(other.text)


def tidy(text: str) -> str:
    """As it is kept: composed letters, no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def home(frozen: Frozen, intent: str) -> str:
    """The part that holds the intent's phrases; empty where none does."""
    return next((one.part for one in frozen.phrases if one.intent == intent and one.part != MUST), "")


def fulfilled(wish: Wish, frozen: Frozen) -> bool:
    """The files have it already: a deed was cut short amid or after the writing, or somebody's own hand did it."""
    return (wish.phrase in frozen.phrases) == (wish.action != "remove")


def refusal(wish: Wish, frozen: Frozen, trained: Collection[str]) -> str:
    """Why it cannot be, as a sentence; empty where it can. `trained`: the examples, folded."""
    reasons = _against_adding(wish, frozen, trained) if wish.action == "add" else _against_taking(wish, frozen)
    return next((words for words in reasons if words), "")


def _against_adding(wish: Wish, frozen: Frozen, trained: Collection[str]) -> Iterator[str]:
    yield _unfit_intent(wish, frozen)
    yield _unfit_text(wish.text)
    if before := frozen.of(wish.text):
        yield f"Такая фраза уже есть: «{before[0].text}», {title(before[0].intent)}."
    if folded(wish.text) in frozen.strangers:
        yield "Такая фраза в эталоне уже есть."
    if folded(wish.text) in trained:
        yield "Эта фраза есть в обучающих данных. В эталон годится только то, чего модель не видела."


def _against_taking(wish: Wish, frozen: Frozen) -> Iterator[str]:
    """It goes from where it stands: for good, or to another intent, or to another part."""
    meant = wish.was or wish.intent
    stands = [one for one in frozen.exactly(wish.text) if one.intent == meant]
    if wish.action == "remove":
        stands = [one for one in stands if one == wish.phrase]
    if not stands:
        yield "Этой фразы под этим смыслом в эталоне уже нет."
        return
    if wish.action == "move":
        yield _unfit_intent(wish, frozen)
        if stands == [wish.phrase]:
            yield f"Фраза и так значит «{title(meant)}»."
    measures = any(one.part != MUST for one in stands)
    if measures and sum(one.intent == meant and one.part != MUST for one in frozen.phrases) <= FEWEST:
        yield f"У смысла «{title(meant)}» останется меньше {FEWEST} фраз. Сначала добавьте новые."


def _unfit_intent(wish: Wish, frozen: Frozen) -> str:
    if wish.intent not in BY_NAME:
        return "Выберите, что значит фраза."
    if wish.part != MUST and not home(frozen, wish.intent):
        return f"Для смысла «{title(wish.intent)}» нет файла в эталоне. Заведите его на сервере."
    return ""


def _unfit_text(text: str) -> str:
    if not text:
        return "Напишите фразу."
    if len(text) > LONGEST:
        return f"Фраза длиннее {LONGEST} знаков. Возьмите короче."
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        return "Во фразе есть невидимые служебные знаки. Наберите её заново."
    masked, _ = mask(text, None)
    if masked != text:
        return f"Во фразе похоже на личное: имя, адрес, телефон, номер, код. Напишите, например, так: «{masked}»."
    return ""


def trained(root: Path) -> frozenset[str]:
    """The examples of data/nlu, written, generated and reviewed, folded. Raises Unreadable where a file is broken."""
    corpus = read_corpus(root)
    if corpus.unreadable:
        broken = corpus.unreadable[0]
        raise Unreadable(f"{broken.where}: {broken.words}")
    return frozenset(line.key for line in corpus.lines)
