"""Writes data/nlu/generated.yml: sentences made of patterns/<skill>.txt and of the words in data/lookups.

The same product stands in orders, questions and complaints alike, so that the classifier learns the sentence and
not the product. The goods are of three invented catalogues, and some are invented letters, because a real catalogue
will be unknown to the model. Some sentences, and copies of some that are written by hand, are spoilt (noise.py).
Deterministic: the same patterns and words give the same file. Run it after a change: `python generate.py`.
"""

import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Set, Tuple

import examples
import model_card
import noise
import pymorphy3
import yaml

HERE = Path(__file__).resolve().parent
NLU = model_card.DATA / "nlu"
LOOKUPS = model_card.DATA / "lookups"
UNSEEN = (model_card.DATA / "frozen", model_card.DATA / "development")
OUTPUT = NLU / examples.GENERATED
SEED = 20
HEADER = (
    "# Written by rasa_project/generate.py from patterns/ and data/lookups/. Do not edit: change those and run it.\n"
)

INVENTED_SHARE, NOISE_SHARE, CAPITALS_SHARE, BARE_SHARE, COPY_SHARE, ATTEMPTS = 0.18, 0.15, 0.03, 0.35, 0.25, 40
CATALOGUES = ["goods", "goods", "goods", "household", "drinks"]
"""Tables of goods in data/lookups, as often as their goods are to be named."""
SYLLABLES = "ба бри ве го дру жи зо ка кро ле ли ма мо ни но пра ре ро са сто та три фи фру хо ча ше ю".split()
ENDINGS = ["нка", "тта", "лик", "рин", "сса", "вит", "ница", "ция", "мель", "ко", "та", "ль"]
DAYS = ["на завтра", "завтра", "на понедельник", "в среду", "на пятницу", "в субботу", "на послезавтра", "на 15 число"]
STREETS = ["Ленина 12", "Садовая 5", "Мира 40", "проспект Победы 7", "Лесная, 3"]
QUESTIONS = [
    "где вчерашний заказ",
    "когда приедет машина",
    "сколько мы должны",
    "какая у нас цена",
    "есть ли скидка",
    "пришлите накладную",
    "пришлите прайс",
    "до скольки принимаете",
    "когда привезёте",
    "что по акции",
    "лимита хватит",
    "во сколько доставка",
    "сколько выходит всего",
    "счёт пришлите",
    "пусть менеджер перезвонит",
    "какие соки есть",
]
GREETINGS = [
    "добрый день,",
    "здравствуйте,",
    "привет,",
    "доброе утро!",
    "Здравствуйте!",
    "добрый вечер,",
    "добрый день",
]
THANKS = ["спасибо", "спасибо!", "пожалуйста", "заранее спасибо", "пж"]
NUMBER_WORDS = ["два", "три", "четыре", "пять", "шесть", "семь", "восемь", "десять", "двенадцать", "пару", "полтора"]
NUMBERS = [1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 8, 10, 10, 12, 12, 15, 20, 24, 25, 30, 40, 50, 60, 100]
LINE_SHAPES = [
    "{g} {n}",
    "{g} {n} {u}",
    "{g} - {n}",
    "{g} {n}{u}",
    "{n} {u} {g:gen}",
    "{g:gen} {n}",
    "{n} {g:gen}",
    "{g} - {n} {u}",
    "{words} {u} {g:gen}",
    "{g}-{n}",
    "{g} {u}",
    "{g} {words}",
]
SEPARATORS = [", ", ", ", ", ", " ", "; ", " и ", ",", ". "]
CASES = {"gen": "gent", "acc": "accs"}

MIXED = re.compile(r"\b(?=\w*[а-яё])(?=\w*[a-z])[а-яёa-z]+\b", re.IGNORECASE)
"""A word of two alphabets: gluing makes such, people do not."""

Filler = Callable[[random.Random], str]


