"""Talks between a manager and a report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "7fa1b1fa28ad"
down_revision = "b5b4a93f6705"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coaching_commitment",
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_coaching_commitment_position")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_coaching_commitment_author_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_coaching_commitment_manager_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_coaching_commitment_organization_id")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["person.id"], name=op.f("fk_coaching_commitment_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_commitment")),
        sa.UniqueConstraint(
            "manager_id",
            "report_id",
            "quarter",
            "author_id",
            "position",
            name="uq_coaching_commitment_slot",
        ),
    )
    op.create_index(op.f("ix_coaching_commitment_organization_id"), "coaching_commitment", ["organization_id"])

    op.create_table(
        "one_on_one",
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("manager_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("report_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_one_on_one_manager_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_one_on_one_organization_id")),
        sa.ForeignKeyConstraint(["report_id"], ["person.id"], name=op.f("fk_one_on_one_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_on_one")),
        sa.UniqueConstraint(
            "manager_id", "report_id", "held_on", name=op.f("uq_one_on_one_manager_id_report_id_held_on")
        ),
    )
    op.create_index(op.f("ix_one_on_one_organization_id"), "one_on_one", ["organization_id"])
    op.create_index("ix_one_on_one_report", "one_on_one", ["report_id", "held_on"])

    op.create_table(
        "one_on_one_rhythm",
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("every_days BETWEEN 1 AND 92", name=op.f("ck_one_on_one_rhythm_every_days")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_one_on_one_rhythm_manager_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_one_on_one_rhythm_organization_id")
        ),
        sa.PrimaryKeyConstraint("manager_id", name=op.f("pk_one_on_one_rhythm")),
    )
    op.create_index(op.f("ix_one_on_one_rhythm_organization_id"), "one_on_one_rhythm", ["organization_id"])

    op.create_table(
        "one_on_one_action",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_one_on_one_action_manager_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["one_on_one.id"], name=op.f("fk_one_on_one_action_meeting_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_one_on_one_action_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_one_on_one_action_owner_id")),
        sa.ForeignKeyConstraint(["report_id"], ["person.id"], name=op.f("fk_one_on_one_action_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_on_one_action")),
    )
    op.create_index(op.f("ix_one_on_one_action_organization_id"), "one_on_one_action", ["organization_id"])
    op.create_index("ix_one_on_one_action_pair", "one_on_one_action", ["manager_id", "report_id"])

    op.create_table(
        "one_on_one_entry",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "AGENDA",
                "TOP_THREE",
                "RISK",
                "SUPPORT",
                "MOOD",
                "RESOURCES",
                "GROWTH",
                "MINUTES",
                "PRIVATE",
                name="topic",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "mood",
            sa.Enum("GREAT", "GOOD", "FAIR", "LOW", "BAD", name="mood", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_one_on_one_entry_author_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["one_on_one.id"], name=op.f("fk_one_on_one_entry_meeting_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_one_on_one_entry_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_on_one_entry")),
        sa.UniqueConstraint(
            "meeting_id", "author_id", "topic", name=op.f("uq_one_on_one_entry_meeting_id_author_id_topic")
        ),
    )
    op.create_index(op.f("ix_one_on_one_entry_organization_id"), "one_on_one_entry", ["organization_id"])


def downgrade() -> None:
    op.drop_table("one_on_one_entry")
    op.drop_table("one_on_one_action")
    op.drop_table("one_on_one_rhythm")
    op.drop_table("one_on_one")
    op.drop_table("coaching_commitment")
