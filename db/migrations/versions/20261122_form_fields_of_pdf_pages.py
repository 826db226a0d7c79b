"""Form fields of PDF pages, and where the value of a field comes from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "4e81c0d7f3b2"
down_revision = "4c8e1f7a92d3"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("upload_page") as table:
        table.add_column(sa.Column("form_fields", _JSON, nullable=True))
    with op.batch_alter_table("intake_field") as table:
        # All that was read so far was read on pictures.
        table.add_column(sa.Column("source", sa.String(length=16), nullable=False, server_default="picture"))
    with op.batch_alter_table("intake_field") as table:
        table.alter_column("source", existing_type=sa.String(length=16), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("intake_field") as table:
        table.drop_column("source")
    with op.batch_alter_table("upload_page") as table:
        table.drop_column("form_fields")
