"""Since when a form on paper has no words any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "8d26f0c5b79e"
down_revision = "1f6b84c9d2e7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("intake_document") as batch:
        batch.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("intake_document") as batch:
        batch.drop_column("erased_at")
