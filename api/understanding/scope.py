"""Operations, «как обычно» and «по N» over several mentions, forwards and backwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.understanding.atom import Atom
from api.understanding.attributes import Stated
from api.understanding.hypotheses import HALF
from api.understanding.mention import Mention
from api.understanding.quantities import SCALES

_CARRIED = frozenset({"remove", "add", "keep_only"})
LESSER = {"double": "half", "triple": "third"}
_ALONE = frozenset({"remove", "keep_only"})


@dataclass(frozen=True)
class Ordered:
    """A mention with the operation that holds for it; `op` is «line» where none was said."""

    mention: Mention
    op: str
    usual: bool = False


def assign(mentions: Sequence[Mention], atoms: Sequence[Atom]) -> list[Ordered]:
    """The operation of each mention."""
    ordered = [Ordered(mention, _own(mention), mention.usual) for mention in mentions]
    for place, item in enumerate(ordered[1:], 1):
        if item.mention.says("too"):
            ordered[place] = _likewise(item, ordered[place - 1])
    ordered = _each_of(ordered, atoms)
    _stray(ordered, atoms)
    _forwards(ordered, atoms)
    _backwards(ordered, atoms)
    return _spread_amounts(ordered, atoms)


def _each_of(ordered: list[Ordered], atoms: Sequence[Atom]) -> list[Ordered]:
    """«По 6 штук: ряженка 0,45, варенец, снежок»: what stands before the colon is the amount of each."""
    first = ordered[0].mention if ordered else None
    after = atoms[first.last].role if first is not None and first.last < len(atoms) else ""
    if first is None or first.words or not first.spread or first.amount is None or after != "colon":
        return ordered
    return [replace(item, mention=_with_amount(item.mention, first)) for item in ordered[1:]]


def _with_amount(mention: Mention, each: Mention) -> Mention:
    if mention.amount is None or not mention.lone or mention.amount.value % 1 == 0:
        return mention if mention.amount is not None else replace(mention, amount=each.amount)
    figures = (*mention.figures, Stated("bare", mention.amount.value))
    return replace(mention, figures=figures, amount=each.amount, lone=False)


def _likewise(item: Ordered, before: Ordered) -> Ordered:
    """«… стаканы не бери и крышки 90 тоже»: the operation of the one before; a number is then a figure."""
    if before.op in _ALONE and item.op == "line":
        mention = item.mention
        if mention.lone and mention.amount is not None:
            figures = (*mention.figures, Stated("bare", mention.amount.value))
            mention = replace(mention, figures=figures, amount=None, lone=False)
        return replace(item, op=before.op, mention=mention)
    if before.usual and item.mention.amount is None:
        return replace(item, usual=True)
    return item


def _own(mention: Mention) -> str:
    roles = [role for role, _ in mention.ops if role not in ("same", "every", "too", "mistake", "sorry", "only", "by")]
    if not roles:
        return "set" if mention.says("only") else "line"
    if roles == ["set"] and mention.says("only") and mention.amount is None:
        return "keep_only"  # «только хлеб оставьте»
    for role in ("keep", "keep_only"):
        if role in roles:
            return role
    if {"more_vague", "less_vague"} & set(roles) and mention.amount is not None:
        return "set"  # «огурцов побольше, 15 кг»
    if "set" in roles and {"increase", "decrease", "add"} & set(roles):
        return "set"
    if mention.amount is None and roles == ["decrease"] and not mention.says("by"):
        return "remove"  # «минус пельмени»
    if "remove" in roles and "add" in roles and mention.amount is None:
        return "remove"
    halved = mention.amount is not None and mention.amount.unit is None and mention.amount.value == HALF
    if halved and {"remove", "decrease"} & set(roles):
        return "half"
    if "remove" in roles and mention.amount is not None:
        return "add" if "add" in roles else "decrease"
    if "decrease" in roles and (lesser := next((LESSER[role] for role in roles if role in LESSER), "")):
        return lesser  # «сократи в два раза»
    if mention.amount is None and (scale := next((role for role in roles if role in SCALES), None)):
        return scale  # «урежь вполовину»
    for role in (
        "shed",
        "minus",
        "decrease",
        "increase",
        *SCALES,
        "more_vague",
        "less_vague",
        "remove",
        "add",
        "replace",
    ):
        if role in roles:
            return role
    return roles[0]


def _stray(ordered: list[Ordered], atoms: Sequence[Atom]) -> None:
    """An operation left outside of every mention belongs to the next mention, else to the last."""
    covered = {place for item in ordered for place in range(item.mention.first, item.mention.last)}
    for place, atom in enumerate(atoms):
        if place in covered or atom.kind not in ("op", "usual") or atom.role == "each":
            continue
        nearest = next((i for i, item in enumerate(ordered) if item.mention.first > place), None)
        if nearest is None:
            nearest = len(ordered) - 1 if ordered else None
        if nearest is None:
            continue
        item = ordered[nearest]
        if atom.kind == "usual":
            ordered[nearest] = replace(item, usual=True)
        elif item.op == "line":
            leading = place < item.mention.first
            mention = replace(
                item.mention, ops=(*item.mention.ops, (atom.role, leading)), was=item.mention.was or atom.was
            )
            ordered[nearest] = replace(item, mention=mention, op=_own(mention))


def _forwards(ordered: list[Ordered], atoms: Sequence[Atom]) -> None:
    carried = ""
    for place, item in enumerate(ordered):
        if place and _broken(atoms, ordered[place - 1].mention.last, item.mention.first):
            carried = ""
        if item.op == "line":
            if carried in _ALONE and item.mention.amount is None and not item.usual:
                ordered[place] = replace(item, op=carried)
            elif carried == "add":
                ordered[place] = replace(item, op="add")
            elif carried in _ALONE:
                carried = ""
            continue
        leading = any(role == item.op and first for role, first in item.mention.ops)
        carried = item.op if item.op in _CARRIED and leading else ""


def _backwards(ordered: list[Ordered], atoms: Sequence[Atom]) -> None:
    for place in range(len(ordered) - 2, -1, -1):
        item, following = ordered[place], ordered[place + 1]
        if _broken(atoms, item.mention.last, following.mention.first):
            continue
        bare = item.op == "line" and item.mention.amount is None and not item.usual
        trailing = any(role in _ALONE and not first for role, first in following.mention.ops)
        if bare and following.op in _ALONE and trailing:
            ordered[place] = replace(item, op=following.op, mention=replace(item.mention, ops=((following.op, False),)))
        elif bare and following.op == "set" and following.mention.amount is None:
            ordered[place] = replace(item, op="set")  # «воду и йогурты оставляем»
        elif bare and following.usual and following.mention.amount is None:
            ordered[place] = replace(item, usual=True)


def _spread_amounts(ordered: list[Ordered], atoms: Sequence[Atom]) -> list[Ordered]:
    """«огурцов и перца по 3» and «по 3 огурцов и перца»."""
    out = list(ordered)
    for place, item in enumerate(ordered):
        if not item.mention.spread or item.mention.amount is None:
            continue
        for step in (1,) if _leads(item.mention, atoms) else (-1,):
            at = place + step
            while 0 <= at < len(out) and out[at].mention.amount is None and out[at].op in ("line", "set", "add"):
                low, high = sorted((at, at - step))
                between = atoms[out[low].mention.last : out[high].mention.first]
                if any(atom.role in ("but", "hard", "colon") for atom in between):
                    break
                out[at] = replace(
                    out[at],
                    mention=replace(out[at].mention, amount=item.mention.amount, lone=item.mention.lone),
                    op=item.op if out[at].op == "line" else out[at].op,
                )
                at += step
    return out


def _leads(mention: Mention, atoms: Sequence[Atom]) -> bool:
    """Whether «по 3» stands before the mention's words, and so speaks of what follows."""
    for atom in atoms[mention.first : mention.last]:
        if atom.role == "each":
            return True
        if atom.kind in ("word", "figure"):
            return False
    return False


def _broken(atoms: Sequence[Atom], start: int, end: int) -> bool:
    return any(atom.kind == "border" and atom.role in ("but", "hard") for atom in atoms[start:end])
