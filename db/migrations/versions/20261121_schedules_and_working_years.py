"""When recurring work is due, and on which days the organisation works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "5b1f0c7d2e94"
down_revision = "e301ff9f7977"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "schedule",
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_schedule_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("organization_id", "job", "zone", name=op.f("uq_schedule_organization_id_job_zone")),
    )
    op.create_index(op.f("ix_schedule_organization_id"), "schedule", ["organization_id"])
    op.create_table(
        "working_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("weekdays", json, nullable=False),
        sa.Column("days", json, nullable=False),
        sa.Column("opens_minute", sa.Integer(), nullable=False),
        sa.Column("closes_minute", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens_minute < closes_minute", name=op.f("ck_working_year_hours")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_working_year_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_year")),
        sa.UniqueConstraint("organization_id", "year", name=op.f("uq_working_year_organization_id_year")),
    )
    op.create_index(op.f("ix_working_year_organization_id"), "working_year", ["organization_id"])


def downgrade() -> None:
    op.drop_table("working_year")
    op.drop_table("schedule")
