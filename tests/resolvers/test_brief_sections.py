"""Sentences of a brief that are put together by rule."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

from db.models.briefs import BriefSection, EvidenceSource, Voice
from resolvers.briefs.contract import Item
from resolvers.briefs.sections import by_rule
from resolvers.briefs.sources.check_ins import NEXT_STEP

SINCE = datetime.date(2026, 7, 1)
OWN = uuid.uuid4()
COMPLAINT = 'One of the 3 boxes arrived broken, and "soon" took 2 calls and 9 days!'


def measure(name: str) -> Item:
    text = f"“{name}”: target ≥ 95%, now 97%, progress 113%"
    goal_id = uuid.uuid4()
    return Item(
        EvidenceSource.MEASURE, uuid.uuid4(), "", Voice.SYSTEM, None, text, goal_id=goal_id, progress=Decimal("1.13")
    )


def step(text: str) -> Item:
    """A next step of the subject, of a goal of its own."""
    own = (uuid.uuid4(), NEXT_STEP, Voice.SELF, OWN, text)
    return Item(EvidenceSource.CHECK_IN, *own, occurred_on=SINCE, goal_id=uuid.uuid4())


def test_what_is_said_of_several_goals_is_said_once() -> None:
    comment = Item(
        EvidenceSource.CUSTOMER_COMMENT, uuid.uuid4(), "", Voice.CUSTOMER, None, COMPLAINT, rating=Decimal(0)
    )
    items = [*map(measure, ("Delivery", "Renewals", "Retention")), comment, *map(step, ("Ship B.", "Ship B. ", "Ask."))]
    found = by_rule(list(enumerate(items, start=1)), "en", SINCE)
    (against,) = [each for each in found if each.section is BriefSection.DISAGREEMENTS]
    said = COMPLAINT.replace('"', "'")
    assert against.text == (
        f"Result data: {items[0].text}; {items[1].text}; process evidence: a customer writes: “{said}”"
    )
    cited = [(each.position, items[each.position - 1].text[each.start : each.end]) for each in against.citations]
    assert cited == [(1, items[0].text), (2, items[1].text), (4, COMPLAINT)]
    growth = [each for each in found if each.section is BriefSection.GROWTH]
    assert [(each.text, [cited.position for cited in each.citations]) for each in growth] == [
        ("Ship B.", [5, 6]), ("Ask.", [7]),
    ]  # fmt: skip
    assert [(each.notes, each.of, each.people) for each in growth] == [(2, 2, 1), (1, 1, 1)]
