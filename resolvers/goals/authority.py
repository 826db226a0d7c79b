"""Who may do what with goals. Every function returns quietly or raises `DomainError`.

| use case | who |
| --- | --- |
| draft a person's goal | that person, the managers above, HR |
| draft a department's goal | managers who work in the department or in one around it, the committee, HR |
| draft the organisation's goal | the committee |
| edit, propose and withdraw a draft | who could draft it, as far as they see it |
| confirm or return a proposed goal, decide a change | a manager above the owner; where there is none, the committee |
| the same above persons | the committee; for departments also a manager above whoever answers for the goal |
| check in, comment, end a goal | its owner, who could draft it; comments: whoever sees it |
| ask for a change | its owner, who could draft it |

Nobody decides about an own goal or an own request, except the committee about the organisation's goals.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Goal, GoalLevel
from db.models.people import Employment, Person, RoleGrant
from db.queries import people
from db.queries.goals import departments_below
from db.queries.sets import among
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose goal it is, as far as authority goes."""

    level: GoalLevel
    owner_id: uuid.UUID | None
    department_id: uuid.UUID | None
    made_by: uuid.UUID | None = None
    """Answers for it where no owner is named."""

    @property
    def answerable(self) -> uuid.UUID | None:
        return self.owner_id or self.made_by


def subject_of(goal: Goal) -> Subject:
    return Subject(goal.level, goal.owner_id, goal.department_id, goal.created_by)


def may_shape(session: Session, viewer: Viewer, subject: Subject) -> bool:
    """Whether the viewer may draft such a goal, edit it as a draft, check in and ask for changes."""
    if viewer.is_system:
        return True
    if subject.level is GoalLevel.ORGANIZATION:
        return viewer.has(Role.COMMITTEE)
    if subject.owner_id is not None and subject.owner_id == viewer.person_id:
        return subject.level is GoalLevel.PERSON or _leads_department(session, viewer, subject.department_id)
    if viewer.has(Role.HR):
        return True
    if subject.level is GoalLevel.DEPARTMENT:
        return viewer.has(Role.COMMITTEE) or _leads_department(session, viewer, subject.department_id)
    return subject.owner_id is not None and _is_above(session, viewer, subject.owner_id)


def require_may_shape(session: Session, viewer: Viewer, subject: Subject, at: tuple[str, ...] | None = None) -> None:
    """Raises FORBIDDEN unless `may_shape`."""
    if not may_shape(session, viewer, subject):
        raise DomainError(ErrorCode.FORBIDDEN, at)


def may_decide(session: Session, viewer: Viewer, subject: Subject, requested_by: uuid.UUID | None = None) -> bool:
    """Whether the viewer may confirm, return, or decide a change that `requested_by` asked for."""
    if viewer.person_id is None:
        return False
    if subject.level is GoalLevel.ORGANIZATION:
        return viewer.has(Role.COMMITTEE)
    own = {subject.answerable, requested_by}
    if viewer.person_id in own or subject.answerable is None:
        return False
    above = people.managers_above(session, viewer, subject.answerable) - {requested_by}
    deciders = _with_role(session, above, Role.MANAGER)
    if viewer.person_id in deciders and viewer.has(Role.MANAGER):
        return True
    committee = subject.level is GoalLevel.DEPARTMENT or not deciders
    return committee and viewer.has(Role.COMMITTEE)


def require_may_decide(
    session: Session, viewer: Viewer, subject: Subject, requested_by: uuid.UUID | None = None
) -> None:
    """Raises FORBIDDEN unless `may_decide`."""
    if not may_decide(session, viewer, subject, requested_by):
        raise DomainError(ErrorCode.FORBIDDEN)


def require_role(viewer: Viewer, *roles: Role) -> None:
    """Raises FORBIDDEN unless the viewer holds one of the roles."""
    if not viewer.has(*roles):
        raise DomainError(ErrorCode.FORBIDDEN)


def require_colleague(session: Session, viewer: Viewer, person_id: uuid.UUID, at: tuple[str, ...]) -> None:
    """Raises NOT_FOUND unless that is somebody of the organisation who has not left."""
    if not _colleagues(session, viewer, [person_id]):
        raise DomainError(ErrorCode.NOT_FOUND, at)


def require_colleagues(session: Session, viewer: Viewer, ids: Sequence[uuid.UUID], at: tuple[str, ...]) -> None:
    """The same of many, by one statement; the path of the first who is none ends with the place in the list."""
    found = _colleagues(session, viewer, ids)
    for index, person_id in enumerate(ids):
        if person_id not in found:
            raise DomainError(ErrorCode.NOT_FOUND, (*at, str(index)))


def _colleagues(session: Session, viewer: Viewer, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    statement = people.directory(session, viewer).where(among(Person.id, ids), Person.archived_at.is_(None))
    return set(session.scalars(statement.with_only_columns(Person.id)))


def _is_above(session: Session, viewer: Viewer, person_id: uuid.UUID) -> bool:
    return viewer.has(Role.MANAGER) and viewer.person_id in people.managers_above(session, viewer, person_id)


def _leads_department(session: Session, viewer: Viewer, department_id: uuid.UUID | None) -> bool:
    """Whether the viewer is a manager who works today in the department or in one that contains it."""
    if department_id is None or not viewer.has(Role.MANAGER):
        return False
    on = people.today(session, viewer.organization_id)
    own = session.scalars(
        sa.select(Employment.department_id).where(
            Employment.person_id == viewer.person_id, people.in_force(Employment, on)
        )
    ).all()
    inside = sa.select(sa.literal(department_id).in_(departments_below(own)))
    return bool(own) and bool(session.scalar(inside))


def _with_role(session: Session, person_ids: set[uuid.UUID], role: Role) -> set[uuid.UUID]:
    if not person_ids:
        return set()
    statement = sa.select(RoleGrant.person_id).where(RoleGrant.person_id.in_(person_ids), RoleGrant.role == role)
    return set(session.scalars(statement))
