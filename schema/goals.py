"""The organisation's calendar in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import strawberry

from db.models import goals as rows
from db.queries import goals, people
from db.queries.paging import Order, Page, fetch_page
from schema.batching import batch, field, root
from schema.context import Context
from schema.people import loaded, localized
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.relay import After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.CycleKind,
    description="How long a cycle lasts.",
    values={
        "YEAR": "A year.",
        "HALF": "Half a year.",
        "QUARTER": "Three months.",
        "MONTH": "A month.",
    },
)

described_enum(
    rows.Phase,
    name="CyclePhaseKind",
    description="What is done in a cycle, in its order.",
    values={
        "DRAFTING": "Goals are drafted, proposed and confirmed.",
        "RUNNING": "Goals are worked on.",
        "MID_CHECK": "Managers look at the health of goals; without it a quarter is checked in its sixth week.",
        "REVIEW": "Reviews are written.",
        "CALIBRATION": "Scores are compared.",
        "PUBLISHED": "Results are published.",
        "CLOSED": "Goals do not change any more.",
    },
)

LATEST_FIRST = Order((rows.Cycle.starts_on, rows.Cycle.id), descending=True)


def load_cycles(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Cycle | None]:
    """Cycles of the organisation, which everybody of it may see."""
    return loaded(goals.by_ids(context.session, context.viewer, [id_ for id_ in ids if id_ is not None]), ids)


def cycle_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.Cycle | None]]:
    """The batch function of a field that is the cycle whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.Cycle | None]:
        return load_cycles(context, [getattr(parent, attribute) for parent in parents])

    return load


def _phases(context: Context, parents: Sequence[rows.Cycle]) -> list[list[rows.CyclePhase]]:
    found = goals.phases(context.session, [cycle.id for cycle in parents])
    return [found.get(cycle.id, []) for cycle in parents]


def _current_phases(context: Context, parents: Sequence[rows.Cycle]) -> list[rows.Phase | None]:
    today = people.today(context.session, context.viewer.organization_id)
    return [
        next((each.phase for each in reversed(some) if each.starts_on <= today), None)
        for some in _phases(context, parents)
    ]


@strawberry.type(description="From which day on a phase of a cycle holds; the next one's day ends it.")
class CyclePhase:
    phase: rows.Phase = field(description="The phase.")
    starts_on: datetime.date = field(description="Its first day.")


@node_type(rows.Cycle, load=load_cycles, description="A span of the calendar that goals and reviews share.")
class Cycle(Node):
    key: str = field(description="Short and unique, such as 2026Q3.")
    name: str = batch(localized("name"), description="Name in the viewer's language.")
    name_zh: str = field(description="Chinese name.")
    name_en: str = field(description="English name.")
    kind: rows.CycleKind = field(description="How long it lasts.")
    starts_on: datetime.date = field(description="First day.")
    ends_on: datetime.date = field(description="Last day.")
    review_starts_on: datetime.date = field(description="First day on which its reviews are written.")
    review_ends_on: datetime.date = field(description="Last day on which its reviews are written.")
    parent: Annotated[Cycle, strawberry.lazy("schema.goals")] | None = batch(
        cycle_of("parent_id"), description="The longer cycle that it lies in."
    )
    phases: list[CyclePhase] = batch(_phases, description="Its phases in their order.")
    phase: rows.Phase | None = batch(
        _current_phases, description="The phase of today, by the organisation's calendar; null before the first."
    )


def _cycles(context: Context, first: First = None, after: After = None) -> Page[rows.Cycle]:
    statement = goals.cycles(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)


@strawberry.type
class GoalQueries:
    cycles: Connection[Cycle] = root(_cycles, description="The organisation's cycles, the latest first.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "cycles"),
    **grant(
        "Cycle",
        VISIBLE,
        "id key name nameZh nameEn kind startsOn endsOn reviewStartsOn reviewEndsOn parent phases phase",
    ),
    **grant("CyclePhase", VISIBLE, "phase startsOn"),
}
