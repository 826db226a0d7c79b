"""`chain(goalId)`: what hangs together around one goal, from strategy to the evidence of this week.

Each domain brings its links as a mixin whose batch functions get the rows of the goals asked for; they are listed here
and nowhere else. Which rows of its own a link shows is for the domain's `visible_to` to say.
"""

from __future__ import annotations

import strawberry

from db.models.goals import Goal
from resolvers.errors import DomainError, ErrorCode
from schema import goal_overview
from schema.batching import root
from schema.context import Context
from schema.feedback import customers, growth, notes
from schema.goal_types import load_goals
from schema.permissions import SIGNED_IN, PermissionMap, grant
from schema.projects import acceptance, tasks
from schema.relay import GlobalId, decode_id


@strawberry.type(description="What hangs together around one goal, from strategy to this week's action.")
class Chain(
    goal_overview.GoalLinks,
    notes.FeedbackLinks,
    customers.CustomerCommentLinks,
    growth.GrowthLinks,
    acceptance.DeliverableLinks,
    tasks.TaskLinks,
):
    pass


def _chain(context: Context, goal_id: GlobalId) -> Goal:
    goal = load_goals(context, [decode_id(goal_id, "Goal", at=("goalId",))])[0]
    if goal is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("goalId",))
    return goal


@strawberry.type
class ChainQueries:
    chain: Chain = root(_chain, description="What hangs together around one goal. NOT_FOUND when it is not visible.")


PERMISSIONS: PermissionMap = {**grant("Query", SIGNED_IN, "chain")}
