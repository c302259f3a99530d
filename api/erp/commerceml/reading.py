"""A CommerceML file read as a stream: one card in memory at a time, nothing expanded, nothing fetched."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from api.erp.commerceml.node import TRUE, Node, local

ROOT = "КоммерческаяИнформация"
CONTAINERS = ("Классификатор", "Каталог", "ПакетПредложений", "ИзмененияПакетаПредложений", "Контрагенты")
NO_ROOT = f"Это не CommerceML: нет элемента «{ROOT}». Проверьте, та ли кодировка объявлена в файле."
CHANGES_ONLY = "СодержитТолькоИзменения"

PLACES = {
    "Группа": ("Группы",),
    "ЕдиницаИзмерения": ("ЕдиницыИзмерения",),
    "Контрагент": ("Контрагенты",),
    "Документ": (ROOT, "Контейнер"),
    "Предложение": ("Предложения",),
    "Свойство": ("Свойства",),
    "Склад": ("Склады",),
    "ТипЦены": ("ТипыЦен",),
    "Товар": ("Товары",),
}
"""Cards, and in what they stand."""
OUTER = (ROOT, "Контейнер", *CONTAINERS)
"""What a card's list stands in, where it is not a part of another card."""


class BadFile(Exception):
    """The file cannot be read; the text is for 1C's log, in Russian."""


@dataclass(frozen=True)
class Package:
    """What a card stands in: a catalogue, a package of offers."""

    name: str
    catalog: str = ""
    whole: bool = False
    """It says that it is everything there is."""


@dataclass(frozen=True)
class Card:
    """One card: `kind` is the element's name."""

    kind: str
    node: Node
    package: Package
    parent: str = ""
    """Of a group: the id of the group above."""


def cards(path: Path) -> Iterator[Card]:
    """The cards of a file in their order; a card is gone when the next one is asked for. Raises BadFile."""
    tags = [f"{{*}}{name}" for name in (ROOT, "Контейнер", *CONTAINERS, *PLACES)]
    try:
        events = etree.iterparse(
            str(path),
            events=("start", "end"),
            tag=tags,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        )
        yield from _cards(events)
    except etree.XMLSyntaxError as error:
        raise BadFile(_wording(error)) from error


def _cards(events: Iterator[tuple[str, etree._Element]]) -> Iterator[Card]:
    rooted = False
    package: Package | None = None
    for event, element in events:
        name = local(element)
        if not rooted:
            _check_root(element)
            rooted = True
        if event == "start":
            if name in CONTAINERS:
                package = None
        elif name in PLACES and _is_card(element, name):
            package = package or _package(element)
            if name != "Свойство":
                yield Card(name, Node(element), package, _group_above(element) if name == "Группа" else "")
            if name != "Группа" or not _group_above(element):
                _forget(element)
        elif name in CONTAINERS:
            package = None
    if not rooted:
        raise BadFile(NO_ROOT)


def _check_root(element: etree._Element) -> None:
    root = element.getroottree()
    if root.docinfo.internalDTD is not None:
        raise BadFile("В файле объявлен DOCTYPE: такие файлы не принимаются.")
    if local(root.getroot()) != ROOT:
        raise BadFile(NO_ROOT)


def _is_card(element: etree._Element, name: str) -> bool:
    """A good is a card in the catalogue, not in an order; a company is none inside an order."""
    listed = element.getparent()
    if listed is None or local(listed) not in PLACES[name]:
        return False
    if name == "Документ":
        return True
    holder = listed.getparent()
    if name == "Группа":
        while holder is not None and local(holder) == "Группа":
            holder = holder.getparent()
            holder = holder.getparent() if holder is not None else None
    return holder is not None and local(holder) in OUTER


def _group_above(element: etree._Element) -> str:
    listed = element.getparent()
    above = listed.getparent() if listed is not None else None
    return Node(above).text("Ид") if above is not None and local(above) == "Группа" else ""


def _package(element: etree._Element) -> Package:
    """What the card stands in. Its own id and flag precede its cards."""
    for above in element.iterancestors():
        name = local(above)
        if name in CONTAINERS:
            node = Node(above)
            catalog = node.text("Ид") if name == "Каталог" else node.text("ИдКаталога")
            said = node.attribute(CHANGES_ONLY).lower()
            changes = said in TRUE if said else _holds_changes(node)
            return Package(name, catalog, name != "ИзмененияПакетаПредложений" and not changes)
    return Package(ROOT)


def _holds_changes(node: Node) -> bool:
    """Older files say it by an element; a file that says nothing is taken for changes: nothing is withdrawn by it."""
    said = node.text(CHANGES_ONLY, "ИзменениеТолько").lower()
    return said in TRUE if said else True


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _wording(error: etree.XMLSyntaxError) -> str:
    text = str(error)
    if "encoding" in text.lower() or "utf-8" in text.lower():
        return f"Кодировка файла не та, что в нём объявлена ({text})."
    if "entity" in text.lower() or "amplification" in text.lower():
        return "В файле есть сущности, которые не принимаются."
    return f"Ошибка XML: {text}."
