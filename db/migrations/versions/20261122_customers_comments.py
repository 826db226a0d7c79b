"""What customers said, and what stood there before a correction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import ExactDecimal, UtcDateTime

revision = "7cb318df19a3"
down_revision = "d18e4b6a3c70"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_comment",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rating", ExactDecimal(), nullable=True),
        sa.Column("rating_maximum", ExactDecimal(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(rating IS NULL) = (rating_maximum IS NULL)", name=op.f("ck_customer_comment_rating_has_a_scale")
        ),
        sa.CheckConstraint(
            "subject_id IS NOT NULL OR project_id IS NOT NULL", name=op.f("ck_customer_comment_about_something")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_customer_comment_organization_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_customer_comment_project_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_customer_comment_recorded_by")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_customer_comment_subject_id")),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_customer_comment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_comment")),
        sa.UniqueConstraint(
            "organization_id", "source", "source_id", name=op.f("uq_customer_comment_organization_id_source_source_id")
        ),
    )
    op.create_index(op.f("ix_customer_comment_organization_id"), "customer_comment", ["organization_id"])
    op.create_index("ix_customer_comment_project", "customer_comment", ["project_id", "said_on"])
    op.create_index(op.f("ix_customer_comment_recorded_by"), "customer_comment", ["recorded_by"])
    op.create_index("ix_customer_comment_subject", "customer_comment", ["subject_id", "said_on"])
    op.create_index("ix_customer_comment_task", "customer_comment", ["task_id", "said_on"])

    op.create_table(
        "customer_comment_revision",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rating", ExactDecimal(), nullable=True),
        sa.Column("rating_maximum", ExactDecimal(), nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["customer_comment.id"], name=op.f("fk_customer_comment_revision_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by"], ["person.id"], name=op.f("fk_customer_comment_revision_corrected_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_customer_comment_revision_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_comment_revision")),
        sa.UniqueConstraint("comment_id", "number", name=op.f("uq_customer_comment_revision_comment_id_number")),
    )
    op.create_index(
        op.f("ix_customer_comment_revision_organization_id"), "customer_comment_revision", ["organization_id"]
    )


def downgrade() -> None:
    op.drop_table("customer_comment_revision")
    op.drop_table("customer_comment")
