"""What neighbouring atoms mean together: asides, contents of packings, amounts taken back, grades, products."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from api.understanding.atom import Atom
from api.understanding.attributes import Stated
from api.understanding.quantities import Amount
from api.understanding.verbatim import MARK
from order_text.lexicon.answers import ORDINALS
from order_text.lexicon.numerals import FEMININE, SMALL_COUNTS
from order_text.lexicon.units import FACTORS, OUTER_CONTAINERS
from order_text.morph import analyse

LEAST_SHEETS = 20


def joined(atoms: list[Atom]) -> list[Atom]:
    """All the rewritings, in their order."""
    plain = _rewritten(_rewritten(atoms, _aside), _packing)
    summed = _rewritten(_rewritten(_corrected(_grades(plain)), _product), _sum)
    return _same_packing(_rewritten(summed, _refused))


_Rule = Callable[[list[Atom], int, list[Atom]], int]
"""The atoms, a position and what was written before it → how many atoms from there are rewritten; 0: none."""


def _rewritten(atoms: list[Atom], rule: _Rule) -> list[Atom]:
    out: list[Atom] = []
    position = 0
    while position < len(atoms):
        taken = rule(atoms, position, out)
        if not taken:
            out.append(atoms[position])
        position += taken or 1
    return out


def _aside(atoms: list[Atom], position: int, out: list[Atom]) -> int:
    """«10 шт (2 кор)»: an amount in brackets after an amount only says it again."""
    group = atoms[position : position + 4]
    marks = [atom.token.text if atom.kind == "border" else atom.kind for atom in group]
    sheets = marks[:3] == ["(", "figure", ")"] and group[1].role == "volume"
    if sheets and (group[1].token.value or 0) >= LEAST_SHEETS:
        return 3  # «(100л)» are sheets
    boxed = marks[:3] == ["(", "number", ")"] and out and out[-1].kind == "unit" and "one" in out[-1].token.tags
    if boxed and not (len(out) > 1 and out[-2].kind == "number" and out[-2].token.value != 1):
        return 3  # «кефира коробку (10)»
    again = marks in (["(", "number", "unit", ")"], ["(", "number", "unit"]) and out
    if again and (out[-1].kind in ("number", "unit") or out[-1].role in ("weight", "volume")):
        return len(group)
    return 0


def _packing(atoms: list[Atom], position: int, out: list[Atom]) -> int:
    """«4 шт / кор», «кор 14 шт,», «кор 10 кг -»: what a packing holds, where the quantity comes later."""
    group = atoms[position : position + 4]
    kinds = [atom.kind for atom in group]
    equal = kinds[:3] == ["unit", "border", "number"] and group[1].token.text == "="
    if equal and group[0].token.unit in OUTER_CONTAINERS:
        if not (out and out[-1].kind == "number"):
            return 3  # «кор=10»
        out.append(group[0])  # «1 кор = 10 шт»
        return 4 if kinds[3:] == ["unit"] else 3
    if kinds == ["number", "unit", "border", "unit"] and group[2].token.text == "/":
        return 4
    if kinds[:2] == ["unit", "border"] and out and out[-1].kind == "border" and group[1].role == "comma":
        named = next((atom for atom in reversed(out) if atom.kind != "border"), None)
        whole = named is not None and named.word is not None and named.word.form.startswith(MARK)
        if whole and any(atom.kind == "number" for atom in atoms[position:]):
            return 2  # «Соус Терияки 1,5 кг, бут., 6 шт/кор — 4 шт» of a pasted row
    length = 3 if kinds[:3] == ["unit", "number", "unit"] else 2 if kinds[:2] == ["unit", "figure"] else 0
    held = length and group[0].token.unit in OUTER_CONTAINERS and group[length - 1].token.unit in ("шт", "кг")
    held = held and (len(group) <= length or group[length].kind == "border")
    counted = held and any(atom.kind in ("number", "figure", "amount") for atom in atoms[position + length :])
    return length if counted else 0


def _corrected(atoms: list[Atom]) -> list[Atom]:
    """«20, ой нет, 10 кг»: the amount before is taken back; its unit stays where none is said anew."""
    out: list[Atom] = []
    rest = list(atoms)
    while rest:
        atom = rest.pop(0)
        if atom.role != "mistake":
            out.append(atom)
            continue
        if next((a.kind for a in rest if a.kind != "border"), "") == "word":
            out.append(atom)  # «тархун 20, ой нет, тархуна 40»: the product is said again
            continue
        while rest and rest[0].kind == "border":
            rest.pop(0)
        if not rest or rest[0].kind not in ("number", "amount", "figure"):
            continue
        while out and out[-1].kind == "border":
            out.pop()
        unit = out.pop() if len(out) > 1 and out[-1].kind == "unit" and out[-2].kind == "number" else None
        if out and out[-1].kind in ("number", "amount", "figure"):
            out.pop()
        elif (place := _led(out)) is not None:
            out.pop(place)
        if unit is not None and rest[0].kind == "number" and not (len(rest) > 1 and rest[1].kind == "unit"):
            out += [rest.pop(0), unit]
    return out


def _led(out: list[Atom]) -> int | None:
    """Where the amount stands that leads the last goods: «10 кефира многовато, давайте 8»."""
    place = len(out) - 1
    while place >= 0 and out[place].kind == "word":
        place -= 1
    counted = 0 <= place < len(out) - 1 and out[place].kind == "number"
    return place if counted and (place == 0 or out[place - 1].kind == "border") else None


def _grades(atoms: list[Atom]) -> list[Atom]:
    """«1 категории» of eggs is the grade «С1», «1 сорт» of flour its number."""
    out: list[Atom] = []
    for atom in atoms:
        form = atom.word.form if atom.word is not None and out else ""
        codes: tuple[str, ...] = ()
        if form.startswith("сорт") and out[-1].kind == "number":
            codes = (f"№{out[-1].token.value}",)
        elif form.startswith("категор") and (grade := _grade(out[-1])):
            codes = (grade, "c" + grade[1:])
        if codes:
            out[-1] = Atom("figure", out[-1].token, role="code", figure=Stated("code", Decimal(0), code=codes))
        else:
            out.append(atom)
    return out


def _grade(atom: Atom) -> str:
    if atom.kind == "number" and atom.token.value is not None:
        return f"с{atom.token.value}"
    ordinal = ORDINALS.get(atom.token.norm)
    return "" if ordinal is None else f"с{ordinal + 1}"


def _product(atoms: list[Atom], position: int, out: list[Atom]) -> int:
    """«2 по 12», «2 кор по 12 шт» become one amount."""
    if atoms[position].role != "each" or position + 1 == len(atoms):
        return 0
    second = atoms[position + 1]
    measure = second.role in ("weight", "volume") and second.kind == "figure"
    counted = position + 2 < len(atoms) and atoms[position + 2].kind == "number"
    if measure and counted and not (out and out[-1].kind in ("number", "unit")):
        out.append(second)  # «рафинад по килограмму 5 шт»
        return 2
    unit = out[-1] if out and out[-1].kind == "unit" else None
    number = out[-2] if unit is not None and len(out) > 1 else out[-1] if out else None
    if number is None or number.token.value is None or second.token.value is None:
        return 0
    if second.kind == "figure" and second.role == "weight" and number.kind == "number":
        del out[-2 if unit is not None else -1 :]
        kilos = number.token.value * second.token.value
        out.append(Atom("amount", number.token, amount=Amount(kilos, "кг", "weight")))
        return 2
    if number.kind == "number" and second.kind == "number" and second.token.value % 1 == 0:
        del out[-2 if unit is not None else -1 :]
        named = unit.token.unit if unit is not None and unit.token.unit != "шт" else None
        out.append(Atom("amount", number.token, amount=Amount(number.token.value, named, per=second.token.value)))
        trailing = position + 2 < len(atoms) and atoms[position + 2].kind == "unit"
        return 3 if trailing else 2
    return 0


def _sum(atoms: list[Atom], position: int, out: list[Atom]) -> int:
    """«2 ящика и 5 штук» are one amount."""
    group = atoms[position : position + 5]
    kinds = [atom.kind for atom in group]
    if kinds[:2] != ["number", "unit"] or kinds[3:] != ["number", "unit"]:
        return 0
    joins = group[2].role == "and" or group[2].token.norm == "плюс"
    if not joins or not _differ(group[1], group[4]):
        return 0
    first, rest = (Amount(n.token.value or Decimal(0), u.token.unit) for n, u in (group[:2], group[3:]))
    out.append(Atom("amount", group[0].token, amount=replace(first, plus=rest)))
    return 5


def _refused(atoms: list[Atom], position: int, out: list[Atom]) -> int:
    """«петрушки 15 ой не 15 а 18»: the amount that is taken back is none of the product's figures."""
    was = atoms[position].was
    if was is not None and len(out) > 1 and out[-1].kind == "number" and out[-1].token.value == was:
        out.pop()
    return 0


