"""Which grades and scores reviews may have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "f5b17c8e42d3"
down_revision = "0c44096f3dd1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_standards",
        sa.Column("grades", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("score_minimum", sa.String(length=20), nullable=True),
        sa.Column("score_maximum", sa.String(length=20), nullable=True),
        sa.Column("score_step", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_review_standards_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_standards")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_review_standards_organization_id")),
    )
    op.create_index(op.f("ix_review_standards_organization_id"), "review_standards", ["organization_id"])


def downgrade() -> None:
    op.drop_table("review_standards")
