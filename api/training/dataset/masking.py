"""Takes what is personal out of examples before they are kept for training.

Each thing is replaced by a stand-in that the classifier reads alike: somebody's phone by nobody's, a name by a name in
the same case, an order's number by one of as many digits. (api/domain/privacy.py dots over for people to read.)
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from api.domain.privacy import CODE, LONG_NUMBER, SECRET
from api.training.dataset.notation import Entities
from api.training.dataset.people import names
from order_text import annotate
from order_text.lexicon.streets import STREETS
from order_text.model import Kind

PHONE, CONTACT, INVITATION, STREET, HOUSE = "8 900 000-00-00", "@example", "ABCE-HKMP-4567", "Мира", "40"
LONGEST_DIGITS = 9
"""A number of ten digits and more is somebody's."""
_CONTACT = re.compile(
    r"[\w.+-]*@[A-Za-z0-9_][\w-]*(?:\.[\w-]+)*|(?:https?://|www\.)\S+|(?<![\w.])(?:t\.me|wa\.me|vk\.com|ok\.ru)/\S+", re.I
)
"""An address of mail, a name in a messenger, a page."""
_MOBILE = re.compile(r"\+?[789]?9\d{9}|[78]\d{10}")
_STREET_MARK = re.compile(
    r"(?:пр-т|пр-кт|пр-д|б-р|ул|улица|улице|улицы|улицу|пр|проспект\w*|пер|переул\w*|шоссе|наб|набережн\w*|бульвар\w*|"
    r"площад\w*|пл)(?!\w)\.?",
    re.I,
)
_HOUSE = re.compile(
    r"(?:(?<=на )|(?<=по )|(?<=в )|(?<=с )|(?<=адрес )|(?<=адрес: )|^)([А-ЯЁ][а-яё]+(?:ой|ая|ого|ова|ева|ина|а|я)),? "
    r"\d{1,3}(?:[/-]\d{1,2}|[а-я](?![а-я]))?(?![\w,.])"
)
"""«на Озёрной 12», «Советская, 15а»: streets without a word that says so."""
_PASSWORD = re.compile(r"(?<!\w)парол[ьяюе](?: мой| такой)?\s?[:=—–]\s?(\S+)", re.I)
_NUMBERED = re.compile(r"№ ?\d{2,}(?!\w)")
_LISTED = re.compile(r"\s*(?:$|[,.;!?\n]|[а-яё]+(?:те|м|у)(?!\w))")

_MAX_ROUNDS = 4
Replacement = tuple[int, int, str]


def mask(text: str, entities: Iterable[Mapping[str, Any]] | None) -> tuple[str, Entities]:
    """The text without what is personal, and its pieces where they stand then.

    Pieces that are marked as goods are no names, places or orders. A masked text stays as it is when masked again.
    """
    kept: Entities = None if entities is None else tuple(dict(one) for one in entities)
    for _ in range(_MAX_ROUNDS):  # what one stand-in leaves beside it may be seen anew
        masked = _once(text, kept)
        if masked[0] == text:
            break
        text, kept = masked
    return text, kept


def _once(text: str, entities: Entities) -> tuple[str, Entities]:
    goods = [(one["start"], one["end"]) for one in entities or () if one["entity"] in ("product", "quantity")]
    return _replaced(text, entities, sorted(_apart(_found(text, goods))))


def _found(text: str, goods: list[tuple[int, int]]) -> Iterator[Replacement]:
    """All that is personal, the surer first."""
    yield from _sure(text)
    for start, end, words in (*_read(text), *names(text)):
        if all(end <= first or start >= last for first, last in goods):
            yield start, end, words


def sure(text: str) -> str:
    """The text without contacts, secrets and long numbers: what is personal whatever the words around it say."""
    return _replaced(text, None, sorted(_apart(_sure(text))))[0]


def _apart(found: Iterable[Replacement]) -> list[Replacement]:
    chosen: list[Replacement] = []
    for one in found:
        if all(one[1] <= other[0] or one[0] >= other[1] for other in chosen):
            chosen.append(one)
    return chosen


