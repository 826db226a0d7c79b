"""Is a goal where it should be by now, and has anybody looked at it lately?"""

from __future__ import annotations

import datetime
from decimal import Decimal
from enum import StrEnum


class Health(StrEnum):
    AHEAD = "AHEAD"
    ON_PLAN = "ON_PLAN"
    AT_RISK = "AT_RISK"
    BEHIND = "BEHIND"
    UNKNOWN = "UNKNOWN"
    """No progress is known. Never shown as good."""


MARGIN = Decimal("0.10")
"""Progress this far above or below the elapsed share is still on plan, or already ahead."""
RISK_MARGIN = Decimal("0.25")
"""Progress more than this below the elapsed share is behind."""
DOUBTFUL_CONFIDENCE = 3
"""Whoever gives at most this (of 10) does not believe in it: at risk at best."""
CAUTIOUS_CONFIDENCE = 5
"""At most this keeps a goal from being called ahead."""

_FROM_WORST = (Health.BEHIND, Health.AT_RISK, Health.ON_PLAN, Health.AHEAD)


def elapsed_share(starts_on: datetime.date, ends_on: datetime.date, today: datetime.date) -> Decimal:
    """The share of calendar days of a span (both ends inclusive) that are over when `today` ends, 0 to 1."""
    days = (ends_on - starts_on).days + 1
    over = (today - starts_on).days + 1
    return min(max(Decimal(over) / Decimal(days), Decimal(0)), Decimal(1))


def health(progress: Decimal | None, elapsed: Decimal, confidence: int | None = None) -> Health:
    """Compare progress with the elapsed share of the cycle, then let low confidence (0–10) pull the answer down.

    Linear expectation: half of the way after half of the time. Confidence can lower the answer and never raise it.
    """
    if progress is None:
        return Health.UNKNOWN
    gap = progress - elapsed
    if gap < -RISK_MARGIN:
        found = Health.BEHIND
    elif gap < -MARGIN:
        found = Health.AT_RISK
    elif gap < MARGIN:
        found = Health.ON_PLAN
    else:
        found = Health.AHEAD
    if confidence is None or confidence > CAUTIOUS_CONFIDENCE or progress >= 1:
        return found
    best = Health.AT_RISK if confidence <= DOUBTFUL_CONFIDENCE else Health.ON_PLAN
    return min(found, best, key=_FROM_WORST.index)


def stale_days(last_update: datetime.datetime, moment: datetime.datetime, every_days: int) -> int:
    """Whole days by which an update that is due every `every_days` days is late; 0 while it is not."""
    return max((moment - last_update).days - every_days, 0)
