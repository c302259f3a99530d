"""«Как обычно», «прошлый заказ», «остальное так же»: the past order that goes into the cart before all edits."""

from collections.abc import Sequence

from api.understanding.atoms import AtomBuilder
from api.understanding.candidates import Finder
from api.understanding.clauses import Part
from api.understanding.context import Context, PastOrder
from api.understanding.draft import Draft
from api.understanding.heard import Heard
from api.understanding.interpret import Interpreter
from api.understanding.outcome import Notice, Question, Reason
from api.understanding.references import Reference, find_reference, named_order
from api.understanding.signs import AMOUNTS
from api.understanding.verdicts import doubts_repeat
from order_text.lexicon.telling import RELATIVE
from order_text.model import Kind, Token

_REST = frozenset({"keep_rest", "and_rest"})
_TELLING = RELATIVE | {"что", "как"}


def repeats(parts: Sequence[Part], draft: Draft) -> bool:
    """Whether the words about a past order have been used up, or asked about already."""
    if any(question.operation == "repeat" for question in draft.questions):
        return True
    return any(token.kind == Kind.reference or token.role in _REST for part in parts for token in part.tokens)


def repeat_first(
    parts: list[Part],
    context: Context,
    draft: Draft,
    reader: Interpreter,
    text: str,
    mode: str | None,
    heard: Heard,
) -> PastOrder | None:
    """Put the past order that the message names into the draft, before its edits.

    An order without a number means: stop.
    """
    reference = _reference(parts, context, draft)
    if reference is None or doubts_repeat(parts, heard):
        return None
    reader.acted = True
    if reference.order is None:
        if not context.history and any(token.kind in AMOUNTS for part in parts for token in part.tokens):
            # What stands beside it («как обычно, только молока 8») is an order all the same.
            draft.notices.append(Notice("nothing_to_repeat", reference.phrase))
            return None
        draft.questions.append(Question(reference.phrase, Reason.unknown, (), "repeat"))
        return PastOrder("", context.now.date(), {})
    if draft.cart and mode is None:
        draft.questions.append(Question(text.strip(), Reason.replace_or_add, (), "repeat"))
        return PastOrder("", context.now.date(), {})
    draft.repeat(reference.order.lines, add=mode == "add")
    reader.repeated = True
    return reference.order


def _reference(parts: list[Part], context: Context, draft: Draft) -> Reference | None:
    """A reference that stands for a whole order, not for the usual quantity of a product beside it."""
    for part in parts:
        rows = _chunks(part)
        told = named_order(part.tokens, context)
        if told is not None and not any(
            _beside_product(rows, place, context)
            for place, row in enumerate(rows)
            if any(token.kind == Kind.reference for token in row)
        ):
            return told
        for place, row in enumerate(rows):
            reference = find_reference(row, context)
            rest = any(token.role in _REST for token in row)
            if reference is None:
                if rest and any(token.role == "keep_rest" for token in row) and not draft.cart and context.history:
                    return Reference("", context.history[-1])
                continue
            if rest:
                return reference if not draft.cart else None
            if not _beside_product(rows, place, context):
                return reference
    return None


def _chunks(part: Part) -> list[list[Token]]:
    rows: list[list[Token]] = [[]]
    for place, token in enumerate(part.tokens):
        following = part.tokens[place + 1].norm if place + 1 < len(part.tokens) else ""
        if token.role == "comma" and following.split(" ")[0] in _TELLING:
            continue
        if (
            token.kind == Kind.border and token.role in ("comma", "colon", "hard", "line", "question")
        ) or token.norm in (
            "но",
            "а",
        ):
            rows.append([])
        else:
            rows[-1].append(token)
    return [row for row in rows if row]


def _beside_product(rows: list[list[Token]], place: int, context: Context) -> bool:
    """Whether the reference qualifies a product in the same chunk («кофе как обычно»)."""
    row = rows[place]
    at = next((i for i, token in enumerate(row) if token.kind == Kind.reference), 0)
    following = row[at + 1] if at + 1 < len(row) else None
    alike = (
        row[at].kind == Kind.reference
        and row[at].norm.startswith(("такой", "такую", "такое", "такого", "то же", "тоже"))
        and following is not None
        and following.kind not in (Kind.border, Kind.reference)
    )
    finder = Finder(context.index)
    before = [a for a in AtomBuilder(finder).build(row[:at]) if a.kind == "word" and a.word and finder.hits(a.word)]
    after = [a for a in AtomBuilder(finder).build(row[at + 1 :]) if a.kind not in ("border", "usual")]
    if any(a.kind == "op" for a in after[:1]):
        return False
    words_after = [a for a in after if a.kind == "word" and a.word and finder.hits(a.word)]
    numbers_after = any(a.kind in ("number", "figure", "unit") for a in after)
    if before:
        return not _apart(row, at)
    if alike and row[at].norm in ("то же", "тоже") and any(a.kind in ("number", "figure") for a in after):
        return True
    return bool(words_after) and (alike or not numbers_after)


def _apart(row: list[Token], at: int) -> bool:
    """«хлеба 5 и как обычно», «кроме кефира всё как обычно»: the reference stands for itself."""
    ends = all(token.kind in (Kind.border, Kind.filler) for token in row[at + 1 :])
    added = at > 0 and row[at - 1].role == "and" and any(token.kind in AMOUNTS for token in row[:at])
    excepted = row[at].norm.startswith("все ") and any(token.role == "remove" for token in row[:at])
    return ends and (added or excepted)
