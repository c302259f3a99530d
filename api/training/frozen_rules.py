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
from api.training.frozen_files import MUST, Frozen

LONGEST = 500
"""Characters of a phrase."""
FEWEST = 10
"""So many phrases of an intent stay: fewer measure nothing."""
Action = Literal["add", "remove", "move"]


@dataclass(frozen=True)
class Wish:
    """`part`: must, or any other word for the file of the intent's skill. `intent`: what a phrase is to mean.

    `was`: what one that is moved meant.
    """

    action: Action
    part: str
    text: str
    intent: str
    was: str = ""

    @property
    def must(self) -> bool:
        return self.part == MUST

    def concerns(self, other: "Wish") -> bool:
        """Both are about one phrase at one place."""
        return self.must == other.must and folded(self.text) == folded(other.text)


def tidy(text: str) -> str:
    """As it is kept: composed letters, no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def home(frozen: Frozen, intent: str) -> str:
    """The part that holds the intent's phrases; empty where none does."""
    return next((one.part for one in frozen.phrases if one.intent == intent and one.part != MUST), "")


def fulfilled(wish: Wish, frozen: Frozen) -> bool:
    """The files are as the wish wants them: a deed that was cut short after the writing, or somebody's own hand."""
    stands = {one.intent for one in frozen.of(wish.text, must=wish.must) if one.text == wish.text}
    match wish.action:
        case "add":
            return wish.intent in stands
        case "remove":
            return wish.intent not in stands
        case "move":
            return wish.intent in stands and wish.was not in stands


def refusal(wish: Wish, frozen: Frozen, trained: Collection[str]) -> str:
    """Why it cannot be, as a sentence; empty where it can. `trained`: the examples, folded."""
    return next((words for words in _reasons(wish, frozen, trained) if words), "")


def _reasons(wish: Wish, frozen: Frozen, trained: Collection[str]) -> Iterator[str]:
    stands = [one for one in frozen.of(wish.text, must=wish.must) if one.text == wish.text]
    if wish.action != "remove":
        yield _unfit_intent(wish, frozen)
    if wish.action == "add":
        yield _unfit_text(wish.text)
        yield _taken(wish, frozen)
        if folded(wish.text) in trained:
            yield "Эта фраза есть в обучающих данных. В эталон годится только то, чего модель не видела."
        return
    meant = wish.intent if wish.action == "remove" else wish.was
    if meant not in {one.intent for one in stands}:
        yield "Этой фразы под этим смыслом в эталоне уже нет."
    if wish.action == "move":
        if wish.intent == wish.was:
            yield f"Фраза и так значит «{title(wish.was)}»."
        yield _other_meaning(wish, frozen)
    if not wish.must and sum(one.intent == meant and one.part != MUST for one in frozen.phrases) <= FEWEST:
        yield f"У смысла «{title(meant)}» останется меньше {FEWEST} фраз. Сначала добавьте новые."


def _unfit_intent(wish: Wish, frozen: Frozen) -> str:
    if wish.intent not in BY_NAME:
        return "Выберите, что значит фраза."
    if not wish.must and not home(frozen, wish.intent):
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


def _taken(wish: Wish, frozen: Frozen) -> str:
    before = frozen.of(wish.text, must=wish.must)
    if before:
        return f"Такая фраза уже есть: «{before[0].text}», {title(before[0].intent)}."
    if folded(wish.text) in frozen.strangers:
        return "Такая фраза в эталоне уже есть."
    return _other_meaning(wish, frozen)


def _other_meaning(wish: Wish, frozen: Frozen) -> str:
    """One phrase means one thing, in the skills and among the must."""
    other = [one for one in frozen.of(wish.text, must=not wish.must) if one.intent != wish.intent]
    if not other:
        return ""
    meant = title(other[0].intent)
    if wish.must:
        return f"В эталоне эта фраза значит «{meant}». Сначала поправьте там."
    return f"Среди обязательных эта фраза значит «{meant}». Сначала уберите её оттуда."


def trained(root: Path) -> frozenset[str]:
    """The examples of data/nlu, written, generated and reviewed, folded. Raises Unreadable where a file is broken."""
    corpus = read_corpus(root)
    if corpus.unreadable:
        broken = corpus.unreadable[0]
        raise Unreadable(f"{broken.where}: {broken.words}")
    return frozenset(line.key for line in corpus.lines)
