"""Following the event log: what happens to rows that one may see, as it happens."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.queries import event_log
from db.viewer import Viewer
from resolvers.telling import followers_key
from schema.context import Context

Seen = Callable[[Session, Viewer, set[uuid.UUID]], Mapping[uuid.UUID, Any]]
"""Of rows by their ids, those whose happenings the viewer is shown."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the log, and the row that it is about as it is now."""

    type: str
    subject: Any
    actor_id: uuid.UUID | None
    occurred_at: datetime.datetime


async def follow(
    context: Context,
    subject_type: str,
    seen: Seen,
    *,
    only: str | None = None,
    check: Callable[[Session], None] | None = None,
) -> AsyncGenerator[Happening, None]:
    """Each thing that happens from now on to rows of a type in the schema, once and in order.

    `only`: of this happening alone. `check` is called before the first look and raises what forbids to follow.
    """
    viewer = context.viewer

    def begin(session: Session) -> event_log.Place:
        if check is not None:
            check(session)
        return event_log.end(session, viewer)

    def look(session: Session) -> tuple[event_log.Place, list[Happening]]:
        beyond, lines = event_log.lines_about(session, viewer, subject_type, place, only=only)
        rows = seen(session, viewer, {line.subject_id for line in lines}) if lines else {}
        return beyond, [
            Happening(line.type, rows[line.subject_id], line.actor_id, line.occurred_at)
            for line in lines
            if line.subject_id in rows
        ]

    async with context.services.changes.watch(followers_key(subject_type, viewer.organization_id)) as changed:
        place = await context.read(begin)
        while True:
            await changed()
            place, fresh = await context.read(look)
            for happening in fresh:
                yield happening
