"""Deliverables, thresholds and flags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import ExactDecimal, PlainDecimal, UtcDateTime

revision = "97f4d9eb7ae9"
down_revision = "8a4c61f3b7d0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "deliverable_template",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_deliverable_template_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_template")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_deliverable_template_organization_id_key")),
    )
    op.create_index(op.f("ix_deliverable_template_organization_id"), "deliverable_template", ["organization_id"])

    op.create_table(
        "deliverable",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "UPLOADED",
                "READING",
                "OK",
                "NO_DATA",
                "UNREADABLE",
                "SUPERSEDED",
                name="deliverablestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "flag", sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "machine_flag",
            sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_deliverable_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_deliverable_owner_id")),
        sa.ForeignKeyConstraint(["template_id"], ["deliverable_template.id"], name=op.f("fk_deliverable_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable")),
    )
    op.create_index("ix_deliverable_flag", "deliverable", ["organization_id", "flag", "id"])
    op.create_index(op.f("ix_deliverable_organization_id"), "deliverable", ["organization_id"])
    op.create_index("ix_deliverable_owner", "deliverable", ["organization_id", "owner_id"])
    op.create_index("ix_deliverable_template", "deliverable", ["template_id", "id"])

    op.create_table(
        "deliverable_template_version",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("requirements", json, nullable=False),
        sa.Column("definitions", json, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_deliverable_template_version_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_deliverable_template_version_published_by")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["deliverable_template.id"], name=op.f("fk_deliverable_template_version_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_template_version")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_deliverable_template_version_template_id_number")),
    )
    op.create_index(
        op.f("ix_deliverable_template_version_organization_id"), "deliverable_template_version", ["organization_id"]
    )

    op.create_table(
        "threshold",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.String(length=200), nullable=False),
        sa.Column("scope_pattern", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_threshold_organization_id")),
        sa.ForeignKeyConstraint(["template_id"], ["deliverable_template.id"], name=op.f("fk_threshold_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold")),
        sa.UniqueConstraint(
            "template_id", "metric", "scope_pattern", name=op.f("uq_threshold_template_id_metric_scope_pattern")
        ),
    )
    op.create_index(op.f("ix_threshold_organization_id"), "threshold", ["organization_id"])

    op.create_table(
        "deliverable_file",
        sa.Column("deliverable_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("template_version_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "UPLOADED",
                "READING",
                "OK",
                "NO_DATA",
                "UNREADABLE",
                "SUPERSEDED",
                name="deliverablestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("format", sa.String(length=32), nullable=True),
        sa.Column("warnings", json, nullable=False),
        sa.Column("conflicts", json, nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverable.id"], name=op.f("fk_deliverable_file_deliverable_id")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["deliverable.id"], name=op.f("fk_deliverable_file_duplicate_of_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_deliverable_file_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_deliverable_file_job_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_deliverable_file_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_version_id"],
            ["deliverable_template_version.id"],
            name=op.f("fk_deliverable_file_template_version_id"),
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_deliverable_file_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_file")),
        sa.UniqueConstraint("deliverable_id", "number", name=op.f("uq_deliverable_file_deliverable_id_number")),
    )
    op.create_index(op.f("ix_deliverable_file_organization_id"), "deliverable_file", ["organization_id"])
    op.create_index("ix_deliverable_file_sha256", "deliverable_file", ["organization_id", "sha256"])
    op.create_index(op.f("ix_deliverable_file_uploaded_by"), "deliverable_file", ["uploaded_by"])

    op.create_table(
        "threshold_version",
        sa.Column("threshold_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("AT_MOST", "AT_LEAST", "WITHIN", name="thresholddirection", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("green_low", ExactDecimal(), nullable=True),
        sa.Column("green_high", ExactDecimal(), nullable=True),
        sa.Column("yellow_low", ExactDecimal(), nullable=True),
        sa.Column("yellow_high", ExactDecimal(), nullable=True),
        sa.Column("minimum_samples", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_threshold_version_organization_id")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_threshold_version_published_by")),
        sa.ForeignKeyConstraint(["threshold_id"], ["threshold.id"], name=op.f("fk_threshold_version_threshold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_version")),
        sa.UniqueConstraint("threshold_id", "number", name=op.f("uq_threshold_version_threshold_id_number")),
    )
    op.create_index(op.f("ix_threshold_version_organization_id"), "threshold_version", ["organization_id"])

    op.create_table(
        "deliverable_picture",
        sa.Column("deliverable_file_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("image", sa.Integer(), nullable=True),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_file_id"], ["deliverable_file.id"], name=op.f("fk_deliverable_picture_deliverable_file_id")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_deliverable_picture_image_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_deliverable_picture_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable_picture")),
    )
    op.create_index(op.f("ix_deliverable_picture_deliverable_file_id"), "deliverable_picture", ["deliverable_file_id"])
    op.create_index(op.f("ix_deliverable_picture_organization_id"), "deliverable_picture", ["organization_id"])

    op.create_table(
        "flag_evaluation",
        sa.Column("deliverable_file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "flag", sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40), nullable=False
        ),
        sa.Column("thresholds_digest", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_file_id"], ["deliverable_file.id"], name=op.f("fk_flag_evaluation_deliverable_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_flag_evaluation_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_evaluation")),
        sa.UniqueConstraint(
            "deliverable_file_id", "number", name=op.f("uq_flag_evaluation_deliverable_file_id_number")
        ),
    )
    op.create_index(op.f("ix_flag_evaluation_organization_id"), "flag_evaluation", ["organization_id"])

    op.create_table(
        "checklist_item",
        sa.Column("deliverable_file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label_zh", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("place", json, nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_file_id"], ["deliverable_file.id"], name=op.f("fk_checklist_item_deliverable_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_checklist_item_organization_id")
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["deliverable_picture.id"], name=op.f("fk_checklist_item_picture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
        sa.UniqueConstraint(
            "deliverable_file_id", "position", name=op.f("uq_checklist_item_deliverable_file_id_position")
        ),
    )
    op.create_index(op.f("ix_checklist_item_organization_id"), "checklist_item", ["organization_id"])

    op.create_table(
        "flag_override",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "flag", sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("overruled_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["flag_evaluation.id"], name=op.f("fk_flag_override_evaluation_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_flag_override_organization_id")
        ),
        sa.ForeignKeyConstraint(["overruled_by"], ["person.id"], name=op.f("fk_flag_override_overruled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_override")),
    )
    op.create_index("ix_flag_override_evaluation", "flag_override", ["evaluation_id", "id"])
    op.create_index(op.f("ix_flag_override_organization_id"), "flag_override", ["organization_id"])

    op.create_table(
        "flag_verdict",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("threshold_version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "flag", sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40), nullable=False
        ),
        sa.Column("reasons", json, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["flag_evaluation.id"], name=op.f("fk_flag_verdict_evaluation_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_flag_verdict_organization_id")),
        sa.ForeignKeyConstraint(
            ["threshold_version_id"], ["threshold_version.id"], name=op.f("fk_flag_verdict_threshold_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_verdict")),
        sa.UniqueConstraint("evaluation_id", "position", name=op.f("uq_flag_verdict_evaluation_id_position")),
    )
    op.create_index(op.f("ix_flag_verdict_organization_id"), "flag_verdict", ["organization_id"])
    op.create_index(op.f("ix_flag_verdict_threshold_version_id"), "flag_verdict", ["threshold_version_id"])

    op.create_table(
        "reading",
        sa.Column("deliverable_file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("value", PlainDecimal(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("confidence", ExactDecimal(), nullable=False),
        sa.Column("place", json, nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_file_id"], ["deliverable_file.id"], name=op.f("fk_reading_deliverable_file_id")
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_reading_organization_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["deliverable_picture.id"], name=op.f("fk_reading_picture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("deliverable_file_id", "position", name=op.f("uq_reading_deliverable_file_id_position")),
    )
    op.create_index(op.f("ix_reading_organization_id"), "reading", ["organization_id"])

    op.create_table(
        "flag_judgement",
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column(
            "flag", sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40), nullable=False
        ),
        sa.Column("reasons", json, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_flag_judgement_organization_id")
        ),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_flag_judgement_reading_id")),
        sa.ForeignKeyConstraint(["verdict_id"], ["flag_verdict.id"], name=op.f("fk_flag_judgement_verdict_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_judgement")),
        sa.UniqueConstraint("verdict_id", "reading_id", name=op.f("uq_flag_judgement_verdict_id_reading_id")),
    )
    op.create_index(op.f("ix_flag_judgement_organization_id"), "flag_judgement", ["organization_id"])
    op.create_index("ix_flag_judgement_reading", "flag_judgement", ["reading_id"])

    op.create_table(
        "reading_acceptance",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_reading_acceptance_accepted_by")),
        sa.ForeignKeyConstraint(["check_in_id"], ["goal_check_in.id"], name=op.f("fk_reading_acceptance_check_in_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_reading_acceptance_measure_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reading_acceptance_organization_id")
        ),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_reading_acceptance_reading_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_acceptance")),
        sa.UniqueConstraint("reading_id", "measure_id", name=op.f("uq_reading_acceptance_reading_id_measure_id")),
    )
    op.create_index(op.f("ix_reading_acceptance_check_in_id"), "reading_acceptance", ["check_in_id"])
    op.create_index(op.f("ix_reading_acceptance_measure_id"), "reading_acceptance", ["measure_id"])
    op.create_index(op.f("ix_reading_acceptance_organization_id"), "reading_acceptance", ["organization_id"])


def downgrade() -> None:
    op.drop_table("reading_acceptance")
    op.drop_table("flag_judgement")
    op.drop_table("reading")
    op.drop_table("flag_verdict")
    op.drop_table("flag_override")
    op.drop_table("checklist_item")
    op.drop_table("flag_evaluation")
    op.drop_table("deliverable_picture")
    op.drop_table("threshold_version")
    op.drop_table("deliverable_file")
    op.drop_table("threshold")
    op.drop_table("deliverable_template_version")
    op.drop_table("deliverable")
    op.drop_table("deliverable_template")
