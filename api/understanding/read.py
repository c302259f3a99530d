"""The entrance: a message, an answer or a button in, the outcome out."""

from collections.abc import Sequence
from dataclasses import replace

from api.understanding import answers
from api.understanding.aliases import OwnWords
from api.understanding.atoms import AtomBuilder
from api.understanding.candidates import Finder
from api.understanding.catalog import CatalogIndex
from api.understanding.clauses import Part, split
from api.understanding.context import Context, PastOrder
from api.understanding.days import delivery_day
from api.understanding.draft import Draft
from api.understanding.habits import Habits, without_empty
from api.understanding.heard import REPEAT, Heard
from api.understanding.interpret import Interpreter
from api.understanding.outcome import Notice, Outcome, Question, Reason
from api.understanding.outlets import named
from api.understanding.references import Reference, by_number, find_reference, named_order
from api.understanding.signs import AMOUNTS
from api.understanding.verbatim import mark_names
from api.understanding.verdicts import SURE, doubts_repeat, silenced
from order_text import annotate, clauses_of
from order_text.model import Annotation, Kind, Token

_RELATIVE = frozenset({"что", "как", "где", "когда", "который", "которую", "которое", "которые"})
_GOES_ON = frozenset({"и", "а", "еще", "да", "плюс", "еще раз"})
_REST = frozenset({"keep_rest", "and_rest"})


def read(text: str, context: Context, heard: Heard = Heard()) -> Outcome:
    """What the message does to the cart; `heard` is what the classifier made of it."""
    return read_as(text, context, None, heard)


def read_as(text: str, context: Context, mode: str | None, heard: Heard = Heard()) -> Outcome:
    """As `read`, with the answer to «заменить или добавить» known (`replace` or `add`)."""
    habits = Habits(context.history)
    finder = OwnWords(context.index, own=(*habits.skus, *context.cart), aliases=context.aliases)
    annotation = annotate(text)
    tokens, outlets = named(_unclipped(mark_names(annotation, context.index), context.index), context.outlets)
    parts = split(Annotation(annotation.text, tuple(tokens), clauses_of(tokens)), finder)
    if silenced(parts, heard, finder):
        return Outcome(cart=without_empty(context.cart), is_order=False)
    ordering = [part for part in parts if part.does == "order"]
    asks = any(part.does in ("question", "complaint") for part in parts)
    draft = Draft(context.index, habits, without_empty(context.cart))
    if len(outlets) > 1 and ordering:
        # A cart is one outlet's: which to begin with is asked before anything is put into it.
        draft.questions.append(Question(text.strip(), Reason.unknown, (), "outlet"))
        return _outcome(context, draft, Interpreter(context, finder, draft), None, asks)
    last = context.index.by_sku.get([*context.cart][-1]) if context.cart else None
    reader = Interpreter(
        context, finder, draft, lists=_is_list(ordering), counted=_is_counted(ordering), shouted=text.isupper()
    )
    if last is not None and tokens and tokens[0].norm in _GOES_ON:
        reader.ellipsis.follow(last)
    base = _repeat_first(ordering, context, draft, reader, text, mode, heard)
    if base is not None and base.number == "":
        return _outcome(context, draft, reader, None, asks)
    for part in parts:
        if part.does == "order":
            reader.part(part.tokens)
        elif part.does == "condition":
            reader.condition(part.tokens)
        elif part.does == "question":
            reader.asked_about(part.tokens)
    _finish(reader, draft)
    little = len(draft.changes) <= 1 and not draft.questions
    if heard.name == REPEAT and heard.confidence >= SURE and little and base is None and not _repeats(ordering, draft):
        # It sounds like a past order, and none was found in the words: the costliest thing to pass over.
        reader.acted = True
        draft.questions.append(Question(text.strip(), Reason.unknown, (), "repeat"))
    outcome = _outcome(context, draft, reader, base.number if base else None, asks)
    if not outcome.is_order:
        return outcome
    said = [token for part in parts if part.does != "question" for token in part.tokens]
    day = delivery_day(said, context.now.date())
    return replace(outcome, delivery_date=day, outlet=outlets[0] if outlets else None)


def _is_counted(parts: Sequence[Part]) -> bool:
    """Whether some amount is named at all: words without one beside it are goods only if they sound so."""
    return any(token.kind in AMOUNTS for part in parts for token in part.tokens)


def _is_list(parts: Sequence[Part]) -> bool:
    """Whether at least two lines of the message hold amounts."""
    tokens = [token for part in parts for token in part.tokens]
    counted = {token.start for token in tokens if token.kind in AMOUNTS}
    ends = [token.start for token in tokens if token.kind == Kind.border and token.role == "line"]
    rows = {sum(end < start for end in ends) for start in counted}
    return len(rows) > 1


