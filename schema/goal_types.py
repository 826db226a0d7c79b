"""Goals, their measures, revisions, check-ins and comments in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import schema.goal_enums  # noqa: F401 - describes the enums used here
from db.models import goal_changes as change_rows
from db.models import goal_updates as update_rows
from db.models import goals as rows
from db.queries import goal_changes, goal_updates, goals
from db.queries.paging import Order, Page, fetch_page, fetch_pages
from resolvers.goals import overview, snapshots, standing
from resolvers.goals.inputs import MeasureDraft
from resolvers.goals.words import warning_text
from resolvers.rules.guards import GuardCode, GuardWarning
from resolvers.rules.health import Health
from schema.batching import batch, field, root
from schema.context import Context
from schema.goal_steps import GoalStep, steps_of_check_ins, steps_of_goals
from schema.goals import Cycle, cycle_of
from schema.inputs import lookup_text, optional_id
from schema.people import Department, Person, load_departments, load_people, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, encode_id, node_type, read_page
from schema.smart import SmartFinding, smart_of_goals

if TYPE_CHECKING:
    from schema.goal_changes import GoalChange

BY_MAKING = Order((rows.Goal.id,))
CHECK_INS_LATEST_FIRST = Order((update_rows.CheckIn.id,), descending=True)
COMMENTS_IN_TURN = Order((update_rows.GoalComment.id,))
SEERS = Permission(
    "drafts: owner and maker; proposed: also the managers above, HR, and the committee for goals above persons; "
    "confirmed: whom the visibility names, the managers above, HR"
)


def load_goals(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Goal | None]:
    """The goals that the viewer may see."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(goals.goals_by_ids(context.session, context.viewer, wanted), ids)


def goal_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.Goal | None]]:
    """The batch function of a field that is the goal whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.Goal | None]:
        return load_goals(context, [getattr(parent, attribute) for parent in parents])

    return load


def _load_measures(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Measure | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    return loaded(goals.measures_by_ids(context.session, context.viewer, wanted), ids)


def measure_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[rows.Measure | None]]:
    """The batch function of a field that is the measure whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[rows.Measure | None]:
        return _load_measures(context, [getattr(parent, attribute) for parent in parents])

    return load


def _departments(context: Context, parents: Sequence[Any]) -> list[Any]:
    return load_departments(context, [parent.department_id for parent in parents])


def department_of(context: Context, parents: Sequence[Any]) -> list[Any]:
    """The batch function of a field that is the department whose id stands in the parent's row."""
    return _departments(context, parents)


@node_type(rows.Measure, load=_load_measures, description="A key result: how one sees that a goal is reached.")
class Measure(Node):
    name: str = field(description="What is measured.")
    kind: rows.MeasureKind = field(description="By number or in words.")
    unit: str | None = field(description="Unit of the numbers, such as % or days.")
    direction: rows.Direction | None = field(description="Which way the number is to go.")
    start: Decimal | None = field(
        description="Where it stood. Missing: 0 for an increase, twice the target for a decrease."
    )
    target: Decimal | None = field(description="Where it is to go.")
    low: Decimal | None = field(description="Lower bound of a range to keep within.")
    high: Decimal | None = field(description="Upper bound of a range to keep within.")
    commit_text: str | None = field(description="In words: what is committed to.")
    target_text: str | None = field(description="In words: the target.")
    stretch_text: str | None = field(description="In words: the stretch.")
    weight: Decimal | None = field(description="Percent within the goal; null on all: equal shares.")
    data_source: rows.DataSource | None = field(description="Where its values come from; null is warned about.")
    current: Decimal | None = field(description="The latest value.")
    stage: rows.Stage | None = field(description="The latest stage.")
    applicable: bool = field(description="False: does not apply, and counts nowhere.")
    confidence: int | None = field(description="0 to 10, as of the latest check-in that said.")
    measured_at: datetime.datetime | None = field(description="When the latest value came in.")
    progress: Decimal | None = batch(
        lambda _context, parents: [standing.measure_progress(row) for row in parents],
        description="Share of the way from start to target; above 1 beyond it; null while nothing is known.",
    )
    version: int = field(description="Grows with every change.")


