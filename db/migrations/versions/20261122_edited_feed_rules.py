"""What the tasks of an edited rule of a feed were like before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "a31c7f5e0d92"
down_revision = "6e0d41b8c3f7"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    for column in ("number", "version"):
        with op.batch_alter_table("feed_rule", schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default="1"))
        with op.batch_alter_table("feed_rule", schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
    op.create_table(
        "feed_rule_revision",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
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
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_feed_rule_revision_{column}"))
            for column, table in (
                ("created_by", "person"),
                ("measure_id", "measure"),
                ("organization_id", "organization"),
                ("owner_id", "person"),
                ("project_id", "project"),
                ("rule_id", "feed_rule"),
                ("template_id", "deliverable_template"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_rule_revision")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_feed_rule_revision_rule_id_number")),
    )
    op.create_index(op.f("ix_feed_rule_revision_organization_id"), "feed_rule_revision", ["organization_id"])
    op.create_index(op.f("ix_feed_rule_revision_project_id"), "feed_rule_revision", ["project_id"])


def downgrade() -> None:
    op.drop_table("feed_rule_revision")
    for column in ("version", "number"):
        with op.batch_alter_table("feed_rule", schema=None) as batch_op:
            batch_op.drop_column(column)
