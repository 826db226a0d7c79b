"""The organisation's calendar of goals, and its limits and marks."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.events import record
from db.models.goals import Cycle, CycleKind, CyclePhase, GoalPolicy, Phase
from db.queries import goals
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import authority
from resolvers.goals.inputs import checked_number, required_text

CALENDAR_ROLES = (Role.HR, Role.COMMITTEE)
"""Who makes cycles and sets limits."""
KEY_LENGTH = 32
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class PhaseDraft:
    phase: Phase
    starts_on: datetime.date


@dataclass(frozen=True, slots=True)
class CycleDraft:
    key: str
    name_zh: str
    name_en: str
    kind: CycleKind
    starts_on: datetime.date
    ends_on: datetime.date
    review_starts_on: datetime.date
    review_ends_on: datetime.date
    parent_id: uuid.UUID | None = None
    phases: Sequence[PhaseDraft] = ()


def create_cycle(session: Session, viewer: Viewer, draft: CycleDraft) -> Cycle:
    """A new cycle. For HR and the committee.

    Raises `DomainError`: FORBIDDEN, TEXT_REQUIRED, TEXT_TOO_LONG, NUMBER_OUT_OF_RANGE for days that end before they
    begin or lie outside the parent cycle, NOT_FOUND for the parent, CODE_TAKEN for a key in use, PHASES_OUT_OF_ORDER.
    """
    authority.require_role(viewer, *CALENDAR_ROLES)
    key = required_text(draft.key, KEY_LENGTH, ("input", "key"))
    name_zh = required_text(draft.name_zh, NAME_LENGTH, ("input", "nameZh"))
    name_en = required_text(draft.name_en, NAME_LENGTH, ("input", "nameEn"))
    if draft.ends_on < draft.starts_on:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "endsOn"))
    if draft.review_ends_on < draft.review_starts_on:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "reviewEndsOn"))
    if draft.parent_id is not None:
        parent = goals.by_ids(session, viewer, [draft.parent_id]).get(draft.parent_id)
        if parent is None:
            raise DomainError(ErrorCode.NOT_FOUND, ("input", "parentId"))
        if not parent.starts_on <= draft.starts_on <= draft.ends_on <= parent.ends_on:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "parentId"))
    cycle = Cycle(
        organization_id=viewer.organization_id,
        key=key,
        name_zh=name_zh,
        name_en=name_en,
        kind=draft.kind,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        review_starts_on=draft.review_starts_on,
        review_ends_on=draft.review_ends_on,
        parent_id=draft.parent_id,
    )
    session.add(cycle)
    try:
        session.flush()
    except IntegrityError as error:
        raise DomainError(ErrorCode.CODE_TAKEN, ("input", "key")) from error
    _write_phases(session, cycle, draft.phases)
    record(session, viewer, "cycle.created", "Cycle", cycle.id)
    return cycle


def set_phases(session: Session, viewer: Viewer, cycle_id: uuid.UUID, phases: Sequence[PhaseDraft]) -> Cycle:
    """Put other days in place of all phases of a cycle. For HR and the committee.

    Raises FORBIDDEN, NOT_FOUND, PHASES_OUT_OF_ORDER.
    """
    authority.require_role(viewer, *CALENDAR_ROLES)
    statement = goals.cycles(viewer).where(Cycle.id == cycle_id).with_for_update(of=Cycle, key_share=True)
    cycle = session.scalars(statement).first()
    if cycle is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "id"))
    session.execute(sa.delete(CyclePhase).where(CyclePhase.cycle_id == cycle.id))
    _write_phases(session, cycle, phases)
    record(session, viewer, "cycle.phases_set", "Cycle", cycle.id)
    return cycle


def _write_phases(session: Session, cycle: Cycle, phases: Sequence[PhaseDraft]) -> None:
    order = list(Phase)
    for earlier, later in pairwise(phases):
        if order.index(later.phase) <= order.index(earlier.phase) or later.starts_on <= earlier.starts_on:
            raise DomainError(ErrorCode.PHASES_OUT_OF_ORDER, ("input", "phases"))
    session.add_all(
        CyclePhase(organization_id=cycle.organization_id, cycle_id=cycle.id, phase=each.phase, starts_on=each.starts_on)
        for each in phases
    )
    session.flush()


@dataclass(frozen=True, slots=True)
class PolicyEdit:
    """New limits and marks; None leaves one as it is."""

    measure_limit: int | None = None
    update_every_days: int | None = None
    change_within_hours: int | None = None
    healthy_rate: Decimal | None = None
    top_rate: Decimal | None = None


_LIMITS = {"measure_limit": 1_000, "update_every_days": 366, "change_within_hours": 8_784}


def set_policy(session: Session, viewer: Viewer, edit: PolicyEdit, expected_version: int | None) -> GoalPolicy:
    """Change the organisation's limits and marks. For HR and the committee.

    Raises FORBIDDEN, CONFLICT, NUMBER_OUT_OF_RANGE also for a top mark below the healthy one.
    """
    authority.require_role(viewer, *CALENDAR_ROLES)
    policy = goals.policy(session, viewer)
    if expected_version is not None and policy.version != expected_version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    for name, client in (
        ("measure_limit", "measureLimit"),
        ("update_every_days", "updateEveryDays"),
        ("change_within_hours", "changeWithinHours"),
    ):
        count = getattr(edit, name)
        if count is not None and not 1 <= count <= _LIMITS[name]:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", client))
        setattr(policy, name, count if count is not None else getattr(policy, name))
    for name, client in (("healthy_rate", "healthyRate"), ("top_rate", "topRate")):
        rate = getattr(edit, name)
        if rate is not None and not 0 <= rate <= 100:
            raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", client))
        checked_number(rate, ("input", client))
        setattr(policy, name, rate if rate is not None else getattr(policy, name))
    if policy.top_rate < policy.healthy_rate:
        raise DomainError(ErrorCode.NUMBER_OUT_OF_RANGE, ("input", "topRate"))
    session.add(policy)
    session.flush()
    record(session, viewer, "goal_policy.set", "GoalPolicy", policy.id)
    return policy
