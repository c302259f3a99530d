"""One ordering part of a message applied to the draft: mentions, operations, questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from api.understanding import amending, editing, lines, replacing, whole_cart
from api.understanding.atom import Atom
from api.understanding.atoms import AtomBuilder
from api.understanding.candidates import Finder, Found, Word
from api.understanding.choosing import View, in_cart_first, narrow, offered, settle
from api.understanding.context import Context
from api.understanding.doubts import Doubts
from api.understanding.draft import Draft
from api.understanding.ellipsis import Ellipsis, Previous
from api.understanding.headings import Manner, heading, is_title
from api.understanding.mention import Mention
from api.understanding.outcome import Notice
from api.understanding.quantities import SCALES, Amount, fit
from api.understanding.rows import rows_of
from api.understanding.scope import Ordered, assign
from api.understanding.segments import Reading, read_clause
from order_text.lexicon.foods import COLOURS
from order_text.model import Kind, Token

_EDITS = frozenset({"remove", "increase", "decrease", "more_vague", "less_vague", *SCALES})
FEW = 10
"""As many boxes are said without the word; from here on pieces are meant («молоко две коробки, овсяное 12»)."""
ALL_RIGHT = frozenset({"правильно", "верно", "нормально"})


@dataclass(frozen=True)
class Unlisted:
    """The SKUs of the cart that this message has not listed itself; a list of thousands asks thousands of times."""

    draft: Draft

    def __contains__(self, sku: object) -> bool:
        return sku in self.draft.cart and sku not in self.draft.listed


@dataclass
class Interpreter:
    """Reads the ordering parts of one message, in order, into a draft."""

    context: Context
    finder: Finder
    draft: Draft
    repeated: bool = False
    ellipsis: Ellipsis = field(init=False)
    doubts: Doubts = field(init=False)
    keep: list[str] = field(default_factory=list)
    keep_asked: bool = False
    scaled: dict[str, Decimal] = field(default_factory=dict)
    """The cart before all of it was doubled or halved."""
    named: set[str] = field(default_factory=set)
    """What this row names in full."""
    spared: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    """Lines that were told to stay: «молоко оставь, остальное убери»."""
    acted: bool = False
    all_right: bool = False
    last_amount: Amount | None = None
    last_usual: bool = False
    manner: Manner = field(default_factory=Manner)
    rows_read: int = 0
    unclear: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ellipsis = Ellipsis(self.finder)
        self.doubts = Doubts(self.finder, self.draft.habits, self.context.thresholds.guess)

    @property
    def view(self) -> View:
        """The cart and habits as they stand now."""
        return View(self.draft.cart, self.draft.habits)

    @property
    def known(self) -> View:
        """What breaks a tie: the cart without what this message itself has listed."""
        return View(Unlisted(self.draft), self.draft.habits)

    def part(self, tokens: Sequence[Token]) -> None:
        """Apply one part."""
        right = self.all_right or any(token.norm in ALL_RIGHT for token in tokens)
        builder = AtomBuilder(self.finder, right)
        atoms = builder.build(tokens)
        self.unclear += builder.unclear
        if self.repeated:
            atoms = [atom for atom in atoms if atom.kind != "usual"]
        for row in rows_of(atoms):
            self.row(row, builder)

    def follow(self, sku: str) -> None:
        """«и зеро столько же» in a new message goes on from this line of the cart."""
        if sku in self.finder.index.by_sku:
            self.ellipsis.follow(self.finder.index.by_sku[sku])

    def asked_about(self, tokens: Sequence[Token]) -> None:
        """«Почём яйцо С1? И три десятка запишите»: goods of a question, which the order after it may leave unsaid."""
        for row in rows_of(AtomBuilder(self.finder).build(tokens)):
            named = [mention for mention in read_clause(row, self.finder)[0].mentions if mention.words]
            if named and self.finder.find(named[-1].words, named[-1].figures).full:
                self.ellipsis.previous = Previous(named[-1].words, named[-1].words, named[-1].figures)

    def told_of(self, tokens: Sequence[Token]) -> None:
        """«Картошку пересчитали, хватит одной сетки»: the line of the cart that a story speaks of may be meant next."""
        self.all_right = self.all_right or any(token.norm in ALL_RIGHT for token in tokens)
        named = [
            candidates
            for atom in AtomBuilder(self.finder).build(tokens)
            if atom.word is not None
            and (candidates := in_cart_first(self.finder.find((atom.word,), ()).full, self.view))
        ]
        if len(named) == 1 and len(named[0]) == 1:
            self.follow(named[0][0].entry.sku)
        elif not named:
            self.asked_about(tokens)  # «ой, ряженку забыла! 6 штучек»

    def condition(self, tokens: Sequence[Token]) -> None:
        """«если нет, то 2,5»: kept as the note of the line before; alone it is asked."""
        phrase = " ".join(token.text for token in tokens if token.kind != Kind.border)
        self.acted = True
        if self.draft.changes:
            sku = self.draft.changes[-1].sku
            self.draft.notes[sku] = phrase
            self.draft.notices.append(Notice("note_kept", phrase, sku))
        else:
            self.draft.ask_unknown(phrase, (), "line", None)

    def row(self, atoms: list[Atom], builder: AtomBuilder) -> None:
        """Apply one row of atoms."""
        self.rows_read += 1
        if self.manner.lists:
            if is_title(atoms, self.finder, self.rows_read == 1):
                return
            if words := heading(atoms, self.finder, self.manner):
                self.ellipsis.previous = Previous(words, words, (), header=True)
                return
        atoms = editing.without_spared(atoms, self)
        if replacing.apply(atoms, self) or amending.removes_again(atoms, self) or amending.doubles_last(atoms, self):
            return
        readings = read_clause(atoms, self.finder)
        best = readings[0]
        ordered = whole_cart.apply(assign(best.mentions, atoms), atoms, self)
        doubtful = self._doubtful(readings, atoms)
        self.named = {sku for item in ordered if (sku := self._named_alone(item.mention)) is not None}
        skus: list[str] = []
        for item in ordered:
            before = len(self.draft.changes)
            if item.mention.says("mistake", "sorry"):
                self.draft.listed.clear()  # «тархун 20, ой нет, тархуна 40» are forty, not sixty
            if self.ellipsis.header(item, atoms) or editing.scopes(item, ordered, atoms, self):
                continue
            self._mention(item, item.mention in doubtful)
            skus += [change.sku for change in self.draft.changes[before:]]
        self._orphans(best, atoms)
        if builder.notes and skus:
            note = ", ".join(builder.notes)
            builder.notes.clear()
            self.draft.notes[skus[-1]] = note
            self.draft.notices.append(Notice("note_kept", note, skus[-1]))

    def _doubtful(self, readings: Sequence[Reading], atoms: Sequence[Atom]) -> set[Mention]:
        """Mentions of the best reading that a nearly equal reading splits otherwise."""
        best = readings[0]
        rivals = [r for r in readings[1:] if best.score - r.score < self.context.thresholds.reading]
        return {m for m in best.mentions for rival in rivals if self._otherwise(m, rival, atoms)}

    def _named_alone(self, mention: Mention) -> str | None:
        """The one product that the words say in full: beside it «карамель» is not «солёная карамель»."""
        full = self.finder.find(mention.words, mention.figures).full
        return full[0].entry.sku if len(full) == 1 and len(mention.words) > 1 else None

    def _otherwise(self, mention: Mention, rival: Reading, atoms: Sequence[Atom]) -> bool:
        """Whether the rival reading is sensible where the mention stands, and means another line."""
        said = {place for place in range(mention.first, mention.last) if atoms[place].kind not in ("op", "border")}
        others = [m for m in rival.mentions if said & set(range(m.first, m.last))]
        meant = [self._meaning(other) for other in others]
        return bool(others) and all(meant) and meant != [self._meaning(mention)]

    def _meaning(self, mention: Mention) -> tuple[frozenset[str], Amount | None] | None:
        found = self.finder.find(mention.words, mention.figures)
        narrowed = narrow(found.full, mention.amount, self.context.thresholds)
        return (frozenset(c.entry.sku for c in narrowed), mention.amount) if narrowed else None

    def _orphans(self, reading: Reading, atoms: Sequence[Atom]) -> None:
        """A number that nothing explains is asked, never dropped."""
        covered = {place for mention in reading.mentions for place in range(mention.first, mention.last)}
        for place, atom in enumerate(atoms):
            if place in covered or atom.kind not in ("number", "amount", "figure", "word") or atom.token.value == 0:
                continue
            if atom.kind == "word" and not (atom.word and self._may_be_goods(atom.word)):
                continue
            phrase = " ".join(a.token.text for a in atoms[max(0, place - 1) : place + 2] if a.kind != "border")
            self.acted = True
            self.draft.ask_unknown(phrase, (), "line", Amount(atom.token.value) if atom.token.value else None)
            return

    def _may_be_goods(self, word: Word) -> bool:
        return bool(self.finder.hits(word)) and self.doubts.speaks_of_goods([word])

    def _mention(self, item: Ordered, doubtful: bool) -> None:
        if amending.amends(item.mention, self):
            return
        misnamed = amending.misnamed(item.mention, self)
        led = bool(self.ellipsis.previous.words)
        mention, found = self._inherited(item)
        if self.ellipsis.elliptic(item.mention, mention) and mention.amount is not None and mention.amount.unit is None:
            few = mention.amount.value < FEW
            if few and self.ellipsis.previous.unit is not None and mention.amount.per is None:
                counted = replace(mention.amount, unit=self.ellipsis.previous.unit)
                if any(fit(candidate.entry, counted) for candidate in found.full):
                    mention = replace(mention, amount=counted, lone=False)
        elif mention.amount is not None:
            self.ellipsis.previous.unit = mention.amount.unit if mention.amount.family == "count" else None
        if not mention.words and not found.full:
            self._wordless(item)
            return
        if self.manner.counts and self.doubts.is_chatter(item, mention):
            return
        if not found.full:
            self._unknown(item, mention, found)
            return
        self.acted = True
        in_cart = any(candidate.entry.sku in self.draft.cart for candidate in found.full)
        if item.op == "shed":
            item = replace(item, op="decrease" if in_cart else "line")  # «скинь»: send, or take off what is there
        if item.op == "minus":
            item = replace(item, op="decrease" if in_cart else "line")
            mention = mention if in_cart else replace(mention, amount=None)  # less than nothing: how much is asked
        if item.op == "keep_only" and mention.amount is not None and not in_cart:
            item = replace(item, op="line")  # «нужно только молоко 5»
        if item.op == "keep":
            editing.restore(found.full, self)
            return
        if item.op in _EDITS or item.op == "keep_only":
            editing.apply(item, mention, found.full, self)
            return
        if amending.refigures(mention, found.full, self):
            return
        entries = settle(narrow(found.full, mention.amount, self.context.thresholds), self.known) if misnamed else []
        if misnamed is not None and len(entries) == 1:
            self.draft.replace(misnamed, entries[0], mention.amount, mention.phrase)
            return
        # «икра масаго 3, зелёная 2» where no roe is green
        astray = led and mention.words == item.mention.words and all(w.form.startswith(COLOURS) for w in mention.words)
        lines.put(item, mention, found.full, doubtful or astray, self)

    def _inherited(self, item: Ordered) -> tuple[Mention, Found]:
        """The mention with what it leaves unsaid; «творога 8 кг, без печенья» takes out what the cart holds."""
        mention, found = self.ellipsis.inherit(item.mention)
        if item.op in _EDITS and mention.words != item.mention.words and not in_cart_first(found.full, self.view):
            own = self.finder.find(item.mention.words, item.mention.figures)
            if in_cart_first(own.full, self.view):
                return item.mention, own
        return mention, found

    def _unknown(self, item: Ordered, mention: Mention, found: Found) -> None:
        dictated = mention.spread and all(self.finder.names_head(word) for word in mention.words)
        kept = item.op == "keep_only" and all(self._holds(word) for word in mention.words)
        if len(mention.words) > 1 and (dictated or kept):
            for word in mention.words:  # «огурцы помидоры по пять», «только котлеты с булочками»
                self._mention(replace(item, mention=replace(mention, words=(word,), phrase=word.form)), False)
            return
        bare = mention.amount is None and not (found.known or item.usual or item.op in _EDITS)
        if bare and self.manner.counts and not self.doubts.speaks_of_goods(mention.words):
            return  # «пусть по гололёду не гонит»
        phrase = mention.phrase or " ".join(word.form for word in mention.words)
        near = offered(found.near)
        if item.op in _EDITS:
            held = [entry for entry in found.near if entry.sku in self.draft.cart]
            if held and item.op == "remove":
                self.acted = True
                self.draft.ask_product(phrase, offered(held), item.op, mention.amount)
            elif found.known or item.mention.amount is not None:
                self.acted = True
                self.draft.notices.append(Notice("not_in_cart", phrase))
            return
        if mention.amount is not None or found.known or item.usual:
            self.acted = True
            self.draft.ask_unknown(phrase, near, item.op, mention.amount)
        elif self.acted and len(mention.words) <= 3:
            self.draft.ask_unknown(phrase, near, item.op, None)

    def _holds(self, word: Word) -> bool:
        return bool(in_cart_first(self.finder.find((word,), ()).full, self.view))

    def _wordless(self, item: Ordered) -> None:
        """«не 10, а 12», «+3»: the line is found by its old quantity, or it is the only one."""
        mention, cart = item.mention, self.draft.cart
        if mention.amount is None and mention.figures and mention.says("increase", "decrease"):
            self.acted = True  # «увеличьте всё на 30 %»
            self.draft.ask_unknown(mention.phrase, (), item.op, None)
        if mention.amount is None:
            return
        matching = [sku for sku, quantity in cart.items() if mention.was is not None and quantity == mention.was]
        targets = (
            matching
            if len(matching) == 1
            else [self.ellipsis.previous.sku]
            if self.ellipsis.previous.sku in cart
            else list(cart)
        )
        if not mention.amount.value and not mention.ops:
            return  # «писали, что ноль»
        op = item.op if item.op in ("add", "increase", "decrease") else "set"
        known = [sku for sku in targets if sku is not None and sku in self.finder.index.by_sku]
        self.acted = True
        if len(known) == 1 and mention.ops:
            self.draft.put(op, self.finder.index.by_sku[known[0]], mention.amount, "")
        elif known and mention.ops:
            self.draft.ask_product(mention.phrase or str(mention.amount.value), known[:5], op, mention.amount)
        else:
            self.draft.ask_unknown(mention.phrase or str(mention.amount.value), (), op, mention.amount)
