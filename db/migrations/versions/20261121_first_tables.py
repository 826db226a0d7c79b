"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import ExactDecimal, UtcDateTime

revision = "65e3509b76c9"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organization",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("key", name=op.f("uq_organization_key")),
    )
    op.create_table(
        "cycle",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("YEAR", "HALF", "QUARTER", "MONTH", name="cyclekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("review_starts_on", sa.Date(), nullable=False),
        sa.Column("review_ends_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cycle_dates")),
        sa.CheckConstraint("review_ends_on >= review_starts_on", name=op.f("ck_cycle_review_dates")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_cycle_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_cycle_organization_id_key")),
    )
    op.create_index(op.f("ix_cycle_organization_id"), "cycle", ["organization_id"])
    op.create_table(
        "department",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_department_organization_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["department.id"], name=op.f("fk_department_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_department_organization_id_code")),
    )
    op.create_index(op.f("ix_department_organization_id"), "department", ["organization_id"])
    op.create_index(op.f("ix_department_parent_id"), "department", ["parent_id"])
    op.create_table(
        "person",
        sa.Column("staff_number", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_person_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("organization_id", "staff_number", name=op.f("uq_person_organization_id_staff_number")),
    )
    op.create_index(op.f("ix_person_organization_id"), "person", ["organization_id"])
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_stored_file_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("organization_id", "sha256", name=op.f("uq_stored_file_organization_id_sha256")),
    )
    op.create_index(op.f("ix_stored_file_organization_id"), "stored_file", ["organization_id"])
    op.create_table(
        "access_event",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "resource",
            sa.Enum("REVIEW", "INTAKE_DOCUMENT", "FORM_PICTURE", name="accessedresource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_access_event_actor_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_access_event_organization_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_access_event_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
    )
    op.create_index(op.f("ix_access_event_organization_id"), "access_event", ["organization_id"])
    op.create_index("ix_access_event_subject", "access_event", ["organization_id", "subject_id", "occurred_at"])
    op.create_table(
        "employment",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_employment_dates")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_employment_department_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_employment_manager_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_employment_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_employment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
    )
    op.create_index(op.f("ix_employment_department_id"), "employment", ["department_id"])
    op.create_index("ix_employment_manager", "employment", ["organization_id", "manager_id"])
    op.create_index(op.f("ix_employment_organization_id"), "employment", ["organization_id"])
    op.create_index(op.f("ix_employment_person_id"), "employment", ["person_id"])
    op.create_table(
        "event",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_event_organization_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_organization_id"), "event", ["organization_id"])
    op.create_index("ix_event_organization_sequence", "event", ["organization_id", "sequence"])
    op.create_table(
        "form_version",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("blank_pdf_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["blank_pdf_id"], ["stored_file.id"], name=op.f("fk_form_version_blank_pdf_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_form_version_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint(
            "organization_id", "key", "number", name=op.f("uq_form_version_organization_id_key_number")
        ),
    )
    op.create_index(op.f("ix_form_version_organization_id"), "form_version", ["organization_id"])
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("args", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("QUEUED", "SENT", "RUNNING", "DONE", "DEAD", name="jobstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("error", sa.String(length=2000), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_job_organization_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_job_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("organization_id", "dedupe_key", name=op.f("uq_job_organization_id_dedupe_key")),
    )
    op.create_index("ix_job_due", "job", ["state", "run_at"])
    op.create_index("ix_job_lease", "job", ["state", "lease_until"])
    op.create_index(op.f("ix_job_organization_id"), "job", ["organization_id"])
    op.create_table(
        "login",
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_login_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_login_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_login_issuer_subject")),
    )
    op.create_index(op.f("ix_login_organization_id"), "login", ["organization_id"])
    op.create_index(op.f("ix_login_person_id"), "login", ["person_id"])
    op.create_table(
        "person_identity",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_latin", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_person_identity_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_identity_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_identity")),
        sa.UniqueConstraint("organization_id", "email", name=op.f("uq_person_identity_organization_id_email")),
    )
    op.create_index(op.f("ix_person_identity_organization_id"), "person_identity", ["organization_id"])
    op.create_table(
        "request_receipt",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("mutation", sa.String(length=100), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_request_receipt_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_request_receipt_person_id")),
        sa.PrimaryKeyConstraint("person_id", "request_id", name=op.f("pk_request_receipt")),
    )
    op.create_index(op.f("ix_request_receipt_organization_id"), "request_receipt", ["organization_id"])
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "EMPLOYEE",
                "MANAGER",
                "HR",
                "COMMITTEE",
                "PMO",
                "ADMINISTRATOR",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_role_grant_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_organization_id"), "role_grant", ["organization_id"])
    op.create_table(
        "form_page",
        sa.Column("form_version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_form_page_form_version_id")),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_form_page_image_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_form_page_organization_id")),
        sa.PrimaryKeyConstraint("form_version_id", "number", name=op.f("pk_form_page")),
    )
    op.create_index(op.f("ix_form_page_organization_id"), "form_page", ["organization_id"])
    op.create_table(
        "review",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("form_version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "source", sa.Enum("PAPER", "SCREEN", name="reviewsource", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "status", sa.Enum("DRAFT", "CONFIRMED", name="reviewstatus", native_enum=False, length=40), nullable=False
        ),
        sa.Column("score", ExactDecimal(), nullable=True),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_review_confirmed_by")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_review_cycle_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_review_department_id")),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_review_form_version_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_review_organization_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_review_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_cycle_id"), "review", ["cycle_id"])
    op.create_index(op.f("ix_review_organization_id"), "review", ["organization_id"])
    op.create_index("ix_review_organization_subject", "review", ["organization_id", "subject_id"])
    op.create_index(op.f("ix_review_reviewer_id"), "review", ["reviewer_id"])
    op.create_table(
        "sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_version_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("pdf_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_sheet_cycle_id")),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_sheet_form_version_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_sheet_organization_id")),
        sa.ForeignKeyConstraint(["pdf_id"], ["stored_file.id"], name=op.f("fk_sheet_pdf_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_sheet_requested_by")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_sheet_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
    )
    op.create_index(op.f("ix_sheet_organization_id"), "sheet", ["organization_id"])
    op.create_index(op.f("ix_sheet_subject_id"), "sheet", ["subject_id"])
    op.create_table(
        "upload",
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("template_key", sa.String(length=100), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_upload_file_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upload_organization_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_upload_review_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_upload_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_organization_id"), "upload", ["organization_id"])
    op.create_index("ix_upload_organization_sha256", "upload", ["organization_id", "sha256"])
    op.create_index(op.f("ix_upload_uploaded_by"), "upload", ["uploaded_by"])
    op.create_table(
        "intake_document",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "UPLOADED",
                "READING",
                "NEEDS_TEMPLATE",
                "NEEDS_REVIEW",
                "RETAKE",
                "CONFIRMED",
                "REJECTED",
                "SUPERSEDED",
                "FAILED",
                name="intakestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("form_version_id", sa.Uuid(), nullable=True),
        sa.Column("matched_by", sa.String(length=16), nullable=True),
        sa.Column("match_score", ExactDecimal(), nullable=True),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("warnings", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_intake_document_cycle_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_intake_document_decided_by")),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["intake_document.id"], name=op.f("fk_intake_document_duplicate_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_version.id"], name=op.f("fk_intake_document_form_version_id")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_intake_document_job_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_intake_document_organization_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_intake_document_review_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_intake_document_sheet_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_intake_document_subject_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_intake_document_upload_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_intake_document_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_document")),
    )
    op.create_index(op.f("ix_intake_document_organization_id"), "intake_document", ["organization_id"])
    op.create_index("ix_intake_document_organization_status", "intake_document", ["organization_id", "status"])
    op.create_index(op.f("ix_intake_document_subject_id"), "intake_document", ["subject_id"])
    op.create_index(op.f("ix_intake_document_upload_id"), "intake_document", ["upload_id"])
    op.create_index(op.f("ix_intake_document_uploaded_by"), "intake_document", ["uploaded_by"])
    op.create_table(
        "intake_field",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("label_zh", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("raw_text", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("confidence", ExactDecimal(), nullable=False),
        sa.Column("confidence_recognition", ExactDecimal(), nullable=True),
        sa.Column("confidence_registration", ExactDecimal(), nullable=True),
        sa.Column("confidence_format", ExactDecimal(), nullable=True),
        sa.Column("confidence_directory", ExactDecimal(), nullable=True),
        sa.Column("box", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("crop_id", sa.Uuid(), nullable=True),
        sa.Column("notes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["crop_id"], ["stored_file.id"], name=op.f("fk_intake_field_crop_id")),
        sa.ForeignKeyConstraint(["document_id"], ["intake_document.id"], name=op.f("fk_intake_field_document_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_intake_field_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_field")),
        sa.UniqueConstraint("document_id", "key", name=op.f("uq_intake_field_document_id_key")),
    )
    op.create_index(op.f("ix_intake_field_organization_id"), "intake_field", ["organization_id"])
    op.create_table(
        "intake_page",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("labels_found", sa.Integer(), nullable=False),
        sa.Column("labels_expected", sa.Integer(), nullable=False),
        sa.Column("residual_mm", ExactDecimal(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["intake_document.id"], name=op.f("fk_intake_page_document_id")),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_intake_page_image_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_intake_page_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_page")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_intake_page_document_id_number")),
    )
    op.create_index(op.f("ix_intake_page_organization_id"), "intake_page", ["organization_id"])
    op.create_table(
        "intake_entry",
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["intake_field.id"], name=op.f("fk_intake_entry_field_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_intake_entry_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_intake_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_entry")),
    )
    op.create_index(op.f("ix_intake_entry_field_id"), "intake_entry", ["field_id"])
    op.create_index(op.f("ix_intake_entry_organization_id"), "intake_entry", ["organization_id"])
    op.create_table(
        "review_answer",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("label_zh", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("score", ExactDecimal(), nullable=True),
        sa.Column("weight", ExactDecimal(), nullable=True),
        sa.Column(
            "source",
            sa.Enum("MACHINE", "CHECKED", "CORRECTED", "TYPED", name="answersource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("field_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["intake_field.id"], name=op.f("fk_review_answer_field_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_review_answer_organization_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_answer_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answer")),
        sa.UniqueConstraint("review_id", "key", name=op.f("uq_review_answer_review_id_key")),
    )
    op.create_index(op.f("ix_review_answer_organization_id"), "review_answer", ["organization_id"])


def downgrade() -> None:
    for table in (
        "review_answer",
        "intake_entry",
        "intake_page",
        "intake_field",
        "intake_document",
        "upload",
        "sheet",
        "review",
        "form_page",
        "role_grant",
        "request_receipt",
        "person_identity",
        "login",
        "job",
        "form_version",
        "event",
        "employment",
        "access_event",
        "stored_file",
        "person",
        "department",
        "cycle",
        "organization",
    ):
        op.drop_table(table)