def words_of(name: str) -> List[str]:
    """The words of a lookup table in data/lookups."""
    table = yaml.safe_load((LOOKUPS / f"{name}.yml").read_text(encoding="utf-8"))["nlu"][0]
    return [line[2:].strip() for line in table["examples"].splitlines()]


@dataclass(frozen=True)
class Section:
    """`count` sentences of an intent are made of the patterns, each in turn."""

    intent: str
    count: int
    patterns: List[str]


class Inflector:
    """Puts a noun phrase into a case, word by word; leaves alone what it does not know."""

    def __init__(self) -> None:
        self._morph = pymorphy3.MorphAnalyzer()
        self._known: Dict[Tuple[str, str], str] = {}

    def phrase(self, text: str, case: str) -> str:
        """`text` (nominative) in `case` (pymorphy's grammeme); words after «с» or «без» keep theirs."""
        result, frozen = [], False
        for word in text.split():
            frozen = frozen or word in ("с", "без", "в")
            result.append(word if frozen else self._word(word, case))
        return " ".join(result)

    def _word(self, word: str, case: str) -> str:
        if (word, case) not in self._known:
            self._known[word, case] = self._inflect(word, case)
        return self._known[word, case]

    def _inflect(self, word: str, case: str) -> str:
        if not word.isalpha():
            return word
        for parse in self._morph.parse(word):
            if "nomn" in parse.tag and parse.tag.POS in ("NOUN", "ADJF"):
                wanted = {case, "inan"} if case == "accs" and parse.tag.POS == "ADJF" else {case}
                form = parse.inflect(wanted) or parse.inflect({case})
                return form.word if form else word
        return word


