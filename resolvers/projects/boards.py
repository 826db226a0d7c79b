"""A project's board in numbers: its tasks by status and by owner."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models.projects.tasks import UNFINISHED, TaskStatus
from db.queries.projects import tasks
from db.queries.projects.tasks import Tally


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: TaskStatus
    tasks: int
    overdue: int
    blocked: int


@dataclass(frozen=True, slots=True)
class OwnerCount:
    owner_id: uuid.UUID
    tasks: int
    overdue: int
    blocked: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Board:
    by_status: Sequence[StatusCount]
    """Every status, in order."""
    by_owner: Sequence[OwnerCount]
    """The most unfinished first."""


def boards(session: Session, project_ids: Sequence[uuid.UUID], moment: datetime.datetime) -> list[Board]:
    """The boards of projects that the caller loaded as visible, in one statement."""
    found = tasks.tallies(session, project_ids, moment)
    return [_board(found.get(project_id, [])) for project_id in project_ids]


def _board(tallies: Iterable[Tally]) -> Board:
    known = list(tallies)
    by_status = [StatusCount(status, *_sums(one for one in known if one.status is status)) for status in TaskStatus]
    by_owner = []
    for owner_id in {one.owner_id for one in known}:
        own = [one for one in known if one.owner_id == owner_id]
        unfinished = sum(one.tasks for one in own if one.status in UNFINISHED)
        by_owner.append(OwnerCount(owner_id, *_sums(own), unfinished))
    return Board(by_status, sorted(by_owner, key=lambda one: (-one.unfinished, -one.tasks, one.owner_id)))


def _sums(tallies: Iterable[Tally]) -> tuple[int, int, int]:
    """Tasks, overdue ones, blocked ones."""
    known = list(tallies)
    return sum(one.tasks for one in known), sum(one.overdue for one in known), sum(one.blocked for one in known)
