"""Growth logs: entries, to-dos and voice notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "0c44096f3dd1"
down_revision = "4e81c0d7f3b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "growth_entry",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "mood",
            sa.Enum("GREAT", "GOOD", "FAIR", "LOW", "BAD", name="mood", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_growth_entry_goal_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_growth_entry_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_growth_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_entry")),
    )
    op.create_index("ix_growth_entry_goal", "growth_entry", ["goal_id"])
    op.create_index(op.f("ix_growth_entry_organization_id"), "growth_entry", ["organization_id"])
    op.create_index("ix_growth_entry_person", "growth_entry", ["person_id", "written_on"])

    op.create_table(
        "growth_recording",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING", "DONE", "NOT_CONFIGURED", "FAILED", name="transcriptionstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("transcript", sa.Text(), nullable=True),
        sa.Column("transcribed_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(file_id IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_growth_recording_erased_has_no_file")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["growth_entry.id"], name=op.f("fk_growth_recording_entry_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_growth_recording_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_growth_recording_job_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_growth_recording_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_recording")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_growth_recording_entry_id")),
    )
    op.create_index(op.f("ix_growth_recording_file_id"), "growth_recording", ["file_id"])
    op.create_index(op.f("ix_growth_recording_organization_id"), "growth_recording", ["organization_id"])

    op.create_table(
        "growth_revision",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "mood",
            sa.Enum("GREAT", "GOOD", "FAIR", "LOW", "BAD", name="mood", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["growth_entry.id"], name=op.f("fk_growth_revision_entry_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_growth_revision_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_revision")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_growth_revision_entry_id_number")),
    )
    op.create_index(op.f("ix_growth_revision_organization_id"), "growth_revision", ["organization_id"])

    op.create_table(
        "growth_todo",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["growth_entry.id"], name=op.f("fk_growth_todo_entry_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_growth_todo_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_growth_todo_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_todo")),
    )
    op.create_index("ix_growth_todo_due", "growth_todo", ["organization_id", "due_on"])
    op.create_index(op.f("ix_growth_todo_entry_id"), "growth_todo", ["entry_id"])
    op.create_index(op.f("ix_growth_todo_organization_id"), "growth_todo", ["organization_id"])


def downgrade() -> None:
    op.drop_table("growth_todo")
    op.drop_table("growth_revision")
    op.drop_table("growth_recording")
    op.drop_table("growth_entry")