@strawberry.type(description="How a goal stands today.")
class GoalStanding:
    progress: Decimal | None = field(
        description="Weighted progress of its measures; without any, of the confirmed goals below. 1 is the target."
    )
    coverage: Decimal = field(description="Share of the weight that the progress rests on; the rest is unknown.")
    health: Health = field(description="Progress against elapsed time.")
    elapsed: Decimal = field(description="Share of the cycle that is over.")
    stale_days: int = field(description="Days by which the next check-in is late.")


@strawberry.type(description="A hint that something about a goal or its owner's goals is unwise.")
class GoalWarning:
    code: GuardCode = field(description="What it is about.")
    count: int = field(description="How many there are.")
    limit: int | None = field(description="How many are advised.")
    lacking_percent: Decimal | None = field(description="Of the measures: percent without source or value.")
    message: str = batch(
        lambda context, parents: [warning_text(parent, context.locale) for parent in parents],
        description="In the viewer's language.",
    )


@strawberry.type(description="A measure as a revision or a change request describes it.")
class MeasureDescription:
    measure_id: strawberry.ID | None = batch(
        lambda _context, parents: [encode_id("Measure", row.id) if row.id else None for row in parents],
        description="Global id of the measure; null for one that is to be added.",
    )
    name: str = field(description="What is measured.")
    kind: rows.MeasureKind = field(description="By number or in words.")
    unit: str | None = field(description="Unit of the numbers.")
    direction: rows.Direction | None = field(description="Which way the number is to go.")
    start: Decimal | None = field(description="Where it stood.")
    target: Decimal | None = field(description="Where it is to go.")
    low: Decimal | None = field(description="Lower bound.")
    high: Decimal | None = field(description="Upper bound.")
    commit_text: str | None = field(description="In words: what is committed to.")
    target_text: str | None = field(description="In words: the target.")
    stretch_text: str | None = field(description="In words: the stretch.")
    weight: Decimal | None = field(description="Percent within the goal.")
    data_source: rows.DataSource | None = field(description="Where its values come from.")


@dataclass(frozen=True, slots=True)
class DescribedMeasure:
    """A measure out of a revision's content, as the row of a `MeasureDescription`."""

    id: uuid.UUID | None
    draft: MeasureDraft

    def __getattr__(self, name: str) -> Any:
        return getattr(self.draft, name)


def described_measures(contents: Sequence[dict[str, Any]]) -> list[DescribedMeasure]:
    """The measures of a revision's content."""
    return [
        DescribedMeasure(uuid.UUID(content["id"]) if "id" in content else None, snapshots.measure_from(content))
        for content in contents
    ]


def _revision_progress(context: Context, parents: Sequence[change_rows.GoalRevision]) -> list[Decimal | None]:
    held = goals.measures(context.session, {row.goal_id for row in parents}, dropped=True)
    return [
        snapshots.progress_against(row.content, {one.id: one for one in held.get(row.goal_id, [])}).progress
        for row in parents
    ]


def _load_revisions(context: Context, ids: Sequence[uuid.UUID]) -> list[change_rows.GoalRevision | None]:
    return loaded(goal_changes.revisions_by_ids(context.session, context.viewer, ids), ids)


def _reasons(context: Context, parents: Sequence[change_rows.GoalRevision]) -> list[Any]:
    found = goal_changes.reasons(context.session, [row.request_id for row in parents if row.request_id])
    return loaded(found, [row.request_id for row in parents])


def _requests(context: Context, parents: Sequence[Any]) -> list[change_rows.ChangeRequest | None]:
    wanted = [row.request_id for row in parents]
    known = [id_ for id_ in wanted if id_ is not None]
    return loaded(goal_changes.by_ids(context.session, context.viewer, known), wanted)


def _content(name: str) -> Callable[[Context, Sequence[change_rows.GoalRevision]], list[Any]]:
    return lambda _context, parents: [row.content[name] for row in parents]


def _content_decimal(name: str) -> Callable[[Context, Sequence[change_rows.GoalRevision]], list[Decimal | None]]:
    return lambda _context, parents: [
        None if row.content[name] is None else Decimal(row.content[name]) for row in parents
    ]


def _content_owner(context: Context, parents: Sequence[change_rows.GoalRevision]) -> list[Any]:
    ids = [row.content["owner_id"] for row in parents]
    return load_people(context, [None if id_ is None else uuid.UUID(id_) for id_ in ids])


