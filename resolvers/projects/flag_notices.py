"""Whom a flag concerns: who hears that a deliverable is red, that its values wait for a word, or that a word of theirs
met another judgement."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.inbox import notify
from db.models.inbox import NotificationCode
from db.models.projects.deliverables import Deliverable, DeliverableFile
from db.models.projects.flags import FlagEvaluation, FlagOverride
from db.queries import people
from db.viewer import Role, Viewer, system_viewer
from resolvers.inbox import viewers_of
from resolvers.projects.authority import may_judge
from resolvers.telling import DELIVERABLE

LEVELS = 10
"""How far up the reporting line somebody is looked for."""


def tell_red(session: Session, deliverable: Deliverable) -> None:
    """Tell who handed it in, the nearest manager of today and the PMO, once for each file and evaluation."""
    told = {deliverable.owner_id, *_office(session, deliverable), *_line(session, deliverable)[:1]}
    key = f"deliverable_red:{deliverable.id}:{deliverable.version}"
    _tell(session, deliverable, told, NotificationCode.DELIVERABLE_RED, key)


def ask_for_confirmation(session: Session, deliverable: Deliverable, file: DeliverableFile) -> None:
    """Tell the nearest manager who may confirm readings of the file, and the PMO; HR where there is none of these.

    Once for each file, however often it is judged.
    """
    line, office = _line(session, deliverable), _office(session, deliverable)
    may = _may_confirm(session, deliverable, file, [*line, *office])
    told = {*[person_id for person_id in line if person_id in may][:1], *(office & may)}
    if not told:
        system = system_viewer(deliverable.organization_id)
        told = _may_confirm(session, deliverable, file, people.holders(session, system, Role.HR))
    _tell(session, deliverable, told, NotificationCode.DELIVERABLE_UNCONFIRMED, f"deliverable_unconfirmed:{file.id}")


def ask_to_review(
    session: Session, deliverable: Deliverable, override: FlagOverride, evaluation: FlagEvaluation
) -> None:
    """Tell who overruled the flag that the machine judges the file otherwise now."""
    key = f"overrule_to_review:{override.id}:{evaluation.id}"
    _tell(session, deliverable, {override.overruled_by}, NotificationCode.OVERRULE_TO_REVIEW, key)


def _line(session: Session, deliverable: Deliverable) -> list[uuid.UUID]:
    system = system_viewer(deliverable.organization_id)
    return people.lines_above(session, system, [deliverable.owner_id], LEVELS)[deliverable.owner_id]


def _office(session: Session, deliverable: Deliverable) -> set[uuid.UUID]:
    return people.holders(session, system_viewer(deliverable.organization_id), Role.PMO)


def _may_confirm(
    session: Session, deliverable: Deliverable, file: DeliverableFile, person_ids: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    viewers: list[Viewer] = viewers_of(session, system_viewer(deliverable.organization_id), person_ids)
    return {
        viewer.person_id
        for viewer in viewers
        if viewer.person_id is not None and may_judge(session, viewer, deliverable, file)
    }


def _tell(
    session: Session, deliverable: Deliverable, told: Collection[uuid.UUID], code: NotificationCode, key: str
) -> None:
    system = system_viewer(deliverable.organization_id)
    notify(session, system, told, code, key=key, subject=(DELIVERABLE, deliverable.id))
