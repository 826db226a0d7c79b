"""Tables of customers' comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.base import UtcDateTime

revision = "12e6b59ac295"
down_revision = "f5b17c8e42d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_comment_import",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("format", sa.Enum("CSV", "XLSX", name="tableformat", native_enum=False, length=40), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("QUEUED", "DONE", "REFUSED", name="transferstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("errors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_customer_comment_import_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_customer_comment_import_job_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_customer_comment_import_organization_id")
        ),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_customer_comment_import_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_comment_import")),
    )
    op.create_index(op.f("ix_customer_comment_import_file_id"), "customer_comment_import", ["file_id"])
    op.create_index(op.f("ix_customer_comment_import_organization_id"), "customer_comment_import", ["organization_id"])
    op.create_index(op.f("ix_customer_comment_import_requested_by"), "customer_comment_import", ["requested_by"])


def downgrade() -> None:
    op.drop_table("customer_comment_import")
