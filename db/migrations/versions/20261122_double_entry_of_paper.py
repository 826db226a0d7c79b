"""Two people check chosen fields of a form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import UtcDateTime

revision = "e4a06b7f31d2"
down_revision = "7cb318df19a3"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "double_entry",
        sa.Column("form_version_id", sa.Uuid(), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_double_entry_form_version_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_double_entry_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_entry")),
        sa.UniqueConstraint("form_version_id", name=op.f("uq_double_entry_form_version_id")),
    )
    op.create_index(op.f("ix_double_entry_organization_id"), "double_entry", ["organization_id"])
    op.create_table(
        "intake_check",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_intake_check_cycle_id")),
        sa.ForeignKeyConstraint(["document_id"], ["intake_document.id"], name=op.f("fk_intake_check_document_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_intake_check_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_intake_check_person_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_intake_check_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_check")),
        sa.UniqueConstraint("document_id", "person_id", name=op.f("uq_intake_check_document_id_person_id")),
    )
    op.create_index(op.f("ix_intake_check_organization_id"), "intake_check", ["organization_id"])
    stage = sa.Enum("SECOND", "DECISION", name="entrystage", native_enum=False, length=40)
    with op.batch_alter_table("intake_document") as table:
        table.add_column(sa.Column("double_entry", _JSON, nullable=True))
        table.add_column(sa.Column("entry_stage", stage, nullable=True))
        table.add_column(sa.Column("disputed", _JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("intake_document") as table:
        table.drop_column("disputed")
        table.drop_column("entry_stage")
        table.drop_column("double_entry")
    op.drop_table("intake_check")
    op.drop_table("double_entry")
