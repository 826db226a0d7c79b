"""What a retrospective may be about: who may open one on it, on which occasion, and who takes part anyway."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.models.feedback.retrospectives import Occasion
from db.models.goals import COUNTED, LIVE, Cycle, Goal, GoalLevel, GoalStatus
from db.models.people import Department, Person
from db.models.projects.tasks import Project, ProjectStatus
from db.queries import goals, people
from db.queries.projects import tasks
from db.viewer import Viewer
from resolvers.access import require_answers_for
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority as goal_authority
from resolvers.projects import authority as project_authority
from resolvers.projects.tracing import delays

AT = ("input", "subjectId")


@dataclass(frozen=True, slots=True)
class Subject:
    """A type of the schema, the key of its row, and of a person or department the cycle."""

    type: str
    id: uuid.UUID
    cycle_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a retrospective on a subject begins."""

    occasion: Occasion
    takes_part: uuid.UUID | None
    """Whose goal, project or cycle it is."""


def opening(session: Session, viewer: Viewer, subject: Subject) -> Opening:
    """The subject, held still until the transaction ends, so that two do not open one on it at once.

    For a goal: who may draft it. For a project: its lead and PMO. For a person's cycle: that person, the managers above
    and HR. For a department's: who may draft its goals.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, GOAL_STATE for a goal that was never confirmed, CYCLE_REQUIRED, INVALID
    for a cycle beside a goal or project.
    """
    if subject.cycle_id is not None and subject.type in {"Goal", "Project"}:
        raise DomainError(ErrorCode.INVALID, ("input", "cycleId"))
    found = _OPENINGS[subject.type](session, viewer, subject)
    table: type[Goal | Project | Person | Department] = _TABLES[subject.type]
    session.execute(sa.select(table.id).where(table.id == subject.id).with_for_update(key_share=True))
    return found


def _of_goal(session: Session, viewer: Viewer, subject: Subject) -> Opening:
    goal = goals.goals_by_ids(session, viewer, [subject.id]).get(subject.id)
    if goal is None:
        raise DomainError(ErrorCode.NOT_FOUND, AT)
    goal_authority.require_may_shape(session, viewer, goal_authority.subject_of(goal), AT)
    if goal.status not in (*COUNTED, GoalStatus.DROPPED) or goal.confirmed_at is None:
        raise DomainError(ErrorCode.GOAL_STATE, AT)
    over = goal.status not in LIVE or _is_over(session, viewer, session.get_one(Cycle, goal.cycle_id))
    return Opening(Occasion.ENDED if over else Occasion.OTHER, goal.owner_id)


def _of_project(session: Session, viewer: Viewer, subject: Subject) -> Opening:
    project = tasks.projects_by_ids(session, viewer, [subject.id]).get(subject.id)
    if project is None:
        raise DomainError(ErrorCode.NOT_FOUND, AT)
    project_authority.require_may_shape(viewer, project)
    if project.status is not ProjectStatus.ACTIVE:
        return Opening(Occasion.ENDED, project.lead_id)
    (delay,) = delays(session, viewer, [project], now(), in_working_time=False)
    return Opening(Occasion.LATE if delay.seconds else Occasion.OTHER, project.lead_id)


def _of_person(session: Session, viewer: Viewer, subject: Subject) -> Opening:
    if subject.id != viewer.person_id:
        require_answers_for(session, viewer, subject.id, AT)
    return Opening(_of_cycle(session, viewer, subject), subject.id)


def _of_department(session: Session, viewer: Viewer, subject: Subject) -> Opening:
    if not people.departments(session, viewer, [subject.id]):
        raise DomainError(ErrorCode.NOT_FOUND, AT)
    asked = goal_authority.Subject(GoalLevel.DEPARTMENT, None, subject.id)
    goal_authority.require_may_shape(session, viewer, asked, AT)
    return Opening(_of_cycle(session, viewer, subject), None)


def _of_cycle(session: Session, viewer: Viewer, subject: Subject) -> Occasion:
    at = ("input", "cycleId")
    if subject.cycle_id is None:
        raise DomainError(ErrorCode.CYCLE_REQUIRED, at)
    cycle = goals.by_ids(session, viewer, [subject.cycle_id]).get(subject.cycle_id)
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    return Occasion.ENDED if _is_over(session, viewer, cycle) else Occasion.OTHER


def _is_over(session: Session, viewer: Viewer, cycle: Cycle) -> bool:
    return cycle.ends_on < people.today(session, viewer.organization_id)


_OPENINGS: Mapping[str, Callable[[Session, Viewer, Subject], Opening]] = {
    "Goal": _of_goal,
    "Project": _of_project,
    "Person": _of_person,
    "Department": _of_department,
}
_TABLES: Mapping[str, type[Goal | Project | Person | Department]] = {
    "Goal": Goal,
    "Project": Project,
    "Person": Person,
    "Department": Department,
}
