"""The organisation's calendar in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import strawberry

from db.models import goals as rows
from db.queries import goals
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

LATEST_FIRST = Order((rows.Cycle.starts_on, rows.Cycle.id), descending=True)


def load_cycles(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Cycle | None]:
    """Cycles of the organisation, which everybody of it may see."""
    return loaded(goals.by_ids(context.session, context.viewer, [id_ for id_ in ids if id_ is not None]), ids)


def cycle_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.Cycle | None]]:
    """The batch function of a field that is the cycle whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.Cycle | None]:
        return load_cycles(context, [getattr(parent, attribute) for parent in parents])

    return load


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


def _cycles(context: Context, first: First = None, after: After = None) -> Page[rows.Cycle]:
    statement = goals.cycles(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)


@strawberry.type
class GoalQueries:
    cycles: Connection[Cycle] = root(_cycles, description="The organisation's cycles, the latest first.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "cycles"),
    **grant("Cycle", VISIBLE, "id key name nameZh nameEn kind startsOn endsOn reviewStartsOn reviewEndsOn"),
}
