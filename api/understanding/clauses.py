"""Which parts of a message order, and which complain, ask or chat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.understanding.candidates import Finder, Word
from api.understanding.heard import Heard
from order_text.lexicon.closed import LETTER_FIELDS
from order_text.lexicon.talk import OUT_OF_SCOPE
from order_text.model import Annotation, Kind, Token

_ORDERING = frozenset(
    {
        "order",
        "add",
        "set",
        "remove",
        "replace",
        "increase",
        "decrease",
        "clear",
        "keep_only",
        "double",
        "half",
        "triple",
    }
)
_RELATIVE = frozenset({"где", "когда", "который", "которую", "которое", "которые"})
_CHANGES = frozenset({"replace", "double", "triple", "more_half", "half", "third", "clear"})
_DEMANDS = frozenset({"order", "add", "remove", "replace", "clear"})
_PAST_VERB = frozenset({"best:past", "best:VERB"})
AMOUNTS = (Kind.number, Kind.unit, Kind.weight, Kind.volume)
# Roles that are a question only when nothing is ordered in the same words.
_WEAK = frozenset(
    {
        "stock",
        "catalog",
        "status",
        "delivery",
        "cart",
        "profile",
        "help",
        "human",
        "balance",
        "documents",
        "promo",
        "notifications",
        "cancel",
    }
)
_STRONG = frozenset({"price"})
LIKELY, SURE, VERY_SURE, CERTAIN = 0.5, 0.6, 0.8, 0.9
"""Confidence of the classifier that a message is no order: without amounts in it, and in spite of them."""
_ORDERLY = frozenset({"", "order", "repeat_order", "affirm", "deny", "cart"})
_ASKING = frozenset(
    {"price_query", "stock_query", "catalog_query", "delivery", "order_status", "balance", "documents", "promo", "help"}
)
_DEAF = frozenset({"complaint", "out_of_scope"})
# What people say they have done when they order: «забыла: ещё батон 5», «решили взять муки 10».
_DECIDED = (
    "забы",
    "хотел",
    "реш",
    "подума",
    "переду",
    "вспомн",
    "надум",
    "захотел",
    "понадоб",
    "законч",
    "кончи",
    "собра",
)
_ORDERED = ("брал", "заказ", "покуп", "привоз", "привез", "дела", "был", "взял", "отгру", "присыл", "достав", "набира")
_LACKING = ("нет", "не", "законч", "кончи", "отсутств")
_AHEAD = ("завтра", "послезавтра", "сегодня")
_POLITE = frozenset({"сложно", "трудно", "затруднит", "против", "забудьте", "забудете", "так"})
"""«если не сложно» is no condition."""
_WITH_ME = (["у", "меня"], ["со", "мной"])
"""«…, у меня 12 лотков хлеба, кто принимает?» says a driver."""
_AT_OURS = (["у", "нас"], ["у", "меня"], ["а", "у"], ["у", "них"])
_NEVER = frozenset({"catalog", "status", "stock", "driver"})


@dataclass(frozen=True)
class Part:
    """A row of tokens and what it does: order, complaint, question or chatter; `asked`: its sentence ends with «?»."""

    tokens: tuple[Token, ...]
    does: str
    role: str = ""
    asked: bool = False


def split(annotation: Annotation, finder: Finder) -> list[Part]:
    """The message in parts, in order."""
    parts: list[Part] = []
    counted = any(token.kind in AMOUNTS for token in annotation.tokens)
    for clause in annotation.clauses:
        tokens = annotation.tokens[clause.first : clause.last]
        if _is_field(tokens):
            parts.append(Part(tuple(tokens), "chatter", "field"))
            continue
        if counted and _is_story(tokens, finder):
            parts.append(Part(tuple(tokens), "chatter", "talk"))
            continue
        found = _clause(tokens, finder)
        if len(found) == 1 and parts and parts[-1].does == "order" and _continues(parts[-1].tokens, tokens):
            parts[-1] = Part(_trimmed(parts[-1].tokens) + tokens, "order")
        else:
            parts.extend(found)
    if any(part.does == "complaint" or part.role == "told" for part in parts):
        parts = [_beside_complaint(part) for part in parts]
    return parts


def _is_field(tokens: Sequence[Token]) -> bool:
    """«От: Минимаркет Уют», «Тема: заказ» of a forwarded letter."""
    return len(tokens) > 1 and tokens[0].norm in LETTER_FIELDS and tokens[1].role == "colon"


def _is_story(tokens: Sequence[Token], finder: Finder) -> bool:
    """«Рыба, говорит, у тебя с глазами»: beside an order a sentence that counts nothing and in which somebody acts."""
    if any(token.kind in (*AMOUNTS, Kind.reference, Kind.operation, Kind.complaint, Kind.question) for token in tokens):
        return False
    return any(_acts(token, finder) for token in tokens)


def _beside_complaint(part: Part) -> Part:
    """What stands beside a complaint and names no amount belongs to it: «кому я батоны теперь продам»."""
    counted = any(token.kind in AMOUNTS or token.kind in (Kind.operation, Kind.reference) for token in part.tokens)
    return part if part.does != "order" or counted else replace(part, does="complaint", role="complaint")


def silenced(parts: Sequence[Part], heard: Heard, finder: Finder) -> bool:
    """Whether what sounds like no order is none, although goods are named in it.

    «Спасибо, получила, и окорочка и яйцо»: no amount, no word of ordering. A complaint or a word to a voice assistant
    with amounts in it still needs a word of ordering.
    """
    if heard.name in _ORDERLY or heard.confidence < SURE or _rows_of_goods(parts, finder) > 1:
        return False
    tokens = [token for part in parts if part.does == "order" for token in part.tokens]
    asked = {token.role for token in tokens if token.kind == Kind.operation}
    goods = any(_is_goods(token, finder) for token in tokens)
    amounts = any(token.kind in AMOUNTS for token in tokens) and goods
    named = goods or any(token.kind == Kind.reference for token in tokens)
    if heard.confidence >= CERTAIN and (not named or (heard.name == "cancel_order" and not amounts)):
        return True  # «привяжите ещё один номер», «мы оформили дважды, один заказ отзовите»
    if heard.name == "price_query" and heard.confidence >= CERTAIN and not asked & _DEMANDS:
        return not any(token.kind == Kind.number for token in tokens)  # «пачка чипсов по скока»
    if heard.name in _ASKING and heard.confidence >= VERY_SURE and not asked & {"order", "add", "remove"}:
        stated = [part for part in parts if part.does == "order" and not part.asked]
        return not any(token.kind in AMOUNTS for part in stated for token in part.tokens)
    if heard.name in _DEAF and heard.confidence >= VERY_SURE:
        return not asked & (_CHANGES | {"remove"}) and not (asked & {"order", "add"} and amounts)
    return not amounts and not asked & _DEMANDS and not any(token.kind == Kind.reference for token in tokens)


def doubts_repeat(parts: Sequence[Part], heard: Heard) -> bool:
    """Whether the words about a past order stand in a question or a story («а в прошлом заказе что было?»)."""
    tokens = [token for part in parts for token in part.tokens]
    asked = {token.role for token in tokens if token.kind == Kind.operation}
    usual = any(token.role == "usual" for token in tokens)
    if usual and all(token.kind in (Kind.reference, Kind.filler, Kind.border) for token in tokens):
        return False  # «как обычно» and nothing else
    if asked & _DEMANDS or heard.name in ("", "order", "repeat_order", "affirm"):
        return False
    return heard.confidence >= LIKELY or any(token.role == "question" for token in tokens)


def _rows_of_goods(parts: Sequence[Part], finder: Finder) -> int:
    """Lines that hold goods and an amount: two of them are a list, whatever it sounds like."""
    rows: list[list[Token]] = [[]]
    for token in (token for part in parts if part.does == "order" for token in part.tokens):
        rows[-1].append(token)
        if token.kind == Kind.border and token.role in ("line", "comma"):
            rows.append([])
    return sum(
        any(token.kind in AMOUNTS for token in row) and any(_is_goods(token, finder) for token in row) for row in rows
    )


def _continues(above: Sequence[Token], tokens: Sequence[Token]) -> bool:
    """A line that holds nothing but a quantity belongs to the line above, when that has none."""
    said = [token for token in tokens if token.kind != Kind.border]
    only_amount = bool(said) and all(token.kind in AMOUNTS for token in said)
    return only_amount and not any(token.kind in (Kind.number, Kind.unit) for token in above)


def _trimmed(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without the line end."""
    return tokens[:-1] if tokens and tokens[-1].kind == Kind.border else tokens