@node_type(
    change_rows.GoalRevision,
    load=_load_revisions,
    description="What a goal was from a moment on. Revisions are never changed.",
)
class GoalRevision(Node):
    number: int = field(description="From 1, the goal as first confirmed.")
    title: str = batch(_content("title"), description="The title then.")
    description: str | None = batch(_content("description"), description="The description then.")
    weight: Decimal | None = batch(_content_decimal("weight"), description="The weight then, in percent.")
    hours: Decimal | None = batch(_content_decimal("hours"), description="The planned hours then.")
    owner: Person | None = batch(_content_owner, description="The owner then.")
    measures: list[MeasureDescription] = batch(
        lambda _context, parents: [described_measures(row.content["measures"]) for row in parents],
        description="The measures then.",
    )
    progress: Decimal | None = batch(
        _revision_progress, description="Today's values held against this revision's measures."
    )
    reason: change_rows.ReasonCategory | None = batch(
        _reasons, description="The category of the reason; null for the first revision."
    )
    change: Annotated[GoalChange, strawberry.lazy("schema.goal_changes")] | None = batch(
        _requests, description="The approved request with its reasons, for whoever may read those."
    )
    proposed_by: Person | None = batch(person_of("proposed_by"), description="Who asked for it.")
    approved_by: Person | None = batch(person_of("approved_by"), description="Who approved it.")
    created_at: datetime.datetime = field(description="From when on it held.")


