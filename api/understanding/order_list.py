"""A list from a file read as an order: each row by its article, else by its words, against the same thresholds.

The number of a row stands in a column of its own, so no number of a name may become a quantity; what is doubtful is
asked about as in a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from api.domain.sheet import Cell, Sheet
from api.understanding import lines
from api.understanding.aliases import OwnWords
from api.understanding.amount_cells import amount_of, counted
from api.understanding.catalog import CatalogIndex, Entry
from api.understanding.choosing import offered
from api.understanding.clauses import split
from api.understanding.columns import SAMPLE, Known, Layout
from api.understanding.columns import guess as guess_columns
from api.understanding.context import Context
from api.understanding.draft import Draft
from api.understanding.ellipsis import Previous
from api.understanding.headings import manner_of
from api.understanding.interpret import Interpreter
from api.understanding.list_rows import ListRow, article_key, rows_of, texts_of
from api.understanding.outcome import Notice, Outcome, Reason
from api.understanding.quantities import Amount
from api.understanding.row_names import Named
from api.understanding.scope import Ordered
from api.understanding.verbatim import mark_names
from order_text import annotate
from order_text.normalize import fold

FEW_BLANK = 0.2
"""Of the rows have no quantity: it was forgotten, and is asked for. Of more: the form lists what may be ordered."""


@dataclass(frozen=True)
class ListOutcome:
    """What came of a list. `rows` were read as goods, `placed` of them are in the cart; `blank` hold no quantity,
    `nameless` (their places) no name."""

    outcome: Outcome
    rows: int = 0
    placed: int = 0
    blank: int = 0
    nameless: tuple[int, ...] = ()

    @property
    def unknown(self) -> int:
        """Rows whose goods were not found."""
        return sum(question.reason == Reason.unknown for question in self.outcome.questions)

    @property
    def unclear(self) -> int:
        """Rows that have to be cleared up otherwise."""
        return max(0, self.rows - self.placed - self.unknown)


@dataclass
class WholeNames:
    """The goods by their whole names, as a price list of ours writes them; a name that two have is nobody's."""

    index: CatalogIndex
    _by_name: dict[str, Entry | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.index.entries:
            key = _plain(entry.item.name)
            self._by_name[key] = None if key in self._by_name else entry

    def entry(self, name: str) -> Entry | None:
        """The product called just so."""
        return self._by_name.get(_plain(name)) if name else None


def _plain(name: str) -> str:
    return " ".join(fold(name).split())


@dataclass
class Articles:
    """SKUs in the spellings of spreadsheets: «00020013» is 20013 as well, where only one product may be meant."""

    index: CatalogIndex
    _by_key: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sku in self.index.by_sku:
            key = article_key(sku)
            self._by_key[key] = None if key in self._by_key else sku
        for key, named in list(self._by_key.items()):
            short = key.lstrip("0")
            if short != key and short:
                self._by_key[short] = None if short in self._by_key else named

    def entry(self, cell: Cell) -> Entry | None:
        """The product of this article, if there is just one."""
        key = article_key(cell)
        sku = self._by_key.get(key) or self._by_key.get(key.lstrip("0")) if key else None
        return self.index.by_sku[sku] if sku else None


def find_list(
    sheets: Sequence[Sheet], index: CatalogIndex, chosen: int | None = None
) -> tuple[Sheet, Layout, tuple[str, ...]] | None:
    """The first sheet with goods of the catalogue, its columns, and the names of the other sheets that have some.

    Without any such sheet, the first that looks like a list; None where none does.
    """
    laid = [(sheet, layout) for sheet in sheets if (layout := layout_of(sheet, index, chosen)) is not None]
    articles = Articles(index)
    ours = [pair for pair in laid if _holds_goods(*pair, articles)]
    if not laid:
        return None
    sheet, layout = (ours or laid)[0]
    return sheet, layout, tuple(other.name for other, _ in ours[1:])


def _holds_goods(sheet: Sheet, layout: Layout, articles: Articles) -> bool:
    return any(
        articles.entry(row.article) is not None or names_goods(row.name, articles.index)
        for row in rows_of(sheet, layout)[:SAMPLE]
    )


def layout_of(sheet: Sheet, index: CatalogIndex, chosen: int | None = None) -> Layout | None:
    """The columns of the sheet; None where nothing in it names goods."""
    articles = Articles(index)
    known = Known(lambda text: names_goods(text, index), lambda cell: articles.entry(cell) is not None)
    return guess_columns(sheet.rows, known, chosen)


def names_goods(text: str, index: CatalogIndex) -> bool:
    """Whether a word of the text is one of some product's name."""
    return any(index.vocabulary.find(word) for word in fold(text).split() if len(word) > 2 and word.isalpha())


def read_list(sheet: Sheet, layout: Layout, context: Context) -> ListOutcome:
    """What the list does to the cart."""
    rows = rows_of(sheet, layout)
    if layout.quantity is None:
        return _read_as_text(rows, context)
    reader = _Reader(context)
    nameless = tuple(row.number for row in rows if not row.called)
    named = [row for row in rows if row.called]
    blank = [row for row in named if row.is_blank]
    for row in named:
        if not row.is_blank:
            reader.row(row)
    goods = [row for row in blank if reader.knows(row)]
    asked = goods if len(goods) <= max(1, FEW_BLANK * len(named)) and len(blank) < len(named) else []
    for row in asked:
        reader.row(replace(row, quantity=None))
    read = len(named) - len(blank) + len(asked)
    return ListOutcome(reader.draft.outcome(), read, reader.placed, len(goods) - len(asked), nameless)


def _read_as_text(rows: Sequence[ListRow], context: Context) -> ListOutcome:
    """«Молоко 5 шт» in every cell: each row is read like a line of a message."""
    reader = _Reader(context)
    counts = any(sign.isdigit() for row in rows for sign in row.name)
    if not counts:
        return ListOutcome(reader.draft.outcome(), blank=len(rows))
    read = reader.texts(rows)
    return ListOutcome(reader.draft.outcome(), read, reader.placed, len(rows) - read)


@dataclass
class _Reader:
    context: Context
    draft: Draft = field(init=False)
    put: list[str] = field(default_factory=list)
    """The goods that rows have put into the cart, row by row; a confirmation may take them out again."""

    def __post_init__(self) -> None:
        self.draft = Draft.of(self.context)
        own = (*self.draft.habits.skus, *self.context.cart)
        self.finder = OwnWords(self.context.index, own=own, aliases=self.context.aliases)
        self.lines = Interpreter(self.context, self.finder, self.draft)
        self.articles, self.names = Articles(self.context.index), WholeNames(self.context.index)

    def row(self, row: ListRow) -> None:
        """Order what the row names, or ask."""
        before = len(self.draft.changes)
        notes = self._ordered(row)
        if len(self.draft.changes) > before:
            self.put.append(self.draft.changes[-1].sku)
            self._note(notes)

    def _ordered(self, row: ListRow) -> list[str]:
        """What the row's wishes are, once it is ordered or asked about."""
        self.lines.ellipsis.previous = Previous()
        amount, phrase = _amount(row), row.called
        if row.article is None and self.articles.entry(row.name) is not None:
            row = replace(row, article=row.name, name="")  # the only column holds articles
        entry, called = self.articles.entry(row.article), self.names.entry(row.name)
        if called is not None and entry in (None, called):
            self.draft.put("line", called, amount, phrase)
            return [row.note]
        named = Named.of(row.name, self.finder, self.context.index)
        if entry is not None and called is None and (not row.name or named.agrees(entry)):
            self.draft.put("line", entry, amount, phrase)
        elif entry is not None:
            # An article of ours beside the name of something else may be the customer's own number.
            others = [candidate.entry for candidate in named.found.full] or list(named.found.near)
            self.draft.ask_product(phrase, offered([entry, *others]), "line", amount)
        elif named.found.full:
            mention = replace(named.mention, amount=amount, phrase=phrase)
            lines.put(Ordered(mention, "line"), mention, named.found.full, named.doubtful, self.lines)
        else:
            self.draft.ask_unknown(phrase, offered(named.found.near), "line", amount)
        return [row.note, *named.notes]

    def knows(self, row: ListRow) -> bool:
        """Whether a row without a quantity is of goods, not a heading or a signature."""
        exact = self.articles.entry(row.article) or self.names.entry(row.name)
        return exact is not None or any(
            candidate.head for candidate in Named.of(row.name, self.finder, self.context.index).found.full
        )

    @property
    def placed(self) -> int:
        """Rows that are in the cart."""
        return sum(sku in self.draft.cart for sku in self.put)

    def texts(self, rows: Sequence[ListRow]) -> int:
        """Each name as a line of a message, none going on from the one before; how many of them order anything."""
        whole = annotate(texts_of(rows[:1]))
        self.lines.manner = replace(manner_of(whole.tokens, whole.text), lists=len(rows) > 1, counts=True)
        acting = 0
        for row in rows:
            before = len(self.draft.changes), len(self.draft.questions)
            self._text(row.name)
            acting += before != (len(self.draft.changes), len(self.draft.questions))
            if len(self.draft.changes) > before[0]:
                self.put.append(self.draft.changes[-1].sku)
        return acting

    def _text(self, text: str) -> None:
        self.lines.ellipsis.previous = Previous()
        annotation = annotate(text)
        tokens = mark_names(annotation, self.context.index)
        for part in split(replace(annotation, tokens=tuple(tokens)), self.finder):
            if part.does == "order":
                self.lines.part(part.tokens)

    def _note(self, notes: Sequence[str]) -> None:
        said = ", ".join(note for note in notes if note)
        if said:
            sku = self.draft.changes[-1].sku
            self.draft.notes[sku] = said
            self.draft.notices.append(Notice("note_kept", said, sku))


def _amount(row: ListRow) -> Amount | None:
    """How much; None, which is asked, for a day, a word, a negative number."""
    found = counted(row.quantity)
    return amount_of(found, row.unit) if found is not None and found.value > Decimal(0) else None
