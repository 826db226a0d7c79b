"""Projects, their tasks, and how late tasks are told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "1824230ae185"
down_revision = "db956bb07126"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_hours", sa.Integer(), nullable=False),
        sa.Column("silence_hours", sa.Integer(), nullable=True),
        sa.Column("repeat_hours", sa.Integer(), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organization.id"], name=op.f("fk_project_policy_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_policy_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_policy")),
    )
    with op.batch_alter_table("project_policy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_policy_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "project",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("ACTIVE", "DONE", "DROPPED", name="projectstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("first_due_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("task_count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_project_created_by")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_project_goal_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_project_lead_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_project_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_goal_id"), ["goal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_project_page", ["organization_id", "id"], unique=False)

    op.create_table(
        "project_member",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_member_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_member_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_member_project_id")),
        sa.PrimaryKeyConstraint("project_id", "person_id", name=op.f("pk_project_member")),
    )
    with op.batch_alter_table("project_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_member_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "project_task",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("planned_start_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("first_due_at", UtcDateTime(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "OPEN", "IN_PROGRESS", "WAITING", "DONE", "DROPPED", name="taskstatus", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("waiting_for_task_id", sa.Uuid(), nullable=True),
        sa.Column("waiting_for_person_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("planned_start_at <= due_at", name=op.f("ck_project_task_plan")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_project_task_created_by")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_project_task_goal_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_project_task_measure_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_project_task_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_project_task_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_task_project_id")),
        sa.ForeignKeyConstraint(["template_id"], ["deliverable_template.id"], name=op.f("fk_project_task_template_id")),
        sa.ForeignKeyConstraint(
            ["waiting_for_person_id"], ["person.id"], name=op.f("fk_project_task_waiting_for_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["waiting_for_task_id"], ["project_task.id"], name=op.f("fk_project_task_waiting_for_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_task")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_project_task_project_id_number")),
    )
    with op.batch_alter_table("project_task", schema=None) as batch_op:
        batch_op.create_index("ix_project_task_due", ["organization_id", "status", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_goal_id"), ["goal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_measure_id"), ["measure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_project_task_page", ["organization_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_template_id"), ["template_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_waiting_for_task_id"), ["waiting_for_task_id"], unique=False)

    op.create_table(
        "project_task_collaborator",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_task_collaborator_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_task_collaborator_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_project_task_collaborator_task_id")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_project_task_collaborator")),
    )
    with op.batch_alter_table("project_task_collaborator", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_task_collaborator_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_project_task_collaborator_person_id"), ["person_id"], unique=False)

    op.create_table(
        "project_task_comment",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_project_task_comment_author_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_task_comment_organization_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_project_task_comment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_task_comment")),
    )
    with op.batch_alter_table("project_task_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_task_comment_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_project_task_comment_task", ["task_id", "id"], unique=False)

    op.create_table(
        "project_task_dependency",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("depends_on_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("task_id <> depends_on_id", name=op.f("ck_project_task_dependency_itself")),
        sa.ForeignKeyConstraint(
            ["depends_on_id"], ["project_task.id"], name=op.f("fk_project_task_dependency_depends_on_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_task_dependency_organization_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_project_task_dependency_task_id")),
        sa.PrimaryKeyConstraint("task_id", "depends_on_id", name=op.f("pk_project_task_dependency")),
    )
    with op.batch_alter_table("project_task_dependency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_task_dependency_depends_on_id"), ["depends_on_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_project_task_dependency_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "project_task_escalation",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("escalated_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_task_escalation_organization_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_project_task_escalation_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_task_escalation")),
        sa.UniqueConstraint("task_id", "since", "level", name=op.f("uq_project_task_escalation_task_id_since_level")),
    )
    with op.batch_alter_table("project_task_escalation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_task_escalation_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "project_task_update",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "OPEN", "IN_PROGRESS", "WAITING", "DONE", "DROPPED", name="taskstatus", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("waiting_for_task_id", sa.Uuid(), nullable=True),
        sa.Column("waiting_for_person_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_project_task_update_author_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_task_update_organization_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_project_task_update_owner_id")),
        sa.ForeignKeyConstraint(["task_id"], ["project_task.id"], name=op.f("fk_project_task_update_task_id")),
        sa.ForeignKeyConstraint(
            ["waiting_for_person_id"], ["person.id"], name=op.f("fk_project_task_update_waiting_for_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["waiting_for_task_id"], ["project_task.id"], name=op.f("fk_project_task_update_waiting_for_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_task_update")),
    )
    with op.batch_alter_table("project_task_update", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_task_update_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_project_task_update_task", ["task_id", "id"], unique=False)

    op.create_table(
        "project_task_mention",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["project_task_comment.id"], name=op.f("fk_project_task_mention_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_task_mention_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_task_mention_person_id")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_project_task_mention")),
    )
    with op.batch_alter_table("project_task_mention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_task_mention_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_task_mention_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("project_task_mention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_task_mention_person_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_mention_organization_id"))

    op.drop_table("project_task_mention")
    with op.batch_alter_table("project_task_update", schema=None) as batch_op:
        batch_op.drop_index("ix_project_task_update_task")
        batch_op.drop_index(batch_op.f("ix_project_task_update_organization_id"))

    op.drop_table("project_task_update")
    with op.batch_alter_table("project_task_escalation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_task_escalation_organization_id"))

    op.drop_table("project_task_escalation")
    with op.batch_alter_table("project_task_dependency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_task_dependency_organization_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_dependency_depends_on_id"))

    op.drop_table("project_task_dependency")
    with op.batch_alter_table("project_task_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_project_task_comment_task")
        batch_op.drop_index(batch_op.f("ix_project_task_comment_organization_id"))

    op.drop_table("project_task_comment")
    with op.batch_alter_table("project_task_collaborator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_task_collaborator_person_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_collaborator_organization_id"))

    op.drop_table("project_task_collaborator")
    with op.batch_alter_table("project_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_task_waiting_for_task_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_template_id"))
        batch_op.drop_index("ix_project_task_page")
        batch_op.drop_index(batch_op.f("ix_project_task_owner_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_organization_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_measure_id"))
        batch_op.drop_index(batch_op.f("ix_project_task_goal_id"))
        batch_op.drop_index("ix_project_task_due")

    op.drop_table("project_task")
    with op.batch_alter_table("project_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_member_person_id"))
        batch_op.drop_index(batch_op.f("ix_project_member_organization_id"))

    op.drop_table("project_member")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("ix_project_page")
        batch_op.drop_index(batch_op.f("ix_project_organization_id"))
        batch_op.drop_index(batch_op.f("ix_project_lead_id"))
        batch_op.drop_index(batch_op.f("ix_project_goal_id"))

    op.drop_table("project")
    with op.batch_alter_table("project_policy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_policy_organization_id"))

    op.drop_table("project_policy")
