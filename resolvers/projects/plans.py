"""What the tasks of a rule are like: checking it when the rule is made, and making one."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.people import Person
from db.models.projects.feeds import FeedRule, FeedRuleRevision
from db.models.projects.rules import RuleFailure, TaskPlan, TaskRule, TaskRuleRevision
from db.models.projects.tasks import Project, ProjectTask
from db.queries import people
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.authority import require_colleague, require_colleagues
from resolvers.goals.inputs import TITLE_LENGTH, required_text
from resolvers.projects import authority, planning
from resolvers.projects.loading import project_to_change, require_template
from resolvers.rules.working_time import NoWorkingDayError
from resolvers.working_time import calendar_of

DUE_HOURS = range(1, 2001)

_FAILURES = {
    "projectId": RuleFailure.PROJECT_ENDED,
    "templateId": RuleFailure.TEMPLATE_RETIRED,
    "ownerId": RuleFailure.OWNER_LEFT,
    "collaboratorIds": RuleFailure.NOBODY_HELPS,
    "measureId": RuleFailure.GOAL_GONE,
    "goalId": RuleFailure.GOAL_GONE,
}
"""What it means that planning refused a field of a rule's task."""


class NotMadeError(Exception):
    """A rule's task could not be made."""

    def __init__(self, reason: RuleFailure) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraft:
    """What the tasks of a rule are to be like."""

    project_id: uuid.UUID
    title: str
    owner_id: uuid.UUID | None
    """None: it depends on what happened."""
    collaborator_ids: Sequence[uuid.UUID]
    template_id: uuid.UUID
    due_hours: int


def checked_plan(session: Session, viewer: Viewer, draft: PlanDraft) -> dict[str, Any]:
    """The attributes of a `TaskPlan`, and `owner_id`, for tasks in a project that the viewer may plan.

    Raises what `planning.create_task` would for such a task, and NUMBER_OUT_OF_RANGE outside 1 to 2,000 hours.
    """
    project = project_to_change(session, viewer, draft.project_id, at=("input", "projectId"))
    authority.require_may_shape(viewer, project)
    if draft.due_hours not in DUE_HOURS:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "dueHours"))
    if draft.owner_id is not None:
        require_colleague(session, viewer, draft.owner_id, ("input", "ownerId"))
    if len(draft.collaborator_ids) > planning.COLLABORATORS:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "collaboratorIds"))
    require_colleagues(session, viewer, draft.collaborator_ids, ("input", "collaboratorIds"))
    helpers = sorted(set(draft.collaborator_ids) - {draft.owner_id})
    if not helpers:
        raise DomainError(ErrorCode.COLLABORATOR_REQUIRED, ("input", "collaboratorIds"))
    require_template(session, viewer, draft.template_id, ("input", "templateId"))
    return {
        "project_id": project.id,
        "title": required_text(draft.title, TITLE_LENGTH, ("input", "title")),
        "owner_id": draft.owner_id,
        "collaborator_ids": [str(person_id) for person_id in helpers],
        "template_id": draft.template_id,
        "due_hours": draft.due_hours,
        "created_by": viewer.person_id,
    }


_PLANNED = tuple(one.name for one in fields(PlanDraft))
_KINDS: Mapping[type[TaskPlan], tuple[type[TaskRuleRevision | FeedRuleRevision], str]] = {
    TaskRule: (TaskRuleRevision, "owner_from"),
    FeedRule: (FeedRuleRevision, "measure_id"),
}
"""What keeps how a rule was, and which attribute the kind has besides those of `PlanDraft`."""


def edit_plan(session: Session, viewer: Viewer, rule: TaskRule | FeedRule, values: Mapping[str, Any]) -> None:
    """Let the tasks of a rule, which the caller holds, be like that from now on; a revision keeps what they were like.

    `values`: by attributes of `PlanDraft`, and `owner_from` of a `TaskRule` or `measure_id` of a `FeedRule`; what is
    not named stays. Raises CHANGE_EMPTY, and what `checked_plan` does.
    """
    revision, own = _KINDS[type(rule)]
    names = (*_PLANNED, own)
    before = {name: getattr(rule, name) for name in names}
    wanted = {**before, "collaborator_ids": [uuid.UUID(id_) for id_ in rule.collaborator_ids], **values}
    plan = checked_plan(session, viewer, PlanDraft(**{name: wanted[name] for name in _PLANNED}))
    after = plan | {own: wanted[own]}
    if all(after[name] == before[name] for name in names):
        raise DomainError(ErrorCode.CHANGE_EMPTY)
    kept = {"rule_id": rule.id, "number": rule.number, "created_by": rule.created_by, **before}
    session.add(revision(organization_id=rule.organization_id, **kept))
    for name, value in after.items():
        setattr(rule, name, value)
    rule.number += 1
    session.flush()


@dataclass(frozen=True, slots=True)
class Occasion:
    """What differs from one task of a rule to the next."""

    owner_id: uuid.UUID | None
    citation: str
    """What the task says of where it comes from."""
    goal_id: uuid.UUID | None = None
    measure_id: uuid.UUID | None = None


def make_task(session: Session, viewer: Viewer, plan: TaskPlan, occasion: Occasion) -> ProjectTask:
    """Make a rule's task, or nothing at all. For the system, or who may plan the project.

    Collaborators who have left are left out; where nobody but the owner remains, the project's lead helps. Raises
    `NotMadeError`.
    """
    if occasion.owner_id is None:
        raise NotMadeError(RuleFailure.NOBODY_OWNS)
    lead_id = session.scalars(sa.select(Project.lead_id).where(Project.id == plan.project_id)).one()
    named = [uuid.UUID(id_) for id_ in plan.collaborator_ids]
    here = _still_here(session, viewer, [*named, lead_id]) - {occasion.owner_id}
    helpers = [id_ for id_ in named if id_ in here] or [id_ for id_ in (lead_id,) if id_ in here]
    try:
        due_at = calendar_of(session, viewer).add_working_time(now(), datetime.timedelta(hours=plan.due_hours))
        draft = planning.TaskDraft(
            project_id=plan.project_id,
            title=plan.title,
            owner_id=occasion.owner_id,
            collaborator_ids=helpers,
            template_id=plan.template_id,
            due_at=due_at,
            description=occasion.citation,
            goal_id=occasion.goal_id,
            measure_id=occasion.measure_id,
        )
        with session.begin_nested():
            return planning.create_task(session, viewer, draft)
    except NoWorkingDayError as error:
        raise NotMadeError(RuleFailure.NO_WORKING_TIME) from error
    except DomainError as error:
        reason = _FAILURES.get(error.field[1]) if error.field else None
        if reason is None:
            raise
        raise NotMadeError(reason) from error


def _still_here(session: Session, viewer: Viewer, person_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    statement = people.directory(session, viewer).where(Person.id.in_(person_ids), Person.archived_at.is_(None))
    return {person.id for person in session.scalars(statement)}