def _clause(tokens: tuple[Token, ...], finder: Finder) -> list[Part]:
    asked = bool(tokens) and tokens[-1].role == "question"
    chunks = _chunks(tokens)
    labels = [_label(chunk, finder, asked and i == len(chunks) - 1) for i, chunk in enumerate(chunks)]
    for i in range(1, len(chunks)):
        if not asked and _RELATIVE & {chunks[i][0].norm.split(" ")[0]} and _refers(chunks[i - 1]):
            labels[i] = ("order", "")  # «повтори заказ, где были торты»: tells which one
    if any(label[0] == "complaint" for label in labels):
        labels = [_under_complaint(chunk, label) for chunk, label in zip(chunks, labels, strict=True)]
    driver = next((i for i, chunk in enumerate(chunks) if any(_is_driver(token) for token in chunk)), None)
    if driver is not None and labels[driver][0] != "order":
        labels[driver:] = [("chatter", "driver")] * (len(labels) - driver)
    labels = _spread_talk(chunks, labels)
    if asked:
        labels = [
            ("chatter", "driver") if [t.norm for t in chunk[:2]] in _WITH_ME and label[0] == "order" else label
            for chunk, label in zip(chunks, labels, strict=True)
        ]
    if asked:
        labels = _spread_supposed(chunks, labels)
    labels = _spread_conditions(chunks, _spread_questions(chunks, labels, finder))
    parts: list[Part] = []
    for chunk, (does, role) in zip(chunks, labels, strict=True):
        if parts and parts[-1].does == does and parts[-1].role == role:
            parts[-1] = Part(parts[-1].tokens + chunk, does, role, asked)
        else:
            parts.append(Part(chunk, does, role, asked))
    return parts


