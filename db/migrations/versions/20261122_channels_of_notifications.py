"""Channels of notifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "166a8e0a82f0"
down_revision = "12e6b59ac295"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("urgent_codes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organization.id"], name=op.f("fk_notification_policy_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_notification_policy_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_policy")),
    )
    op.create_index(op.f("ix_notification_policy_organization_id"), "notification_policy", ["organization_id"])

    op.create_table(
        "notification_channel",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "DINGTALK",
                "WECOM",
                "FEISHU",
                "SLACK",
                "EMAIL",
                "OTHER",
                name="channelkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sealed_url", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("to_each", sa.Boolean(), nullable=False),
        sa.Column("codes", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("person_ids", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("department_ids", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("tested_at", UtcDateTime(), nullable=True),
        sa.Column(
            "test_reason",
            sa.Enum(
                "URL_INVALID",
                "UNSEALABLE",
                "HOST_NOT_ALLOWED",
                "PRIVATE_ADDRESS",
                "NO_ADDRESS",
                "UNREACHABLE",
                "REFUSED",
                "NO_ANSWER",
                "READ",
                "MUTED",
                "CHANNEL_GONE",
                name="deliveryreason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_notification_channel_created_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_notification_channel_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_notification_channel_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_channel")),
    )
    op.create_index(op.f("ix_notification_channel_organization_id"), "notification_channel", ["organization_id"])
    op.create_index(op.f("ix_notification_channel_owner_id"), "notification_channel", ["owner_id"])

    op.create_table(
        "notification_preference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "quiet",
            sa.Enum("ORGANIZATION", "OWN", "NONE", name="quietchoice", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("muted", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["person.id"], name=op.f("fk_notification_preference_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_notification_preference_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_preference")),
    )
    op.create_index(op.f("ix_notification_preference_organization_id"), "notification_preference", ["organization_id"])

    op.create_table(
        "notification_delivery",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING",
                "SENDING",
                "SENT",
                "UNKNOWN",
                "FAILED",
                "DROPPED",
                name="deliverystate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "URL_INVALID",
                "UNSEALABLE",
                "HOST_NOT_ALLOWED",
                "PRIVATE_ADDRESS",
                "NO_ADDRESS",
                "UNREACHABLE",
                "REFUSED",
                "NO_ANSWER",
                "READ",
                "MUTED",
                "CHANNEL_GONE",
                name="deliveryreason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notification_channel.id"], name=op.f("fk_notification_delivery_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name=op.f("fk_notification_delivery_notification_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_notification_delivery_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_delivery_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_delivery")),
        sa.UniqueConstraint(
            "notification_id", "channel_id", name=op.f("uq_notification_delivery_notification_id_channel_id")
        ),
    )
    op.create_index("ix_notification_delivery_channel", "notification_delivery", ["channel_id", "id"])
    op.create_index(op.f("ix_notification_delivery_organization_id"), "notification_delivery", ["organization_id"])
    op.create_index(op.f("ix_notification_delivery_person_id"), "notification_delivery", ["person_id"])


def downgrade() -> None:
    for table in ("notification_delivery", "notification_preference", "notification_channel", "notification_policy"):
        op.drop_table(table)
