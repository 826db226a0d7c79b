"""A company's own forms in the making."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import ExactDecimal, UtcDateTime

revision = "c2d7a90e5f14"
down_revision = "5d0e8c41a97b"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "form_draft",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "PROPOSING",
                "READY",
                "FAILED",
                "PUBLISHED",
                "DISCARDED",
                name="draftstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("blank_pdf_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("definition", _JSON, nullable=False),
        sa.Column("notes", _JSON, nullable=False),
        sa.Column("form_version_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["blank_pdf_id"], ["stored_file.id"], name=op.f("fk_form_draft_blank_pdf_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_form_draft_created_by")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_form_draft_file_id")),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_form_draft_form_version_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_form_draft_job_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_form_draft_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draft")),
    )
    op.create_index(op.f("ix_form_draft_organization_id"), "form_draft", ["organization_id"])
    op.create_index("ix_form_draft_organization_status", "form_draft", ["organization_id", "status"])
    op.create_table(
        "form_draft_page",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["form_draft.id"], name=op.f("fk_form_draft_page_draft_id")),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_form_draft_page_image_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_form_draft_page_organization_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_form_draft_page")),
    )
    op.create_index(op.f("ix_form_draft_page_organization_id"), "form_draft_page", ["organization_id"])
    op.create_table(
        "form_trial",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("definition", _JSON, nullable=False),
        sa.Column(
            "status",
            sa.Enum("QUEUED", "DONE", "FAILED", name="trialstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("matched_by", sa.String(length=16), nullable=True),
        sa.Column("match_score", ExactDecimal(), nullable=True),
        sa.Column("warnings", _JSON, nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["form_draft.id"], name=op.f("fk_form_trial_draft_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_form_trial_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_form_trial_job_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_form_trial_organization_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_form_trial_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_trial")),
    )
    op.create_index(op.f("ix_form_trial_draft_id"), "form_trial", ["draft_id"])
    op.create_index(op.f("ix_form_trial_organization_id"), "form_trial", ["organization_id"])
    op.create_table(
        "form_trial_page",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("labels_found", sa.Integer(), nullable=False),
        sa.Column("labels_expected", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_form_trial_page_image_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_form_trial_page_organization_id")
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["form_trial.id"], name=op.f("fk_form_trial_page_trial_id")),
        sa.PrimaryKeyConstraint("trial_id", "number", name=op.f("pk_form_trial_page")),
    )
    op.create_index(op.f("ix_form_trial_page_organization_id"), "form_trial_page", ["organization_id"])


def downgrade() -> None:
    op.drop_table("form_trial_page")
    op.drop_table("form_trial")
    op.drop_table("form_draft_page")
    op.drop_table("form_draft")
