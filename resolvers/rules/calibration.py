"""How much of what was planned was put right on the way: the goal calibration rate."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from db.models.goal_changes import ReasonCategory

TENTH = Decimal("0.1")


class CalibrationMark(StrEnum):
    BELOW_HEALTHY = "BELOW_HEALTHY"
    HEALTHY = "HEALTHY"
    TOP = "TOP"


@dataclass(frozen=True, slots=True)
class ApprovedChange:
    """One goal touched (added, dropped or revised) by one approved change request."""

    goal_id: uuid.UUID
    reason: ReasonCategory


@dataclass(frozen=True, slots=True)
class CalibrationRate:
    changed: frozenset[uuid.UUID]
    confirmed: frozenset[uuid.UUID]

    @property
    def percent(self) -> Decimal | None:
        """Changed ÷ confirmed × 100, to one place; None when nothing was confirmed."""
        if not self.confirmed:
            return None
        return (Decimal(100 * len(self.changed)) / len(self.confirmed)).quantize(TENTH)

    def mark(self, healthy: Decimal, top: Decimal) -> CalibrationMark | None:
        """Where the exact rate stands against the two marks, both in percent; None when there is no rate."""
        if not self.confirmed:
            return None
        exact = Decimal(100 * len(self.changed)) / len(self.confirmed)
        if exact >= top:
            return CalibrationMark.TOP
        return CalibrationMark.HEALTHY if exact >= healthy else CalibrationMark.BELOW_HEALTHY


def calibration_rate(confirmed: Collection[uuid.UUID], changes: Iterable[ApprovedChange]) -> CalibrationRate:
    """Distinct key tasks added, dropped or revised by an approved change whose reason is not a correction ÷ distinct
    key tasks confirmed at any time in the quarter.

    A task changed three times counts once. A change of something that was never confirmed in the span does not count.
    """
    whole = frozenset(confirmed)
    touched = {change.goal_id for change in changes if change.reason is not ReasonCategory.CORRECTION}
    return CalibrationRate(whole & touched, whole)
