"""Rules by which what happens in the product makes tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "7c1e5b0a94d2"
down_revision = "9a41d7c02e5b"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "task_rule",
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("owner_from", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("collaborator_ids", JSON, nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_task_rule_created_by")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_task_rule_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_task_rule_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_task_rule_project_id")),
        sa.ForeignKeyConstraint(["template_id"], ["deliverable_template.id"], name=op.f("fk_task_rule_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_rule")),
    )
    op.create_index(op.f("ix_task_rule_organization_id"), "task_rule", ["organization_id"])
    op.create_index(op.f("ix_task_rule_project_id"), "task_rule", ["project_id"])
    op.create_index("ix_task_rule_trigger", "task_rule", ["organization_id", "trigger"])
    op.create_table(
        "task_rule_run",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("chain", JSON, nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_task_rule_run_organization_id")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["task_rule.id"], name=op.f("fk_task_rule_run_rule_id")),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_task_rule_run_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_rule_run")),
        sa.UniqueConstraint("rule_id", "cause", name=op.f("uq_task_rule_run_rule_id_cause")),
        sa.UniqueConstraint("task_id", name=op.f("uq_task_rule_run_task_id")),
    )
    op.create_index("ix_task_rule_run_failure", "task_rule_run", ["organization_id", "reason", "id"])
    op.create_index(op.f("ix_task_rule_run_organization_id"), "task_rule_run", ["organization_id"])
    op.create_index("ix_task_rule_run_subject", "task_rule_run", ["rule_id", "subject_id"])


def downgrade() -> None:
    op.drop_table("task_rule_run")
    op.drop_table("task_rule")
