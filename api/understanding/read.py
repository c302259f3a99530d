"""The entrance: a message, an answer or a button in, the outcome out."""

from collections.abc import Sequence, Set
from dataclasses import replace

from api.understanding import answers
from api.understanding.aliases import OwnWords
from api.understanding.catalog import CatalogIndex
from api.understanding.clauses import Part, split
from api.understanding.context import Context
from api.understanding.days import delivery_day
from api.understanding.draft import Draft
from api.understanding.habits import without_empty
from api.understanding.headings import manner_of
from api.understanding.heard import REPEAT, Heard
from api.understanding.interpret import Interpreter
from api.understanding.outcome import Notice, Outcome, Question, Reason
from api.understanding.outlets import named
from api.understanding.references import by_number
from api.understanding.repeating import repeat_first, repeats
from api.understanding.verbatim import mark_names
from api.understanding.verdicts import SURE, silenced
from order_text import annotate, clauses_of
from order_text.model import Annotation, Kind, Token

_GOES_ON = frozenset({"и", "а", "еще", "да", "плюс", "еще раз"})


def read(text: str, context: Context, heard: Heard = Heard()) -> Outcome:
    """What the message does to the cart; `heard` is what the classifier made of it."""
    return read_as(text, context, None, heard)


def read_as(text: str, context: Context, mode: str | None, heard: Heard = Heard()) -> Outcome:
    """As `read`, with the answer to «заменить или добавить» known (`replace` or `add`)."""
    draft = Draft.of(context)
    finder = OwnWords(context.index, own=(*draft.habits.skus, *context.cart), aliases=context.aliases)
    annotation = annotate(text)
    tokens, outlets = named(_unclipped(mark_names(annotation, context.index), context.index), context.outlets)
    parts = split(Annotation(annotation.text, tuple(tokens), clauses_of(tokens)), finder)
    if silenced(parts, heard, finder):
        return Outcome(cart=without_empty(context.cart), is_order=False)
    ordering = [part for part in parts if part.does == "order"]
    asks = any(part.does in ("question", "complaint") for part in parts)
    if len(outlets) > 1 and ordering:
        # A cart is one outlet's: which to begin with is asked before anything is put into it.
        draft.questions.append(Question(text.strip(), Reason.unknown, (), "outlet"))
        return _outcome(context, draft, Interpreter(context, finder, draft), None, asks)
    said = [token for part in ordering for token in part.tokens]
    reader = Interpreter(context, finder, draft, manner=manner_of(said, text))
    if context.last_sku is not None and tokens and tokens[0].norm in _GOES_ON:
        reader.follow(context.last_sku)
    base = repeat_first(ordering, context, draft, reader, text, mode, heard)
    if base is not None and base.number == "":
        return _outcome(context, draft, reader, None, asks)
    _read_parts(reader, parts)
    _finish(reader, draft)
    little = not draft.changes and not draft.questions
    if context.cart and delivery_day(tokens, context.now.date()):
        # «Тогда на пятницу» beside a cart is the day to bring it on, whatever it sounds like.
        little = False
    if heard.name == REPEAT and heard.confidence >= SURE and little and base is None and not repeats(ordering, draft):
        # It sounds like a past order, and none was found in the words: the costliest thing to pass over.
        reader.acted = True
        draft.questions.append(Question(text.strip(), Reason.unknown, (), "repeat"))
    outcome = _outcome(context, draft, reader, base.number if base else None, asks)
    if not outcome.is_order:
        return outcome
    said = [token for part in parts if part.does != "question" for token in part.tokens]
    day = delivery_day(said, context.now.date())
    return replace(outcome, delivery_date=day, outlet=outlets[0] if outlets else None)


def _read_parts(reader: Interpreter, parts: Sequence[Part]) -> None:
    for part in parts:
        if part.does == "order":
            reader.part(part.tokens)
        elif part.does == "condition":
            reader.condition(part.tokens)
        elif part.does == "question":
            reader.asked_about(part.tokens)
        elif part.role in ("told", "talk", "complaint"):
            reader.told_of(part.tokens)


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


