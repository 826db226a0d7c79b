"""Goals, measures, revisions, check-ins and what belongs to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import ExactDecimal, UtcDateTime

revision = "e301ff9f7977"
down_revision = "65e3509b76c9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_limit", sa.Integer(), nullable=False),
        sa.Column("update_every_days", sa.Integer(), nullable=False),
        sa.Column("change_within_hours", sa.Integer(), nullable=False),
        sa.Column("healthy_rate", ExactDecimal(), nullable=False),
        sa.Column("top_rate", ExactDecimal(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organization.id"], name=op.f("fk_goal_policy_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_policy_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_policy")),
    )
    op.create_index(op.f("ix_goal_policy_organization_id"), "goal_policy", ["organization_id"])

    op.create_table(
        "cycle_phase",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "DRAFTING",
                "RUNNING",
                "MID_CHECK",
                "REVIEW",
                "CALIBRATION",
                "PUBLISHED",
                "CLOSED",
                name="phase",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_phase_cycle_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_cycle_phase_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_phase")),
        sa.UniqueConstraint("cycle_id", "phase", name=op.f("uq_cycle_phase_cycle_id_phase")),
    )
    op.create_index(op.f("ix_cycle_phase_organization_id"), "cycle_phase", ["organization_id"])

    op.create_table(
        "goal",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("OBJECTIVE", "KPI", "GS", "KEY_TASK", name="goalkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum("ORGANIZATION", "DEPARTMENT", "PERSON", name="goallevel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("weight", ExactDecimal(), nullable=True),
        sa.Column("hours", ExactDecimal(), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum("ORGANIZATION", "LINE", "PRIVATE", name="goalvisibility", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "DRAFT",
                "PROPOSED",
                "CONFIRMED",
                "RUNNING",
                "DONE",
                "DROPPED",
                "CARRIED_OVER",
                name="goalstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("checked_in_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("carried_from_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_goal_parent")),
        sa.ForeignKeyConstraint(["carried_from_id"], ["goal.id"], name=op.f("fk_goal_carried_from_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_goal_confirmed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_goal_created_by")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_cycle_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_goal_department_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_goal_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["goal.id"], name=op.f("fk_goal_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("cycle_id", "code", name=op.f("uq_goal_cycle_id_code")),
    )
    op.create_index(op.f("ix_goal_carried_from_id"), "goal", ["carried_from_id"])
    op.create_index("ix_goal_creator", "goal", ["organization_id", "created_by"])
    op.create_index("ix_goal_department", "goal", ["organization_id", "department_id", "cycle_id"])
    op.create_index(op.f("ix_goal_organization_id"), "goal", ["organization_id"])
    op.create_index("ix_goal_owner", "goal", ["organization_id", "owner_id", "cycle_id"])
    op.create_index(op.f("ix_goal_owner_id"), "goal", ["owner_id"])
    op.create_index("ix_goal_page", "goal", ["organization_id", "cycle_id", "id"])
    op.create_index(op.f("ix_goal_parent_id"), "goal", ["parent_id"])

    op.create_table(
        "goal_change_request",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("ORGANIZATION", "DEPARTMENT", "PERSON", name="goallevel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "MARKET",
                "TECHNOLOGY",
                "POLICY",
                "CUSTOMER",
                "RESOURCE",
                "CORRECTION",
                name="reasoncategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column(
            "weight_rule",
            sa.Enum("REFUSE", "RENORMALISE", name="weightrule", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("PROPOSED", "APPROVED", "REJECTED", "WITHDRAWN", name="changestatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision_comment", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_change_request_cycle_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_goal_change_request_decided_by")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_goal_change_request_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_change_request_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_goal_change_request_owner_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_goal_change_request_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_change_request")),
    )
    op.create_index("ix_goal_change_request_cycle", "goal_change_request", ["organization_id", "cycle_id", "id"])
    op.create_index("ix_goal_change_request_decided", "goal_change_request", ["organization_id", "decided_at"])
    op.create_index(op.f("ix_goal_change_request_organization_id"), "goal_change_request", ["organization_id"])
    op.create_index(op.f("ix_goal_change_request_owner_id"), "goal_change_request", ["owner_id"])
    op.create_index(op.f("ix_goal_change_request_requested_by"), "goal_change_request", ["requested_by"])

    op.create_table(
        "goal_health_check",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("KEEP", "CHANGE", "SUPPORT", name="healthverdict", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["completed_by"], ["person.id"], name=op.f("fk_goal_health_check_completed_by")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_health_check_cycle_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_health_check_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_health_check_person_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_goal_health_check_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_health_check")),
        sa.UniqueConstraint("cycle_id", "person_id", name=op.f("uq_goal_health_check_cycle_id_person_id")),
    )
    op.create_index(op.f("ix_goal_health_check_organization_id"), "goal_health_check", ["organization_id"])
    op.create_index(op.f("ix_goal_health_check_person_id"), "goal_health_check", ["person_id"])
    op.create_index(op.f("ix_goal_health_check_reviewer_id"), "goal_health_check", ["reviewer_id"])

    op.create_table(
        "goal_check_in",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("progress", ExactDecimal(), nullable=True),
        sa.Column("risk", sa.Text(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("support", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_goal_check_in_confidence")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_goal_check_in_author_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_check_in_goal_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_check_in_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_check_in")),
    )
    op.create_index("ix_goal_check_in_goal", "goal_check_in", ["goal_id", "id"])
    op.create_index(op.f("ix_goal_check_in_organization_id"), "goal_check_in", ["organization_id"])

    op.create_table(
        "goal_comment",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("COMMENT", "RETURN", name="commentkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_goal_comment_author_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_comment_goal_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_comment_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_comment")),
    )
    op.create_index("ix_goal_comment_goal", "goal_comment", ["goal_id", "id"])
    op.create_index(op.f("ix_goal_comment_organization_id"), "goal_comment", ["organization_id"])

    op.create_table(
        "goal_export",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("format", sa.Enum("CSV", "XLSX", name="tableformat", native_enum=False, length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum("QUEUED", "DONE", "REFUSED", name="transferstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_export_cycle_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_goal_export_department_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_goal_export_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_goal_export_job_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_export_organization_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_goal_export_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_export")),
    )
    op.create_index(op.f("ix_goal_export_file_id"), "goal_export", ["file_id"])
    op.create_index(op.f("ix_goal_export_organization_id"), "goal_export", ["organization_id"])
    op.create_index(op.f("ix_goal_export_requested_by"), "goal_export", ["requested_by"])

    op.create_table(
        "goal_import",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
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
        sa.Column("errors", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_goal_import_cycle_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_goal_import_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_goal_import_job_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_import_organization_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_goal_import_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_import")),
    )
    op.create_index(op.f("ix_goal_import_file_id"), "goal_import", ["file_id"])
    op.create_index(op.f("ix_goal_import_organization_id"), "goal_import", ["organization_id"])
    op.create_index(op.f("ix_goal_import_requested_by"), "goal_import", ["requested_by"])

    op.create_table(
        "goal_revision",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_goal_revision_approved_by")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_revision_goal_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_revision_organization_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_goal_revision_proposed_by")),
        sa.ForeignKeyConstraint(["request_id"], ["goal_change_request.id"], name=op.f("fk_goal_revision_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_revision")),
        sa.UniqueConstraint("goal_id", "number", name=op.f("uq_goal_revision_goal_id_number")),
    )
    op.create_index(op.f("ix_goal_revision_organization_id"), "goal_revision", ["organization_id"])
    op.create_index(op.f("ix_goal_revision_request_id"), "goal_revision", ["request_id"])

    op.create_table(
        "measure",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column(
            "kind", sa.Enum("NUMERIC", "STAGED", name="measurekind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column(
            "direction",
            sa.Enum("INCREASE", "DECREASE", "KEEP_WITHIN", name="direction", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("start", ExactDecimal(), nullable=True),
        sa.Column("target", ExactDecimal(), nullable=True),
        sa.Column("low", ExactDecimal(), nullable=True),
        sa.Column("high", ExactDecimal(), nullable=True),
        sa.Column("commit_text", sa.Text(), nullable=True),
        sa.Column("target_text", sa.Text(), nullable=True),
        sa.Column("stretch_text", sa.Text(), nullable=True),
        sa.Column("weight", ExactDecimal(), nullable=True),
        sa.Column(
            "data_source",
            sa.Enum("MANUAL", "FEED", "DELIVERABLE", "EVENT", name="datasource", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("current", ExactDecimal(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum("NONE", "COMMIT", "TARGET", "STRETCH", name="stage", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("applicable", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("measured_at", UtcDateTime(), nullable=True),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("low <= high", name=op.f("ck_measure_range")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_measure_goal_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_measure_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_goal_id"), "measure", ["goal_id"])
    op.create_index(op.f("ix_measure_organization_id"), "measure", ["organization_id"])

    op.create_table(
        "weekly_action",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("goal_text", sa.String(length=300), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("must_finish", sa.String(length=200), nullable=False),
        sa.Column("witness_id", sa.Uuid(), nullable=False),
        sa.Column(
            "witness_answer",
            sa.Enum("ASKED", "SEEN", "NOT_SEEN", name="witnessanswer", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("witnessed_at", UtcDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("OPEN", "DONE", "NOT_DONE", name="actionoutcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_weekly_action_goal_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_weekly_action_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_weekly_action_person_id")),
        sa.ForeignKeyConstraint(["witness_id"], ["person.id"], name=op.f("fk_weekly_action_witness_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_action")),
        sa.UniqueConstraint("person_id", "week", name=op.f("uq_weekly_action_person_id_week")),
    )
    op.create_index(op.f("ix_weekly_action_goal_id"), "weekly_action", ["goal_id"])
    op.create_index(op.f("ix_weekly_action_organization_id"), "weekly_action", ["organization_id"])
    op.create_index("ix_weekly_action_week", "weekly_action", ["organization_id", "week"])
    op.create_index(op.f("ix_weekly_action_witness_id"), "weekly_action", ["witness_id"])

    op.create_table(
        "goal_change_item",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ADD_GOAL",
                "DROP_GOAL",
                "GOAL_TEXT",
                "GOAL_WEIGHT",
                "GOAL_OWNER",
                "MOVE_HOURS",
                "ADD_MEASURE",
                "DROP_MEASURE",
                "MEASURE_WEIGHT",
                "MEASURE_TARGET",
                name="changekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("to_goal_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("amount", ExactDecimal(), nullable=True),
        sa.Column(
            "mode", sa.Enum("RELATIVE", "POINTS", name="changemode", native_enum=False, length=40), nullable=True
        ),
        sa.Column("content", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_change_item_goal_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_goal_change_item_measure_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_change_item_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_goal_change_item_owner_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["goal_change_request.id"], name=op.f("fk_goal_change_item_request_id")
        ),
        sa.ForeignKeyConstraint(["to_goal_id"], ["goal.id"], name=op.f("fk_goal_change_item_to_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_change_item")),
        sa.UniqueConstraint("request_id", "position", name=op.f("uq_goal_change_item_request_id_position")),
    )
    op.create_index(op.f("ix_goal_change_item_goal_id"), "goal_change_item", ["goal_id"])
    op.create_index(op.f("ix_goal_change_item_measure_id"), "goal_change_item", ["measure_id"])
    op.create_index(op.f("ix_goal_change_item_organization_id"), "goal_change_item", ["organization_id"])
    op.create_index(op.f("ix_goal_change_item_to_goal_id"), "goal_change_item", ["to_goal_id"])

    op.create_table(
        "goal_check_in_value",
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum("NONE", "COMMIT", "TARGET", "STRETCH", name="stage", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("applicable", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("start", ExactDecimal(), nullable=True),
        sa.Column("target", ExactDecimal(), nullable=True),
        sa.Column("low", ExactDecimal(), nullable=True),
        sa.Column("high", ExactDecimal(), nullable=True),
        sa.Column(
            "source",
            sa.Enum("MANUAL", "FEED", "DELIVERABLE", "EVENT", name="datasource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("citation", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["goal_check_in.id"], name=op.f("fk_goal_check_in_value_check_in_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_goal_check_in_value_measure_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_check_in_value_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_check_in_value")),
        sa.UniqueConstraint("check_in_id", "measure_id", name=op.f("uq_goal_check_in_value_check_in_id_measure_id")),
    )
    op.create_index(op.f("ix_goal_check_in_value_measure_id"), "goal_check_in_value", ["measure_id"])
    op.create_index(op.f("ix_goal_check_in_value_organization_id"), "goal_check_in_value", ["organization_id"])

    op.create_table(
        "goal_mention",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["goal_comment.id"], name=op.f("fk_goal_mention_comment_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_goal_mention_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_mention_person_id")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_goal_mention")),
    )
    op.create_index(op.f("ix_goal_mention_organization_id"), "goal_mention", ["organization_id"])
    op.create_index(op.f("ix_goal_mention_person_id"), "goal_mention", ["person_id"])

    if op.get_bind().dialect.name == "sqlite":
        # Making the table anew, as the batch operation does, fails once other rows refer to its rows.
        op.execute(
            "ALTER TABLE cycle ADD COLUMN parent_id CHAR(32) CONSTRAINT fk_cycle_parent_id REFERENCES cycle (id)"
        )
    else:
        op.add_column("cycle", sa.Column("parent_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f("fk_cycle_parent_id"), "cycle", "cycle", ["parent_id"], ["id"])
    op.create_index(op.f("ix_cycle_parent_id"), "cycle", ["parent_id"])


def downgrade() -> None:
    with op.batch_alter_table("cycle") as cycle:
        cycle.drop_constraint(op.f("fk_cycle_parent_id"), type_="foreignkey")
        cycle.drop_index(op.f("ix_cycle_parent_id"))
        cycle.drop_column("parent_id")
    for table in (
        "goal_mention",
        "goal_check_in_value",
        "goal_change_item",
        "weekly_action",
        "measure",
        "goal_revision",
        "goal_import",
        "goal_export",
        "goal_comment",
        "goal_check_in",
        "goal_health_check",
        "goal_change_request",
        "goal",
        "cycle_phase",
        "goal_policy",
    ):
        op.drop_table(table)
