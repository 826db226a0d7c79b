"""How long the sound of voice notes is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1f6b84c9d2e7"
down_revision = "e5c08b31f7a4"
branch_labels = None
depends_on = None

USUAL_DAYS = 180


def upgrade() -> None:
    with op.batch_alter_table("feedback_policy") as table:
        table.add_column(
            sa.Column("recordings_kept_days", sa.Integer(), nullable=False, server_default=str(USUAL_DAYS))
        )
    with op.batch_alter_table("feedback_policy") as table:
        table.alter_column(
            "recordings_kept_days", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    with op.batch_alter_table("feedback_policy") as table:
        table.drop_column("recordings_kept_days")
