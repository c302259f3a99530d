"""When a customer's answers make a phrase its name of a product."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """What the answers of one customer say of one phrase.

    `confirmed` counts the answers in a row that named this product; 0 means that the customer contradicted it.
    `effective`: the phrase means the product without a question.
    """

    product_id: str
    confirmed: int = 0
    effective: bool = False

    def answered(self, product_id: str, needed: int) -> "Evidence":
        """One more answer; `needed` in a row make it effective. Another product begins anew."""
        confirmed = self.confirmed + 1 if product_id == self.product_id else 1
        stays = self.effective and product_id == self.product_id
        return Evidence(product_id, confirmed, stays or confirmed >= needed)

    def contradicted(self) -> "Evidence":
        """The customer took it back: it is asked again, and nothing counts."""
        return Evidence(self.product_id)


def needed(known_word: bool, revoked: bool) -> int:
    """How many answers in a row make an alias.

    A word that the catalogue has (`known_word`) may mean something else tomorrow; one that it has not means one thing,
    unless a manager has revoked that very meaning.
    """
    return 2 if known_word or revoked else 1


def meaning(own: Evidence | None, shared: str | None) -> str | None:
    """The product that a phrase means to a customer: its own answers go before what holds for all.

    `shared` is the product of the alias for all. Where the customer's answers do not say the same yet, it is asked.
    """
    if own is None:
        return shared
    agrees = own.confirmed > 0 and own.product_id == shared
    return own.product_id if own.effective or agrees else None
