"""Answers to open questions: buttons and free text."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from api.understanding.atom import Atom
from api.understanding.atoms import AtomBuilder
from api.understanding.attributes import agreement, bare_matches, stated
from api.understanding.candidates import Candidate, Finder, Found, Word
from api.understanding.catalog import Entry
from api.understanding.choosing import View, narrow, settle
from api.understanding.context import Context
from api.understanding.draft import Draft, question_amount
from api.understanding.outcome import Outcome, Question, Reason
from api.understanding.quantities import SCALES, Amount, to_base
from api.understanding.segments import Mention, read_clause
from api.understanding.sizes import extreme_of, size_of
from order_text import annotate
from order_text.lexicon.answers import ADDING, ALL, BOTH, CHOICE_WORDS, FIRST_WORDS, NO, ORDINALS, REPLACING, YES
from order_text.model import Annotation, Kind, Token

_AMOUNTS = (Kind.border, Kind.number, Kind.unit, Kind.weight, Kind.volume)


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
    annotation = annotate(text)
    words = [token.norm for token in annotation.tokens if token.kind != Kind.border]
    if not words or len(words) > 12:
        return None
    if _is_refusal(words):
        return Draft.of(context).outcome()
    if question.sku is not None:
        return _quantity(question, annotation, words, context)
    return _product(question, annotation, words, context)


def answer_every(questions: Sequence[Question], text: str, context: Context) -> Outcome | None:
    """«По 4», «и того и другого по четыре кило»: one amount for all `questions`, each of them one of quantity;
    None when the text says something else."""
    annotation = annotate(text)
    words = [word for token in annotation.tokens if token.kind not in _AMOUNTS for word in token.norm.split()]
    amount = _amount(annotation, context)
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
    words = [token.norm for token in annotate(text).tokens if token.kind != Kind.border]
    return bool(words) and _is_refusal(words)


def _is_refusal(words: list[str]) -> bool:
    return " ".join(words) in NO or all(word in NO for word in words)


def repeat_mode(text: str) -> str | None:
    """«replace» or «add» where the text answers «заменить или добавить?»."""
    words = [token.norm for token in annotate(text).tokens if token.kind != Kind.border]
    if any(word.startswith(REPLACING) for word in words):
        return "replace"
    return "add" if any(word.startswith(ADDING) for word in words) else None


def _quantity(question: Question, annotation: Annotation, words: list[str], context: Context) -> Outcome | None:
    """A number with or without a unit, «да», «как обычно», «первое» of the options."""
    assert question.sku is not None
    if not _agrees(annotation, question, context) and any(
        _names_other(token, question, context) for token in annotation.tokens
    ):
        return None
    draft = Draft.of(context)
    if all(word in YES or word in FIRST_WORDS for word in words) or _agrees(annotation, question, context):
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
    amount = _amount(annotation, context)
    if amount is None:
        last = draft.habits.last(question.sku)
        if last is not None and any(
            token.kind == Kind.reference and token.role == "usual" for token in annotation.tokens
        ):
            return _apply(question, question.sku, Amount(last), draft)
        usual = any(token.kind == Kind.reference and token.role == "usual" for token in annotation.tokens)
        return replace(draft.outcome(), questions=(question,)) if usual else None
    base = to_base(context.index.by_sku[question.sku], amount)
    agreed = question.reason == Reason.confirm and base is not None and base in question.options
    return _apply(question, question.sku, amount, draft, confirmed=agreed)


def _agrees(annotation: Annotation, question: Question, context: Context) -> bool:
    """«Да, всё верно, у нас банкет»: a yes, and then nothing about goods or quantities."""
    tokens = [token for token in annotation.tokens if token.kind != Kind.border]
    numbers = [token.value for token in tokens if token.kind == Kind.number]
    if tokens[0].norm not in YES or any(value not in (*question.options, question.quantity) for value in numbers):
        return False
    said = [token for place, token in enumerate(tokens) if not (place > 1 and token.role == "negation")]
    if any(token.kind in (Kind.unit, Kind.operation) and token.role not in ("order", "all") for token in said):
        return False  # «ага, ошибки нет» agrees
    atoms = AtomBuilder(Finder(context.index)).build(tokens[1:])
    finder = Finder(context.index)
    return not any(atom.word is not None and finder.names_head(atom.word) for atom in atoms)


def _names_other(token: Token, question: Question, context: Context) -> bool:
    """Whether a word names another product than the one asked about."""
    if (
        token.kind != Kind.word
        or question.sku is None
        or token.norm in ORDINALS
        or token.norm in YES
        or token.norm in CHOICE_WORDS
    ):
        return False
    finder = Finder(context.index)
    atoms = AtomBuilder(finder).build([token])
    return any(
        atom.word is not None and not finder.likeness(atom.word, context.index.by_sku[question.sku]) for atom in atoms
    )


def _amount(annotation: Annotation, context: Context) -> Amount | None:
    atoms = [
        a
        for a in AtomBuilder(Finder(context.index)).build(annotation.tokens)
        if a.kind in ("number", "unit", "figure", "amount")
    ]
    numbers = [a for a in atoms if a.kind != "unit"]
    if len(numbers) > 1 or not atoms:
        return None
    unit = next((a for a in atoms if a.kind == "unit"), None)
    if not numbers:
        return Amount(Decimal(1), unit.token.unit, unit.role, implied=True) if unit else None
    return _stated(numbers[0], unit)


def _stated(number: Atom, unit: Atom | None) -> Amount | None:
    if number.kind == "amount":
        return number.amount
    value = number.token.value
    if value is None or number.role in ("percent", "span", "code"):
        return None
    if number.role in ("weight", "volume"):
        return Amount(value, "кг" if number.role == "weight" else "л", number.role)
    if unit is not None and unit.role in ("weight", "volume"):
        return Amount(value * (unit.token.value or 1), "кг" if unit.role == "weight" else "л", unit.role)
    return Amount(value, unit.token.unit if unit else None)


def _product(question: Question, annotation: Annotation, words: list[str], context: Context) -> Outcome | None:
    """Which of the candidates: by place, by a word or figure that only one of them has, or by a fuller name."""
    draft = Draft.of(context)
    ordinal = _ordinal(words)
    known = [context.index.by_sku[sku] for sku in question.candidates if sku in context.index.by_sku]
    if ordinal is not None and ordinal < len(known) and len(words) <= 3:
        return _apply(question, known[ordinal].sku, question_amount(question.quantity, question.unit), draft)
    every = _all_of_them(annotation, context)
    bought = [entry for entry in known if entry.sku in draft.habits]
    if every is not None and BOTH & set(words) and len(known) > 2 and len(bought) == 2:
        known = bought
    if every is not None and (len(known) == 2 or (len(known) > 2 and not BOTH & set(words))):
        for entry in known:
            _apply(question, entry.sku, every[0] or question_amount(question.quantity, question.unit), draft)
        return draft.outcome()
    finder = Finder(context.index)
    atoms = [a for a in AtomBuilder(finder).build(annotation.tokens) if a.kind not in ("op", "usual", "border")]
    atoms = [a for a in atoms if a.kind != "word" or a.token.norm not in CHOICE_WORDS]
    picked = (
        _by_packing(atoms, known, finder)
        or _by_size(atoms, known)
        or _by_figure(atoms, known, draft)
        or _by_words(atoms, known, finder, draft)
    )
    if picked is None:
        return None
    entry, amount = picked
    return _apply(question, entry.sku, amount or question_amount(question.quantity, question.unit), draft)


def _all_of_them(annotation: Annotation, context: Context) -> tuple[Amount | None] | None:
    """The amount in «оба», «оба размера по 2», «и то и другое»; None when not all are meant."""
    said = [
        token for token in annotation.tokens if token.kind not in (Kind.border, Kind.number, Kind.unit, Kind.weight)
    ]
    words = [word for token in said for word in token.norm.split() if word != "по"]
    if not words or words[0] not in ALL or not all(word in ALL or word in CHOICE_WORDS for word in words):
        return None
    return (_amount(annotation, context),)


def _by_packing(atoms: list[Atom], known: list[Entry], finder: Finder) -> tuple[Entry, Amount | None] | None:
    """«Мешок, один»: what only one of the candidates is packed in, perhaps with how many."""
    units = [atom for atom in atoms if atom.kind == "unit" and atom.role == "count"]
    if len(units) != 1 or any(atom.kind not in ("unit", "number") for atom in atoms) or len(atoms) > 2:
        return None
    word = units[0].word
    said = [e for e in known if e.unit == units[0].token.unit or (word is not None and finder.likeness(word, e))]
    number = next((atom for atom in atoms if atom.kind == "number"), None)
    if len(said) != 1:
        return None
    return said[0], _stated(number, units[0]) if number is not None else Amount(Decimal(1), units[0].token.unit)


def _by_size(atoms: list[Atom], known: list[Entry]) -> tuple[Entry, Amount | None] | None:
    """«Большие», «маленькую», perhaps with a figure beside («большие, которые по 140»)."""
    sizes = [size for atom in atoms if atom.word is not None and (size := size_of(atom.word.form)) is not None]
    if not sizes or any(atom.word is not None and size_of(atom.word.form) is None for atom in atoms):
        return None
    chosen = extreme_of(known, sizes[0])
    return (chosen[0], None) if len(chosen) == 1 else None


def _by_figure(atoms: list[Atom], known: list[Entry], draft: Draft) -> tuple[Entry, Amount | None] | None:
    """«3,2» or «3,2 5 штук»."""
    if len(atoms) == 1 and atoms[0].kind == "unit" and atoms[0].role in ("weight", "volume"):
        token = replace(atoms[0].token, kind=Kind(atoms[0].role))  # «по килограмму»
        atoms = [replace(atoms[0], kind="figure", figure=stated(token))]
    if not atoms or any(atom.kind == "word" for atom in atoms) or atoms[0].kind not in ("number", "figure"):
        return None
    value = atoms[0].token.value
    if atoms[0].figure is None:
        return None
    if atoms[0].kind == "number" and value is not None:
        fits = [entry for entry in known if bare_matches(entry, value, lone=False)]
    else:
        fits = [entry for entry in known if agreement(entry, atoms[0].figure) > 0]
    fits = [entry for entry in fits if entry.sku in draft.habits] if len(fits) > 1 else fits
    if len(fits) != 1:
        return None
    rest = atoms[1:]
    number = next((a for a in rest if a.kind in ("number", "figure", "amount")), None)
    unit = next((a for a in rest if a.kind == "unit"), None)
    return fits[0], _stated(number, unit) if number else None


def _by_words(
    atoms: list[Atom], known: list[Entry], finder: Finder, draft: Draft
) -> tuple[Entry, Amount | None] | None:
    readings = read_clause(atoms, finder)
    mentions = readings[0].mentions
    if len(mentions) != 1 or not mentions[0].words:
        return None
    mention = mentions[0]
    found = finder.find(mention.words, mention.figures)
    among = _within(found, known)
    others = max((candidate.likeness for candidate in found.full if candidate.head), default=0.0)
    if others > max((candidate.likeness for candidate in among), default=0.0):
        return None  # «… только молока 8» names other goods, and answers nothing about «сметана Молочный дворик»
    if not among and known:
        heads = tuple(dict.fromkeys(form for entry in known for form in entry.head))
        among = _within(_joined(heads, mention, finder), known)
    if len(among) > 1 and mention.lone and mention.amount is not None:
        value = mention.amount.value
        named = [candidate for candidate in among if bare_matches(candidate.entry, value, lone=True)]
        if len(named) == 1:
            return named[0].entry, None
    if len(among) > 1:
        entries = settle(narrow(among, mention.amount), View(draft.cart, draft.habits))
        if len(entries) == 1:
            return entries[0], mention.amount
        return None
    return (among[0].entry, mention.amount) if among else None


def _joined(heads: tuple[str, ...], mention: Mention, finder: Finder) -> Found:
    for head in heads:
        found = finder.find((Word(head), *mention.words), mention.figures)
        if found.full:
            return found
    return Found()


def _within(found: Found, known: list[Entry]) -> list[Candidate]:
    skus = {entry.sku for entry in known}
    return [candidate for candidate in found.full if candidate.entry.sku in skus]


def _ordinal(words: list[str]) -> int | None:
    for word in words:
        if word in ORDINALS:
            return ORDINALS[word]
    return None


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
