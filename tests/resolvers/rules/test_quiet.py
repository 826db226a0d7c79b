"""Quiet hours at midnight and where the clocks change."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from resolvers.rules.quiet import Hours, allowed_at

NIGHT, SMALL_HOURS = (22 * 60, 8 * 60), (150, 180)


@pytest.mark.parametrize(
    ("zone", "hours", "moment", "allowed"),
    [
        ("Asia/Shanghai", NIGHT, "2026-11-22T21:59:59+08:00", None),
        ("Asia/Shanghai", NIGHT, "2026-11-22T22:00:00+08:00", "2026-11-23T08:00:00+08:00"),
        ("Asia/Shanghai", NIGHT, "2026-11-23T00:00:00+08:00", "2026-11-23T08:00:00+08:00"),
        ("Asia/Shanghai", NIGHT, "2026-11-23T08:00:00+08:00", None),
        ("Asia/Shanghai", (0, 1439), "2026-11-23T12:00:00+08:00", "2026-11-23T23:59:00+08:00"),
        # The person's own night counts, not the server's.
        ("America/New_York", NIGHT, "2026-11-23T12:00:00+08:00", "2026-11-23T08:00:00-05:00"),
        # The night in which the clocks go forward is an hour shorter, the other an hour longer.
        ("Europe/Berlin", NIGHT, "2026-03-28T22:00:00+01:00", "2026-03-29T08:00:00+02:00"),
        ("Europe/Berlin", NIGHT, "2026-10-24T22:00:00+02:00", "2026-10-25T08:00:00+01:00"),
        # From 02:30 to 03:00 there is nothing that day, so nobody waits until the day after.
        ("Europe/Berlin", SMALL_HOURS, "2026-03-29T01:59:59+01:00", None),
        ("Europe/Berlin", SMALL_HOURS, "2026-03-29T03:30:00+02:00", None),
        ("Europe/Berlin", SMALL_HOURS, "2026-03-29T12:00:00+02:00", None),
        ("Europe/Berlin", SMALL_HOURS, "2026-03-30T02:30:00+02:00", "2026-03-30T03:00:00+02:00"),
        # 02:30 comes twice; it is quiet from the first one on.
        ("Europe/Berlin", SMALL_HOURS, "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00"),
        ("Europe/Berlin", SMALL_HOURS, "2026-10-25T02:15:00+01:00", "2026-10-25T03:00:00+01:00"),
        # Until a time that is left out: until that much after the change; the next quiet hours begin before.
        ("Europe/Berlin", (23 * 60, 150), "2026-03-29T01:00:00+01:00", "2026-03-29T03:30:00+02:00"),
        ("Europe/Berlin", (180, 150), "2026-03-29T01:00:00+01:00", "2026-03-30T02:30:00+02:00"),
    ],
)
def test_when_somebody_may_be_told(zone: str, hours: Hours, moment: str, allowed: str | None) -> None:
    asked = datetime.datetime.fromisoformat(moment)
    assert allowed_at(asked, hours, ZoneInfo(zone)) == datetime.datetime.fromisoformat(allowed or moment)


def test_without_quiet_hours_at_once() -> None:
    asked = datetime.datetime.fromisoformat("2026-11-23T03:00:00+08:00")
    assert allowed_at(asked, None, ZoneInfo("Asia/Shanghai")) == asked