def _repeats(parts: Sequence[Part], draft: Draft) -> bool:
    """Whether the words about a past order have been used up, or asked about already."""
    if any(question.operation == "repeat" for question in draft.questions):
        return True
    return any(token.kind == Kind.reference or token.role in _REST for part in parts for token in part.tokens)


def _unclipped(tokens: Sequence[Token], index: CatalogIndex) -> list[Token]:
    """Without the full stops that end no sentence: a name of this catalogue is clipped so («олив.»)."""
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        stop = token.kind == Kind.border and token.text == "." and following is not None and kept
        if stop and following is not None and following.kind != Kind.border and index.vocabulary.cuts(kept[-1].text):
            continue
        kept.append(token)
    return kept


def _repeat_first(
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
        if token.role == "comma" and following.split(" ")[0] in _RELATIVE:
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
        return True
    if alike and row[at].norm in ("то же", "тоже") and any(a.kind in ("number", "figure") for a in after):
        return True
    return bool(words_after) and (alike or not numbers_after)


def _finish(reader: Interpreter, draft: Draft) -> None:
    """«Оставь только …» once all that is kept is known."""
    if reader.keep_asked:
        held = {q.sku for q in draft.questions if q.reason == Reason.quantity and q.sku in draft.cart}
        draft.questions = [question for question in draft.questions if question.sku not in held]
        reader.keep += [sku for sku in held if sku is not None and reader.keep]
        kept = set(reader.keep) or {
            change.sku for change in draft.changes if change.op in ("set", "kept", "added", "increased")
        } | {*reader.left, *(sku for sku in held if sku is not None)}
        if kept:
            for sku in [sku for sku in draft.cart if sku not in kept]:
                draft.remove(sku, "")
    put = {change.sku for change in draft.changes if change.op in ("added", "set", "increased", "kept")}
    draft.questions = [
        # «а котлетного… котлетного мяса давайте 20»: asked about, then told.
        q
        for q in draft.questions
        if not (q.reason == Reason.quantity and q.quantity is None and q.sku in put)
    ]
    for phrase in reader.unclear:
        if not reader.repeated and (reader.acted or len(reader.unclear) > 0):
            reader.acted = True
            draft.questions.append(Question(phrase, Reason.unknown, (), "repeat"))
            break


def _outcome(context: Context, draft: Draft, reader: Interpreter, base: str | None, asks: bool) -> Outcome:
    acted = reader.acted or bool(draft.changes or draft.questions)
    if not acted:
        return Outcome(cart=without_empty(context.cart), is_order=False)
    return Outcome(
        cart=without_empty(draft.cart),
        changes=tuple(draft.changes),
        questions=tuple(draft.questions),
        notices=tuple(draft.notices),
        base_order=base,
        is_order=True,
        also_asks=asks,
        notes=dict(draft.notes),
    )


def one_for_all(questions: Sequence[Question], text: str, context: Context) -> tuple[list[Question], Outcome] | None:
    """The open questions of quantity that «по 4» answers together, and what comes of it; None when it is no such."""
    asked = [question for question in questions if question.reason == Reason.quantity and question.sku is not None]
    outcome = answers.answer_every(asked, text, context)
    return None if outcome is None else (asked, outcome)


def answer(question: Question, text: str, context: Context) -> Outcome | None:
    """A typed answer to an open question; None when the text is not one."""
    if question.reason == Reason.replace_or_add and not answers.refuses(text):
        mode = answers.repeat_mode(text)
        return None if mode is None else choose(question, mode, context)
    return answers.answer(question, text, context)


def choose(question: Question, value: str, context: Context) -> Outcome:
    """A button: a SKU, a quantity, yes/no, replace/add."""
    if question.reason == Reason.replace_or_add and value in ("replace", "add"):
        if question.phrase.startswith("#"):
            return repeat(context, question.phrase[1:], value)
        return read_as(question.phrase, context, value)
    return answers.choose(question, value, context)


def repeat(context: Context, number: str | None, mode: str | None) -> Outcome:
    """The button «Повторить»; `mode` is replace, add or None."""
    draft = Draft(context.index, Habits(context.history), without_empty(context.cart))
    order = by_number(context, number) if number else (context.history[-1] if context.history else None)
    if order is None:
        return Outcome(cart=draft.cart, notices=(Notice("nothing_to_repeat", number or ""),))
    if draft.cart and mode is None:
        question = Question(f"#{order.number}", Reason.replace_or_add, (), "repeat")
        return Outcome(cart=draft.cart, questions=(question,))
    draft.repeat(order.lines, add=mode == "add")
    return Outcome(cart=without_empty(draft.cart), changes=tuple(draft.changes), base_order=order.number)
