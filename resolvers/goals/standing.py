"""How goals stand today: progress, health and staleness of any number of goals in a constant number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from db.base import now
from db.models.goals import COUNTED, LIVE, Goal, Measure, MeasureKind
from db.queries import goal_trees, goals, people
from db.queries.goal_trees import GoalFigures, MeasureFigures
from db.viewer import Viewer
from resolvers.goals.inputs import scale_of
from resolvers.rules.health import Health, elapsed_share, health, stale_days
from resolvers.rules.progress import Part, RollUp, numeric, roll_up, staged


class Standing(NamedTuple):
    """How a goal stands."""

    progress: Decimal | None
    """By its own measures; without any, by the confirmed goals below it. A share: 1 is the target."""
    coverage: Decimal
    """Share of the weight that the progress rests on."""
    health: Health
    elapsed: Decimal
    """Share of the goal's cycle that is over."""
    stale_days: int
    """Days by which the next check-in is late; 0 for a goal that is not being worked on."""


def measure_progress(measure: Measure | MeasureFigures) -> Decimal | None:
    """The progress of a measure's latest value; None when there is none, or when it does not apply."""
    if not measure.applicable:
        return None
    if measure.kind is MeasureKind.STAGED:
        return staged(measure.stage)
    if measure.current is None:
        return None
    return numeric(scale_of(measure), measure.current)


def measured(measures: Sequence[Measure] | Sequence[MeasureFigures]) -> RollUp:
    """The progress of a goal by its measures; those that do not apply are left out."""
    return roll_up([Part(measure.weight, measure_progress(measure)) for measure in measures if measure.applicable])


def standings(session: Session, viewer: Viewer, wanted: Sequence[Goal] | Sequence[GoalFigures]) -> list[Standing]:
    """How these goals stand, in their order."""
    if not wanted:
        return []
    figures = _figures(goal_trees.reach(session, wanted))
    today, moment = people.today(session, viewer.organization_id), now()
    paces = {
        cycle_id: (elapsed_share(pace.starts_on, pace.ends_on, today), pace.update_every_days)
        for cycle_id, pace in goals.paces(session, viewer, {goal.cycle_id for goal in wanted}).items()
    }
    found = []
    for goal in wanted:
        figure, (over, rhythm), status = figures[goal.id], paces[goal.cycle_id], goal.status
        since = goal.checked_in_at or goal.confirmed_at
        late = stale_days(since, moment, rhythm) if since is not None and status in LIVE else 0
        judged = health(figure.progress, over, goal.confidence) if status in COUNTED else Health.UNKNOWN
        found.append(Standing(figure.progress, figure.coverage, judged, over, late))
    return found


def _figures(reach: goal_trees.Reach) -> Mapping[uuid.UUID, RollUp]:
    """Progress of every goal within reach, from the leaves up."""
    figures = {goal_id: measured(own) for goal_id, own in reach.measures.items()}
    children: dict[uuid.UUID, list[Goal | GoalFigures]] = {
        goal_id: [] for goal_id in reach.goals if goal_id not in figures
    }
    for goal in reach.goals.values() if children else ():
        if goal.parent_id in children and goal.status in COUNTED:
            children[goal.parent_id].append(goal)
    waiting = list(children)
    while waiting:
        goal_id = waiting.pop()
        if goal_id in figures:
            continue
        below = children[goal_id]
        missing = [child.id for child in below if child.id not in figures]
        if missing:
            waiting += [goal_id, *missing]
            continue
        figures[goal_id] = roll_up([Part(child.weight, figures[child.id].progress) for child in below])
    return figures
