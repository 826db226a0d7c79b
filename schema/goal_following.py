"""`goalChanged`: what happens to the goals of one's line, as it happens."""

from __future__ import annotations

import datetime
from collections.abc import AsyncGenerator

import strawberry

from db.queries import goal_events
from resolvers.telling import GOAL
from schema.batching import batch, field
from schema.context import Context
from schema.following import Happening, follow
from schema.goal_types import Goal
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.subscription import subscription


@strawberry.type(description="Something that happened to a goal.")
class GoalEvent:
    type: str = field(
        description="What happened: `goal.created`, `goal.edited`, `goal.proposed`, `goal.returned`, `goal.confirmed`, "
        "`goal.checked_in`, `goal.commented`, `goal.steps_set`, `goal.changed`, `goal.done`, `goal.dropped`, "
        "`goal.carried_over`."
    )
    subject: Goal = field(name="goal", description="The goal as it is now.")
    actor: Person | None = batch(person_of("actor_id"), description="Who did it; null for the system.")
    occurred_at: datetime.datetime = field(description="When.")


def follow_goals(context: Context) -> AsyncGenerator[Happening, None]:
    """Each thing that happens to a goal of the viewer's line from now on, once and in order."""
    return follow(context, GOAL, goal_events.in_line)


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
