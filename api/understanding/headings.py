"""Lines of a list that name no goods to order: sections, senders, and headings that the lines below inherit."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.understanding.atom import Atom
from api.understanding.candidates import Finder, Word
from api.understanding.signs import counts
from order_text.lexicon.closed import SECTIONS
from order_text.model import Kind, Token


@dataclass(frozen=True)
class Manner:
    """How a message is written: `lists` amounts line by line, `counts` any at all, all in capitals (`shouts`)."""

    lists: bool = False
    counts: bool = False
    shouts: bool = False


def manner_of(tokens: Sequence[Token], text: str) -> Manner:
    """The manner of a message whose ordering parts hold these tokens."""
    ends = [token.start for token in tokens if token.kind == Kind.border and token.role == "line"]
    counted = [token.start for token in tokens if counts((token,))]
    rows = {sum(end < start for end in ends) for start in counted}
    return Manner(len(rows) > 1, bool(counted), text.isupper())


def is_title(atoms: Sequence[Atom], finder: Finder, first: bool) -> bool:
    """A line of a list that names a section or the sender: «БАКАЛЕЯ», «МБОУ СОШ 7, столовая»; `first` of the list."""
    words = _only_words(atoms)
    if not words:
        return False
    if all(_is_section(word, finder) for word in words):
        return True
    if atoms[-1].role == "colon" and any(finder.names_head(word) for word in words):
        return False  # «Пюре:» over «манго 3» is what the lines below leave unsaid
    nowhere = not any(finder.hits(word) for word in words)
    return (first or _in_capitals(atoms)) and (nowhere or all(finder.names_category(word) for word in words))


def heading(atoms: Sequence[Atom], finder: Finder, manner: Manner) -> tuple[Word, ...]:
    """The words of «ЙОГУРТЫ ПИТЬЕВЫЕ» over lines of yoghurts in small letters."""
    words = _only_words(atoms)
    if not words or manner.shouts or not _in_capitals(atoms):
        return ()
    return words if len(finder.find(words, ()).full) > 1 else ()


def _only_words(atoms: Sequence[Atom]) -> tuple[Word, ...]:
    """The words of a line that holds nothing else."""
    if any(atom.kind not in ("word", "border") for atom in atoms):
        return ()
    return tuple(atom.word for atom in atoms if atom.word is not None)


def _in_capitals(atoms: Sequence[Atom]) -> bool:
    return all(atom.token.text.isupper() for atom in atoms if atom.kind == "word")


def _is_section(word: Word, finder: Finder) -> bool:
    """«Мясо», «Овощи», «бар»: a part of the list, unless just one product is called so."""
    token = word.token
    if token is None or token.role == "department":
        return token is not None
    named = SECTIONS & {token.norm, *token.lemmas}
    return bool(named) and len(finder.find((word,), ()).full) != 1
