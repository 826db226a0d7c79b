"""Since when a piece of evidence in a brief has no words any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "c4b7d19e6a52"
down_revision = "4b7e21c96a05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("brief_evidence") as batch:
        batch.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("brief_evidence") as batch:
        batch.drop_column("erased_at")
