"""Points with a ledger, and rounds of anonymous feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "a758c5a285ed"
down_revision = "53c11e3e906d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "points_account",
        sa.Column(
            "kind",
            sa.Enum(
                "ISSUED", "ALLOWANCE", "BALANCE", "HELD", "REDEEMED", name="accountkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "points >= 0 OR kind IN ('ISSUED', 'REDEEMED')", name=op.f("ck_points_account_never_negative")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_points_account_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_account")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_points_account_organization_id_key")),
    )
    op.create_index(op.f("ix_points_account_organization_id"), "points_account", ["organization_id"])
    op.create_index(op.f("ix_points_account_person_id"), "points_account", ["person_id"])

    op.create_table(
        "points_redemption",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=300), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "REQUESTED",
                "APPROVED",
                "REFUSED",
                "WITHDRAWN",
                "FULFILLED",
                name="redemptionstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("fulfilled_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_redemption_points")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_points_redemption_decided_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_points_redemption_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_redemption_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_redemption")),
    )
    op.create_index(op.f("ix_points_redemption_organization_id"), "points_redemption", ["organization_id"])
    op.create_index(op.f("ix_points_redemption_person_id"), "points_redemption", ["person_id"])

    op.create_table(
        "upward_round",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("OPEN", "RELEASED", "TOO_FEW", name="roundstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("minimum >= 4", name=op.f("ck_upward_round_minimum")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_upward_round_opened_by")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upward_round_organization_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_upward_round_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upward_round")),
    )
    op.create_index(op.f("ix_upward_round_organization_id"), "upward_round", ["organization_id"])
    op.create_index("ix_upward_round_subject", "upward_round", ["organization_id", "subject_id"])
    op.create_index(
        "uq_upward_round_open",
        "upward_round",
        ["subject_id"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
        sqlite_where=sa.text("status = 'OPEN'"),
    )

    op.create_table(
        "points_posting",
        sa.Column(
            "reason",
            sa.Enum(
                "ALLOWANCE",
                "KUDOS",
                "RULE",
                "REDEMPTION_ASKED",
                "REDEMPTION_RETURNED",
                "REDEMPTION_FULFILLED",
                name="postingreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_points_posting_feedback_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_points_posting_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["points_redemption.id"], name=op.f("fk_points_posting_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_posting")),
        sa.UniqueConstraint("organization_id", "dedupe_key", name=op.f("uq_points_posting_organization_id_dedupe_key")),
    )
    op.create_index(op.f("ix_points_posting_feedback_id"), "points_posting", ["feedback_id"])
    op.create_index(op.f("ix_points_posting_organization_id"), "points_posting", ["organization_id"])
    op.create_index(op.f("ix_points_posting_redemption_id"), "points_posting", ["redemption_id"])

    op.create_table(
        "upward_box",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("notes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upward_box_organization_id")),
        sa.ForeignKeyConstraint(["round_id"], ["upward_round.id"], name=op.f("fk_upward_box_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_upward_box")),
    )
    op.create_index(op.f("ix_upward_box_organization_id"), "upward_box", ["organization_id"])

    op.create_table(
        "upward_invitation",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("took_part", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_upward_invitation_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upward_invitation_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["upward_round.id"], name=op.f("fk_upward_invitation_round_id")),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_upward_invitation")),
    )
    op.create_index(op.f("ix_upward_invitation_organization_id"), "upward_invitation", ["organization_id"])
    op.create_index(op.f("ix_upward_invitation_person_id"), "upward_invitation", ["person_id"])

    op.create_table(
        "upward_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upward_note_organization_id")),
        sa.ForeignKeyConstraint(["round_id"], ["upward_round.id"], name=op.f("fk_upward_note_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upward_note")),
    )
    op.create_index(op.f("ix_upward_note_organization_id"), "upward_note", ["organization_id"])
    op.create_index(op.f("ix_upward_note_round_id"), "upward_note", ["round_id"])

    op.create_table(
        "points_line",
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["points_account.id"], name=op.f("fk_points_line_account_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_points_line_organization_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["points_posting.id"], name=op.f("fk_points_line_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_line")),
    )
    op.create_index("ix_points_line_account", "points_line", ["account_id", "id"])
    op.create_index(op.f("ix_points_line_organization_id"), "points_line", ["organization_id"])
    op.create_index(op.f("ix_points_line_posting_id"), "points_line", ["posting_id"])


def downgrade() -> None:
    op.drop_table("points_line")
    op.drop_table("upward_note")
    op.drop_table("upward_invitation")
    op.drop_table("upward_box")
    op.drop_table("points_posting")
    op.drop_table("upward_round")
    op.drop_table("points_redemption")
    op.drop_table("points_account")
