"""Which task a deliverable is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b5b4a93f6705"
down_revision = "a758c5a285ed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliverable", schema=None) as batch_op:
        batch_op.add_column(sa.Column("task_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_deliverable_task_id"), ["task_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_deliverable_task_id"), "project_task", ["task_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("deliverable", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_deliverable_task_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_deliverable_task_id"))
        batch_op.drop_column("task_id")
