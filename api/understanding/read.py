"""The entrance: a message, an answer or a button in, the outcome out."""
from api.understanding.context import Context
from api.understanding.outcome import Outcome, Question


def read(text: str, context: Context) -> Outcome:
    """What the message does to the cart."""
    return Outcome(cart=dict(context.cart), is_order=False)


def answer(question: Question, text: str, context: Context) -> Outcome | None:
    """A typed answer to an open question; None when the text is not one."""
    return None


def choose(question: Question, value: str, context: Context) -> Outcome:
    """A button: a SKU, a quantity, yes/no, replace/add."""
    return Outcome(cart=dict(context.cart))


def repeat(context: Context, number: str | None, mode: str | None) -> Outcome:
    """The button «Повторить»; `mode` is replace, add or None."""
    return Outcome(cart=dict(context.cart))