def _sure(text: str) -> Iterator[Replacement]:
    for one in _CONTACT.finditer(text):
        yield one.start(), one.end(), CONTACT
    for one in LONG_NUMBER.finditer(text):
        yield one.start(), one.end(), PHONE if _MOBILE.fullmatch(re.sub(r"[^\d+]", "", one[0])) else digits(one[0])
    for one in CODE.finditer(text):
        yield one.start(), one.end(), INVITATION
    for pattern in (_PASSWORD, SECRET):
        for one in pattern.finditer(text):
            yield one.start(1), one.end(1), digits("1000")
    for one in re.finditer(r"\d{10,}", text):
        yield one.start(), one.end(), digits(one[0])


def _read(text: str) -> Iterator[Replacement]:
    """What order_text reads as a phone, a place or the number of an order or a paper."""
    annotation = annotate(text)
    for token in annotation.tokens:
        if token.kind in (Kind.phone, Kind.address, Kind.order_number):
            start, end = _places(annotation.text, text, token.start, token.end)
            yield start, end, _stand_in(token.kind, text[start:end])
    for one in _NUMBERED.finditer(text):
        yield one.start(), one.end(), digits(one[0])
    for one in _HOUSE.finditer(text):
        low = one[1].lower().replace("ё", "е")
        if (low in STREETS or one.start() > 0) and _LISTED.match(text, one.end()):
            yield one.start(), one.end(), f"{STREET} {HOUSE}"


def _stand_in(kind: Kind, words: str) -> str:
    if kind == Kind.phone:
        return PHONE
    if kind == Kind.order_number:
        return digits(words)
    number = f" {HOUSE}" if re.search(r"\d", words) else ""
    mark = _STREET_MARK.match(words)
    street = re.match(r"\W*([\w-]+)", words[mark.end() :] if mark else words)
    is_street = bool(street and street[1].lower().replace("ё", "е") in STREETS)
    if is_street or (mark and street and (number or street[1][0].isupper())):
        instead = f"{mark[0]} {STREET}{number}" if mark else f"{STREET}{number}"
        return words if words.casefold() == instead.casefold() else instead
    return digits(words)  # «кв. 12», «ИНН 7701234567»


def digits(words: str) -> str:
    """«№ 4512» → «№ 1000»: as many digits, nobody's."""
    return re.sub(r"\d+", lambda one: f"1{'0' * (min(len(one[0]), LONGEST_DIGITS) - 1)}", _glued(words))


def _glued(words: str) -> str:
    """The groups of a long number as one."""
    figures = re.sub(r"\D", "", words)
    return figures if len(figures) > LONGEST_DIGITS and not re.search(r"[^\W\d]", words) else words


@lru_cache(maxsize=256)
def _blocks(cleaned: str, text: str) -> tuple[tuple[int, int, int], ...]:
    return tuple(SequenceMatcher(None, cleaned, text, autojunk=False).get_matching_blocks())


def _places(cleaned: str, text: str, start: int, end: int) -> tuple[int, int]:
    """Where a token of the cleaned text stands in the text itself."""
    if cleaned == text:
        return start, end
    inside = [(a, b, n) for a, b, n in _blocks(cleaned, text) if n and a < end and a + n > start]
    if not inside:
        return start, min(end, len(text))
    (a, b, _), (c, d, n) = inside[0], inside[-1]
    return b + max(start - a, 0), d + min(end - c, n)


def _replaced(text: str, entities: Entities, chosen: list[Replacement]) -> tuple[str, Entities]:
    result, done = "", 0
    for start, end, words in chosen:
        result += text[done:start] + words
        done = end
    result += text[done:]
    if entities is None:
        return result, None
    moved = []
    for one in entities:
        first, last = _moved(one["start"], chosen, after=True), _moved(one["end"], chosen, after=False)
        if first < last:
            moved.append({**one, "start": first, "end": last, "value": result[first:last]})
    return result, tuple(moved)


def _moved(place: int, chosen: list[Replacement], *, after: bool) -> int:
    """Where a border of a piece stands then; one inside of what was replaced goes to its near end."""
    shift = 0
    for start, end, words in chosen:
        if place >= end:
            shift += len(words) - (end - start)
        elif place > start:
            return (start + shift + len(words)) if after else start + shift
    return place + shift
