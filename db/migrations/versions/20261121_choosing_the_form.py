"""A person chooses the form of a document that was not recognised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "d18e4b6a3c70"
down_revision = "7fa1b1fa28ad"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("intake_document") as table:
        table.add_column(sa.Column("candidates", _JSON, nullable=True))
        table.add_column(sa.Column("suggestions", _JSON, nullable=True))
        table.add_column(sa.Column("chosen_version_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_intake_document_chosen_version_id"), "form_version", ["chosen_version_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("intake_document") as table:
        table.drop_constraint(op.f("fk_intake_document_chosen_version_id"), type_="foreignkey")
        table.drop_column("chosen_version_id")
        table.drop_column("suggestions")
        table.drop_column("candidates")
