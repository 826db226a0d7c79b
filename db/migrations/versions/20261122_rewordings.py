"""Wordings that a model proposes for goals and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import Json, UtcDateTime

revision = "9a41d7c02e5b"
down_revision = "c37d90e1ab54"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rewording",
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("questions", Json, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING",
                "PROPOSED",
                "DROPPED",
                "NOT_CONFIGURED",
                "FAILED",
                name="rewordingstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("failures", Json, nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=True),
        sa.Column("model", sa.String(length=500), nullable=True),
        sa.Column("prompt_version", sa.String(length=40), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(goal_id IS NULL) <> (feedback_id IS NULL)", name=op.f("ck_rewording_one_subject")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_rewording_feedback_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_rewording_goal_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_rewording_job_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_rewording_organization_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["person.id"], name=op.f("fk_rewording_requester_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewording")),
    )
    op.create_index(op.f("ix_rewording_feedback_id"), "rewording", ["feedback_id"])
    op.create_index(op.f("ix_rewording_goal_id"), "rewording", ["goal_id"])
    op.create_index(op.f("ix_rewording_organization_id"), "rewording", ["organization_id"])
    op.create_index("ix_rewording_requester", "rewording", ["requester_id", "created_at"])


def downgrade() -> None:
    op.drop_table("rewording")
