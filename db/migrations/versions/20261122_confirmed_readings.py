"""How sure a value must be to be green, and who confirmed which reading.

Versions of thresholds that were published before keep judging as they did: they ask for no confidence.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import ExactDecimal, UtcDateTime

revision = "4b7e21c96a05"
down_revision = "8d26f0c5b79e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("threshold_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minimum_confidence", ExactDecimal(), nullable=False, server_default="0"))
    with op.batch_alter_table("threshold_version", schema=None) as batch_op:
        batch_op.alter_column("minimum_confidence", server_default=None)
    with op.batch_alter_table("flag_evaluation", schema=None) as batch_op:
        batch_op.alter_column("thresholds_digest", new_column_name="basis_digest")
    op.create_table(
        "reading_confirmation",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_reading_confirmation_confirmed_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reading_confirmation_organization_id")
        ),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_reading_confirmation_reading_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_confirmation")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_reading_confirmation_reading_id")),
    )
    op.create_index(op.f("ix_reading_confirmation_organization_id"), "reading_confirmation", ["organization_id"])


def downgrade() -> None:
    op.drop_table("reading_confirmation")
    with op.batch_alter_table("flag_evaluation", schema=None) as batch_op:
        batch_op.alter_column("basis_digest", new_column_name="thresholds_digest")
    with op.batch_alter_table("threshold_version", schema=None) as batch_op:
        batch_op.drop_column("minimum_confidence")
