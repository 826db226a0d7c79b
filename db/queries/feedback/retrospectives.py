"""Retrospectives that a viewer may see, what they say, and the facts in them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models.feedback.meetings import OneOnOneAction
from db.models.feedback.retrospectives import (
    Retrospective,
    RetrospectiveEdition,
    RetrospectiveEntry,
    RetrospectiveFact,
    RetrospectiveParticipant,
    RetrospectiveState,
)
from db.models.goals import Goal
from db.models.people import Department, Employment, Person
from db.models.projects.tasks import Project
from db.queries import goals, people
from db.queries.projects import deliverables, tasks
from db.viewer import Role, Viewer

SUBJECTS: Mapping[str, InstrumentedAttribute[uuid.UUID | None]] = {
    "Goal": Retrospective.goal_id,
    "Project": Retrospective.project_id,
    "Person": Retrospective.person_id,
    "Department": Retrospective.department_id,
}
"""What a retrospective may be about: types of the schema, and the column that names one of their rows."""

FOLLOWED = 50
"""Actions of earlier retrospectives that one answer shows."""


def visible_to(session: Session, viewer: Viewer) -> sa.Select[Retrospective]:
    """Until one is finished: who takes part, and who answers for the facilitator. From then on also who sees its
    subject: the goal, the project, the person's records, the department's retrospectives."""
    statement = sa.select(Retrospective).where(Retrospective.organization_id == viewer.organization_id)
    if viewer.is_system:
        return statement
    shown = [column.in_(ids) for column, ids in zip(SUBJECTS.values(), _subjects(session, viewer), strict=True)]
    finished = sa.and_(Retrospective.finished_at.is_not(None), sa.or_(*shown))
    return statement.where(sa.or_(_inside(session, viewer), finished))


def inside(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the retrospectives of which the viewer reads also what is not finished."""
    if viewer.is_system:
        return set(ids)
    statement = sa.select(Retrospective.id).where(Retrospective.id.in_(set(ids)), _inside(session, viewer))
    return set(session.scalars(statement))


def _inside(session: Session, viewer: Viewer) -> sa.ColumnElement[bool]:
    condition = Retrospective.id.in_(taken_part(viewer.person_id))
    led = people.led_ids(session, viewer)
    return condition if led is None else sa.or_(condition, Retrospective.facilitator_id.in_(led))


def taken_part(person_id: uuid.UUID | None) -> sa.Select[uuid.UUID]:
    """Ids of the retrospectives in which somebody takes part, as a subquery."""
    return sa.select(RetrospectiveParticipant.retrospective_id).where(RetrospectiveParticipant.person_id == person_id)


def _subjects(session: Session, viewer: Viewer) -> Sequence[sa.Select[uuid.UUID]]:
    """Ids of what the viewer sees of each type in `SUBJECTS`, as subqueries."""
    return (
        goals.visible_to(session, viewer).with_only_columns(Goal.id),
        tasks.projects(session, viewer).with_only_columns(Project.id),
        people.visible_to(session, viewer).with_only_columns(Person.id),
        _departments(session, viewer),
    )


def _departments(session: Session, viewer: Viewer) -> sa.Select[uuid.UUID]:
    """The departments whose retrospectives the viewer sees: where the viewer works today; for managers those inside of
    it, too; for HR and the committee all."""
    every = sa.select(Department.id).where(Department.organization_id == viewer.organization_id)
    if viewer.has(Role.HR, Role.COMMITTEE):
        return every
    on = people.today(session, viewer.organization_id)
    own = sa.select(Employment.department_id).where(
        Employment.organization_id == viewer.organization_id,
        Employment.person_id == viewer.person_id,
        people.in_force(Employment, on),
    )
    return every.where(Department.id.in_(goals.departments_below(own) if viewer.has(Role.MANAGER) else own))


def sees_subject(session: Session, viewer: Viewer, type_name: str, id_: uuid.UUID) -> bool:
    """Whether the viewer sees what a retrospective is to be about."""
    ids = _subjects(session, viewer)[list(SUBJECTS).index(type_name)]
    return session.scalar(sa.select(sa.literal(id_, sa.Uuid()).in_(ids))) is True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which retrospectives to list; None leaves a part open."""

    subject: tuple[str, uuid.UUID] | None = None
    cycle_id: uuid.UUID | None = None
    participant_id: uuid.UUID | None = None
    state: RetrospectiveState | None = None


def filtered(statement: sa.Select[Retrospective], wanted: Wanted) -> sa.Select[Retrospective]:
    """The statement narrowed to what is wanted."""
    if wanted.subject is not None:
        name, id_ = wanted.subject
        statement = statement.where(SUBJECTS[name] == id_)
    if wanted.cycle_id is not None:
        of_goal = Retrospective.goal_id.in_(sa.select(Goal.id).where(Goal.cycle_id == wanted.cycle_id))
        statement = statement.where(sa.or_(Retrospective.cycle_id == wanted.cycle_id, of_goal))
    if wanted.participant_id is not None:
        statement = statement.where(Retrospective.id.in_(taken_part(wanted.participant_id)))
    if wanted.state is not None:
        statement = statement.where(Retrospective.state == wanted.state)
    return statement


def by_ids(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Retrospective]:
    """Those of the retrospectives that the viewer may see."""
    found = session.scalars(visible_to(session, viewer).where(Retrospective.id.in_(set(ids))))
    return {row.id: row for row in found}


def participants(session: Session, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """Who takes part in retrospectives that the caller loaded as visible, in the order of being asked."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    statement = sa.select(RetrospectiveParticipant).where(RetrospectiveParticipant.retrospective_id.in_(set(ids)))
    order = (RetrospectiveParticipant.created_at, RetrospectiveParticipant.person_id)
    for row in session.scalars(statement.order_by(*order)):
        found.setdefault(row.retrospective_id, []).append(row.person_id)
    return found


