"""How long the pictures of paper are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b7d41e95c2a8"
down_revision = "c2d7a90e5f14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_policy",
        sa.Column("pictures_kept_days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_intake_policy_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_policy")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_intake_policy_organization_id")),
    )
    op.create_index(op.f("ix_intake_policy_organization_id"), "intake_policy", ["organization_id"])


def downgrade() -> None:
    op.drop_table("intake_policy")
