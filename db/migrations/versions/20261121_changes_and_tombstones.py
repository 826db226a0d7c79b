"""Who loses sight of what, and the order in which the log is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2c7d90b4e1a6"
down_revision = "7206603a290d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_place", "event", ["organization_id", "subject_type", "transaction", "sequence"])
    op.create_index("ix_event_subject", "event", ["organization_id", "subject_id", "transaction", "sequence"])
    op.create_table(
        "lost_sight",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_lost_sight_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lost_sight_person_id")),
        sa.ForeignKeyConstraint(["sequence"], ["event.sequence"], name=op.f("fk_lost_sight_sequence")),
        sa.PrimaryKeyConstraint("person_id", "sequence", name=op.f("pk_lost_sight")),
    )
    op.create_index(op.f("ix_lost_sight_organization_id"), "lost_sight", ["organization_id"])


def downgrade() -> None:
    op.drop_table("lost_sight")
    op.drop_index("ix_event_subject", "event")
    op.drop_index("ix_event_place", "event")
