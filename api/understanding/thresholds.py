"""What separates a line that is taken from one that is asked about. `./run eval --fit` draws what moving them does."""

from dataclasses import dataclass

from api.understanding.vocabulary import GUESS


@dataclass(frozen=True)
class Thresholds:
    """`reading`: a second segmentation this close in score makes the lines on which the two differ doubtful.
    `likeness`: a product whose words are this much less like the said ones is still a rival.
    `guess`: a word no more like the product's own than this was guessed, and a guess is asked about."""

    reading: float = 0.08
    likeness: float = 0.037
    guess: float = GUESS


PRESENT = Thresholds()
