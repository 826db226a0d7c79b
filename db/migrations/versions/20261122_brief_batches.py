"""The briefs of a department or of the organisation as one archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "4c8e1f7a92d3"
down_revision = "e4a06b7f31d2"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "brief_batch",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column(
            "audience",
            sa.Enum("SUBJECT", "LINE", "HR", name="audience", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("formats", _JSON, nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("RUNNING", "CANCELLED", "DONE", "FAILED", name="batchstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("brief_batch", "cycle_id", "cycle"),
        _key("brief_batch", "department_id", "department"),
        _key("brief_batch", "file_id", "stored_file"),
        _key("brief_batch", "job_id", "job"),
        _key("brief_batch", "organization_id", "organization"),
        _key("brief_batch", "requested_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_batch")),
    )
    op.create_index(op.f("ix_brief_batch_file_id"), "brief_batch", ["file_id"])
    op.create_index(op.f("ix_brief_batch_organization_id"), "brief_batch", ["organization_id"])
    op.create_index("ix_brief_batch_page", "brief_batch", ["organization_id", "requested_by", "created_at", "id"])
    op.create_table(
        "brief_batch_entry",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("WAITING", "WRITTEN", "UNCHANGED", "LEFT_OUT", name="batchoutcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "NO_EMPLOYMENT",
                "NO_ACCESS",
                "NO_AUDIENCE",
                "INSUFFICIENT",
                "FAILED",
                name="leftout",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        _key("brief_batch_entry", "batch_id", "brief_batch"),
        _key("brief_batch_entry", "brief_id", "brief"),
        _key("brief_batch_entry", "organization_id", "organization"),
        _key("brief_batch_entry", "subject_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_batch_entry")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_brief_batch_entry_batch_id_position")),
    )
    op.create_index(op.f("ix_brief_batch_entry_organization_id"), "brief_batch_entry", ["organization_id"])


def downgrade() -> None:
    op.drop_table("brief_batch_entry")
    op.drop_table("brief_batch")
