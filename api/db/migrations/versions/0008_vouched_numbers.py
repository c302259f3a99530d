"""When a number was vouched for, and where a number alone no longer opens the door."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for name in ("phone_vouched_at", "number_doubted_at"):
        op.add_column("conversations", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute("UPDATE conversations SET number_doubted_at = now() WHERE signed_in_by LIKE 'closed:%'")


def downgrade() -> None:
    for name in ("number_doubted_at", "phone_vouched_at"):
        op.drop_column("conversations", name)
