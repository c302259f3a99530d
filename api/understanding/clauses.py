"""Which parts of a message order, and which complain, ask or chat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.understanding import signs
from api.understanding.candidates import Finder
from api.understanding.labels import label
from api.understanding.spreading import spread
from order_text.lexicon.closed import LETTER_FIELDS
from order_text.model import Annotation, Kind, Token

_OF_AMOUNTS = frozenset({"price", "stock"})
"""Questions that the amounts beside them may belong to: «молоко 10 коробок, сколько будет?»."""


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
    counted = signs.counts(annotation.tokens)
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
    for at, part in enumerate(parts[1:], 1):
        if parts[at - 1].does == "question" and part.does == "order" and signs.only_amounts(part.tokens):
            parts[at] = replace(part, does="question", role=parts[at - 1].role)  # «кефир есть? штук 20»
    if any(part.does == "complaint" or part.role == "told" for part in parts):
        parts = [_beside_complaint(part) for part in parts]
    if any(part.role == "driver" for part in parts):
        parts = [replace(part, does="chatter", role="driver") if signs.carries(part.tokens) else part for part in parts]
    return parts


def _is_field(tokens: Sequence[Token]) -> bool:
    """«От: Минимаркет Уют», «Тема: заказ» of a forwarded letter."""
    return len(tokens) > 1 and tokens[0].norm in LETTER_FIELDS and tokens[1].role == "colon"


def _is_story(tokens: Sequence[Token], finder: Finder) -> bool:
    """«Рыба, говорит, у тебя с глазами»: beside an order a sentence that counts nothing and in which somebody acts."""
    marks = (*signs.AMOUNTS, Kind.reference, Kind.complaint, Kind.question)
    if any(token.kind in marks for token in tokens) or signs.roles_of(tokens) - signs.IDLE:
        return False
    return any(signs.acts(token, finder) for token in tokens)


def _beside_complaint(part: Part) -> Part:
    """What stands beside a complaint and names no amount belongs to it: «кому я батоны теперь продам»."""
    marked = (*signs.AMOUNTS, Kind.operation, Kind.reference)
    counted = any(token.kind in marked for token in part.tokens)
    return part if part.does != "order" or counted else replace(part, does="complaint", role="complaint")


def _continues(above: Sequence[Token], tokens: Sequence[Token]) -> bool:
    """A line that holds nothing but a quantity belongs to the line above, when that has none."""
    said = [token for token in tokens if token.kind != Kind.border]
    only_amount = bool(said) and all(token.kind in signs.AMOUNTS for token in said)
    return only_amount and not any(token.kind in (Kind.number, Kind.unit) for token in above)


def _trimmed(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without the line end."""
    return tokens[:-1] if tokens and tokens[-1].kind == Kind.border else tokens


def _clause(tokens: tuple[Token, ...], finder: Finder) -> list[Part]:
    asked = bool(tokens) and tokens[-1].role == "question"
    chunks = _chunks(tokens)
    labels = [label(chunk, finder, asked and i == len(chunks) - 1) for i, chunk in enumerate(chunks)]
    parts: list[Part] = []
    does_all = spread(chunks, labels, finder, asked)
    own = any(
        does == "question" and (role not in _OF_AMOUNTS or signs.names_goods(chunk, finder))
        for chunk, (does, role) in zip(chunks, does_all, strict=True)
    )
    asked = asked and not own  # «сосиски 10, и сколько стоит окорок?» asks about the ham
    for chunk, (does, role) in zip(chunks, does_all, strict=True):
        if parts and parts[-1].does == does and parts[-1].role == role:
            parts[-1] = Part(parts[-1].tokens + chunk, does, role, asked)
        else:
            parts.append(Part(chunk, does, role, asked))
    return parts


def _chunks(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Between commas, behind the colon of a story, before «водителю:» and before «и» or «а» that opens a question."""
    chunks: list[list[Token]] = [[]]
    asked = past = False  # whether the last chunk holds a question, a verb of what happened
    for position, token in enumerate(tokens):
        following = tokens[position + 1 : position + 4]
        opens = token.norm in ("и", "а", "но") and any(t.kind in (Kind.question, Kind.complaint) for t in following)
        opens = opens or (token.norm in ("и", "а", "но") and asked and any(t.kind == Kind.number for t in following))
        opens = opens or (token.norm.startswith("водител") and bool(following) and following[0].role == "colon")
        if opens and chunks[-1]:
            chunks.append([token])
            asked, past = token.kind == Kind.question, token.tags >= signs.PAST_VERB
            continue
        chunks[-1].append(token)
        asked = asked or token.kind == Kind.question
        past = past or token.tags >= signs.PAST_VERB
        if token.kind == Kind.border and (token.role in ("comma", "paren") or (token.role == "colon" and past)):
            chunks.append([])
            asked = past = False
    return [tuple(chunk) for chunk in chunks if chunk]
