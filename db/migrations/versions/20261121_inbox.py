"""What people are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "8a4c61f3b7d0"
down_revision = "5b1f0c7d2e94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "MENTIONED",
                "WITNESS_ASKED",
                "HEALTH_CHECK_OPENED",
                "WEEKLY_ACTION_TO_WRITE",
                "WEEKLY_ACTION_OPEN",
                "CHECK_IN_DUE",
                name="notificationcode",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("params", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("subject_type", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_notification_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("person_id", "dedupe_key", name=op.f("uq_notification_person_id_dedupe_key")),
    )
    op.create_index("ix_notification_inbox", "notification", ["person_id", "created_at", "id"])
    op.create_index(op.f("ix_notification_organization_id"), "notification", ["organization_id"])


def downgrade() -> None:
    op.drop_table("notification")
