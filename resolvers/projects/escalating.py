"""Telling managers and PMO of late tasks of which nobody says anything (阻塞预警)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.inbox import notify
from db.models.inbox import NotificationCode
from db.models.projects.rules import RuleTrigger
from db.models.projects.tasks import Project, ProjectPolicy, ProjectTask, TaskEscalation
from db.queries import people
from db.queries.projects import tasks
from db.viewer import Role, Viewer
from resolvers.causes import put_down
from resolvers.errors import DomainError, ErrorCode
from resolvers.rules.blocking import Escalation, EscalationRule, escalation
from resolvers.rules.working_time import WorkingCalendar
from resolvers.telling import TASK, tell
from resolvers.working_time import calendar_of

JOB = "projects.tell_of_blocked_tasks"


def tell_of_blocked(session: Session, viewer: Viewer, moment: datetime.datetime) -> int:
    """Tell of every task whose silence has reached a new level at `moment`; returns how many there were.

    Level k goes to the manager k steps above the owner (the highest there is where the line is shorter) and to every
    holder of the role PMO, once. Where there is neither, the project's lead hears of it, or HR where the lead is late
    with it. The working calendar is read by the clocks of the owner's zone. For the system's viewer; raises FORBIDDEN
    for people.
    """
    if not viewer.is_system:
        raise DomainError(ErrorCode.FORBIDDEN)
    rule = rule_of(tasks.policy(session, viewer))
    calendars: dict[str, WorkingCalendar] = {}
    risen: list[tuple[ProjectTask, Escalation]] = []
    for task, zone in tasks.late_tasks(session, viewer, moment, rule.levels):
        if zone not in calendars:
            calendars[zone] = calendar_of(session, viewer, ZoneInfo(zone))
        found = escalation(task.due_at, task.reported_at, moment, rule, calendars[zone])
        if found is not None and found.level > task.escalation_level:
            risen.append((task, found))
    if not risen:
        return 0
    lines = people.lines_above(session, viewer, {task.owner_id for task, _ in risen}, rule.levels)
    office = people.holders(session, viewer, Role.PMO)
    leads = _leads(session, {task.project_id for task, _ in risen})
    known = tasks.escalations(session, [task.id for task, _ in risen])
    for task, found in risen:
        for level in range(task.escalation_level + 1, found.level + 1):
            line = lines[task.owner_id]
            told = set(line[level - 1 : level] or line[-1:])
            if level == found.level:  # after a standstill several levels are due at once; the office hears of the last
                told |= office
                told = told - {task.owner_id} or leads[task.project_id] - {task.owner_id}
                told = told or people.holders(session, viewer, Role.HR)
            waited = rule.hours_until(level, updated=found.since != task.due_at)
            notice = Notice(found.since, level, waited, told - {task.owner_id}, moment)
            again = any((row.since, row.level) == (found.since, level) for row in known.get(task.id, ()))
            _tell(session, viewer, task, notice, again=again)
            cause = f"task_blocked:{task.id}:{found.since.isoformat()}:{level}"
            put_down(session, viewer, RuleTrigger.TASK_BLOCKED, task.id, cause, level=level)
        # Not through the row: its version belongs to what people change.
        session.execute(
            sa.update(ProjectTask).where(ProjectTask.id == task.id).values(escalation_level=found.level),
            execution_options={"synchronize_session": False},
        )
        tell(session, viewer, "project_task.blocked", TASK, task.id)
    return len(risen)


def rule_of(policy: ProjectPolicy) -> EscalationRule:
    return EscalationRule(policy.first_hours, policy.silence_hours, policy.repeat_hours, policy.levels)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of a silent task at one level, to whom, and when."""

    since: datetime.datetime
    level: int
    hours: int
    told: set[uuid.UUID]
    moment: datetime.datetime


def _tell(session: Session, viewer: Viewer, task: ProjectTask, notice: Notice, *, again: bool) -> None:
    """`again`: this level of this silence was told before, and then the task changed hands or its due time came back;
    whoever had not heard is told, nobody else."""
    notify(
        session,
        viewer,
        notice.told,
        NotificationCode.TASK_BLOCKED,
        key=f"task_blocked:{task.id}:{notice.since.isoformat()}:{notice.level}",
        subject=(TASK, task.id),
        params={"hours": notice.hours, "level": notice.level},
    )
    if again:
        return
    session.add(
        TaskEscalation(
            organization_id=task.organization_id,
            task_id=task.id,
            since=notice.since,
            level=notice.level,
            told=len(notice.told),
            escalated_at=notice.moment,
        )
    )


def _leads(session: Session, project_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Who leads each project, as a set; empty where the lead has left."""
    statement = sa.select(Project.id, Project.lead_id).where(Project.id.in_(project_ids))
    found = session.execute(statement).all()
    gone = people.gone(session, [row.lead_id for row in found])
    return {row.id: {row.lead_id} - gone for row in found}
