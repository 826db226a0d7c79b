"""The goal calibration rate on sets counted by hand."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from db.models.goal_changes import ReasonCategory
from resolvers.rules.calibration import ApprovedChange, CalibrationMark, calibration_rate

TASKS = [uuid.UUID(int=number) for number in range(20)]
D = Decimal


def test_distinct_tasks_count_once_and_corrections_never() -> None:
    rate = calibration_rate(
        TASKS[:13],
        [
            ApprovedChange(TASKS[0], ReasonCategory.POLICY),
            ApprovedChange(TASKS[0], ReasonCategory.MARKET),
            ApprovedChange(TASKS[1], ReasonCategory.CORRECTION),
            ApprovedChange(TASKS[2], ReasonCategory.RESOURCE),
            ApprovedChange(TASKS[2], ReasonCategory.CORRECTION),
            ApprovedChange(TASKS[19], ReasonCategory.CUSTOMER),  # was never confirmed
        ],
    )
    assert rate.changed == {TASKS[0], TASKS[2]}
    assert rate.percent == D("15.4")


def test_nothing_confirmed_is_no_rate() -> None:
    rate = calibration_rate([], [ApprovedChange(TASKS[0], ReasonCategory.POLICY)])
    assert rate.percent is None
    assert rate.mark(D(15), D("22.7")) is None


@pytest.mark.parametrize(
    ("changed", "confirmed", "mark"),
    [
        (0, 20, CalibrationMark.BELOW_HEALTHY),
        (2, 14, CalibrationMark.BELOW_HEALTHY),  # 14.29 %
        (3, 20, CalibrationMark.HEALTHY),  # exactly 15 %
        (5, 20, CalibrationMark.TOP),
    ],
)
def test_marks(changed: int, confirmed: int, mark: CalibrationMark) -> None:
    changes = [ApprovedChange(task, ReasonCategory.MARKET) for task in TASKS[:changed]]
    assert calibration_rate(TASKS[:confirmed], changes).mark(D(15), D("22.7")) is mark
