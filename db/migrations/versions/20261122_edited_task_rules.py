"""What the tasks of an edited rule were like before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "d2a9037be614"
down_revision = "c4b7d19e6a52"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    for table, column in (("task_rule", "number"), ("task_rule_run", "rule_number")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default="1"))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
    op.create_table(
        "task_rule_revision",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner_from", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("collaborator_ids", JSON, nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_task_rule_revision_{column}"))
            for column, table in (
                ("created_by", "person"),
                ("organization_id", "organization"),
                ("owner_id", "person"),
                ("project_id", "project"),
                ("rule_id", "task_rule"),
                ("template_id", "deliverable_template"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_rule_revision")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_task_rule_revision_rule_id_number")),
    )
    op.create_index(op.f("ix_task_rule_revision_organization_id"), "task_rule_revision", ["organization_id"])
    op.create_index(op.f("ix_task_rule_revision_project_id"), "task_rule_revision", ["project_id"])


def downgrade() -> None:
    op.drop_table("task_rule_revision")
    for table, column in (("task_rule_run", "rule_number"), ("task_rule", "number")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
