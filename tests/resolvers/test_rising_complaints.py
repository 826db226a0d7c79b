"""When a brief says that customers complain more while a target is reached."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest

from db.models.briefs import EvidenceSource, Voice
from resolvers.briefs.contract import Item
from resolvers.briefs.sections import by_rule

SINCE = datetime.date(2026, 1, 31)
"""Its months begin on 31 January, 28 February, 31 March and 30 April."""
BAD, GOOD = "The parts arrived 9 days late and two were broken.", "They solved our outage within 20 minutes."


def comment(day: str, text: str = BAD, rating: str | None = None) -> Item:
    said = datetime.date.fromisoformat(day)
    share = None if rating is None else Decimal(rating)
    key = (EvidenceSource.CUSTOMER_COMMENT, uuid.uuid4(), "")
    return Item(*key, Voice.CUSTOMER, None, text, said, rating=share)


def rising(*comments: Item, progress: str | None = "1.1") -> list[str]:
    share = None if progress is None else Decimal(progress)
    measure = Item(EvidenceSource.MEASURE, uuid.uuid4(), "", Voice.SYSTEM, None, "“Sales”: now 110", None, None, share)
    found = by_rule(list(enumerate([measure, *comments], start=1)), "en", SINCE)
    return [each.text.rpartition("complaints of customers by month ")[2] for each in found if "by month" in each.text]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-02-27", "2026-02-28", "2026-03-30", "2026-03-31", "2026-04-02", "2026-04-29"], "1, 2, 3"),
        (["2026-02-28", "2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01", "2026-05-02"], "1, 2, 3"),
        (["2026-04-01", "2026-04-02"], "0, 0, 2"),
        (["2026-02-01", "2026-03-05", "2026-04-05"], None),
        (["2026-02-01", "2026-03-05", "2026-03-06", "2026-04-05"], None),
        (["2026-02-01", "2026-02-02", "2026-04-05", "2026-04-06", "2026-04-07"], None),
        (["2026-02-01", "2026-03-05", "2026-03-06"], None),
    ],
    ids=["month-ends", "last-three", "from-nothing", "level", "falls", "dips", "two-months"],
)
def test_complaints_are_counted_by_months_of_the_cycle(days: list[str], expected: str | None) -> None:
    found = rising(*(comment(day) for day in days))
    assert [each.partition(": ")[2] for each in found] == ([] if expected is None else [expected])


def test_ratings_decide_before_words_and_targets_must_be_reached() -> None:
    days = ("2026-03-05", "2026-04-05", "2026-04-06")
    assert rising(*(comment(day) for day in days)) == ["from 2026-01-31: 0, 1, 2"]
    assert rising(*(comment(day, GOOD) for day in days)) == []
    assert rising(*(comment(day, GOOD, "0.4") for day in days)) == ["from 2026-01-31: 0, 1, 2"]
    assert rising(*(comment(day, BAD, "0.8") for day in days)) == []
    assert rising(*(comment(day) for day in days), progress="0.99") == []
    assert rising(*(comment(day) for day in days), progress=None) == []
