"""A customer's terms of trade: the agreement in force and its contract, or the contract alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from api.erp.onec.names import Words
from api.erp.onec.records import Record


@dataclass(frozen=True)
class Terms:
    """The agreement and the contract to trade by."""

    agreement: Record | None = None
    contract: Record | None = None

    def ref(self, field: str) -> str | None:
        """A reference that stands in the agreement, or else in the contract."""
        found = (
            record.ref(field) for record in (self.agreement, self.contract) if record and field in record.table.names
        )
        return next((ref for ref in found if ref), None)

    @property
    def contract_id(self) -> str | None:
        """The contract that the agreement names; without an agreement the customer's own."""
        if self.agreement is not None:
            return self.agreement.ref("contract")
        return self.contract.ref("id") if self.contract else None

    @property
    def limit(self) -> Decimal | None:
        """Roubles; None: no limit is kept. A base without the flag keeps a limit that is not zero."""
        if self.contract is None:
            return None
        limit = self.contract.number("limit")
        limited = self.contract.flag("limited") if self.contract.table["limited"] else limit > 0
        return limit if limited else None


def terms_of(agreements: Iterable[Record], contracts: Sequence[Record], words: Words, today: date) -> Terms:
    """What holds on this day."""
    agreement = chosen(agreements, words, today)
    return Terms(agreement, _contract(agreement, [contract for contract in contracts if is_for_sale(contract, words)]))


def is_for_sale(contract: Record, words: Words) -> bool:
    """Whether it is a contract with a buyer."""
    kind = contract.text("kind")
    return not contract.flag("deleted") and (not words.contract_kind or kind in ("", words.contract_kind))


def is_in_force(agreement: Record, words: Words, today: date) -> bool:
    """Whether an agreement holds on this day."""
    if agreement.flag("deleted") or agreement.text("status") not in ("", words.agreement_in_force):
        return False
    starts, ends = agreement.day("starts"), agreement.day("ends")
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def chosen(agreements: Iterable[Record], words: Words, today: date) -> Record | None:
    """The agreement to trade by: of those in force the one that started last."""
    held = [agreement for agreement in agreements if is_in_force(agreement, words, today)]
    return max(held, key=lambda agreement: (agreement.day("starts") or date.min, agreement.text("id")), default=None)


def _contract(agreement: Record | None, contracts: list[Record]) -> Record | None:
    """The agreement's contract; without one the strictest with prices, because nobody knows whose limit holds."""
    named = agreement.ref("contract") if agreement else None
    if named is not None:
        return next((contract for contract in contracts if contract.ref("id") == named), None)
    limited = [contract for contract in contracts if Terms(None, contract).limit is not None] or contracts
    priced = [contract for contract in limited if contract.ref("price_type")] or limited
    return min(priced, key=lambda contract: (contract.number("limit"), contract.text("id")), default=None)