def _is_driver(token: Token) -> bool:
    return token.norm.startswith("водител")


def _refers(chunk: Sequence[Token]) -> bool:
    return any(token.kind == Kind.reference for token in chunk)


def _chunks(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Between commas, and before «и» or «а» that opens a question."""
    chunks: list[list[Token]] = [[]]
    asked = past = False  # whether the last chunk holds a question, a verb of what happened
    for position, token in enumerate(tokens):
        following = tokens[position + 1 : position + 4]
        opens = token.norm in ("и", "а", "но") and any(t.kind in (Kind.question, Kind.complaint) for t in following)
        opens = opens or (token.norm in ("и", "а", "но") and asked and any(t.kind == Kind.number for t in following))
        if opens and chunks[-1]:
            chunks.append([token])
            asked, past = token.kind == Kind.question, token.tags >= _PAST_VERB
            continue
        chunks[-1].append(token)
        asked = asked or token.kind == Kind.question
        past = past or token.tags >= _PAST_VERB
        if token.kind == Kind.border and (token.role in ("comma", "paren") or (token.role == "colon" and past)):
            chunks.append([])
            asked = past = False
    return [tuple(chunk) for chunk in chunks if chunk]


def _spread_conditions(chunks: Sequence[Sequence[Token]], labels: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """«если нет …» holds to the end of the sentence."""
    for place, chunk in enumerate(chunks):
        words = [word for token in chunk for word in token.norm.split()]
        lacking = any(word.startswith(_LACKING) for word in words) and not _POLITE & set(words)
        opens = any(word.startswith(_LACKING) for word in words[:2])
        dashed = any(token.role == "dash" for token in chunk) and words[0].startswith(("законч", "кончи", "нет"))
        conditional = lacking and ("если" in words or ({"тогда", "то"} & set(words) and opens) or dashed)
        if conditional and labels[place][0] == "order":
            closing = [at for at in range(place, len(chunks)) if any(token.text == ")" for token in chunks[at])]
            # «…, если не будет – 10 %, и маскарпоне 6» goes on with the order.
            further = [
                at for at in range(place + 1, len(chunks)) if chunks[at][0].norm in ("и", "а", "плюс", "также", "еще")
            ]
            end = min([at + 1 for at in closing[:1]] + further[:1] + [len(labels)])
            return labels[:place] + [("condition", "")] * (end - place) + labels[end:]
    return labels


def _spread_talk(chunks: Sequence[Sequence[Token]], labels: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Behind an order: «…, вишню что-то никто не берёт», «…, и чтобы холодные были»."""
    out = list(labels)
    counted = [any(t.kind in AMOUNTS for t in chunk) for chunk in chunks]
    for at, chunk in enumerate(chunks):
        plain = not any(
            t.kind in (*AMOUNTS, Kind.reference, Kind.operation, Kind.percent, Kind.complaint, Kind.question)
            for t in chunk
        )
        acts = any(t.kind in (Kind.word, Kind.filler) and t.tags & {"best:VERB"} for t in chunk)
        wishes = chunk[0].norm == "чтобы" or [t.norm for t in chunk[:2]] == ["и", "чтобы"]
        told = any({"best:past", "best:VERB"} <= t.tags and not t.norm.startswith(_DECIDED) for t in chunk)
        behind = at > 0 and counted[at - 1] and (acts or wishes)
        ahead = at == 0 and told and any(counted[1:])  # «Дед до тушёнки добрался, так что свиной 12»
        if labels[at][0] == "order" and plain and (behind or ahead):
            out[at] = ("chatter", "talk")
    return out


def _spread_supposed(chunks: Sequence[Sequence[Token]], labels: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """«если возьму 2 коробки сиропа, привезёте?» asks."""
    supposed = next((at for at, chunk in enumerate(chunks) if chunk[0].norm == "если"), len(labels))
    return labels[:supposed] + [("question", "delivery")] * (len(labels) - supposed)


def _label(chunk: Sequence[Token], finder: Finder, asked: bool) -> tuple[str, str]:
    kinds = {token.kind for token in chunk}
    relative = bool(chunk) and (chunk[0].norm in ("что", "как") or chunk[0].norm.startswith("котор"))
    if Kind.complaint in kinds and not _wished_away(chunk):
        return "complaint", "complaint"
    amounts = any(token.kind in AMOUNTS for token in chunk)
    goods = any(_is_goods(token, finder) for token in chunk)
    roles = [token.role for token in chunk if token.kind == Kind.question]
    ordering = any(token.kind == Kind.operation and token.role in _ORDERING for token in chunk)
    told = amounts and not ordering and Kind.reference not in kinds and not relative
    dated = any(
        token.kind == Kind.date and (token.norm.startswith(_AHEAD) or (at and chunk[at - 1].norm in ("на", "к")))
        for at, token in enumerate(chunk)
    )
    alike = any(token.norm == "что" or token.norm.startswith("котор") for token in chunk)
    if told and not dated and not alike and any(_tells(token, finder) for token in chunk):
        return "chatter", "told"
    if Kind.reference in kinds and not ordering and (Kind.money in kinds or _remembers(chunk, finder)):
        return "chatter", "told"  # «накладная прошлая была на 14 380 р», «машина в прошлый раз еле проехала»
    if asked and any(token.norm in ("будут", "будет") for token in chunk) and not _demands(chunk):
        return "question", "stock"  # «сливки 33 завтра будут?»
    if _is_document(chunk):
        return "question", "documents"
    if any(role in _STRONG for role in roles):
        return "question", next(role for role in roles if role in _STRONG)
    if roles and Kind.reference in kinds and not asked:
        return "order", ""  # «как в тот раз, когда я болела»
    if roles:
        quantities = any(token.kind in (Kind.number, Kind.unit) for token in chunk)
        if goods and quantities and (ordering or (not asked and roles[0] not in _NEVER)):
            return "order", ""
        if goods and ordering and not asked and roles[0] in ("stock", "delivery", "human"):
            return "order", ""
        return "question", roles[0]
    references = Kind.reference in kinds
    numbers = any(token.kind in (Kind.number, Kind.unit) for token in chunk)
    if (
        not (goods and numbers)
        and not references
        and not relative
        and any(_out_of_scope(token, finder) for token in chunk)
    ):
        return "chatter", "out_of_scope"
    if (
        not goods
        and not amounts
        and not ordering
        and not references
        and not relative
        and any(_acts(token, finder) for token in chunk)
    ):
        return "chatter", "talk"
    if asked and not goods and not ordering and not references:
        return "question", "stock"
    if not goods and not amounts and not ordering and not references and [t.norm for t in chunk][:2] in _AT_OURS:
        return "chatter", "talk"  # «у нас ремонт»
    if asked and goods and not amounts and not ordering and not references:
        return "question", "stock"
    return "order", ""


def _is_document(chunk: Sequence[Token]) -> bool:
    """«и сертификат на масло 72,5»: a paper is asked for, whatever it is about."""
    said = next((t for t in chunk if t.kind in (Kind.question, Kind.word) and t.role != "order"), None)
    return said is not None and said.role == "documents"


def _wished_away(chunk: Sequence[Token]) -> bool:
    """«чтоб не слипшийся», «фундук без горелых»: what must not come."""
    places = [i for i, token in enumerate(chunk) if token.kind == Kind.complaint]
    return all(i > 0 and chunk[i - 1].norm in ("не", "без", "чтобы не") for i in places)


def _demands(chunk: Sequence[Token]) -> bool:
    """A word of ordering other than «ещё» and «будет», which questions have as well."""
    return any(token.kind == Kind.operation and token.role in ("order", "remove", "replace") for token in chunk)


def _acts(token: Token, finder: Finder) -> bool:
    return (
        not _is_goods(token, finder)
        and token.kind in (Kind.word, Kind.filler)
        and bool(token.tags & {"best:VERB", "best:INFN"})
    )


def _remembers(chunk: Sequence[Token], finder: Finder) -> bool:
    """Whether something else than ordering is told of the last time."""
    likened = any({"как", "что", "же", "тоже", "самое"} & set(t.norm.split()) for t in chunk)
    tells = any(_tells(t, finder) and not t.norm.startswith(_ORDERED) for t in chunk)
    return tells and not likened


def _tells(token: Token, finder: Finder) -> bool:
    """A verb of what happened («за 2 мешка мы уже платили»): such a clause orders nothing."""
    past = {"best:past", "best:VERB"} <= token.tags
    told = past and token.kind in (Kind.word, Kind.filler, Kind.question) and not token.norm.startswith(_DECIDED)
    return told and not _is_goods(token, finder)


def _under_complaint(chunk: Sequence[Token], label: tuple[str, str]) -> tuple[str, str]:
    """In a sentence that complains only a chunk with an ordering verb and an amount still orders."""
    amounts = any(token.kind in AMOUNTS for token in chunk)
    roles = {token.role for token in chunk if token.kind == Kind.operation}
    ordering = roles & {"add", "order"} if amounts else roles & {"remove"}
    ordering = ordering or roles & _CHANGES
    if label[0] == "order" and not ordering:
        return "complaint", "complaint"
    return label


def _spread_questions(
    chunks: Sequence[Sequence[Token]], labels: list[tuple[str, str]], finder: Finder
) -> list[tuple[str, str]]:
    """A question takes the chunks around it that order nothing by themselves."""
    out = list(labels)
    for place, (does, role) in enumerate(labels):
        if does != "question":
            continue
        for step in (-1, 1):
            at = place + step
            listed = step > 0 and role == "price" and any(_is_goods(token, finder) for token in chunks[place])
            while 0 <= at < len(out) and out[at][0] == "order" and not _orders(chunks[at], finder, listed):
                if step < 0 and _only_amounts(chunks[at]):
                    break  # «молоко 2,5 2 уп, 3,2 1 уп, а снежок есть?»
                out[at] = ("question", role)
                at += step
    return out


def _only_amounts(chunk: Sequence[Token]) -> bool:
    said = [token.kind for token in chunk if token.kind != Kind.border]
    return bool(said) and all(kind in (*AMOUNTS, Kind.percent) for kind in said)


def _orders(chunk: Sequence[Token], finder: Finder, listed: bool) -> bool:
    """`listed`: the chunk may be the next item of a price question."""
    operations = any(token.kind == Kind.operation and token.role in _ORDERING for token in chunk)
    references = any(token.kind == Kind.reference for token in chunk)
    amounts = any(token.kind in AMOUNTS for token in chunk)
    goods = any(_is_goods(token, finder) for token in chunk)
    if listed:
        return operations and goods
    return operations or references or (amounts and goods)


def _is_goods(token: Token, finder: Finder) -> bool:
    if token.kind == Kind.percent:
        return True
    if token.kind != Kind.word:
        return False
    form = token.lemmas[0] if token.lemmas else token.norm
    return bool(finder.hits(Word(form, token.variants, "known" not in token.tags, token)))


def _out_of_scope(token: Token, finder: Finder) -> bool:
    foreign = token.kind in (Kind.word, Kind.unit, Kind.filler) and any(lemma in OUT_OF_SCOPE for lemma in token.lemmas)
    return foreign and not finder.index.vocabulary.named(token.lemmas[0])
