"""Which evidence stands in the file of a brief."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import Json

revision = "e5c08b31f7a4"
down_revision = "7c1e5b0a94d2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("brief_document", sa.Column("evidence", Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("brief_document") as table:
        table.drop_column("evidence")