def load_check_ins(context: Context, ids: Sequence[uuid.UUID]) -> list[update_rows.CheckIn | None]:
    """The check-ins of goals that the viewer may see."""
    statement = goal_updates.check_ins(context.session, context.viewer).where(update_rows.CheckIn.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _values(context: Context, parents: Sequence[update_rows.CheckIn]) -> list[list[update_rows.CheckInValue]]:
    found = goal_updates.check_in_values(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


@strawberry.type(description="A measure's value at a check-in, with the scale of that day.")
class CheckInValue:
    measure: Measure | None = batch(measure_of("measure_id"), description="The measure; null once it was dropped.")
    value: Decimal | None = field(description="The number.")
    stage: rows.Stage | None = field(description="The stage of a measure in words.")
    applicable: bool = field(description="False: the measure did not apply.")
    confidence: int | None = field(description="0 to 10.")
    start: Decimal | None = field(description="The start of that day.")
    target: Decimal | None = field(description="The target of that day.")
    low: Decimal | None = field(description="The lower bound of that day.")
    high: Decimal | None = field(description="The upper bound of that day.")
    source: rows.DataSource = field(description="Where the value came from.")
    citation: str | None = field(description="What the source calls the thing that the value was read from.")


@node_type(update_rows.CheckIn, load=load_check_ins, description="How a goal went on: progress, risk, next step.")
class GoalCheckIn(Node):
    goal: Annotated[Goal, strawberry.lazy("schema.goal_types")] | None = batch(
        goal_of("goal_id"), description="The goal."
    )
    author: Person | None = batch(person_of("author_id"), description="Who wrote it; null for the system.")
    revision: int = field(description="Number of the goal's revision at that time.")
    confidence: int | None = field(description="0 to 10.")
    progress: Decimal | None = field(description="The goal's progress by its measures after this check-in.")
    risk: str | None = field(description="What is in the way.")
    next_step: str | None = field(description="What comes next.")
    support: str | None = field(description="What help is wanted.")
    note: str | None = field(description="Anything else.")
    values: list[CheckInValue] = batch(_values, description="The new values of measures.")
    steps_done: list[GoalStep] = batch(steps_of_check_ins, description="The steps that it says are done.")
    created_at: datetime.datetime = field(description="When.")


def _load_comments(context: Context, ids: Sequence[uuid.UUID]) -> list[update_rows.GoalComment | None]:
    statement = goal_updates.comments(context.session, context.viewer).where(update_rows.GoalComment.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _mentions(context: Context, parents: Sequence[update_rows.GoalComment]) -> list[list[Any]]:
    found = goal_updates.mentions(context.session, [row.id for row in parents])
    named = sorted({person_id for some in found.values() for person_id in some})
    known = dict(zip(named, load_people(context, named), strict=True))
    return [[person for id_ in found.get(row.id, []) if (person := known[id_])] for row in parents]


@node_type(update_rows.GoalComment, load=_load_comments, description="A remark on a goal.")
class GoalComment(Node):
    author: Person | None = batch(person_of("author_id"), description="Who wrote it.")
    kind: update_rows.CommentKind = field(description="A remark, or why the goal was returned.")
    text: str = field(description="The words.")
    mentions: list[Person] = batch(_mentions, description="The colleagues named in it.")
    created_at: datetime.datetime = field(description="When.")


def _measures(context: Context, parents: Sequence[rows.Goal]) -> list[list[rows.Measure]]:
    found = goals.measures(context.session, [goal.id for goal in parents])
    return [found.get(goal.id, []) for goal in parents]


def _standings(context: Context, parents: Sequence[rows.Goal]) -> list[standing.Standing]:
    return standing.standings(context.session, context.viewer, parents)


def _warnings(context: Context, parents: Sequence[rows.Goal]) -> list[list[GuardWarning]]:
    return overview.warnings_of(context.session, context.viewer, parents)


def _revisions(context: Context, parents: Sequence[rows.Goal]) -> list[list[change_rows.GoalRevision]]:
    found = goal_changes.revisions(context.session, [goal.id for goal in parents])
    return [found.get(goal.id, []) for goal in parents]


def _children(
    context: Context, parents: Sequence[rows.Goal], first: First = None, after: After = None
) -> list[Page[rows.Goal]]:
    ids = [goal.id for goal in parents]
    statement = goals.visible_to(context.session, context.viewer)
    return read_page(
        lambda page: fetch_pages(
            context.session, statement, BY_MAKING, page, parent=rows.Goal.parent_id, parent_ids=ids
        ),
        first,
        after,
    )


def _check_ins(
    context: Context, parents: Sequence[rows.Goal], first: First = None, after: After = None
) -> list[Page[update_rows.CheckIn]]:
    ids = [goal.id for goal in parents]
    statement = goal_updates.check_ins(context.session, context.viewer)
    return read_page(
        lambda page: fetch_pages(
            context.session,
            statement,
            CHECK_INS_LATEST_FIRST,
            page,
            parent=update_rows.CheckIn.goal_id,
            parent_ids=ids,
        ),
        first,
        after,
    )


def _comments(
    context: Context, parents: Sequence[rows.Goal], first: First = None, after: After = None
) -> list[Page[update_rows.GoalComment]]:
    ids = [goal.id for goal in parents]
    statement = goal_updates.comments(context.session, context.viewer)
    return read_page(
        lambda page: fetch_pages(
            context.session, statement, COMMENTS_IN_TURN, page, parent=update_rows.GoalComment.goal_id, parent_ids=ids
        ),
        first,
        after,
    )


@node_type(rows.Goal, load=load_goals, description="Something to be reached in a cycle.")
class Goal(Node):
    code: str | None = field(description="A short name that people write, unique in its cycle.")
    title: str = field(description="What is to be reached.")
    description: str | None = field(description="More about it.")
    kind: rows.GoalKind = field(description="Objective, KPI, GS or key task.")
    level: rows.GoalLevel = field(description="Whether it is the organisation's, a department's or a person's.")
    visibility: rows.GoalVisibility = field(description="Who sees it once it is confirmed.")
    status: rows.GoalStatus = field(description="How far it is.")
    weight: Decimal | None = field(description="Percent among the owner's goals of this kind and cycle.")
    hours: Decimal | None = field(description="Working hours planned for it in the cycle.")
    confidence: int | None = field(description="0 to 10, as of the latest check-in that said.")
    revision: int = field(description="Number of the latest revision; 0 before the first confirmation.")
    cycle: Cycle | None = batch(cycle_of("cycle_id"), description="The cycle.")
    owner: Person | None = batch(person_of("owner_id"), description="Who answers for it.")
    department: Department | None = batch(_departments, description="The department, or the owner's when it was made.")
    parent: Annotated[Goal, strawberry.lazy("schema.goal_types")] | None = batch(
        goal_of("parent_id"), description="The goal it serves, if the viewer may see that."
    )
    children: Connection[Annotated[Goal, strawberry.lazy("schema.goal_types")]] = batch(
        _children, description="The goals that serve it, in the order in which they were made."
    )
    measures: list[Measure] = batch(_measures, description="Its key results in their order.")
    steps: list[GoalStep] = batch(steps_of_goals, description="Its dated steps in their order, at most 50.")
    standing: GoalStanding = batch(_standings, description="How it stands today.")
    warnings: list[GoalWarning] = batch(_warnings, description="Hints of the guards against sprawl.")
    smart: list[SmartFinding] = batch(smart_of_goals, description="The SMART check of its title and measures.")
    revisions: list[GoalRevision] = batch(_revisions, description="All that it was, the first one first.")
    check_ins: Connection[GoalCheckIn] = batch(_check_ins, description="Its check-ins, the latest first.")
    comments: Connection[GoalComment] = batch(_comments, description="The remarks on it, the first one first.")
    carried_from: Annotated[Goal, strawberry.lazy("schema.goal_types")] | None = batch(
        goal_of("carried_from_id"), description="The goal of an earlier cycle that it continues."
    )
    created_by: Person | None = batch(person_of("created_by"), description="Who drafted it.")
    confirmed_by: Person | None = batch(person_of("confirmed_by"), description="Who confirmed it.")
    created_at: datetime.datetime = field(description="When it was drafted.")
    proposed_at: datetime.datetime | None = field(description="When it was proposed.")
    confirmed_at: datetime.datetime | None = field(description="When it was confirmed.")
    checked_in_at: datetime.datetime | None = field(description="When it was last checked in.")
    ended_at: datetime.datetime | None = field(description="When it was done, dropped or carried over.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which goals to list; every part that is given must hold.")
class GoalFilter:
    cycle_id: strawberry.ID | None = strawberry.field(default=None, description="Of this cycle.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Of this person.")
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this department or one inside it, their people included."
    )
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="Directly below this goal.")
    kind: rows.GoalKind | None = strawberry.field(default=None, description="Of this kind.")
    level: rows.GoalLevel | None = strawberry.field(default=None, description="Of this level.")
    status: list[rows.GoalStatus] | None = strawberry.field(default=None, description="In one of these states.")
    code: str | None = strawberry.field(default=None, description="With exactly this code.")
    search: str | None = strawberry.field(default=None, description="Part of the title, in any case.")


def _goals(
    context: Context, first: First = None, after: After = None, filter: GoalFilter | None = None
) -> Page[rows.Goal]:
    wanted = filter or GoalFilter()
    statement = goals.filtered(
        goals.visible_to(context.session, context.viewer),
        goals.Wanted(
            cycle_id=optional_id(wanted.cycle_id, "Cycle", ("filter", "cycleId")),
            owner_id=optional_id(wanted.owner_id, "Person", ("filter", "ownerId")),
            department_id=optional_id(wanted.department_id, "Department", ("filter", "departmentId")),
            parent_id=optional_id(wanted.parent_id, "Goal", ("filter", "parentId")),
            kind=wanted.kind,
            level=wanted.level,
            statuses=wanted.status,
            code=lookup_text(wanted.code, ("filter", "code")),
            words=lookup_text(wanted.search, ("filter", "search")),
        ),
    )
    return read_page(lambda page: fetch_page(context.session, statement, BY_MAKING, page), first, after)


@strawberry.type
class GoalListQueries:
    goals: Connection[Goal] = root(_goals, description="The goals that the viewer may see, in the order of making.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "goals"),
    **grant(
        "Goal",
        SEERS,
        "id code title description kind level visibility status weight hours confidence revision cycle owner "
        "department parent children measures steps standing warnings smart revisions checkIns comments carriedFrom "
        "createdBy confirmedBy createdAt proposedAt confirmedAt checkedInAt endedAt version",
    ),
    **grant(
        "Measure",
        SEERS,
        "id name kind unit direction start target low high commitText targetText stretchText weight dataSource "
        "current stage applicable confidence measuredAt progress version",
    ),
    **grant(
        "MeasureDescription",
        SEERS,
        "measureId name kind unit direction start target low high commitText targetText stretchText weight dataSource",
    ),
    **grant("GoalStanding", SEERS, "progress coverage health elapsed staleDays"),
    **grant("GoalWarning", SEERS, "code count limit lackingPercent message"),
    **grant(
        "GoalRevision",
        SEERS,
        "id number title description weight hours owner measures progress reason change proposedBy approvedBy "
        "createdAt",
    ),
    **grant(
        "GoalCheckIn",
        SEERS,
        "id goal author revision confidence progress risk nextStep support note values stepsDone createdAt",
    ),
    **grant("CheckInValue", SEERS, "measure value stage applicable confidence start target low high source citation"),
    **grant("GoalComment", SEERS, "id author kind text mentions createdAt"),
}
