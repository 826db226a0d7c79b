"""What goals are measured against: the rows of a tree, a map and a person's page by hand, as SQL and as JSON.

The same rows with the same visibility and everything that progress and health are computed from, but no GraphQL, no
token, no progress and no health: the floor for this work with this driver. As a server:
`uvicorn --factory tests.bench.raw_goals:create`.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import psycopg
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.settings import Settings

_IN_FORCE = "starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s)"
_ABOVE = f"""
above(id) AS (
  SELECT manager_id FROM employment WHERE person_id = %(viewer)s AND {_IN_FORCE}
  UNION SELECT manager_id FROM employment JOIN above ON employment.person_id = above.id WHERE {_IN_FORCE}
)"""
_REPORTS = f"""
reports(id) AS (
  SELECT person_id FROM employment WHERE manager_id = %(viewer)s AND {_IN_FORCE}
  UNION SELECT person_id FROM employment JOIN reports ON employment.manager_id = reports.id WHERE {_IN_FORCE}
)"""
_SEEN_BY_EMPLOYEE = f"""(
  goal.confirmed_at IS NOT NULL AND goal.visibility = 'ORGANIZATION'
  OR goal.owner_id = %(viewer)s
  OR goal.created_by = %(viewer)s AND (goal.confirmed_at IS NULL OR goal.owner_id IS NULL)
  OR goal.confirmed_at IS NOT NULL AND goal.visibility = 'LINE' AND (
    goal.owner_id IN (SELECT id FROM above)
    OR goal.level = 'DEPARTMENT' AND goal.department_id IN (
      SELECT department_id FROM employment WHERE person_id = %(viewer)s AND {_IN_FORCE}))
)"""
_SEEN_BY_MANAGER = f"""(
  {_SEEN_BY_EMPLOYEE}
  OR goal.proposed_at IS NOT NULL AND COALESCE(goal.owner_id, goal.created_by) IN (SELECT id FROM reports)
)"""
TREE = f"""
WITH RECURSIVE tree AS (
  SELECT id, 0 AS depth FROM goal WHERE id = %(root)s
  UNION ALL
  SELECT goal.id, tree.depth + 1 FROM goal JOIN tree ON goal.parent_id = tree.id WHERE goal.cycle_id = %(cycle)s
), {_ABOVE}, {_REPORTS}
SELECT goal.id, goal.parent_id, goal.title, goal.status, goal.weight, goal.owner_id, goal.confidence,
  goal.checked_in_at, goal.confirmed_at, tree.depth, {_SEEN_BY_MANAGER}
FROM goal JOIN tree ON tree.id = goal.id ORDER BY tree.depth, goal.id
"""
MEMBERS = f"""
WITH RECURSIVE inner_departments(id) AS (
  SELECT id FROM department WHERE id = %(department)s
  UNION SELECT department.id FROM department JOIN inner_departments ON department.parent_id = inner_departments.id
)
SELECT person.id FROM employment JOIN person ON person.id = employment.person_id AND person.archived_at IS NULL
WHERE department_id IN (SELECT id FROM inner_departments) AND {_IN_FORCE}
"""
MAP = f"""
WITH RECURSIVE {_ABOVE}, {_REPORTS}
SELECT goal.id, goal.owner_id, goal.parent_id, goal.weight, goal.status, goal.confidence, goal.checked_in_at,
  goal.confirmed_at
FROM goal WHERE cycle_id = %(cycle)s AND owner_id = ANY(%(members)s)
  AND status IN ('CONFIRMED', 'RUNNING', 'DONE', 'CARRIED_OVER') AND {_SEEN_BY_MANAGER}
"""
PAGE = f"""
WITH RECURSIVE {_ABOVE}
SELECT * FROM goal WHERE cycle_id = %(cycle)s AND owner_id = %(owner)s AND {_SEEN_BY_EMPLOYEE} ORDER BY id LIMIT 50
"""
MEASURES = """
SELECT goal_id, kind, direction, start, target, low, high, weight, current, stage, applicable
FROM measure WHERE goal_id = ANY(%(ids)s) AND dropped_at IS NULL
"""
VIEWER = """
SELECT person.organization_id, person.locale, organization.timezone, role_grant.role
FROM person JOIN organization ON organization.id = person.organization_id
LEFT JOIN role_grant ON role_grant.person_id = person.id WHERE person.id = %(viewer)s AND person.archived_at IS NULL
"""
CALENDAR = """
SELECT cycle.starts_on, cycle.ends_on, goal_policy.update_every_days
FROM cycle LEFT JOIN goal_policy ON goal_policy.id = cycle.organization_id WHERE cycle.id = %(cycle)s
"""


@dataclass(frozen=True)
class Asked:
    """Who asks for which goals."""

    organization: uuid.UUID
    viewer: uuid.UUID
    cycle: uuid.UUID
    today: datetime.date
    root: uuid.UUID | None = None
    department: uuid.UUID | None = None
    """With this one, the people who work there are read first."""
    owner: uuid.UUID | None = None


def connect(database_url: str) -> psycopg.Connection[Any]:
    """A connection as the application's role."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, options="-c jit=off -c random_page_cost=1.1")


def rows(
    connection: psycopg.Connection[Any], statement: str, asked: Asked
) -> tuple[list[Any], dict[uuid.UUID, list[Any]]]:
    """Who asks by one statement, goals by another, then their measures and the calendar, all in one transaction."""
    values = asdict(asked)
    with connection.transaction():
        connection.execute("SELECT set_config('app.organization', %s, true)", [str(asked.organization)])
        connection.execute(VIEWER, values).fetchall()
        if asked.department is not None:
            values["members"] = [row[0] for row in connection.execute(MEMBERS, values)]
        goals = connection.execute(statement, values).fetchall()
        connection.execute(CALENDAR, values).fetchall()
        measures: dict[uuid.UUID, list[Any]] = {}
        for row in connection.execute(MEASURES, {"ids": [goal[0] for goal in goals]}):
            measures.setdefault(row[0], []).append(row)
    return goals, measures


def create() -> Starlette:
    """The application on the database of the environment's settings."""
    connection = connect(Settings().url)

    def serve(request: Request) -> Response:
        given = request.query_params
        ids = {name: uuid.UUID(given[name]) for name in ("organization", "viewer", "cycle", "root")}
        goals, measures = rows(connection, TREE, Asked(today=datetime.datetime.now(datetime.UTC).date(), **ids))
        nodes = [
            {
                "goal": {"id": str(goal[0]), "title": goal[2], "status": goal[3]},
                "parentId": None if goal[1] is None else str(goal[1]),
                "depth": goal[9],
                "values": [None if measure[8] is None else str(measure[8]) for measure in measures.get(goal[0], [])],
            }
            for goal in goals
            if goal[10]
        ]
        return Response(orjson.dumps({"data": {"goalTree": nodes}}), media_type="application/json")

    return Starlette(routes=[Route("/tree", serve)])
