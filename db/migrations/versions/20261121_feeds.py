"""Feeds: what other systems send, and what becomes of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from db.base import PlainDecimal, UtcDateTime

revision = "3b425b1bbb7d"
down_revision = "1824230ae185"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("every_minutes", sa.Integer(), nullable=True),
        sa.Column("pull_url", sa.Text(), nullable=True),
        sa.Column("next_pull_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("pull_error", sa.String(length=64), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_feed_created_by")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feed_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_feed_organization_id_name")),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "feed_delivery",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_delivery_feed_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_feed_delivery_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_delivery")),
        sa.UniqueConstraint("feed_id", "key", name=op.f("uq_feed_delivery_feed_id_key")),
    )
    with op.batch_alter_table("feed_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_delivery_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_feed_delivery_received", ["organization_id", "received_at"], unique=False)

    op.create_table(
        "feed_secret",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_secret_feed_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feed_secret_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_secret")),
    )
    with op.batch_alter_table("feed_secret", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_secret_feed_id"), ["feed_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_secret_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "feed_binding",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("measured_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_feed_binding_created_by")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_binding_feed_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_feed_binding_measure_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feed_binding_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_binding")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_feed_binding_measure_id")),
    )
    with op.batch_alter_table("feed_binding", schema=None) as batch_op:
        batch_op.create_index("ix_feed_binding_name", ["feed_id", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_binding_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "feed_rule",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "collaborator_ids",
            sa.JSON().with_variant(JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("due_hours", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_feed_rule_created_by")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_rule_feed_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_feed_rule_measure_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feed_rule_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_feed_rule_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_feed_rule_project_id")),
        sa.ForeignKeyConstraint(["template_id"], ["deliverable_template.id"], name=op.f("fk_feed_rule_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_rule")),
    )
    with op.batch_alter_table("feed_rule", schema=None) as batch_op:
        batch_op.create_index("ix_feed_rule_name", ["feed_id", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_rule_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_rule_project_id"), ["project_id"], unique=False)

    op.create_table(
        "feed_record",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", PlainDecimal(), nullable=True),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("measured_at", UtcDateTime(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "PENDING",
                "APPLIED",
                "SUPERSEDED",
                "UNBOUND",
                "UNIT_CONFLICT",
                "REFUSED",
                name="recordoutcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("check_in_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["goal_check_in.id"], name=op.f("fk_feed_record_check_in_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["feed_delivery.id"], name=op.f("fk_feed_record_delivery_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_record_feed_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_feed_record_organization_id")),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_feed_record_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_record")),
        sa.UniqueConstraint("delivery_id", "position", name=op.f("uq_feed_record_delivery_id_position")),
        sa.UniqueConstraint("feed_id", "key", name=op.f("uq_feed_record_feed_id_key")),
    )
    with op.batch_alter_table("feed_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_record_check_in_id"), ["check_in_id"], unique=False)
        batch_op.create_index("ix_feed_record_name", ["organization_id", "name", "unit"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_record_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_feed_record_outcome", ["organization_id", "outcome", "feed_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_record_task_id"), ["task_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("feed_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_record_task_id"))
        batch_op.drop_index("ix_feed_record_outcome")
        batch_op.drop_index(batch_op.f("ix_feed_record_organization_id"))
        batch_op.drop_index("ix_feed_record_name")
        batch_op.drop_index(batch_op.f("ix_feed_record_check_in_id"))

    op.drop_table("feed_record")
    with op.batch_alter_table("feed_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_rule_project_id"))
        batch_op.drop_index(batch_op.f("ix_feed_rule_organization_id"))
        batch_op.drop_index("ix_feed_rule_name")

    op.drop_table("feed_rule")
    with op.batch_alter_table("feed_binding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_binding_organization_id"))
        batch_op.drop_index("ix_feed_binding_name")

    op.drop_table("feed_binding")
    with op.batch_alter_table("feed_secret", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_secret_organization_id"))
        batch_op.drop_index(batch_op.f("ix_feed_secret_feed_id"))

    op.drop_table("feed_secret")
    with op.batch_alter_table("feed_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_feed_delivery_received")
        batch_op.drop_index(batch_op.f("ix_feed_delivery_organization_id"))

    op.drop_table("feed_delivery")
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_organization_id"))

    op.drop_table("feed")
