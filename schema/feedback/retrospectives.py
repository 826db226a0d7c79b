"""Retrospectives in the schema: what they are about, what their editions say, and the facts that show it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import strawberry

from db.models.events import AccessedResource
from db.models.feedback import retrospectives as rows
from db.models.goals import Direction, GoalStatus, Stage
from db.models.projects.flags import Flag
from db.queries.feedback import retrospectives as queries
from db.queries.paging import Order, Page, fetch_page
from resolvers.feedback.retrospective_facts import facts_now
from resolvers.rules.delay import Cause
from schema.batching import batch, field, root
from schema.context import Context
from schema.feedback.meetings import OneOnOneAction
from schema.goal_types import GoalCheckIn, load_check_ins
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.people import Person, load_people, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.projects import delays, deliverables  # noqa: F401 - they describe the enums of facts
from schema.relay import After, Connection, First, Node, decode_any_id, load_references, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.Occasion,
    name="RetrospectiveOccasion",
    description="On what occasion a retrospective is held.",
    values={
        "ENDED": "The goal, project or cycle was over.",
        "LATE": "The project was late.",
        "OTHER": "Another one; the reason says which.",
    },
)
described_enum(
    rows.RetrospectiveState,
    description="How far a retrospective is.",
    values={
        "OPEN": "Being written, for the first time or to be corrected.",
        "FINISHED": "Finished: its editions are never changed.",
        "DROPPED": "Given up before it was finished.",
    },
)
described_enum(
    rows.Step,
    name="RetrospectiveStep",
    description="The four steps, the last one with two sides.",
    values={
        "INTENDED": "First: what was intended.",
        "HAPPENED": "Second: what happened.",
        "CAUSES": "Third: why.",
        "KEEP": "Fourth: what is kept.",
        "CHANGE": "Fourth: what is changed.",
    },
)
described_enum(
    rows.FactKind,
    name="RetrospectiveFactKind",
    description="What a fact tells.",
    values={
        "GOAL": "How a goal stood: status and progress.",
        "MEASURE": "Target and result of a measure.",
        "DELAY": "By how much a project was late.",
        "DELAY_PART": "A part of that delay, by cause and person; the parts sum to it.",
        "FLAG": "The flag of a deliverable.",
    },
)

LATEST_FIRST = Order((rows.Retrospective.created_at, rows.Retrospective.id), descending=True)
SEERS = Permission(
    "who takes part, the managers above the facilitator, HR; once finished, who sees the goal, the project, the "
    "person's records, or works in the department (managers of those it lies in, HR, committee)"
)
INSIDERS = Permission("as the retrospective; an edition that is not finished: who takes part, the facilitator's line")
SOURCES = Permission("as the edition, and only who sees the source of the fact")


def shown(context: Context, found: Sequence[rows.Retrospective | None]) -> None:
    """Note that the answer shows these; one on a goal, project or department is about nobody in particular."""
    for row in found:
        if row is not None and row.person_id is not None:
            context.note_access(AccessedResource.RETROSPECTIVE, row.id, row.person_id)


def load_retrospectives(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Retrospective | None]:
    """The retrospectives that the viewer may see; reading those on somebody's cycle is noted."""
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(queries.by_ids(context.session, context.viewer, wanted), ids)
    shown(context, found)
    return found


def _subjects(context: Context, parents: Sequence[rows.Retrospective]) -> list[Any]:
    named = [
        next((name, id_) for name, column in queries.SUBJECTS.items() if (id_ := getattr(row, column.key)))
        for row in parents
    ]
    found = load_references(context, named)
    return [found.get(reference) for reference in named]


def _participants(context: Context, parents: Sequence[rows.Retrospective]) -> list[list[Any]]:
    found = queries.participants(context.session, [row.id for row in parents])
    entries = iter(load_people(context, [id_ for row in parents for id_ in found.get(row.id, [])]))
    people = [[next(entries) for _ in found.get(row.id, [])] for row in parents]
    return [[person for person in some if person is not None] for some in people]


