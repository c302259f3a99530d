"""What customers call goods."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class AliasRow(Base):
    """A phrase that means a product, to one customer or (without one) to all. Rows are revoked, never deleted.

    When it was used last is told by the events `alias_used`: a row for all that every turn wrote to would make the
    turns of all customers wait for each other.
    """

    __tablename__ = "aliases"
    __table_args__ = (
        Index(
            "uq_aliases_phrase",
            "customer_id",
            "phrase",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    phrase: Mapped[str]
    """The key that the understanding looks it up by."""
    said: Mapped[str]
    """The phrase as it was written last, for people."""
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    origin: Mapped[str]
    """answer (of a contact) or manager."""
    made_by: Mapped[str] = mapped_column(server_default="")
    """The contact's id, empty for one who signed in with the company's code; or the manager's login."""
    confirmed: Mapped[int] = mapped_column(server_default="0")
    """Answers in a row that named this product."""
    created_at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    """Since when it is used without a question; None while it is being learnt."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(server_default="")
