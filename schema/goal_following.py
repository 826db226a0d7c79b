"""`goalChanged`: what happens to the goals of one's line, as it happens."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import strawberry
from sqlalchemy.orm import Session

from db.models.goals import Goal as GoalRow
from db.queries import event_log, goal_events
from resolvers.goals.telling import followers_key
from schema.batching import batch, field
from schema.context import Context
from schema.goal_types import Goal
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.subscription import subscription


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the log about a goal."""

    type: str
    goal: GoalRow
    actor_id: uuid.UUID | None
    occurred_at: datetime.datetime


@strawberry.type(description="Something that happened to a goal.")
class GoalEvent:
    type: str = field(
        description="What happened: `goal.created`, `goal.edited`, `goal.proposed`, `goal.returned`, `goal.confirmed`, "
        "`goal.checked_in`, `goal.commented`, `goal.steps_set`, `goal.changed`, `goal.done`, `goal.dropped`, "
        "`goal.carried_over`."
    )
    goal: Goal = field(description="The goal as it is now.")
    actor: Person | None = batch(person_of("actor_id"), description="Who did it; null for the system.")
    occurred_at: datetime.datetime = field(description="When.")


async def follow_goals(context: Context) -> AsyncGenerator[Happening, None]:
    """Each thing that happens to a goal of the viewer's line from now on, once and in order."""
    viewer = context.viewer

    def begin(session: Session) -> event_log.Place:
        return event_log.end(session, viewer)

    def look(session: Session) -> tuple[event_log.Place, list[Happening]]:
        beyond, lines = event_log.lines_about(session, viewer, "Goal", place)
        if not lines:
            return beyond, []
        seen = goal_events.in_line(session, viewer, {line.subject_id for line in lines})
        found = [
            Happening(line.type, seen[line.subject_id], line.actor_id, line.occurred_at)
            for line in lines
            if line.subject_id in seen
        ]
        return beyond, found

    async with context.services.changes.watch(followers_key(viewer.organization_id)) as changed:
        place = await context.read(begin)
        while True:
            await changed()
            place, fresh = await context.read(look)
            for happening in fresh:
                yield happening


@strawberry.type
class GoalSubscriptions:
    goal_changed: GoalEvent = subscription(
        follow_goals,
        description=(
            "What happens from now on to goals that the viewer may see and that are the viewer's own or, for a "
            "manager, of the reports below."
        ),
    )


PERMISSIONS: PermissionMap = {
    **grant("Subscription", SIGNED_IN, "goalChanged"),
    **grant("GoalEvent", VISIBLE, "type goal actor occurredAt"),
}
