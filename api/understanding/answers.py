"""Answers to open questions: buttons and free text."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from api.understanding import picking, signs
from api.understanding.atoms import AtomBuilder
from api.understanding.candidates import Finder
from api.understanding.catalog import Entry
from api.understanding.context import Context
from api.understanding.draft import Draft, question_amount
from api.understanding.outcome import Outcome, Question, Reason
from api.understanding.quantities import SCALES, Amount, to_base
from api.understanding.wordings import word_of
from order_text import annotate
from order_text.lexicon.answers import (
    ADDING,
    AGREEING,
    ALL,
    BOTH,
    CHOICE_WORDS,
    FIRST_WORDS,
    NO,
    ORDINALS,
    REPLACING,
    YES,
)
from order_text.model import Annotation, Kind, Token

_AMOUNTS = (Kind.border, *signs.AMOUNTS)


def choose(question: Question, value: str, context: Context) -> Outcome:
    """A button: a SKU, a quantity in base units, «yes» or «no»."""
    draft = Draft.of(context)
    if value == "no":
        return draft.outcome()
    if value == "yes" and question.sku and question.options:
        return _apply(question, question.sku, Amount(question.options[0]), draft, confirmed=True)
    if value in context.index.by_sku and question.sku is None:
        return _apply(question, value, question_amount(question.quantity, question.unit), draft)
    try:
        quantity = Decimal(value.replace(",", "."))
    except InvalidOperation:
        quantity = None
    if question.sku is None or quantity is None or not quantity.is_finite():
        return replace(draft.outcome(), questions=(question,))
    if quantity == 0:
        return draft.outcome()
    return _apply(
        question,
        question.sku,
        Amount(quantity),
        draft,
        confirmed=question.reason == Reason.confirm or quantity in question.options,
    )


def answer(question: Question, text: str, context: Context) -> Outcome | None:
    """A typed answer («3,2», «второе», «2 коробки», «да», «не надо»); None when the text is something else."""
    annotation = annotate("да" if AGREEING.fullmatch(text) else text)
    words = _words(annotation)
    if not words or len(words) > 12 or any(token.kind == Kind.question for token in annotation.tokens):
        return None
    if _is_refusal(words) or _waives(question, annotation, context):
        return Draft.of(context).outcome()
    if question.sku is not None:
        return _quantity(question, annotation, words, context)
    return _product(question, annotation, words, context)


def answer_every(questions: Sequence[Question], text: str, context: Context) -> Outcome | None:
    """«По 4», «и того и другого по четыре кило»: one amount for all `questions`, each of them one of quantity;
    None when the text says something else."""
    annotation = annotate(text)
    words = [word for token in annotation.tokens if token.kind not in _AMOUNTS for word in token.norm.split()]
    amount = _amount(annotation, Finder(context.index))
    if (
        len(questions) < 2
        or amount is None
        or "по" not in words
        or not all(word in ALL | {"по", "и"} for word in words)
    ):
        return None
    draft = Draft.of(context)
    for question in questions:
        if question.sku is not None:
            _apply(question, question.sku, amount, draft)
    return draft.outcome()


def refuses(text: str) -> bool:
    """Whether the text says no."""
    words = _words(annotate(text))
    return bool(words) and _is_refusal(words)


def _words(annotation: Annotation) -> list[str]:
    return [token.norm for token in annotation.tokens if token.kind != Kind.border]


def _is_refusal(words: list[str]) -> bool:
    return " ".join(words) in NO or all(word in NO for word in words)


def _waives(question: Question, annotation: Annotation, context: Context) -> bool:
    """«Тогда не надо кефира» of the kefir that is asked about, where the cart holds none."""
    said = [token for token in annotation.tokens if token.kind == Kind.word]
    removed = any(token.role == "remove" for token in annotation.tokens)
    asked = {lemma for token in annotate(question.phrase).tokens for lemma in token.lemmas}
    if not removed or not said or not all(asked.intersection(token.lemmas) for token in said):
        return False
    full = Finder(context.index).find([word_of(token) for token in said], ()).full
    return not any(candidate.entry.sku in context.cart for candidate in full)


def repeat_mode(text: str) -> str | None:
    """«replace» or «add» where the text answers «заменить или добавить?»."""
    words = _words(annotate(text))
    if any(word.startswith(REPLACING) for word in words):
        return "replace"
    return "add" if any(word.startswith(ADDING) for word in words) else None


def _quantity(question: Question, annotation: Annotation, words: list[str], context: Context) -> Outcome | None:
    """A number with or without a unit, «да», «как обычно», «первое» of the options."""
    assert question.sku is not None
    entry, finder = context.index.by_sku[question.sku], Finder(context.index)
    agrees = _agrees(annotation, question, finder)
    if not agrees and any(_names_other(token, entry, finder) for token in annotation.tokens):
        return None
    draft = Draft.of(context)
    if agrees or all(word in YES or word in FIRST_WORDS for word in words):
        if question.reason == Reason.confirm or len(question.options) == 1:
            return (
                _apply(question, question.sku, Amount(question.options[0]), draft, confirmed=True)
                if question.options
                else None
            )
        return None
    ordinal = _ordinal(words)
    if ordinal is not None and ordinal < len(question.options):
        return _apply(question, question.sku, Amount(question.options[ordinal]), draft, confirmed=True)
    amount = _amount(annotation, finder)
    if amount is None:
        if not any(token.kind == Kind.reference and token.role == "usual" for token in annotation.tokens):
            return None
        last = draft.habits.last(question.sku)
        if last is None:
            return replace(draft.outcome(), questions=(question,))
        return _apply(question, question.sku, Amount(last), draft)
    base = to_base(entry, amount)
    agreed = question.reason == Reason.confirm and base is not None and base in question.options
    return _apply(question, question.sku, amount, draft, confirmed=agreed)


def _agrees(annotation: Annotation, question: Question, finder: Finder) -> bool:
    """«Да, всё верно, у нас банкет»: a yes, and then nothing about goods or quantities."""
    tokens = [token for token in annotation.tokens if token.kind != Kind.border]
    numbers = [token.value for token in tokens if token.kind == Kind.number]
    if tokens[0].norm not in YES or any(value not in (*question.options, question.quantity) for value in numbers):
        return False
    said = [token for place, token in enumerate(tokens) if not (place > 1 and token.role == "negation")]
    if any(token.kind in (Kind.unit, Kind.operation) and token.role not in ("order", "all") for token in said):
        return False  # «ага, ошибки нет» agrees
    atoms = AtomBuilder(finder).build(tokens[1:])
    return not any(atom.word is not None and finder.names_head(atom.word) for atom in atoms)


def _names_other(token: Token, asked: Entry, finder: Finder) -> bool:
    """Whether a word names another product than the one asked about."""
    if token.kind != Kind.word or token.norm in ORDINALS or token.norm in YES or token.norm in CHOICE_WORDS:
        return False
    atoms = AtomBuilder(finder).build([token])
    return any(atom.word is not None and not finder.likeness(atom.word, asked) for atom in atoms)


def _amount(annotation: Annotation, finder: Finder) -> Amount | None:
    atoms = AtomBuilder(finder).build(annotation.tokens)
    atoms = [atom for atom in atoms if atom.kind in ("number", "unit", "figure", "amount")]
    numbers = [a for a in atoms if a.kind != "unit"]
    if len(numbers) > 1 or not atoms:
        return None
    unit = next((a for a in atoms if a.kind == "unit"), None)
    if not numbers:
        return Amount(Decimal(1), unit.token.unit, unit.role, implied=True) if unit else None
    return picking.stated_amount(numbers[0], unit)


def _product(question: Question, annotation: Annotation, words: list[str], context: Context) -> Outcome | None:
    """Which of the candidates: by place, by a word or figure that only one of them has, or by a fuller name."""
    draft, finder = Draft.of(context), Finder(context.index)
    ordinal = _ordinal(words, len(question.candidates))
    known = [context.index.by_sku[sku] for sku in question.candidates if sku in context.index.by_sku]
    if ordinal is not None and ordinal < len(known) and len(words) <= 3:
        return _apply(question, known[ordinal].sku, question_amount(question.quantity, question.unit), draft)
    every = _all_of_them(annotation, finder)
    bought = [entry for entry in known if entry.sku in draft.habits]
    if every is not None and BOTH & set(words) and len(known) > 2 and len(bought) == 2:
        known = bought
    if every is not None and (len(known) == 2 or (len(known) > 2 and not BOTH & set(words))):
        for entry in known:
            _apply(question, entry.sku, every[0] or question_amount(question.quantity, question.unit), draft)
        return draft.outcome()
    said = [a for a in AtomBuilder(finder).build(annotation.tokens) if a.token.norm not in CHOICE_WORDS]
    shares = picking.pick_each(said, known, finder, draft)
    if shares:
        for entry, amount in shares:
            _apply(question, entry.sku, amount, draft)
        return draft.outcome()
    picked = picking.pick([a for a in said if a.kind not in ("op", "usual", "border")], known, finder, draft)
    if picked is None:
        return None
    entry, amount = picked
    return _apply(question, entry.sku, amount or question_amount(question.quantity, question.unit), draft)


def _all_of_them(annotation: Annotation, finder: Finder) -> tuple[Amount | None] | None:
    """The amount in «оба», «оба размера по 2», «и то и другое»; None when not all are meant."""
    said = [
        token for token in annotation.tokens if token.kind not in (Kind.border, Kind.number, Kind.unit, Kind.weight)
    ]
    words = [word for token in said for word in token.norm.split() if word != "по"]
    if not words or words[0] not in ALL or not all(word in ALL or word in CHOICE_WORDS for word in words):
        return None
    return (_amount(annotation, finder),)


def _ordinal(words: list[str], several: int = 0) -> int | None:
    """The place that is named: «второе», «вариант 2», «последнее» of `several`."""
    for word in words:
        if word in ORDINALS:
            return ORDINALS[word]
        if several and word.startswith("последн"):
            return several - 1
    numbered = len(words) == 2 and words[0] in CHOICE_WORDS and words[1].isdecimal()
    return int(words[1]) - 1 if numbered and int(words[1]) > 0 else None


def _apply(question: Question, sku: str, amount: Amount | None, draft: Draft, confirmed: bool = False) -> Outcome:
    """Carry out the operation of the question on the product that the answer settles."""
    entry = draft.index.by_sku[sku]
    draft.confirmed = confirmed
    operation = question.operation
    if operation == "remove":
        draft.remove(sku, question.phrase)
    elif operation in SCALES:
        draft.scale(sku, operation, question.phrase)
    elif operation.startswith("replace:"):
        draft.replace(operation.partition(":")[2], entry, amount, question.phrase)
    else:
        op = operation if operation in ("add", "increase", "decrease") else "set"
        draft.put(op, entry, amount, question.phrase)
    return draft.outcome()
