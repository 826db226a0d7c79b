"""The SMART check of goals as they stand in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from db.models.goals import Cycle, Goal, Measure, MeasureKind
from db.queries import goals
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import TEXT_LENGTH
from resolvers.rules.smart.check import check
from resolvers.rules.smart.contract import Facts, Finding

LEAP = 3


def check_text(text: str) -> list[Finding]:
    """A finding for each letter, from the words alone. Raises TEXT_TOO_LONG beyond 5,000 characters."""
    if len(text) > TEXT_LENGTH:
        raise DomainError(ErrorCode.TEXT_TOO_LONG, ("text",))
    return check(text)


def check_goals(session: Session, viewer: Viewer, wanted: Collection[Goal]) -> dict[uuid.UUID, list[Finding]]:
    """The findings for each goal from its title, measures, parent and cycle, by two statements."""
    measures = goals.measures(session, [goal.id for goal in wanted])
    cycles = goals.by_ids(session, viewer, {goal.cycle_id for goal in wanted})
    return {
        goal.id: check(goal.title, _facts(goal, measures.get(goal.id, []), cycles[goal.cycle_id])) for goal in wanted
    }


def _facts(goal: Goal, measures: Sequence[Measure], cycle: Cycle) -> Facts:
    return Facts(
        has_target=any(
            measure.kind is MeasureKind.STAGED or measure.target is not None or measure.low is not None
            for measure in measures
        ),
        has_start=any(measure.start is not None for measure in measures),
        leap=any(_leaps(measure) for measure in measures),
        aligned=goal.parent_id is not None,
        ends_on=cycle.ends_on,
    )


def _leaps(measure: Measure) -> bool:
    if measure.start is None or measure.target is None:
        return False
    low, high = sorted((abs(measure.start), abs(measure.target)))
    return low > 0 and high > LEAP * low
