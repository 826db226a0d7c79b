"""What people say about each other's work, and the settings for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "53c11e3e906d"
down_revision = "b7d41e95c2a8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "behaviour_tag",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("label_zh", sa.String(length=100), nullable=False),
        sa.Column("label_en", sa.String(length=100), nullable=False),
        sa.Column("competency", sa.String(length=64), nullable=True),
        sa.Column("cues_zh", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("cues_en", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_behaviour_tag_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_tag")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_behaviour_tag_organization_id_key")),
    )
    op.create_index(op.f("ix_behaviour_tag_organization_id"), "behaviour_tag", ["organization_id"])

    op.create_table(
        "feedback_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edit_minutes", sa.Integer(), nullable=False),
        sa.Column("monthly_allowance", sa.Integer(), nullable=False),
        sa.Column("tag_points", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("recency_days", sa.Integer(), nullable=False),
        sa.Column("anonymous_minimum", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("anonymous_minimum >= 4", name=op.f("ck_feedback_policy_anonymous_minimum")),
        sa.CheckConstraint("monthly_allowance >= 0", name=op.f("ck_feedback_policy_allowance")),
        sa.ForeignKeyConstraint(["id"], ["organization.id"], name=op.f("fk_feedback_policy_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_feedback_policy_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_policy")),
    )
    op.create_index(op.f("ix_feedback_policy_organization_id"), "feedback_policy", ["organization_id"])

    op.create_table(
        "feedback",
        sa.Column("kind", sa.Enum("NOTE", "KUDOS", name="feedbackkind", native_enum=False, length=40), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("situation", sa.Text(), nullable=True),
        sa.Column("behaviour", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column(
            "impact_level",
            sa.Enum("CUSTOMER", "TEAM", "PROCESS", name="impactlevel", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum("RECEIVER", "RECEIVER_AND_LINE", "LINE", name="feedbackvisibility", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("visibility_reason", sa.Text(), nullable=True),
        sa.Column("linked_type", sa.String(length=64), nullable=True),
        sa.Column("linked_id", sa.Uuid(), nullable=True),
        sa.Column("link_url", sa.String(length=2000), nullable=True),
        sa.Column("link_snippet", sa.Text(), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("draft_digest", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "sentiment",
            sa.Enum("STRENGTH", "CONCERN", "MIXED", "NONE", name="sentiment", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("missing", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("empty_praise", sa.Boolean(), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "visibility <> 'LINE' OR visibility_reason IS NOT NULL", name=op.f("ck_feedback_line_only_has_a_reason")
        ),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f("ck_feedback_two_people")),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_feedback_giver_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feedback_organization_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["person.id"], name=op.f("fk_feedback_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("giver_id", "draft_id", name=op.f("uq_feedback_giver_id_draft_id")),
    )
    op.create_index("ix_feedback_giver", "feedback", ["giver_id", "occurred_at"])
    op.create_index("ix_feedback_linked", "feedback", ["linked_type", "linked_id"])
    op.create_index(op.f("ix_feedback_organization_id"), "feedback", ["organization_id"])
    op.create_index("ix_feedback_receiver", "feedback", ["receiver_id", "occurred_at"])

    op.create_table(
        "quick_phrase",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_quick_phrase_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quick_phrase_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quick_phrase")),
        sa.UniqueConstraint("person_id", "text", name=op.f("uq_quick_phrase_person_id_text")),
    )
    op.create_index(op.f("ix_quick_phrase_organization_id"), "quick_phrase", ["organization_id"])

    op.create_table(
        "feedback_revision",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("situation", sa.Text(), nullable=True),
        sa.Column("behaviour", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column(
            "impact_level",
            sa.Enum("CUSTOMER", "TEAM", "PROCESS", name="impactlevel", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("tags", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_revision_feedback_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_feedback_revision_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_revision")),
        sa.UniqueConstraint("feedback_id", "number", name=op.f("uq_feedback_revision_feedback_id_number")),
    )
    op.create_index(op.f("ix_feedback_revision_organization_id"), "feedback_revision", ["organization_id"])

    op.create_table(
        "feedback_tag",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_tag_feedback_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feedback_tag_organization_id")),
        sa.PrimaryKeyConstraint("feedback_id", "key", name=op.f("pk_feedback_tag")),
    )
    op.create_index(op.f("ix_feedback_tag_organization_id"), "feedback_tag", ["organization_id"])


def downgrade() -> None:
    op.drop_table("feedback_tag")
    op.drop_table("feedback_revision")
    op.drop_table("quick_phrase")
    op.drop_table("feedback")
    op.drop_table("feedback_policy")
    op.drop_table("behaviour_tag")
