"""Rules that make tasks of what happens in the product: setting them, and letting them fire.

A rule fires once for each thing that happens after it was made. No loop can arise: about a task that a rule made, and
what is handed in for it, a rule fires once at most, and not at all where it is one of the rules that led there.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.events import record
from db.inbox import notify
from db.models.goals import Goal
from db.models.inbox import NotificationCode
from db.models.projects.deliverables import Deliverable
from db.models.projects.rules import RuleOwner, RuleTrigger, TaskRule, TaskRuleRun
from db.models.projects.tasks import ProjectTask
from db.queries import goals, people
from db.queries.projects import deliverables, rules, tasks
from db.queries.projects.rules import RULE_ROLES
from db.viewer import Role, Viewer
from resolvers.causes import Cause
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_role
from resolvers.goals.inputs import TITLE_LENGTH
from resolvers.inbox import path_of
from resolvers.projects import planning
from resolvers.projects.plans import NotMadeError, Occasion, PlanDraft, checked_plan, edit_plan, make_task
from resolvers.telling import DELIVERABLE, GOAL, TASK

SUBJECTS = {
    RuleTrigger.DELIVERABLE_RED: DELIVERABLE,
    RuleTrigger.GOAL_AT_RISK: GOAL,
    RuleTrigger.TASK_BLOCKED: TASK,
}
"""The type in the schema of what it happens to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRuleDraft(PlanDraft):
    """When this happens, make a task like that."""

    trigger: RuleTrigger
    level: int | None = None
    owner_from: RuleOwner


def add_task_rule(session: Session, viewer: Viewer, draft: TaskRuleDraft) -> TaskRule:
    """Let something that happens in the product make tasks in a project that the viewer may plan.

    For PMO and administrators. Raises what `checked_plan` does, FORBIDDEN, INVALID where an owner is named or missing
    against `owner_from`, NUMBER_OUT_OF_RANGE for a level outside 1 to 10, missing for blocked tasks or given else.
    """
    require_role(viewer, *RULE_ROLES)
    _check_owner(draft.owner_from, draft.owner_id)
    blocked = draft.trigger is RuleTrigger.TASK_BLOCKED
    if blocked is (draft.level is None) or (draft.level is not None and draft.level not in planning.LEVELS):
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "level"))
    rule = TaskRule(
        organization_id=viewer.organization_id,
        trigger=draft.trigger,
        level=draft.level,
        owner_from=draft.owner_from,
        **checked_plan(session, viewer, draft),
    )
    session.add(rule)
    session.flush()
    record(session, viewer, "task_rule.added", "TaskRule", rule.id)
    return rule


def edit_task_rule(
    session: Session, viewer: Viewer, rule_id: uuid.UUID, values: Mapping[str, Any], expected_version: int | None
) -> TaskRule:
    """Let the rule's tasks be like that from now on; what they were like before is kept, and who set it so.

    `values`: by attributes of `PlanDraft`, and `owner_from`; what is not named stays, but a named owner goes with
    NAMED. What the rule waits for stays: that would be another rule. For PMO and administrators. Raises NOT_FOUND,
    CONFLICT, CHANGE_EMPTY, and what `add_task_rule` does.
    """
    rule = _rule_to_change(session, viewer, rule_id, expected_version)
    owner_from = values.get("owner_from", rule.owner_from)
    if "owner_from" in values and owner_from is not RuleOwner.NAMED:
        values = {"owner_id": None, **values}
    _check_owner(owner_from, values.get("owner_id", rule.owner_id))
    edit_plan(session, viewer, rule, values)
    record(session, viewer, "task_rule.edited", "TaskRule", rule.id)
    return rule


def enable_task_rule(
    session: Session, viewer: Viewer, rule_id: uuid.UUID, enabled: bool, expected_version: int | None
) -> TaskRule:
    """Let a rule fire, or not any more. Raises FORBIDDEN, NOT_FOUND, CONFLICT."""
    rule = _rule_to_change(session, viewer, rule_id, expected_version)
    rule.disabled_at = None if enabled else rule.disabled_at or now()
    session.flush()
    record(session, viewer, "task_rule.enabled" if enabled else "task_rule.disabled", "TaskRule", rule.id)
    return rule


def _check_owner(owner_from: RuleOwner, owner_id: uuid.UUID | None) -> None:
    """Raises INVALID where an owner is named or missing against `owner_from`."""
    if (owner_from is RuleOwner.NAMED) is not (owner_id is not None):
        raise DomainError(ErrorCode.INVALID, ("input", "ownerId"))


def _rule_to_change(session: Session, viewer: Viewer, rule_id: uuid.UUID, expected_version: int | None) -> TaskRule:
    """The rule, locked. Raises FORBIDDEN, NOT_FOUND, CONFLICT."""
    require_role(viewer, *RULE_ROLES)
    statement = rules.rules(viewer).where(TaskRule.id == rule_id).with_for_update()
    rule = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if rule is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    if expected_version is not None and rule.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return rule


