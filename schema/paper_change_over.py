"""Paper and screen by department: figures for the time in which both are used."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import strawberry

from db.models import intake as rows
from db.queries import intake
from resolvers.access import PAPER_ROLES
from resolvers.intake import change_over
from schema.batching import batch, field, root
from schema.context import Context
from schema.inputs import optional_id
from schema.people import Department, load_departments
from schema.permissions import VISIBLE, PermissionMap, grant, only

MEDIAN, NINETIETH = 50, 90


@dataclass(frozen=True, slots=True)
class Waiting:
    """Documents in one state."""

    status: rows.IntakeStatus
    waits_for: rows.IntakeWait | None
    documents: int


def _waiting(_context: Context, parents: Sequence[change_over.Figures]) -> list[list[Waiting]]:
    order = list(rows.IntakeStatus)
    return [
        sorted(
            (Waiting(state[0], intake.WAITS.get(state), count) for state, count in figures.waiting.items()),
            key=lambda each: (order.index(each.status), each.waits_for or ""),
        )
        for figures in parents
    ]


def _departments(context: Context, parents: Sequence[change_over.Figures]) -> list[Department | None]:
    ids: list[uuid.UUID | None] = [figures.department_id for figures in parents]
    return load_departments(context, ids)  # type: ignore[return-value] # rows stand for their type


@strawberry.type(description="Documents that wait in one state.")
class PaperWaiting:
    status: rows.IntakeStatus = field(description="The state.")
    waits_for: rows.IntakeWait | None = field(description="Which act of a person; null while the machine is at it.")
    documents: int = field(description="How many.")


@strawberry.type(description="How reviews come in. It counts documents and tells nothing of who handles them.")
class ChangeOverFigures:
    department: Department | None = batch(
        _departments, description="The department, with all inside it; null in the total of all."
    )
    paper: int = field(description="Confirmed reviews that came on paper.")
    screen: int = field(description="Confirmed reviews that were entered on a screen.")
    waiting: list[PaperWaiting] = batch(_waiting, description="Paper that nobody decided yet, by state.")
    median_seconds: int | None = batch(
        lambda _context, parents: [figures.seconds(MEDIAN) for figures in parents],
        description="Median time from upload to confirmation of these paper reviews; null when there are none.",
    )
    ninetieth_seconds: int | None = batch(
        lambda _context, parents: [figures.seconds(NINETIETH) for figures in parents],
        description="90th percentile of the same, in proportion between neighbours.",
    )


@strawberry.type(description="Paper and screen by department.")
class PaperChangeOver:
    total: ChangeOverFigures = field(
        description="Of everything that was asked for, also of paper of which it is not known whom it is about."
    )
    departments: list[ChangeOverFigures] = field(
        description="Departments for which there is anything, by code. A department's figures hold those inside it."
    )


Since = Annotated[
    datetime.date | None,
    strawberry.argument(
        description="First day, in the organisation's zone: of confirmation, and for what waits of the upload."
    ),
]
Until = Annotated[datetime.date | None, strawberry.argument(description="Last day of the same.")]


def _change_over(
    context: Context,
    department_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Only this department and those inside it.")
    ] = None,
    cycle_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only this cycle; paper of which it is not known is left out then."),
    ] = None,
    since: Since = None,
    until: Until = None,
) -> change_over.ChangeOver:
    asked = change_over.Asked(
        department_id=optional_id(department_id, "Department", ("departmentId",)),
        cycle_id=optional_id(cycle_id, "Cycle", ("cycleId",)),
        since=since,
        until=until,
    )
    return change_over.change_over(context.session, context.viewer, asked)


@strawberry.type
class ChangeOverQueries:
    paper_change_over: PaperChangeOver = root(
        _change_over,
        description="How reviews of the viewer's line (for HR: of everybody else) come in, on paper and by screen, and "
        "how long paper takes. Reviews belong to the department in which their subject was, waiting paper to today's.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", only(*PAPER_ROLES), "paperChangeOver"),
    **grant("PaperChangeOver", VISIBLE, "total departments"),
    **grant("ChangeOverFigures", VISIBLE, "department paper screen waiting medianSeconds ninetiethSeconds"),
    **grant("PaperWaiting", VISIBLE, "status waitsFor documents"),
}