def editions(
    session: Session, viewer: Viewer, ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[RetrospectiveEdition]]:
    """What visible retrospectives say, the latest edition first: finished ones, and for `inside` the open one."""
    open_to = inside(session, viewer, ids)
    found: dict[uuid.UUID, list[RetrospectiveEdition]] = {}
    for row in session.scalars(
        sa.select(RetrospectiveEdition)
        .where(RetrospectiveEdition.retrospective_id.in_(set(ids)))
        .order_by(RetrospectiveEdition.number.desc())
    ):
        if row.finished_at is not None or row.retrospective_id in open_to:
            found.setdefault(row.retrospective_id, []).append(row)
    return found


def entries(session: Session, edition_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[RetrospectiveEntry]]:
    """What was written in editions that the viewer may read, in turn."""
    found: dict[uuid.UUID, list[RetrospectiveEntry]] = {}
    for row in session.scalars(
        sa.select(RetrospectiveEntry)
        .where(RetrospectiveEntry.edition_id.in_(set(edition_ids)))
        .order_by(RetrospectiveEntry.created_at, RetrospectiveEntry.id)
    ):
        found.setdefault(row.edition_id, []).append(row)
    return found


def facts(session: Session, edition_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[RetrospectiveFact]]:
    """What was captured when editions were finished, in order; see `shown_facts`."""
    found: dict[uuid.UUID, list[RetrospectiveFact]] = {}
    for row in session.scalars(
        sa.select(RetrospectiveFact)
        .where(RetrospectiveFact.edition_id.in_(set(edition_ids)))
        .order_by(RetrospectiveFact.position)
    ):
        found.setdefault(row.edition_id, []).append(row)
    return found


_SEEN: Mapping[str, Callable[[Session, Viewer, Collection[uuid.UUID]], Collection[uuid.UUID]]] = {
    "Deliverable": lambda session, viewer, ids: deliverables.by_ids(session, viewer, ids).keys(),
    "Goal": lambda session, viewer, ids: goals.goals_by_ids(session, viewer, ids).keys(),
    "Measure": lambda session, viewer, ids: goals.measures_by_ids(session, viewer, ids).keys(),
    "Project": lambda session, viewer, ids: tasks.projects_by_ids(session, viewer, ids).keys(),
}
"""Which rows of a source of facts a viewer may see now."""


def shown_facts(session: Session, viewer: Viewer, held: Iterable[RetrospectiveFact]) -> list[RetrospectiveFact]:
    """Those of the facts whose source the viewer may see now, by a statement for each kind of source."""
    known = list(held)
    wanted: dict[str, set[uuid.UUID]] = {}
    for fact in known:
        wanted.setdefault(fact.source_type, set()).add(fact.source_id)
    seen = {name: _SEEN[name](session, viewer, ids) for name, ids in wanted.items()}
    return [fact for fact in known if fact.source_id in seen[fact.source_type]]


def shown_actions(session: Session, viewer: Viewer) -> sa.ColumnElement[bool]:
    """Of what was agreed in retrospectives: whether the viewer reads it. While one is corrected, only `inside` reads
    what is agreed meanwhile."""
    row = Retrospective
    seen = visible_to(session, viewer).where(row.id == OneOnOneAction.retrospective_id)
    if not viewer.is_system:
        stood = sa.or_(row.state != RetrospectiveState.OPEN, OneOnOneAction.created_at <= row.finished_at)
        seen = seen.where(sa.or_(stood, _inside(session, viewer)))
    return seen.with_only_columns(row.id).correlate(OneOnOneAction).exists()


def actions(session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[OneOnOneAction]]:
    """What was agreed in visible retrospectives, in turn."""
    found: dict[uuid.UUID, list[OneOnOneAction]] = {}
    statement = sa.select(OneOnOneAction).where(
        OneOnOneAction.retrospective_id.in_(set(ids)), shown_actions(session, viewer)
    )
    for row in session.scalars(statement.order_by(OneOnOneAction.id)):
        if row.retrospective_id is not None:
            found.setdefault(row.retrospective_id, []).append(row)
    return found


def earlier_actions(
    session: Session, viewer: Viewer, ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[OneOnOneAction]]:
    """What was agreed in earlier visible retrospectives on the same subject (a person's or department's of whichever
    cycle), the latest first, at most `FOLLOWED` each."""
    later, earlier = aliased(Retrospective), Retrospective
    same = sa.or_(*(getattr(later, column.key) == column for column in SUBJECTS.values()))
    rank = sa.func.row_number().over(partition_by=later.id, order_by=OneOnOneAction.id.desc())
    ranked = (
        sa.select(later.id.label("later_id"), OneOnOneAction.id.label("action_id"), rank.label("rank"))
        .select_from(later)
        .join(earlier, sa.and_(same, earlier.created_at < later.created_at))
        .join(OneOnOneAction, OneOnOneAction.retrospective_id == earlier.id)
        .where(later.id.in_(set(ids)), shown_actions(session, viewer))
        .subquery()
    )
    rows: Sequence[Any] = session.execute(
        sa.select(sa.type_coerce(ranked.c.later_id, sa.Uuid()), OneOnOneAction)
        .join(ranked, ranked.c.action_id == OneOnOneAction.id)
        .where(ranked.c.rank <= FOLLOWED)
        .order_by(OneOnOneAction.id.desc())
    ).all()
    found: dict[uuid.UUID, list[OneOnOneAction]] = {}
    for later_id, action in rows:
        found.setdefault(later_id, []).append(action)
    return found
