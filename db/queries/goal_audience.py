"""Who sees a goal: `goals.seen_by` read from the goal's side, for use cases that take it out of somebody's sight."""

from __future__ import annotations

import uuid
from collections.abc import Set

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.goals import Goal, GoalLevel, GoalVisibility
from db.models.people import Employment, RoleGrant
from db.queries import people
from db.viewer import Role, Viewer

Audience = Set[uuid.UUID] | None
"""Ids of people; None: everybody of the organisation."""


def audience(session: Session, goal: Goal) -> Audience:
    """The people who may see the goal as it is, by today's line. A test holds it against `goals.seen_by`."""
    if goal.confirmed_at is not None and goal.visibility is GoalVisibility.ORGANIZATION:
        return None
    seeing = {goal.owner_id}
    if goal.confirmed_at is None or goal.owner_id is None:
        seeing.add(goal.created_by)
    if goal.proposed_at is not None:
        seeing |= _answering(session, goal)
    if goal.confirmed_at is not None and goal.visibility is GoalVisibility.LINE:
        seeing |= _line(session, goal)
    return {person_id for person_id in seeing if person_id is not None}


def lost(before: Audience, after: Audience) -> Set[uuid.UUID]:
    """Who has lost sight. What everybody sees stays so: no use case narrows it."""
    return set() if before is None or after is None else before - after


def _answering(session: Session, goal: Goal) -> set[uuid.UUID]:
    """HR, the managers above whoever answers for the goal, and the committee where it decides."""
    held: dict[Role, set[uuid.UUID]] = {}
    for grant in session.scalars(sa.select(RoleGrant).where(RoleGrant.organization_id == goal.organization_id)):
        held.setdefault(grant.role, set()).add(grant.person_id)
    found = set(held.get(Role.HR, ()))
    viewer = Viewer(goal.organization_id, None)
    answering = goal.owner_id or goal.created_by
    if answering is not None:
        found |= held.get(Role.MANAGER, set()) & people.managers_above(session, viewer, answering)
    led = goal.owner_id is not None and people.managers_above(session, viewer, goal.owner_id)
    if goal.level is not GoalLevel.PERSON or not led:
        found |= held.get(Role.COMMITTEE, set())
    return found


def _line(session: Session, goal: Goal) -> set[uuid.UUID]:
    """The reports below the owner, and the members of the department whose goal it is."""
    on = people.today(session, goal.organization_id)
    found: set[uuid.UUID] = set()
    if goal.owner_id is not None:
        found |= set(session.scalars(people.reports_below(Viewer(goal.organization_id, goal.owner_id), on)))
    if goal.level is GoalLevel.DEPARTMENT:
        members = sa.select(Employment.person_id).where(
            Employment.organization_id == goal.organization_id,
            Employment.department_id == goal.department_id,
            people.in_force(Employment, on),
        )
        found |= set(session.scalars(members))
    return found
