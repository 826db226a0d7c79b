"""What the API is measured against: the same JSON by hand, from Starlette, three SQL statements and orjson.

No GraphQL, no token, no permission, no access log: the floor for this work with this framework and these drivers.
`uvicorn --factory tests.bench.raw_endpoint:create`.
"""

from __future__ import annotations

import asyncio
import uuid
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from db.models.people import Person, PersonIdentity
from db.models.reviews import Review, ReviewAnswer
from db.session import Database
from db.settings import Settings

PAGE = 50


def create() -> Starlette:
    """The application on the database of the environment's settings."""
    database = Database(Settings())
    organization = {"organization": ""}

    def answer(connection: Connection) -> bytes:
        if not database.embedded:
            connection.execute(sa.text("SELECT set_config('app.organization', :organization, true)"), organization)
        reviews = connection.execute(REVIEWS).all()
        names = {row.person_id: row for row in connection.execute(NAMES, {"ids": [row.subject_id for row in reviews]})}
        answers: dict[uuid.UUID, list[dict[str, Any]]] = {}
        for row in connection.execute(ANSWERS, {"ids": [row.id for row in reviews]}):
            answers.setdefault(row.review_id, []).append(
                {"key": row.key, "label": row.label_en, "value": row.value, "score": _plain(row.score)}
            )
        return orjson.dumps(
            {
                "data": {
                    "reviews": {
                        "nodes": [
                            {
                                "status": row.status,
                                "score": _plain(row.score),
                                "grade": row.grade,
                                "createdAt": row.created_at.isoformat(),
                                "subject": {
                                    "staffNumber": names[row.subject_id].staff_number,
                                    "name": names[row.subject_id].name,
                                },
                                "answers": answers.get(row.id, []),
                            }
                            for row in reviews
                        ]
                    }
                }
            }
        )

    def in_thread() -> bytes:
        with database.engine.connect() as connection:
            return answer(connection)

    async def serve(request: Request) -> Response:
        organization["organization"] = request.query_params["organization"]
        if database.embedded:
            body = await asyncio.to_thread(in_thread)
        else:
            async with database.async_engine.connect() as connection:
                body = await connection.run_sync(answer)
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/reviews", serve)])


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


REVIEWS = (
    sa.select(Review.id, Review.subject_id, Review.status, Review.score, Review.grade, Review.created_at)
    .order_by(Review.created_at.desc(), Review.id.desc())
    .limit(PAGE)
)
NAMES = (
    sa.select(PersonIdentity.person_id, PersonIdentity.name, Person.staff_number)
    .join(Person, Person.id == PersonIdentity.person_id)
    .where(PersonIdentity.person_id.in_(sa.bindparam("ids", expanding=True)))
)
ANSWERS = (
    sa.select(ReviewAnswer.review_id, ReviewAnswer.key, ReviewAnswer.label_en, ReviewAnswer.value, ReviewAnswer.score)
    .where(ReviewAnswer.review_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(ReviewAnswer.review_id, ReviewAnswer.position)
)
