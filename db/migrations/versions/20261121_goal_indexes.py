"""Goals lose two indexes that no statement uses: others begin with the same columns or find the same rows."""

from __future__ import annotations

from alembic import op

revision = "5d0e8c41a97b"
down_revision = "3b425b1bbb7d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.drop_index("ix_goal_organization_id")
        batch_op.drop_index("ix_goal_owner_id")


def downgrade() -> None:
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index("ix_goal_owner_id", ["owner_id"], unique=False)
        batch_op.create_index("ix_goal_organization_id", ["organization_id"], unique=False)
