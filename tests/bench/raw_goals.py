"""What goals are measured against: the rows of a tree, a map and a person's page by hand, as SQL and as JSON.

No GraphQL, no token, no visibility, no progress: the floor for this work with this driver. As a server:
`uvicorn --factory tests.bench.raw_goals:create`.
"""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import psycopg
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.settings import Settings

TREE = """
WITH RECURSIVE tree AS (
  SELECT id, 0 AS depth FROM goal WHERE id = %(root)s
  UNION ALL
  SELECT goal.id, tree.depth + 1 FROM goal JOIN tree ON goal.parent_id = tree.id WHERE goal.cycle_id = %(cycle)s
)
SELECT goal.id, goal.parent_id, goal.title, goal.status, goal.weight, goal.owner_id, goal.confidence, goal.version,
  tree.depth
FROM goal JOIN tree ON tree.id = goal.id ORDER BY tree.depth, goal.id
"""
MAP = """
SELECT goal.id, goal.owner_id, goal.parent_id, goal.weight, goal.status, goal.confidence, goal.checked_in_at,
  goal.confirmed_at
FROM goal WHERE goal.cycle_id = %(cycle)s AND goal.owner_id IN (
  SELECT person_id FROM employment WHERE department_id = %(department)s AND ends_on IS NULL)
"""
PAGE = "SELECT * FROM goal WHERE cycle_id = %(cycle)s AND owner_id = %(owner)s ORDER BY id LIMIT 50"
MEASURES = """
SELECT goal_id, kind, direction, start, target, low, high, weight, current, stage, applicable
FROM measure WHERE goal_id = ANY(%(ids)s) AND dropped_at IS NULL
"""


def connect(database_url: str) -> psycopg.Connection[Any]:
    """A connection as the application's role."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, options="-c jit=off -c random_page_cost=1.1")


def rows(
    connection: psycopg.Connection[Any], organization_id: uuid.UUID, statement: str, values: dict[str, Any]
) -> tuple[list[Any], dict[uuid.UUID, list[Any]]]:
    """Goals by one statement and their measures by another, in one transaction."""
    with connection.transaction():
        connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization_id)])
        goals = connection.execute(statement, values).fetchall()
        measures: dict[uuid.UUID, list[Any]] = {}
        for row in connection.execute(MEASURES, {"ids": [goal[0] for goal in goals]}):
            measures.setdefault(row[0], []).append(row)
    return goals, measures


def create() -> Starlette:
    """The application on the database of the environment's settings."""
    connection = connect(Settings().url)

    def serve(request: Request) -> Response:
        asked = request.query_params
        goals, measures = rows(
            connection, uuid.UUID(asked["organization"]), TREE, {"root": asked["root"], "cycle": asked["cycle"]}
        )
        nodes = [
            {
                "goal": {"id": str(goal[0]), "title": goal[2], "status": goal[3]},
                "parentId": None if goal[1] is None else str(goal[1]),
                "depth": goal[8],
                "values": [None if measure[8] is None else str(measure[8]) for measure in measures.get(goal[0], [])],
            }
            for goal in goals
        ]
        return Response(orjson.dumps({"data": {"goalTree": nodes}}), media_type="application/json")

    return Starlette(routes=[Route("/tree", serve)])