def _differ(larger: Atom, smaller: Atom) -> bool:
    counts = larger.role == smaller.role == "count"
    return counts and larger.token.unit != smaller.token.unit and smaller.token.unit == "шт"


def _same_packing(atoms: list[Atom]) -> list[Atom]:
    """«воды три упаковки, без газа одну», «сырков две коробки, коктейля одну»: the feminine is the packing's."""
    out: list[Atom] = []
    packing: Atom | None = None
    for place, atom in enumerate(atoms):
        out.append(atom)
        if atom.kind == "unit" and (atom.token.unit in OUTER_CONTAINERS or atom.token.unit in FACTORS):
            packing = replace(atom, token=replace(atom.token, tags=frozenset()))
        following = atoms[place + 1] if place + 1 < len(atoms) else None
        ends = following is None or following.kind in ("border", "op", "word")
        feminine = atom.token.norm in FEMININE and not _feminine_before(atoms, place)
        few = atom.kind == "number" and atom.token.role == "spoken" and atom.token.norm in SMALL_COUNTS
        if packing is not None and ends and (feminine or few):
            out.append(packing)
        elif atom.kind == "number" and ends:
            packing = None  # «… коробку, киви шесть, гранаты четыре»: pieces are counted since
    return out


def _feminine_before(atoms: list[Atom], place: int) -> bool:
    """Whether the number may count a feminine noun of its own chunk; one tied on by «с» or «без» is not counted."""
    for atom in reversed(atoms[:place]):
        if atom.kind == "border" and atom.role != "dash":
            return False
        if atom.word is not None and not atom.word.attached and "femn" in analyse(atom.token.norm).best:
            return "NOUN" in analyse(atom.token.norm).best
    return False