def _finish(reader: Interpreter, draft: Draft) -> None:
    """«Оставь только …» once all that is kept is known."""
    if reader.keep_asked:
        held = {q.sku for q in draft.questions if q.reason == Reason.quantity and q.sku in draft.cart}
        draft.questions = [question for question in draft.questions if question.sku not in held]
        put = {change.sku for change in draft.changes if change.op in ("set", "kept", "added", "increased")}
        kept = {*(reader.keep or put), *reader.left, *(sku for sku in held if sku is not None)}
        if kept:
            for sku in [sku for sku in draft.cart if sku not in kept]:
                draft.remove(sku, "")
    put = {change.sku for change in draft.changes if change.op in ("added", "set", "increased", "kept")}
    draft.questions = [q for q in draft.questions if not _told_after(q, put)]
    if reader.unclear and not reader.repeated:
        reader.acted = True
        draft.questions.append(Question(reader.unclear[0], Reason.unknown, (), "repeat"))


def _told_after(question: Question, put: Set[str]) -> bool:
    """Asked about, then told: «а котлетного… котлетного мяса давайте 20», «Глазированные сырки. Ваниль 36»."""
    if question.quantity is not None:
        return False
    by_name = question.reason == Reason.ambiguous and not put.isdisjoint(question.candidates)
    return by_name or (question.reason == Reason.quantity and question.sku in put)


def _outcome(context: Context, draft: Draft, reader: Interpreter, base: str | None, asks: bool) -> Outcome:
    acted = reader.acted or bool(draft.changes or draft.questions)
    if not acted:
        return Outcome(cart=without_empty(context.cart), is_order=False)
    return draft.outcome(base, also_asks=asks)


def one_for_all(questions: Sequence[Question], text: str, context: Context) -> tuple[list[Question], Outcome] | None:
    """The open questions of quantity that «по 4» answers together, and what comes of it; None when it is no such."""
    asked = [question for question in questions if question.reason == Reason.quantity and question.sku is not None]
    outcome = answers.answer_every(asked, text, context)
    return None if outcome is None else (asked, outcome)


def answer(question: Question, text: str, context: Context) -> Outcome | None:
    """A typed answer to an open question, and what is ordered behind it («второе. И ещё кефира 5»); None when the
    text begins with no answer."""
    return _answer_and_more(question, text, context) or _answered(question, text, context)


def _answer_and_more(question: Question, text: str, context: Context) -> Outcome | None:
    annotation = annotate(text)
    cut = _end_of_answer(annotation.tokens)
    first = None if cut is None else _answered(question, annotation.text[:cut], context)
    if first is None or not (first.changes or first.questions):
        return None
    more = read(annotation.text[cut:], replace(context, cart=first.cart))
    if not more.is_order:
        return first
    return replace(
        more,
        changes=(*first.changes, *more.changes),
        questions=(*first.questions, *more.questions),
        notices=(*first.notices, *more.notices),
        notes={**first.notes, **more.notes},
    )


def _end_of_answer(tokens: Sequence[Token]) -> int | None:
    """Where the first sentence ends, or what stands before «и ещё …»; None when there is no more."""
    for place, token in enumerate(tokens[1:-1], 1):
        if token.role in ("hard", "line"):
            return token.end
        if token.role == "add" or (token.kind == Kind.border and tokens[place + 1].role in ("add", "and")):
            return token.start
    return None


def _answered(question: Question, text: str, context: Context) -> Outcome | None:
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
    draft = Draft.of(context)
    order = by_number(context, number) if number else (context.history[-1] if context.history else None)
    if order is None:
        return Outcome(cart=draft.cart, notices=(Notice("nothing_to_repeat", number or ""),))
    if draft.cart and mode is None:
        question = Question(f"#{order.number}", Reason.replace_or_add, (), "repeat")
        return Outcome(cart=draft.cart, questions=(question,))
    draft.repeat(order.lines, add=mode == "add")
    return draft.outcome(order.number)
