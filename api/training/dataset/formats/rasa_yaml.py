"""Rasa's own: https://rasa.com/docs/rasa/training-data-format#nlu-training-data."""

from collections.abc import Sequence

from api.training.dataset.files import read_text, text_of
from api.training.schemas import Reviewed

read = read_text


def write(examples: Sequence[Reviewed]) -> bytes:
    """By intent, one example a line."""
    return text_of(examples).encode()
