"""A person's word over a flag stands until it is withdrawn, and thresholds that never said how sure a value must be.

Words that a later judgement had ended stay ended. Versions of thresholds from before the question ask what the product
asks by default from now on; their evaluations stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import ExactDecimal, UtcDateTime, new_id

revision = "6e0d41b8c3f7"
down_revision = "d2a9037be614"
branch_labels = None
depends_on = None

_UNASKED = "UPDATE threshold_version SET minimum_confidence = NULL WHERE minimum_confidence = 0"
_OVERRIDE = sa.table(
    "flag_override", *(sa.column(name, sa.Uuid()) for name in ("id", "evaluation_id", "organization_id"))
)
_EVALUATION = sa.table(
    "flag_evaluation",
    sa.column("id", sa.Uuid()),
    sa.column("deliverable_file_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("created_at", UtcDateTime()),
)


def upgrade() -> None:
    withdrawal = op.create_table(
        "flag_withdrawal",
        sa.Column("override_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_flag_withdrawal_organization_id")
        ),
        sa.ForeignKeyConstraint(["override_id"], ["flag_override.id"], name=op.f("fk_flag_withdrawal_override_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_flag_withdrawal_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_withdrawal")),
        sa.UniqueConstraint("override_id", name=op.f("uq_flag_withdrawal_override_id")),
    )
    op.create_index(op.f("ix_flag_withdrawal_organization_id"), "flag_withdrawal", ["organization_id"])
    with op.batch_alter_table("threshold_version", schema=None) as batch_op:
        batch_op.alter_column("minimum_confidence", existing_type=ExactDecimal(), nullable=True)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _move(connection, withdrawal)
        return
    # Row security holds for the owner too: one organisation after the other.
    for organization_id in connection.scalars(sa.text("SELECT id FROM organization")).all():
        connection.execute(sa.text("SELECT set_config('app.organization', :id, true)"), {"id": str(organization_id)})
        _move(connection, withdrawal)
    connection.execute(sa.text("SELECT set_config('app.organization', '', true)"))


def _move(connection: sa.Connection, withdrawal: sa.Table) -> None:
    said, later = _EVALUATION.alias(), _EVALUATION.alias()
    ended = (
        sa.select(_OVERRIDE.c.id, _OVERRIDE.c.organization_id, sa.func.min(later.c.created_at, type_=UtcDateTime()))
        .join(said, said.c.id == _OVERRIDE.c.evaluation_id)
        .join(
            later,
            sa.and_(later.c.deliverable_file_id == said.c.deliverable_file_id, later.c.number > said.c.number),
        )
        .group_by(_OVERRIDE.c.id, _OVERRIDE.c.organization_id)
    )
    for override_id, organization_id, at in connection.execute(ended).all():
        connection.execute(
            withdrawal.insert().values(
                id=new_id(), override_id=override_id, organization_id=organization_id, created_at=at
            )
        )
    connection.execute(sa.text(_UNASKED))


def downgrade() -> None:
    raise NotImplementedError("which words over flags stand would be lost")
