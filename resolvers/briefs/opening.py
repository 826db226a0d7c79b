"""When a cycle enters its review, everybody's brief for the line is asked for by itself."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from db.base import new_id
from db.events import record
from db.jobs import enqueue
from db.models.briefs import Audience, Brief, BriefStatus
from db.models.goals import Cycle, Phase
from db.queries import briefs, goals
from db.viewer import Viewer
from resolvers.briefs.requesting import JOB, NOT_COLLECTED
from resolvers.errors import DomainError, ErrorCode


def open_briefs(session: Session, viewer: Viewer, today: datetime.date) -> list[Brief]:
    """Ask for what is due on that day in the organisation: one brief for each person who reports to somebody.

    For the system's viewer, once a day; doing it again asks for nothing twice. Evidence is collected when each brief
    is written, so asking is cheap for any number of people. Raises FORBIDDEN for people.
    """
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    opened = []
    reviewed = goals.cycles(viewer).where(Cycle.starts_on <= today, Cycle.review_ends_on >= today).order_by(Cycle.id)
    for cycle in session.scalars(reviewed).all():
        if today < _review_day(session, cycle):
            continue
        for person_id, language in briefs.people_without_brief(session, viewer, cycle.id):
            made = Brief(
                id=new_id(),
                organization_id=viewer.organization_id,
                subject_id=person_id,
                cycle_id=cycle.id,
                audience=Audience.LINE,
                language=language,
                edition=1,
                status=BriefStatus.QUEUED,
                digest=NOT_COLLECTED,
            )
            made.job_id = enqueue(session, viewer, JOB, {"brief_id": str(made.id)}).id
            opened.append(made)
    session.add_all(opened)
    session.flush()
    for made in opened:
        record(session, viewer, "brief.requested", "Brief", made.id)
    return opened


def _review_day(session: Session, cycle: Cycle) -> datetime.date:
    """From which day on the cycle is reviewed: its phase if it has one, else its review dates."""
    for phase in goals.phases(session, [cycle.id]).get(cycle.id, []):
        if phase.phase is Phase.REVIEW:
            return phase.starts_on
    return cycle.review_starts_on
