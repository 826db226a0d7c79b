"""A large organisation with a forest of goals, planted by COPY: for what only size can show."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from db.base import new_id, now
from db.models.goals import Cycle
from db.session import Database, Scope
from db.viewer import Role, Viewer
from tests.databases import superuser
from tests.factories import make_department, make_organization, make_person, viewer_of
from tests.goal_house import make_quarter

BRANCHES = (5, 10, 10, 10, 5)
"""Roots, then children of each goal level by level; the sixth level takes what is left."""
DEPARTMENTS = 20
DEPARTMENT_SIZE = 500
STRATEGIC = 3
"""Levels of the organisation's goals, without owner and measure; all further ones have both."""
VALUES = 4
"""Every so many goals have no value yet."""


@dataclass(frozen=True, slots=True)
class Forest:
    organization_id: uuid.UUID
    cycle: Cycle
    department_id: uuid.UUID
    manager: Viewer
    """Above the 500 people of the department."""
    hr: Viewer
    employee: Viewer
    branch_id: uuid.UUID
    """A goal of the second level."""
    branch_size: int


def plant(database: Database, admin_database: str, goals: int) -> Forest:
    """Plant so many goals in six levels, and analyze the tables."""
    organization = make_organization(database)
    with database.begin(Scope(organization.id)) as session:
        cycle = make_quarter(session, organization)
        departments = [make_department(session, organization) for _ in range(DEPARTMENTS)]
        manager = make_person(
            session, organization, department=departments[0], roles=(Role.EMPLOYEE, Role.MANAGER), locale="en"
        )
        employee = make_person(session, organization, department=departments[0], manager=manager, locale="en")
        hr = make_person(session, organization, department=departments[1], roles=(Role.EMPLOYEE, Role.HR), locale="en")
    people = [(new_id(), department.id) for department in departments for _ in range(DEPARTMENT_SIZE)]
    above = {departments[0].id: manager.id}
    levels = list(_levels(goals))
    rows = [row for level in levels for row in level]
    owned = [goal_id for level in levels[STRATEGIC:] for goal_id, _ in level]
    owners = {goal_id: people[index % len(people)] for index, goal_id in enumerate(owned)}
    with superuser(admin_database) as connection, connection.transaction():
        cursor = connection.cursor()
        _copy(
            cursor,
            "person (id, organization_id, staff_number, locale, timezone, created_at, version)",
            [
                (id_, organization.id, f"P{index}", "en", "Asia/Shanghai", now(), 1)
                for index, (id_, _) in enumerate(people)
            ],
        )
        _copy(
            cursor,
            "employment (id, organization_id, person_id, department_id, manager_id, job_title, level, starts_on)",
            [
                (new_id(), organization.id, id_, department_id, above.get(department_id),
                 "Engineer", "P5", datetime.date(2020, 1, 1))
                for id_, department_id in people
            ],
        )  # fmt: skip
        _copy(
            cursor,
            "goal (id, organization_id, cycle_id, kind, level, owner_id, department_id, title, parent_id, weight, "
            "visibility, status, revision, proposed_at, confirmed_at, created_at, version)",
            [
                (goal_id, organization.id, cycle.id, "KEY_TASK", "PERSON" if goal_id in owners else "ORGANIZATION",
                 *owners.get(goal_id, (None, None)),
                 f"Goal {index}", parent_id, None, "ORGANIZATION", "CONFIRMED", 1, now(), now(), now(), 1)
                for index, (goal_id, parent_id) in enumerate(rows)
            ],
        )  # fmt: skip
        _copy(
            cursor,
            "measure (id, organization_id, goal_id, position, name, kind, direction, start, target, current, "
            "data_source, applicable, created_at, version)",
            [
                (new_id(), organization.id, goal_id, 0, "Done", "NUMERIC", "INCREASE", Decimal(0), Decimal(100),
                 None if index % VALUES == 0 else Decimal(index % 120), "FEED", True, now(), 1)
                for index, goal_id in enumerate(owned)
            ],
        )  # fmt: skip
    with superuser(admin_database) as connection:
        for table in ("goal", "measure", "person", "employment"):
            connection.execute(f"ANALYZE {table}")  # type: ignore[arg-type, unused-ignore]
    branch_id = levels[1][0][0]
    return Forest(
        organization_id=organization.id,
        cycle=cycle,
        department_id=departments[0].id,
        manager=viewer_of(manager, Role.EMPLOYEE, Role.MANAGER),
        hr=viewer_of(hr, Role.EMPLOYEE, Role.HR),
        employee=viewer_of(employee),
        branch_id=branch_id,
        branch_size=_size_below(branch_id, rows),
    )


def _levels(goals: int) -> Iterator[list[tuple[uuid.UUID, uuid.UUID | None]]]:
    """(id, parent) level by level. The last level is dealt out evenly."""
    above: list[uuid.UUID | None] = [None]
    left = goals
    for width in BRANCHES:
        level = [(new_id(), parent) for parent in above for _ in range(width)][:left]
        left -= len(level)
        above = [goal_id for goal_id, _ in level]
        yield level
    yield [(new_id(), above[index % len(above)]) for index in range(left)] if above else []


def _size_below(root_id: uuid.UUID, rows: Sequence[tuple[uuid.UUID, uuid.UUID | None]]) -> int:
    inside = {root_id}
    for goal_id, parent_id in rows:
        if parent_id in inside:
            inside.add(goal_id)
    return len(inside)


def _copy(cursor: Any, target: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