class Writer:
    """Fills the patterns of one intent."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self._inflector = Inflector()
        self._kinds, self._units = words_of("kinds"), words_of("units")
        self._goods = {name: words_of(name) for name in CATALOGUES}
        self._fill: Dict[str, Filler] = {
            "n": lambda r: str(r.choice(NUMBERS)),
            "words": lambda r: r.choice(NUMBER_WORDS),
            "u": lambda r: r.choice(self._units),
            "day": lambda r: r.choice(DAYS),
            "no": lambda r: (
                ("№" if r.random() < 0.15 else "") + str(r.choice([r.randint(10, 999), r.randint(1000, 20000)]))
            ),
            "ask": lambda r: r.choice(QUESTIONS),
            "street": lambda r: r.choice(STREETS),
            "hi": lambda r: r.choice(GREETINGS),
            "thanks": lambda r: r.choice(THANKS),
            "line": lambda r: self._expand(r.choice(LINE_SHAPES)),
            "list": lambda r: r.choice(SEPARATORS).join(self._expand("{line}") for _ in range(r.randint(2, 5))),
            "lines": lambda r: r.choice([", ", " / ", " "]).join(
                self._expand("{line}") for _ in range(r.randint(3, 9))
            ),
        }

    def sentence(self, pattern: str) -> str:
        """One sentence of `pattern`, sometimes spoilt, without punctuation or in capitals."""
        text = re.sub(r"\s+", " ", self._expand(pattern)).strip()
        if self._random.random() < NOISE_SHARE:
            text = noise.spoil(text, self._random)
        if self._random.random() < BARE_SHARE:
            text = re.sub(r"(?<=\w)[?!](?=\s|$)", "", text).lower()
        return text.upper() if self._random.random() < CAPITALS_SHARE else text

    def _expand(self, pattern: str) -> str:
        chosen = re.sub(r"\(([^()]*\|[^()]*)\)", lambda m: self._random.choice(m.group(1).split("|")), pattern)
        return re.sub(r"\{(\w+)(?::(\w+))?\}", lambda m: self._slot(m.group(1), m.group(2)), chosen)

    def _slot(self, name: str, case: str) -> str:
        if name in self._fill:
            return self._fill[name](self._random)
        table = self._goods[self._random.choice(CATALOGUES)] if name == "g" else self._kinds
        phrase = self._random.choice(table)
        if name == "g" and self._random.random() < INVENTED_SHARE:
            phrase = self._invented(phrase)
        return self._inflector.phrase(phrase, CASES[case]) if case else phrase

    def _invented(self, phrase: str) -> str:
        word = "".join(self._random.sample(SYLLABLES, self._random.randint(1, 2))) + self._random.choice(ENDINGS)
        return self._random.choice([word, f"{phrase} {word}", f"{phrase.split()[0]} {word}"])


def sections(text: str) -> List[Section]:
    """The sections of a pattern file, in its order."""
    found: List[Section] = []
    for line in (raw.strip() for raw in text.splitlines()):
        head = re.fullmatch(r"\[(\w+) (\d+)\]", line)
        if head:
            found.append(Section(head.group(1), int(head.group(2)), []))
        elif line and not line.startswith("#"):
            found[-1].patterns.append(line)
    return found


def taken_texts(nlu: Path = NLU) -> Set[str]:
    """Folded texts that are not generated: what is written by hand, and what is only measured with."""
    texts = {fold(text) for _, text in examples.written(nlu)}
    for path in sorted(path for folder in UNSEEN for path in folder.glob("*.yml")):
        texts.update(fold(phrase) for _, phrase in examples.unseen(path))
    return texts


def fold(text: str) -> str:
    """Lower case, «ё» as «е», without punctuation and signs (unless nothing else is left): the same for the same."""
    bare = re.sub(r"[^\w%+]+", " ", text.lower().replace("ё", "е")).strip()
    return bare or text.strip()


def generate(nlu: Path = NLU) -> str:
    """The whole text of data/nlu/generated.yml.

    What people decided about messages is left out at the very end, so that a decision takes its own line away and
    moves no other: a model trained after it differs by the decision only.
    """
    taken = taken_texts(nlu)
    decided = {fold(examples.plain(text)) for _, text in examples.reviewed(nlu)}
    lines_of: Dict[str, List[str]] = {}
    for path in sorted((HERE / "patterns").glob("*.txt")):
        for number, section in enumerate(sections(path.read_text(encoding="utf-8"))):
            writer = Writer(f"{SEED}-{path.stem}-{number}")
            lines_of.setdefault(section.intent, []).extend(_sentences(writer, section, taken))
    for intent, copy in _spoilt_copies(examples.written(nlu), taken):
        lines_of.setdefault(intent, []).append(copy)
    blocks = [
        f"  - intent: {intent}\n    examples: |\n"
        + "".join(f"      - {line}\n" for line in lines if fold(line) not in decided)
        for intent, lines in sorted(lines_of.items())
    ]
    return "\n".join([HEADER + 'version: "3.1"\n\nnlu:', *blocks])


def _sentences(writer: Writer, section: Section, taken: Set[str]) -> List[str]:
    lines: List[str] = []
    for attempt in range(section.count * ATTEMPTS):
        if len(lines) == section.count:
            break
        line = writer.sentence(section.patterns[attempt % len(section.patterns)])
        if fold(line) not in taken and not MIXED.search(line):
            taken.add(fold(line))
            lines.append(line)
    return lines


def _spoilt_copies(written: List[examples.Pair], taken: Set[str]) -> Iterator[Tuple[str, str]]:
    """Some of what is written by hand once more, spoilt; not where the spoilt text is somebody's already."""
    rng = random.Random(f"{SEED}-copies")
    for intent, text in written:
        if rng.random() < COPY_SHARE:
            copy = noise.spoil(text, rng)
            if fold(copy) not in taken and not MIXED.search(copy):
                taken.add(fold(copy))
                yield intent, copy


def main() -> int:
    """Writes the file."""
    draft = OUTPUT.with_name(OUTPUT.name + ".draft")
    draft.write_text(generate(), encoding="utf-8")
    draft.replace(OUTPUT)
    print(f"Записан {OUTPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