@dataclass(frozen=True, slots=True)
class _Subject:
    """What it happened to, as far as rules ask."""

    owner_id: uuid.UUID | None
    task: ProjectTask | None
    """The task that is blocked, or for which the deliverable was handed in."""
    goal: Goal | None
    measure_id: uuid.UUID | None

    def owner_by(self, rule: TaskRule) -> uuid.UUID | None:
        if rule.owner_from is RuleOwner.NAMED:
            return rule.owner_id
        if rule.owner_from is RuleOwner.GOAL_OWNER:
            return self.goal.owner_id or self.goal.created_by if self.goal is not None else None
        return self.owner_id


def fire(session: Session, viewer: Viewer, cause: Cause) -> None:
    """Let every rule that waits for this make its task; doing it again makes nothing twice.

    A rule that cannot leaves a line that says why, and HR is told once until somebody changes the rule. For the
    system's viewer; raises FORBIDDEN for people.
    """
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    waiting = rules.rules(viewer).where(
        TaskRule.trigger == cause.trigger,
        TaskRule.disabled_at.is_(None),
        TaskRule.created_at <= cause.happened_at,
        sa.or_(TaskRule.level.is_(None), TaskRule.level == cause.level),
    )
    # Locked: what one rule did about a subject is looked up and added to by one job at a time.
    found = session.scalars(waiting.order_by(TaskRule.id).with_for_update()).all()
    subject = _subject(session, viewer, cause) if found else None
    if subject is None:
        return
    before = rules.runs_of_tasks(session, [subject.task.id]) if subject.task is not None else {}
    chain = [rule_id for run in before.values() for rule_id in run.chain]
    by_rule = subject.task is not None and subject.task.created_by is None
    for rule in found:
        known = rules.runs(viewer).where(TaskRuleRun.rule_id == rule.id)
        same = TaskRuleRun.cause == cause.key
        if by_rule:
            same = sa.or_(same, TaskRuleRun.subject_id == cause.subject_id)
        if str(rule.id) in chain or session.scalars(known.where(same)).first() is not None:
            continue
        run = TaskRuleRun(
            organization_id=viewer.organization_id,
            rule_id=rule.id,
            rule_number=rule.number,
            cause=cause.key,
            subject_type=SUBJECTS[cause.trigger],
            subject_id=cause.subject_id,
            happened_at=cause.happened_at,
            chain=[*chain, str(rule.id)],
        )
        occasion = Occasion(
            subject.owner_by(rule),
            _citation(cause),
            subject.goal.id if subject.goal is not None else None,
            subject.measure_id,
        )
        try:
            run.task_id = make_task(session, viewer, rule, occasion).id
        except NotMadeError as error:
            run.reason = error.reason
            _tell_failed(session, viewer, rule)
        session.add(run)
        session.flush()


def _citation(cause: Cause) -> str:
    """What a task says of where it comes from: what happened, when, and where it is shown. No titles: who sees the task
    need not see the subject."""
    path = path_of(SUBJECTS[cause.trigger], cause.subject_id)
    return " · ".join((cause.trigger.value, cause.happened_at.isoformat(), path))[:TITLE_LENGTH]


def _subject(session: Session, viewer: Viewer, cause: Cause) -> _Subject | None:
    """What the system sees of it; None when it is gone."""
    if cause.trigger is RuleTrigger.GOAL_AT_RISK:
        goal = goals.goals_by_ids(session, viewer, [cause.subject_id]).get(cause.subject_id)
        return None if goal is None else _Subject(goal.owner_id or goal.created_by, None, goal, None)
    owner_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = cause.subject_id
    if cause.trigger is RuleTrigger.DELIVERABLE_RED:
        statement = deliverables.visible_to(session, viewer).where(Deliverable.id == cause.subject_id)
        deliverable = session.scalars(statement).one_or_none()
        if deliverable is None:
            return None
        owner_id, task_id = deliverable.owner_id, deliverable.task_id
    task = tasks.tasks_by_ids(session, viewer, [task_id]).get(task_id) if task_id is not None else None
    if task is None:
        return _Subject(owner_id, None, None, None) if owner_id is not None else None
    served = goals.goals_by_ids(session, viewer, [task.goal_id]).get(task.goal_id) if task.goal_id else None
    return _Subject(owner_id or task.owner_id, task, served, task.measure_id if served is not None else None)


def _tell_failed(session: Session, viewer: Viewer, rule: TaskRule) -> None:
    notify(
        session,
        viewer,
        people.holders(session, viewer, Role.HR),
        NotificationCode.TASK_RULE_FAILED,
        key=f"task_rule_failed:{rule.id}:{rule.version}",
        subject=("TaskRule", rule.id),
    )
