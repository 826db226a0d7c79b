"""How reviews come in, by department: on paper or by screen, what waits, and how long paper takes. It names nobody."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.models.intake import EntryStage, IntakeDocument, IntakeStatus, Upload
from db.models.people import Department, Employment
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.queries import intake, people, reviews
from db.viewer import Viewer

Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Span:
    """Of what to count; what is None holds for everything."""

    cycle_id: uuid.UUID | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    """The first instant after it."""

    def during(self, moment: sa.SQLColumnExpression[Any]) -> Iterator[sa.ColumnElement[bool]]:
        if self.since is not None:
            yield moment >= self.since
        if self.until is not None:
            yield moment < self.until


def departments(session: Session, viewer: Viewer) -> dict[uuid.UUID, uuid.UUID | None]:
    """All departments of the organisation by id, each with the one above it, in the order of their codes."""
    rows = session.execute(
        sa.select(Department.id, Department.parent_id)
        .where(Department.organization_id == viewer.organization_id)
        .order_by(Department.code)
    )
    return {row.id: row.parent_id for row in rows}


def confirmed(session: Session, viewer: Viewer, span: Span) -> list[sa.Row[uuid.UUID | None, ReviewSource, int]]:
    """Department when it was made, source, and number of the confirmed reviews of the people whom the viewer leads."""
    statement = (
        reviews.visible_to(session, viewer)
        .with_only_columns(Review.department_id, Review.source, sa.func.count())
        .where(
            Review.status == ReviewStatus.CONFIRMED,
            Review.subject_id.in_(_led(session, viewer)),
            *span.during(Review.confirmed_at),
            *_of_cycle(Review.cycle_id, span),
        )
        .group_by(Review.department_id, Review.source)
    )
    return list(session.execute(statement))


def waiting(
    session: Session, viewer: Viewer, span: Span
) -> list[sa.Row[uuid.UUID | None, IntakeStatus, EntryStage | None, int]]:
    """Today's department of its subject, status, stage and number of the documents that wait for anything: of the
    people whom the viewer leads, and those of which it is not known yet whom they are about."""
    held = aliased(Employment)
    department = (
        sa.select(held.department_id)
        .where(
            held.person_id == IntakeDocument.subject_id,
            people.in_force(held, people.today(session, viewer.organization_id)),
        )
        .order_by(held.starts_on.desc(), held.id)
        .limit(1)
        .scalar_subquery()
    )
    documents = (
        intake.visible_to(session, viewer)
        .join(Upload, Upload.id == IntakeDocument.upload_id)
        .with_only_columns(department.label("department_id"), IntakeDocument.status, IntakeDocument.entry_stage)
        .where(
            IntakeDocument.status.in_(intake.UNDECIDED),
            sa.or_(IntakeDocument.subject_id.is_(None), IntakeDocument.subject_id.in_(_led(session, viewer))),
            *span.during(Upload.created_at),
            *_of_cycle(IntakeDocument.cycle_id, span),
        )
        .subquery()
    )
    columns = (documents.c.department_id, documents.c.status, documents.c.entry_stage)
    return list(session.execute(sa.select(*columns, sa.func.count()).group_by(*columns)))


def durations(
    session: Session, viewer: Viewer, span: Span
) -> list[sa.Row[uuid.UUID | None, datetime.datetime, datetime.datetime | None]]:
    """Department, upload and confirmation of every paper review among those that are counted as confirmed."""
    statement = (
        intake.visible_to(session, viewer)
        .join(Upload, Upload.id == IntakeDocument.upload_id)
        .join(Review, Review.id == IntakeDocument.review_id)
        .with_only_columns(Review.department_id, Upload.created_at, IntakeDocument.decided_at)
        .where(
            IntakeDocument.status == IntakeStatus.CONFIRMED,
            IntakeDocument.subject_id.in_(_led(session, viewer)),
            *span.during(IntakeDocument.decided_at),
            *_of_cycle(Review.cycle_id, span),
        )
    )
    return list(session.execute(statement))


def _led(session: Session, viewer: Viewer) -> sa.Select[uuid.UUID]:
    led = people.led_ids(session, viewer)
    return sa.select(Review.subject_id).where(sa.false()) if led is None else led


def _of_cycle(column: sa.SQLColumnExpression[Any], span: Span) -> Iterator[sa.ColumnElement[bool]]:
    if span.cycle_id is not None:
        yield column == span.cycle_id
