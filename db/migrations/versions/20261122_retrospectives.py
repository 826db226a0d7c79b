"""Retrospectives, and what is agreed in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import ExactDecimal, UtcDateTime

revision = "1f5b6e95c53b"
down_revision = "a31c7f5e0d92"
branch_labels = None
depends_on = None

_OF_A_TALK = ("meeting_id", "manager_id", "report_id")


def upgrade() -> None:
    op.create_table(
        "retrospective",
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column(
            "occasion", sa.Enum("ENDED", "LATE", "OTHER", name="occasion", native_enum=False, length=40), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facilitator_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "FINISHED", "DROPPED", name="retrospectivestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN goal_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN department_id IS NULL THEN 0 ELSE 1 END)"
            " = 1",
            name=op.f("ck_retrospective_one_subject"),
        ),
        sa.CheckConstraint(
            "(cycle_id IS NULL) = (person_id IS NULL AND department_id IS NULL)",
            name=op.f("ck_retrospective_cycle_of_somebody"),
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_retrospective_cycle_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_retrospective_department_id")),
        sa.ForeignKeyConstraint(["facilitator_id"], ["person.id"], name=op.f("fk_retrospective_facilitator_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_retrospective_goal_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retrospective_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_retrospective_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_retrospective_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrospective")),
    )
    op.create_index(op.f("ix_retrospective_department_id"), "retrospective", ["department_id"])
    op.create_index(op.f("ix_retrospective_facilitator_id"), "retrospective", ["facilitator_id"])
    op.create_index(op.f("ix_retrospective_goal_id"), "retrospective", ["goal_id"])
    op.create_index(op.f("ix_retrospective_organization_id"), "retrospective", ["organization_id"])
    op.create_index("ix_retrospective_page", "retrospective", ["organization_id", "created_at", "id"])
    op.create_index(op.f("ix_retrospective_person_id"), "retrospective", ["person_id"])
    op.create_index(op.f("ix_retrospective_project_id"), "retrospective", ["project_id"])

    op.create_table(
        "retrospective_edition",
        sa.Column("retrospective_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("finished_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (finished_by IS NULL)", name=op.f("ck_retrospective_edition_finished_by_somebody")
        ),
        sa.ForeignKeyConstraint(["finished_by"], ["person.id"], name=op.f("fk_retrospective_edition_finished_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retrospective_edition_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["retrospective_id"], ["retrospective.id"], name=op.f("fk_retrospective_edition_retrospective_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrospective_edition")),
        sa.UniqueConstraint(
            "retrospective_id", "number", name=op.f("uq_retrospective_edition_retrospective_id_number")
        ),
    )
    op.create_index(op.f("ix_retrospective_edition_organization_id"), "retrospective_edition", ["organization_id"])

    op.create_table(
        "retrospective_participant",
        sa.Column("retrospective_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retrospective_participant_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_retrospective_participant_person_id")),
        sa.ForeignKeyConstraint(
            ["retrospective_id"], ["retrospective.id"], name=op.f("fk_retrospective_participant_retrospective_id")
        ),
        sa.PrimaryKeyConstraint("retrospective_id", "person_id", name=op.f("pk_retrospective_participant")),
    )
    op.create_index(
        op.f("ix_retrospective_participant_organization_id"), "retrospective_participant", ["organization_id"]
    )
    op.create_index(op.f("ix_retrospective_participant_person_id"), "retrospective_participant", ["person_id"])

    op.create_table(
        "retrospective_entry",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "step",
            sa.Enum("INTENDED", "HAPPENED", "CAUSES", "KEEP", "CHANGE", name="step", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_retrospective_entry_author_id")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["retrospective_edition.id"], name=op.f("fk_retrospective_entry_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retrospective_entry_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrospective_entry")),
        sa.UniqueConstraint(
            "edition_id", "author_id", "step", name=op.f("uq_retrospective_entry_edition_id_author_id_step")
        ),
    )
    op.create_index(op.f("ix_retrospective_entry_author_id"), "retrospective_entry", ["author_id"])
    op.create_index(op.f("ix_retrospective_entry_organization_id"), "retrospective_entry", ["organization_id"])

    op.create_table(
        "retrospective_fact",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("GOAL", "MEASURE", "DELAY", "DELAY_PART", "FLAG", name="factkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("source_type", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
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
        sa.Column("target_text", sa.Text(), nullable=True),
        sa.Column("result", ExactDecimal(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum("NONE", "COMMIT", "TARGET", "STRETCH", name="stage", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("progress", ExactDecimal(), nullable=True),
        sa.Column("measured_at", UtcDateTime(), nullable=True),
        sa.Column("check_in_id", sa.Uuid(), nullable=True),
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
            nullable=True,
        ),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "flag", sa.Enum("GREEN", "YELLOW", "RED", "GREY", name="flag", native_enum=False, length=40), nullable=True
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["goal_check_in.id"], name=op.f("fk_retrospective_fact_check_in_id")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["retrospective_edition.id"], name=op.f("fk_retrospective_fact_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_retrospective_fact_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_retrospective_fact_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrospective_fact")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_retrospective_fact_edition_id_position")),
    )
    op.create_index(op.f("ix_retrospective_fact_organization_id"), "retrospective_fact", ["organization_id"])

    with op.batch_alter_table("one_on_one_action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retrospective_id", sa.Uuid(), nullable=True))
        for column in _OF_A_TALK:
            batch_op.alter_column(column, existing_type=sa.Uuid(), nullable=True)
        batch_op.create_check_constraint(
            batch_op.f("ck_one_on_one_action_agreed_somewhere"), "(meeting_id IS NULL) <> (retrospective_id IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_one_on_one_action_two_of_a_talk"),
            "(meeting_id IS NULL) = (manager_id IS NULL) AND (meeting_id IS NULL) = (report_id IS NULL)",
        )
        batch_op.create_index(batch_op.f("ix_one_on_one_action_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_on_one_action_retrospective_id"), ["retrospective_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_one_on_one_action_retrospective_id"), "retrospective", ["retrospective_id"], ["id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM one_on_one_action WHERE retrospective_id IS NOT NULL")
    with op.batch_alter_table("one_on_one_action", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_one_on_one_action_retrospective_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_one_on_one_action_two_of_a_talk"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_one_on_one_action_agreed_somewhere"), type_="check")
        batch_op.drop_index(batch_op.f("ix_one_on_one_action_retrospective_id"))
        batch_op.drop_index(batch_op.f("ix_one_on_one_action_owner_id"))
        for column in _OF_A_TALK:
            batch_op.alter_column(column, existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("retrospective_id")
    for table in ("fact", "entry", "participant", "edition"):
        op.drop_table(f"retrospective_{table}")
    op.drop_table("retrospective")
