"""Talks between a manager and a report, and how often they and feedback happen, in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.base import now
from db.models.feedback import meetings as rows
from db.models.feedback.meetings import Mood
from db.models.people import Person as PersonRow
from db.queries import people
from db.queries.feedback import agreed, meetings
from db.queries.paging import Order, Page, fetch_page
from db.viewer import Role
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback import meetings as use_cases
from resolvers.feedback.agreed import ActionDraft, close_action
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError
from schema.feedback import moods
from schema.inputs import optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import BY_STAFF_NUMBER, Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant, only
from schema.projects.tasks import ProjectTask, task_of
from schema.relay import After, Connection, First, Node, decode_id, node_type, read_page
from schema.scalars import described_enum

if TYPE_CHECKING:
    from schema.feedback.retrospectives import Retrospective

described_enum(
    rows.Topic,
    name="OneOnOneTopic",
    description="What something in a talk is about.",
    values={
        "AGENDA": "What is to be talked about.",
        "TOP_THREE": "First question: the three most important things.",
        "RISK": "Second question: the biggest risk.",
        "SUPPORT": "Third question: the support that is wanted.",
        "MOOD": "How it goes.",
        "RESOURCES": "What is lacking.",
        "GROWTH": "What one wants to learn or become.",
        "MINUTES": "What was said and agreed.",
        "PRIVATE": "For its author alone.",
    },
)

LATEST_FIRST = Order((rows.OneOnOne.held_on, rows.OneOnOne.id), descending=True)
BOTH = Permission("the two who talk, and nobody else")
AGREED = Permission("of a talk: the two who talk, and nobody else; of a retrospective: who sees that")
AUTHOR = Permission("the two who talk; what is private, its author alone")
LEADS = Permission("the manager, the managers above that manager, and HR")


def _load(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.OneOnOne | None]:
    statement = meetings.visible_to(context.viewer).where(rows.OneOnOne.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _load_actions(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.OneOnOneAction | None]:
    statement = agreed.visible_to(context.session, context.viewer).where(rows.OneOnOneAction.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@strawberry.type(description="What one of the two wrote.")
class OneOnOneEntry:
    author: Person | None = batch(person_of("author_id"), description="Who.")
    topic: rows.Topic = field(description="About what.")
    text: str | None = field(description="The words.")
    mood: Mood | None = field(description="How the author feels, under MOOD.")


def _retrospectives(context: Context, parents: Sequence[rows.OneOnOneAction]) -> list[Any]:
    from schema.feedback.retrospectives import load_retrospectives  # noqa: PLC0415 - they know what is agreed in them

    return load_retrospectives(context, [row.retrospective_id for row in parents])


@node_type(
    rows.OneOnOneAction, load=_load_actions, description="What somebody is to do, agreed in a talk or a retrospective."
)
class OneOnOneAction(Node):
    owner: Person | None = batch(person_of("owner_id"), description="Who.")
    text: str = field(description="What.")
    due_on: datetime.date | None = field(description="Until when.")
    done_at: datetime.datetime | None = field(description="When it, or the task that carries it out, was done.")
    task: ProjectTask | None = batch(task_of("task_id"), description="The project's task that carries it out.")
    retrospective: Annotated[Retrospective, strawberry.lazy("schema.feedback.retrospectives")] | None = batch(
        _retrospectives, description="The retrospective that it was agreed in; null for a talk."
    )
    version: int = field(description="Grows with every change.")


@strawberry.type(description="One of the two things that a side commits to for a quarter.")
class CoachingCommitment:
    author: Person | None = batch(person_of("author_id"), description="Who.")
    text: str = field(description="To what.")


def _entries(context: Context, parents: Sequence[rows.OneOnOne]) -> list[list[rows.OneOnOneEntry]]:
    found = meetings.entries(context.session, context.viewer, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _actions(context: Context, parents: Sequence[rows.OneOnOne]) -> list[list[rows.OneOnOneAction]]:
    found = agreed.standing(context.session, context.viewer, parents)
    return [found[row.id] for row in parents]


def _commitments(context: Context, parents: Sequence[rows.OneOnOne]) -> list[list[rows.CoachingCommitment]]:
    keys = [(row.manager_id, row.report_id, meetings.quarter_of(row.held_on)) for row in parents]
    found = meetings.commitments(context.session, context.viewer, keys)
    return [found.get(key, []) for key in keys]


@node_type(rows.OneOnOne, load=_load, description="A talk between a manager and a report. Only these two read it.")
class OneOnOne(Node):
    manager: Person | None = batch(person_of("manager_id"), description="The manager.")
    report: Person | None = batch(person_of("report_id"), description="Who reported to the manager on that day.")
    held_on: datetime.date = field(description="The day.")
    entries: list[OneOnOneEntry] = batch(_entries, description="What both wrote, at most one a topic and side.")
    actions: list[OneOnOneAction] = batch(
        _actions,
        description="What was agreed in it; what was agreed before and is still open; and what is still open of "
        "what the report is to do by a retrospective that the viewer sees.",
    )
    commitments: list[CoachingCommitment] = batch(
        _commitments, description="What both committed to for the quarter, at most two a side."
    )
    manager_confirmed_at: datetime.datetime | None = field(description="When the manager confirmed what is written.")
    report_confirmed_at: datetime.datetime | None = field(description="When the report did.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which talks to list; every part that is given must hold.")
class OneOnOneFilter:
    with_id: strawberry.ID | None = strawberry.field(default=None, description="With this person.")


def _list(
    context: Context, first: First = None, after: After = None, filter: OneOnOneFilter | None = None
) -> Page[rows.OneOnOne]:
    statement = meetings.visible_to(context.viewer)
    other = optional_id(filter.with_id if filter else None, "Person", ("filter", "withId"))
    if other is not None:
        statement = statement.where((rows.OneOnOne.manager_id == other) | (rows.OneOnOne.report_id == other))
    return read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)


@strawberry.type(description="When a manager and a report last talked.")
class ReportCoverage:
    person: Person | None = batch(person_of("person_id"), description="The report.")
    last_held_on: datetime.date | None = field(description="The day of their latest talk.")
    covered: bool = field(description="Whether that is within the team's rhythm.")


@strawberry.type(description="How far a manager's talks reach the team. It tells days, never what was said.")
class OneOnOneCoverage:
    every_days: int = field(description="The team's rhythm in days; 7 unless the manager set another one.")
    covered: int = field(description="Reports with whom the manager talked within the rhythm.")
    reports: list[ReportCoverage] = field(description="The direct reports of today.")


ManagerId = Annotated[strawberry.ID | None, strawberry.argument(description="The manager; by default the viewer.")]


def _coverage(context: Context, manager_id: ManagerId = None) -> use_cases.Coverage:
    wanted = optional_id(manager_id, "Person", ("managerId",)) or context.viewer.person_id
    if wanted is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    return use_cases.coverage(context.session, context.viewer, wanted)


@dataclass(frozen=True, slots=True)
class _Recency:
    person_id: uuid.UUID
    last_at: datetime.datetime | None

    @property
    def days(self) -> int | None:
        return None if self.last_at is None else (now() - self.last_at).days


@strawberry.type(description="How long ago somebody last had feedback that is of use.")
class FeedbackRecency:
    person: Person | None = batch(person_of("person_id"), description="Who.")
    last_at: datetime.datetime | None = field(description="When that was; null for never.")
    days: int | None = field(description="Whole days since then; null for never.")


def _recency(context: Context, first: First = None, after: After = None) -> Page[_Recency]:
    statement = people.visible_to(context.session, context.viewer).where(PersonRow.archived_at.is_(None))
    page = read_page(lambda wanted: fetch_page(context.session, statement, BY_STAFF_NUMBER, wanted), first, after)
    last = meetings.last_useful(context.session, context.viewer, [row.id for row in page.rows])
    found = [_Recency(row.id, last.get(row.id)) for row in page.rows]
    return Page(found, page.keys, page.has_next, page.has_previous)


@strawberry.type
class MeetingQueries:
    one_on_ones: Connection[OneOnOne] = root(_list, description="The viewer's own talks, the latest first.")
    one_on_one_coverage: OneOnOneCoverage = root(
        _coverage, description="How far a manager's talks reach the direct reports."
    )
    feedback_recency: Connection[FeedbackRecency] = root(
        _recency, description="Oneself and the people one answers for: when each last had useful feedback."
    )


@strawberry.input(description="What one wrote under a topic.")
class OneOnOneEntryInput:
    topic: rows.Topic = strawberry.field(description="About what.")
    text: str | None = strawberry.field(default=None, description="The words, at most 5,000 characters.")
    mood: Mood | None = strawberry.field(default=None, description="How one feels.")


@strawberry.input(description="What somebody is to do.")
class OneOnOneActionInput:
    text: str = strawberry.field(description="What, in at most 500 characters.")
    owner_id: strawberry.ID = strawberry.field(
        description="Who: one of the two who talk, or who takes part in the retrospective."
    )
    due_on: datetime.date | None = strawberry.field(default=None, description="Until when.")


@strawberry.input(description="What one brings to a talk with one's manager or report; the other side stays as it is.")
class RecordOneOnOneInput:
    other_id: strawberry.ID = strawberry.field(description="The manager or the report.")
    held_on: datetime.date | None = strawberry.field(default=None, description="The day; by default today.")
    entries: list[OneOnOneEntryInput] = strawberry.field(
        default_factory=list, description="In place of what one wrote under the same topics."
    )
    actions: list[OneOnOneActionInput] = strawberry.field(
        default_factory=list, description="What was agreed, besides what stands there; at most twenty at once."
    )
    commitments: list[str] | None = strawberry.field(
        default=None, description="One's own for the quarter, at most two, in place of those before."
    )
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="A talk to confirm.")
class ConfirmOneOnOneInput:
    id: strawberry.ID = strawberry.field(description="The talk.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Whether something that was agreed is done.")
class CloseOneOnOneActionInput:
    id: strawberry.ID = strawberry.field(description="What was agreed.")
    done: bool = strawberry.field(default=True, description="False: it is open after all.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="How often one talks with each of the team.")
class SetOneOnOneRhythmInput:
    every_days: int = strawberry.field(description="Days between two talks, 1 to 92.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The talk.")
class RecordOneOnOnePayload:
    one_on_one: OneOnOne | None = field(description="The talk; null when nothing was written.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The talk.")
class ConfirmOneOnOnePayload:
    one_on_one: OneOnOne | None = field(description="The talk; null when nothing was confirmed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="What was agreed.")
class CloseOneOnOneActionPayload:
    action: OneOnOneAction | None = field(description="What was agreed; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="The rhythm.")
class SetOneOnOneRhythmPayload:
    every_days: int | None = field(description="Days between two talks; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def action_drafts(given: Sequence[OneOnOneActionInput]) -> list[ActionDraft]:
    """What is agreed, as the use cases take it. Raises BAD_ID."""
    return [
        ActionDraft(
            each.text,
            decode_id(each.owner_id, "Person", at=("input", "actions", str(index), "ownerId")),
            each.due_on,
        )
        for index, each in enumerate(given)
    ]


def _record(context: Context, input: RecordOneOnOneInput) -> Mapping[str, Any]:
    draft = use_cases.MeetingDraft(
        other_id=decode_id(input.other_id, "Person", at=("input", "otherId")),
        held_on=input.held_on,
        entries=[use_cases.EntryDraft(each.topic, each.text, each.mood) for each in input.entries],
        actions=action_drafts(input.actions),
        commitments=input.commitments,
    )
    return {"one_on_one": use_cases.record_one_on_one(context.session, context.viewer, draft)}


def _confirm(context: Context, input: ConfirmOneOnOneInput) -> Mapping[str, Any]:
    meeting_id = decode_id(input.id, "OneOnOne", at=("input", "id"))
    meeting = use_cases.confirm_one_on_one(context.session, context.viewer, meeting_id, input.expected_version)
    return {"one_on_one": meeting}


def _close(context: Context, input: CloseOneOnOneActionInput) -> Mapping[str, Any]:
    action_id = decode_id(input.id, "OneOnOneAction", at=("input", "id"))
    return {"action": close_action(context.session, context.viewer, action_id, done=input.done)}


def _set_rhythm(context: Context, input: SetOneOnOneRhythmInput) -> Mapping[str, Any]:
    return {"every_days": use_cases.set_rhythm(context.session, context.viewer, input.every_days)}


@strawberry.type
class MeetingMutations:
    record_one_on_one: RecordOneOnOnePayload = mutation(
        _record, description="Write into the talk with one's manager or report. For the two of them."
    )
    confirm_one_on_one: ConfirmOneOnOnePayload = mutation(
        _confirm, description="Confirm what is written, for one's own side."
    )
    close_one_on_one_action: CloseOneOnOneActionPayload = mutation(
        _close,
        description="Say whether something that was agreed is done. For the two who talked; of a retrospective for who "
        "takes part.",
    )
    set_one_on_one_rhythm: SetOneOnOneRhythmPayload = mutation(
        _set_rhythm, description="Set how often one talks with each of the team."
    )


PERMISSIONS: PermissionMap = {
    **moods.PERMISSIONS,
    **grant("Query", SIGNED_IN, "oneOnOnes oneOnOneCoverage feedbackRecency"),
    **grant("Mutation", SIGNED_IN, "recordOneOnOne confirmOneOnOne closeOneOnOneAction"),
    **grant("Mutation", only(Role.MANAGER), "setOneOnOneRhythm"),
    **grant(
        "OneOnOne",
        BOTH,
        "id manager report heldOn entries actions commitments managerConfirmedAt reportConfirmedAt version",
    ),
    **grant("OneOnOneEntry", AUTHOR, "author topic text mood"),
    **grant("OneOnOneAction", AGREED, "id owner text dueOn doneAt task retrospective version"),
    **grant("CoachingCommitment", BOTH, "author text"),
    **grant("OneOnOneCoverage", LEADS, "everyDays covered reports"),
    **grant("ReportCoverage", LEADS, "person lastHeldOn covered"),
    **grant("FeedbackRecency", LEADS, "person lastAt days"),
}
