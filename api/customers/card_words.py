"""What people call the changes of their card: one row a kind, the first that fits wins."""

import re
from typing import Literal

Kind = Literal["view", "dismissal", "employee", "phone", "address", "requisites", "other"]

_WORDS: tuple[tuple[Kind, str], ...] = (
    ("view", r"мо[ийя] данные|мой профиль|^профиль|личный кабинет|как меня зовут|как(ой|ие|ая) (у вас )?наш|что у вас "
             r"записано|наши данные у вас"),
    ("dismissal", r"увол\w*|уш[её]л|ушла|убер\w+ .*доступ|удал\w+ (сотрудник|человек|менеджер|пользовател)\w*|"
                  r"закр\w+ .*доступ|больше не работает"),
    ("requisites", r"реквизит\w*|\bинн\b|\bкпп\b|юр\.?\s?лиц\w*|\bип\b|\bооо\b|расч[её]тн\w+|назван\w+|переименов\w+|"
                   r"директор\w*"),
    ("employee", r"сотрудник\w*|человек\w*|доступ\w*|нов(ый|ая|ого|ую) (\w+ )?(администратор|управляющ|товаровед|повар|"
                 r"бармен|менеджер|продавец|закупщи)\w*|заказывать (теперь )?будет|заявки делает|будет заказывать"),
    ("address", r"адрес\w*|точк\w*|магазин\w*|кафе|переех\w+|филиал\w*"),
    ("phone", r"номер\w*|телефон\w*|контакт\w*"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)
_NAME = re.compile(r"\b[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?(?:\s+[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?){0,2}")
_NO_NAMES = re.compile(
    r"^(?:добав\w*|дайте|откр\w*|запиш\w*|нов\w+|у|его|её|зовут|это|сотрудник\w*|наш\w*|пожалуйста|здравствуйте|"
    r"телефон\w*|номер\w*|привет|да|имя)$",
    re.IGNORECASE,
)


def kind_of(text: str) -> Kind:
    """The kind of change that the words ask for."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), "other")


def name_in(text: str) -> str | None:
    """A person's name: words with a capital letter that no request begins with. «Ирина Белова»."""
    for found in _NAME.findall(text):
        words = [word for word in found.split() if not _NO_NAMES.match(word)]
        if words:
            return " ".join(words)
    return None
