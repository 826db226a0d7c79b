"""Recurring work: which jobs are put in every day at which local time or every few minutes, and by whom.

Every worker process looks; the rows of the table `schedule` decide. Who holds a row's lock puts the job of its tick in
and moves the row on, in one transaction, so that a tick gives one job however many processes look, and none is lost
when one dies. Ticks that passed while no process ran are made up by one job, for the last of them.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from sqlalchemy.orm import Session

from db import jobs
from db.models.schedules import Schedule
from db.queries import schedules
from db.session import Database, Scope
from db.viewer import Viewer, system_viewer
from resolvers.rules.clock import latest_run, next_run

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Daily:
    """A job that is put in once a day."""

    job: str
    minute: int
    """Local time, in minutes after midnight."""
    each_zone: bool = False
    """Once for every zone in which somebody lives, by its clocks, instead of once by the organisation's."""
    useful_minutes: int | None = None
    """A tick that is made up later than so long after its time is left out; None: never."""

    def next_run(self, after: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
        """The first tick later than that."""
        return next_run(after, self.minute, zone)

    def latest_run(self, until: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
        """The last tick not later than that."""
        return latest_run(until, self.minute, zone)


@dataclass(frozen=True, slots=True)
class Every:
    """A job that is put in every so many minutes, day and night."""

    job: str
    minutes: int
    each_zone: ClassVar[bool] = False
    useful_minutes: ClassVar[int | None] = None

    def next_run(self, after: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
        """The first tick later than that."""
        return self.latest_run(after, zone) + datetime.timedelta(minutes=self.minutes)

    def latest_run(self, until: datetime.datetime, _zone: ZoneInfo) -> datetime.datetime:
        """The last tick not later than that."""
        step = 60 * self.minutes
        return datetime.datetime.fromtimestamp(until.timestamp() // step * step, datetime.UTC)


Plan = Daily | Every

PLANS: tuple[Plan, ...] = (
    Daily("briefs.open", 5 * 60),
    Daily("feedback.expire_recordings", 2 * 60),
    Daily("feedback.remind_of_todos", 9 * 60 + 30, each_zone=True, useful_minutes=6 * 60),
    Daily("goals.open_health_checks", 6 * 60),
    Daily("goals.remind_of_check_ins", 9 * 60 + 30, each_zone=True, useful_minutes=6 * 60),
    Daily("goals.remind_of_week", 9 * 60 + 30, each_zone=True, useful_minutes=6 * 60),
    Daily("intake.expire_pictures", 2 * 60),
    Daily("maintenance.expire_receipts", 3 * 60),
    Daily("maintenance.sweep_files", 3 * 60),
    Every("projects.ask_feeds", 5),
    Every("projects.tell_of_blocked_tasks", 10),
)
"""The product's recurring work."""


def put_in_due(
    database: Database, relay_database: Database, moment: datetime.datetime, plans: Sequence[Plan] = PLANS
) -> datetime.datetime | None:
    """Put in the jobs whose ticks are due at `moment`, of every organisation that ever had a job, and return when the
    next tick is. Doing it again, or in several processes at once, puts nothing in twice.

    The job's arguments are `due`, the instant of the tick in ISO 8601, and `zone`.
    """
    with relay_database.engine.connect() as connection:
        organizations = jobs.organizations(connection)
    coming = [_of_organization(database, organization_id, moment, plans) for organization_id in organizations]
    return min((tick for tick in coming if tick is not None), default=None)


def _of_organization(
    database: Database, organization_id: uuid.UUID, moment: datetime.datetime, plans: Sequence[Plan]
) -> datetime.datetime | None:
    viewer = system_viewer(organization_id)
    scope = Scope(organization_id)
    with database.begin(scope, write=False) as session:
        wanted = _wanted(session, viewer, plans)
        standing = {(row.job, row.zone): row.next_at for row in schedules.schedules(session, viewer)}
    if standing.keys() != wanted.keys() or any(next_at <= moment for next_at in standing.values()):
        with database.begin(scope) as session:
            _enter(session, viewer, wanted, moment)
            held = schedules.held_schedules(session, viewer)
            for row in held:
                _tick(session, viewer, row, wanted, moment)
        with database.begin(scope, write=False) as session:
            standing = {(row.job, row.zone): row.next_at for row in schedules.schedules(session, viewer)}
    return min(standing.values(), default=None)


def _wanted(session: Session, viewer: Viewer, plans: Sequence[Plan]) -> dict[tuple[str, str], Plan]:
    """The plan of each job in each zone."""
    own = schedules.organization_zone(session, viewer)
    if own is None:
        return {}
    people = schedules.zones_of_people(session, viewer) if any(plan.each_zone for plan in plans) else set()
    wanted = {(plan.job, zone): plan for plan in plans for zone in (people if plan.each_zone else {own})}
    return {key: plan for key, plan in wanted.items() if _is_zone(key[1])}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.error("schedule.unknown_zone", zone=name)
        return False
    return True


def _enter(session: Session, viewer: Viewer, wanted: dict[tuple[str, str], Plan], moment: datetime.datetime) -> None:
    """Make rows for what has none; another process may do so at the same time."""
    schedules.add_missing(
        session,
        viewer,
        {key: plan.next_run(moment, ZoneInfo(key[1])) for key, plan in wanted.items()},
    )


def _tick(
    session: Session,
    viewer: Viewer,
    row: Schedule,
    wanted: dict[tuple[str, str], Plan],
    moment: datetime.datetime,
) -> None:
    """Put in the job of a row that is due and move it on; take away a row that nothing asks for any more."""
    plan = wanted.get((row.job, row.zone))
    if plan is None:
        session.delete(row)
    elif row.next_at <= moment:
        zone = ZoneInfo(row.zone)
        due = plan.latest_run(moment, zone)
        row.next_at = plan.next_run(moment, zone)
        if plan.useful_minutes is not None and moment > due + datetime.timedelta(minutes=plan.useful_minutes):
            return
        args = {"due": due.isoformat(), "zone": row.zone}
        jobs.enqueue(session, viewer, row.job, args, dedupe_key=f"{row.job}:{row.zone}:{args['due']}")
