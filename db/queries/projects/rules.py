"""Rules that make tasks of what happens in the product, and what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.projects.rules import TaskRule, TaskRuleRevision, TaskRuleRun
from db.queries.sets import among
from db.viewer import Role, Viewer

RULE_ROLES = (Role.PMO, Role.ADMINISTRATOR)
"""Who sets rules."""
SEEING_ROLES = (*RULE_ROLES, Role.HR)
"""Who sees them: HR hears of those that fail."""


def rules(viewer: Viewer) -> sa.Select[TaskRule]:
    """The organisation's rules, for PMO, administrators, HR and the system; nobody else sees one."""
    statement = sa.select(TaskRule).where(TaskRule.organization_id == viewer.organization_id)
    return statement if _sees(viewer) else statement.where(sa.false())


def revisions(session: Session, rule_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[TaskRuleRevision]]:
    """What rules that the caller loaded through `rules` were like before they were edited, the latest first."""
    statement = sa.select(TaskRuleRevision).where(among(TaskRuleRevision.rule_id, rule_ids))
    found: dict[uuid.UUID, list[TaskRuleRevision]] = {}
    for row in session.scalars(statement.order_by(TaskRuleRevision.number.desc())):
        found.setdefault(row.rule_id, []).append(row)
    return found


def runs(viewer: Viewer) -> sa.Select[TaskRuleRun]:
    """What became of the rules, for the same."""
    statement = sa.select(TaskRuleRun).where(TaskRuleRun.organization_id == viewer.organization_id)
    return statement if _sees(viewer) else statement.where(sa.false())


def runs_of_tasks(session: Session, task_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, TaskRuleRun]:
    """What made those of the tasks that a rule made; the caller loaded the tasks through `tasks.tasks`."""
    found = session.scalars(sa.select(TaskRuleRun).where(among(TaskRuleRun.task_id, task_ids)))
    return {run.task_id: run for run in found if run.task_id is not None}


def _sees(viewer: Viewer) -> bool:
    return viewer.is_system or viewer.has(*SEEING_ROLES)
