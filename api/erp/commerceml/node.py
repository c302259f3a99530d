"""An element of CommerceML as we look at it: children by name, whatever the namespace; numbers, flags, requisites."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

TRUE = ("true", "1", "да")
DIGITS = 16
"""Neither money nor quantities have more."""
DAY_LENGTH = len("2025-12-31")


def local(element: etree._Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def number(text: str) -> Decimal | None:
    """«1 234,50» and «1234.5»; None: it is no number."""
    try:
        found = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < DIGITS else None


def day(text: str) -> date | None:
    """«2025-12-31», also with a time behind it, and «31.12.2025»; None: it is no date, or 1C's empty one."""
    text = text.strip()[:DAY_LENGTH]
    parts = text.split("-") if "-" in text else text.split(".")[::-1]
    try:
        found = date(*(int(part) for part in parts))
    except (TypeError, ValueError):
        return None
    return found if found.year > 1 else None


@dataclass(frozen=True, slots=True)
class Node:
    """Wraps an element; what is not there reads as empty."""

    element: etree._Element

    def node(self, name: str) -> "Node | None":
        """The first child with this name."""
        return next(self.nodes(name), None)

    def nodes(self, name: str) -> Iterator["Node"]:
        """The children with this name."""
        for child in self.element.iterchildren("{*}" + name):
            yield Node(child)

    def items(self, group: str, name: str) -> Iterator["Node"]:
        """`Группа/Элемент`: the elements of a list; none where the list is not there."""
        for listed in self.nodes(group):
            yield from listed.nodes(name)

    def text(self, *names: str) -> str:
        """The text of the first of these children that has one; without names that of the element itself."""
        if not names:
            return (self.element.text or "").strip()
        for name in names:
            for child in self.element.iterchildren("{*}" + name):
                if text := (child.text or "").strip():
                    return text
        return ""

    def number(self, name: str) -> Decimal | None:
        """See number()."""
        return number(self.text(name))

    def flag(self, name: str) -> bool:
        """Whether the child says yes."""
        return self.text(name).lower() in TRUE

    def attribute(self, name: str) -> str:
        """The attribute, or empty."""
        return str(self.element.get(name) or "").strip()

    def requisites(self, *groups: str) -> list[tuple[str, str]]:
        """`ЗначенияРеквизитов` as pairs in their order; a name may come several times."""
        pairs = []
        for group in groups or ("ЗначенияРеквизитов",):
            for item in self.items(group, "ЗначениеРеквизита"):
                name = item.text("Наименование")
                pairs += [(name, value.text()) for value in item.nodes("Значение")]
        return pairs