def _editions(context: Context, parents: Sequence[rows.Retrospective]) -> list[list[rows.RetrospectiveEdition]]:
    found = queries.editions(context.session, context.viewer, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _actions(context: Context, parents: Sequence[rows.Retrospective]) -> list[list[Any]]:
    found = queries.actions(context.session, context.viewer, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _earlier_actions(context: Context, parents: Sequence[rows.Retrospective]) -> list[list[Any]]:
    found = queries.earlier_actions(context.session, context.viewer, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _entries(context: Context, parents: Sequence[rows.RetrospectiveEdition]) -> list[list[rows.RetrospectiveEntry]]:
    found = queries.entries(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _facts(context: Context, parents: Sequence[rows.RetrospectiveEdition]) -> list[list[rows.RetrospectiveFact]]:
    """Of finished editions those of that moment; of open ones those of now."""
    kept = dict(queries.facts(context.session, [row.id for row in parents if row.finished_at]))
    opened = [row for row in parents if row.finished_at is None]
    if opened:
        held = queries.by_ids(context.session, context.viewer, [row.retrospective_id for row in opened])
        now_known = facts_now(context.session, context.viewer, list(held.values()))
        kept |= {row.id: now_known.get(row.retrospective_id, []) for row in opened}
    seen = queries.shown_facts(context.session, context.viewer, [fact for some in kept.values() for fact in some])
    visible = {id(fact) for fact in seen}
    return [[fact for fact in kept.get(row.id, []) if id(fact) in visible] for row in parents]


def _sources(context: Context, parents: Sequence[rows.RetrospectiveFact]) -> list[Any]:
    named = [(row.source_type, row.source_id) for row in parents]
    found = load_references(context, named)
    return [found.get(reference) for reference in named]


def _check_ins(context: Context, parents: Sequence[rows.RetrospectiveFact]) -> list[Any]:
    named = [row.check_in_id for row in parents if row.check_in_id]
    found = {row.id: row for row in load_check_ins(context, named) if row is not None}
    return [found.get(row.check_in_id) if row.check_in_id else None for row in parents]


@strawberry.type(description="What one participant wrote under a step.")
class RetrospectiveEntry:
    author: Person | None = batch(person_of("author_id"), description="Who.")
    step: rows.Step = field(description="Under which step.")
    text: str = field(description="The words.")


@strawberry.type(
    description="What the product knows, with the source: as it stood when the edition was finished; of an open one as "
    "it stands now. Figures are exact; what does not apply to the kind is null."
)
class RetrospectiveFact:
    kind: rows.FactKind = field(description="What it tells.")
    name: str = field(description="What the source was called then.")
    source: Node | None = batch(_sources, description="The goal, measure, project or deliverable, as it is now.")
    unit: str | None = field(description="Of a measure: of all its figures.")
    direction: Direction | None = field(description="Of a measure: which way is better.")
    start: Decimal | None = field(description="Of a measure: where it began.")
    target: Decimal | None = field(description="Of a measure: what was intended.")
    low: Decimal | None = field(description="Of a measure to be kept within a range: its lower end.")
    high: Decimal | None = field(description="The upper end.")
    target_text: str | None = field(description="Of a measure in words: what was intended.")
    result: Decimal | None = field(description="Of a measure: what was reached; null when nobody had said.")
    stage: Stage | None = field(description="Of a measure in words: the stage reached.")
    progress: Decimal | None = field(description="Of a goal or measure: the share of the way, 1 at the target.")
    measured_at: datetime.datetime | None = field(description="Of a measure: when the result was measured.")
    check_in: GoalCheckIn | None = batch(_check_ins, description="Of a measure: the check-in that the result is from.")
    status: GoalStatus | None = field(description="Of a goal: how far it was.")
    seconds: int | None = field(description="Of a delay or a part of it, by the calendar.")
    cause: Cause | None = batch(
        lambda _context, parents: [Cause(row.cause) if row.cause else None for row in parents],
        description="Of a part of a delay: how it came about.",
    )
    person: Person | None = batch(person_of("person_id"), description="Of a part of a delay: to whom it is traced.")
    flag: Flag | None = field(description="Of a deliverable.")


@strawberry.type(description="What a retrospective says. Once finished it is never changed.")
class RetrospectiveEdition:
    number: int = field(description="From 1.")
    reason: str | None = field(description="Why the edition before is corrected.")
    entries: list[RetrospectiveEntry] = batch(
        _entries, description="What was written, at most one a step and participant."
    )
    facts: list[RetrospectiveFact] = batch(
        _facts, description="Of at most 30 goals with their measures, the delay, and the 50 worst flags."
    )
    finished_at: datetime.datetime | None = field(description="When it was finished; null while it is written.")
    finished_by: Person | None = batch(person_of("finished_by"), description="Who finished it.")


@node_type(
    rows.Retrospective,
    load=load_retrospectives,
    description="A look back on a goal, a project, or a cycle of a person or department, in four steps.",
)
class Retrospective(Node):
    subject: Node | None = batch(
        _subjects, description="The goal, project, person or department; null when the viewer may not see it any more."
    )
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="Of a person or department: which cycle.")
    occasion: rows.Occasion = field(description="On what occasion it is held.")
    reason: str | None = field(description="Why it is held, in words.")
    facilitator: Person | None = batch(person_of("facilitator_id"), description="Who finishes it.")
    participants: list[Person] = batch(_participants, description="Who takes part, at most thirty.")
    state: rows.RetrospectiveState = field(description="How far it is.")
    editions: list[RetrospectiveEdition] = batch(
        _editions, description="What it says, the latest edition first; at most twenty."
    )
    actions: list[OneOnOneAction] = batch(
        _actions,
        description="What was agreed in it, at most fifty. What is agreed while it is corrected is for who reads that "
        "edition.",
    )
    earlier_actions: list[OneOnOneAction] = batch(
        _earlier_actions,
        description="What was agreed in earlier retrospectives on the same, open or done, the 50 latest: of a "
        "person or department in whichever cycle.",
    )
    opened_at: datetime.datetime = batch(
        lambda _context, parents: [row.created_at for row in parents], description="When it was opened."
    )
    finished_at: datetime.datetime | None = field(description="When an edition was last finished.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


SUBJECT_TYPES = tuple(queries.SUBJECTS)


@strawberry.input(description="Which retrospectives to list; every part that is given must hold.")
class RetrospectiveFilter:
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="On this goal, project, person or department."
    )
    cycle_id: strawberry.ID | None = strawberry.field(
        default=None, description="On this cycle, or on a goal of this cycle."
    )
    participant_id: strawberry.ID | None = strawberry.field(
        default=None, description="In which this person takes part."
    )
    state: rows.RetrospectiveState | None = strawberry.field(default=None, description="In this state.")


def _list(
    context: Context, first: First = None, after: After = None, filter: RetrospectiveFilter | None = None
) -> Page[rows.Retrospective]:
    asked = filter or RetrospectiveFilter()
    at = ("filter", "subjectId")
    wanted = queries.Wanted(
        subject=None if asked.subject_id is None else decode_any_id(asked.subject_id, SUBJECT_TYPES, at=at),
        cycle_id=optional_id(asked.cycle_id, "Cycle", ("filter", "cycleId")),
        participant_id=optional_id(asked.participant_id, "Person", ("filter", "participantId")),
        state=asked.state,
    )
    statement = queries.filtered(queries.visible_to(context.session, context.viewer), wanted)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


@strawberry.type
class RetrospectiveQueries:
    retrospectives: Connection[Retrospective] = root(
        _list, description="The retrospectives that the viewer may see, the latest first."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "retrospectives"),
    **grant(
        "Retrospective",
        SEERS,
        "id subject cycle occasion reason facilitator participants state editions actions earlierActions openedAt "
        "finishedAt version",
    ),
    **grant("RetrospectiveEdition", INSIDERS, "number reason entries facts finishedAt finishedBy"),
    **grant("RetrospectiveEntry", INSIDERS, "author step text"),
    **grant(
        "RetrospectiveFact",
        SOURCES,
        "kind name source unit direction start target low high targetText result stage progress measuredAt checkIn "
        "status seconds cause person flag",
    ),
}
