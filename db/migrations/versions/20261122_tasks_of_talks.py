"""Which task carries out what was agreed in a talk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c37d90e1ab54"
down_revision = "5f0c9d2b71ae"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("one_on_one_action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("task_id", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_one_on_one_action_task_id"), ["task_id"])
        batch_op.create_foreign_key(batch_op.f("fk_one_on_one_action_task_id"), "project_task", ["task_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("one_on_one_action", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_one_on_one_action_task_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_one_on_one_action_task_id"), type_="unique")
        batch_op.drop_column("task_id")
