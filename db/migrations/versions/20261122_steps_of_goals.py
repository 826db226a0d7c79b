"""Dated steps of goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "5f0c9d2b71ae"
down_revision = "166a8e0a82f0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal_step",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("check_in_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (check_in_id IS NULL)", name=op.f("ck_goal_step_done_by_check_in")),
        sa.ForeignKeyConstraint(["check_in_id"], ["goal_check_in.id"], name=op.f("fk_goal_step_check_in_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_step_goal_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_step_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_step")),
    )
    op.create_index(op.f("ix_goal_step_check_in_id"), "goal_step", ["check_in_id"])
    op.create_index("ix_goal_step_due", "goal_step", ["organization_id", "due_on"])
    op.create_index("ix_goal_step_goal", "goal_step", ["goal_id", "position"])
    op.create_index(op.f("ix_goal_step_organization_id"), "goal_step", ["organization_id"])


def downgrade() -> None:
    op.drop_table("goal_step")
