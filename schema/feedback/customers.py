"""Customers' comments in the schema: word for word, on a person, a task, a project, and the chain of a goal."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.models.feedback import customers as rows
from db.queries.feedback import customers
from db.queries.paging import Page, fetch_page
from db.viewer import Role
from resolvers.feedback import customers as use_cases
from schema.batching import batch, field, root
from schema.context import Context
from schema.errors import UserError, refusal
from schema.feedback.comment_pages import LATEST_FIRST, shown
from schema.inputs import lookup_text, optional_id
from schema.mutation import EXPECTED_VERSION, REQUEST_ID, mutation
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant, only
from schema.relay import NODES, After, Connection, First, Node, decode_id, node_type, read_page

IN_CHAIN = 50
READERS = Permission(
    "who recorded it; where it names a person, that person, the managers above, HR; where it names nobody, who sees "
    "the project"
)

if TYPE_CHECKING:
    from schema.projects.tasks import Project, ProjectTask

ProjectType = Annotated["Project", strawberry.lazy("schema.projects.tasks")]
ProjectTaskType = Annotated["ProjectTask", strawberry.lazy("schema.projects.tasks")]


def _load(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.CustomerComment | None]:
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(customers.by_ids(context.session, context.viewer, wanted), ids)
    shown(context, found)
    return found


def _linked(type_name: str, id_name: str) -> Callable[[Context, Sequence[Any]], list[Any]]:
    """The batch function of a field that is the object whose id stands in this attribute of the row."""

    def load(context: Context, parents: Sequence[Any]) -> list[Any]:
        ids = sorted({getattr(parent, id_name) for parent in parents} - {None})
        found = dict(zip(ids, NODES[type_name].load(context, ids), strict=True)) if ids else {}
        return [found.get(getattr(parent, id_name)) for parent in parents]

    return load


def _revisions(context: Context, parents: Sequence[rows.CustomerComment]) -> list[list[rows.CustomerCommentRevision]]:
    found = customers.revisions(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


@strawberry.type(description="What stood there before a correction.")
class CustomerCommentRevision:
    number: int = field(description="From 1, the words that came first.")
    text: str = field(description="The words then.")
    said_on: datetime.date = field(description="The day then.")
    rating: Decimal | None = field(description="The rating then.")
    rating_maximum: Decimal | None = field(description="The best rating then.")
    corrected_by: Person | None = batch(person_of("corrected_by"), description="Who corrected it; null: the source.")
    reason: str | None = field(description="Why.")
    created_at: datetime.datetime = field(description="When it was corrected.")


@node_type(rows.CustomerComment, load=_load, description="What a customer said.")
class CustomerComment(Node):
    source: str = field(description="The system in which it was said.")
    source_id: str = field(description="What that system calls it.")
    said_on: datetime.date = field(description="The day on which it was said.")
    text: str = field(description="Word for word: plain text of a stranger, never markup.")
    rating: Decimal | None = field(description="The customer's rating, from 0.")
    rating_maximum: Decimal | None = field(description="The best rating that the source knows.")
    person: Person | None = batch(person_of("subject_id"), description="Whom it names.")
    task: ProjectTaskType | None = batch(
        _linked("ProjectTask", "task_id"), description="The task it is about, for whoever may see that."
    )
    project: ProjectType | None = batch(
        _linked("Project", "project_id"), description="The project it is about, for whoever may see that."
    )
    recorded_by: Person | None = batch(person_of("recorded_by"), description="Who recorded it; null: a feed.")
    created_at: datetime.datetime = field(description="When it was recorded.")
    corrected_at: datetime.datetime | None = field(description="When it was last corrected.")
    revisions: list[CustomerCommentRevision] = batch(
        _revisions, description="What it said before its corrections, the oldest first; at most twenty."
    )
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which comments to list; every part that is given must hold.")
class CustomerCommentFilter:
    person_id: strawberry.ID | None = strawberry.field(default=None, description="That name this person.")
    task_id: strawberry.ID | None = strawberry.field(default=None, description="About this task.")
    project_id: strawberry.ID | None = strawberry.field(default=None, description="About this project or a task of it.")
    source: str | None = strawberry.field(default=None, description="From this system.")
    since: datetime.date | None = strawberry.field(default=None, description="Said on that day or later.")
    until: datetime.date | None = strawberry.field(default=None, description="Said before that day.")


def _comments(
    context: Context, first: First = None, after: After = None, filter: CustomerCommentFilter | None = None
) -> Page[rows.CustomerComment]:
    asked = filter or CustomerCommentFilter()
    wanted = customers.Wanted(
        subject_id=optional_id(asked.person_id, "Person", ("filter", "personId")),
        task_id=optional_id(asked.task_id, "ProjectTask", ("filter", "taskId")),
        project_id=optional_id(asked.project_id, "Project", ("filter", "projectId")),
        source=lookup_text(asked.source, ("filter", "source")),
        since=asked.since,
        until=asked.until,
    )
    statement = customers.filtered(customers.visible_to(context.session, context.viewer), wanted)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


def _of_goals(context: Context, goals: Sequence[Any]) -> list[list[rows.CustomerComment]]:
    found = customers.latest_of_goals(context.session, context.viewer, [goal.id for goal in goals], limit=IN_CHAIN)
    shown(context, [row for some in found.values() for row in some])
    return [found.get(goal.id, []) for goal in goals]


@strawberry.type
class CustomerCommentLinks:
    """What customers bring to the chain of one goal, see `schema.chain`."""

    customer_comments: list[CustomerComment] = batch(
        _of_goals,
        description="The 50 latest comments of customers on the tasks and projects that serve it, as far as the "
        "viewer may see.",
    )


@strawberry.type
class CustomerCommentQueries:
    customer_comments: Connection[CustomerComment] = root(
        _comments, description="The customers' comments that the viewer may see, the latest first."
    )


@strawberry.input(description="A customer's comment, about a person, a task or a project: at least one.")
class CustomerCommentInput:
    source: str = strawberry.field(description="The system in which it was said, at most 100 characters.")
    source_id: str = strawberry.field(description="What that system calls it, at most 200 characters.")
    said_on: datetime.date = strawberry.field(description="The day on which it was said.")
    text: str = strawberry.field(description="Word for word, at most 5,000 characters; nothing is changed in it.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Whom it names.")
    task_id: strawberry.ID | None = strawberry.field(default=None, description="The task it is about.")
    project_id: strawberry.ID | None = strawberry.field(default=None, description="The project it is about.")
    rating: Decimal | None = strawberry.field(default=None, description="The customer's rating, from 0.")
    rating_maximum: Decimal | None = strawberry.field(default=None, description="The best rating there; 5 by default.")


@strawberry.input(description="A customer's comment, about a person, a task or a project: at least one.")
class RecordCustomerCommentInput(CustomerCommentInput):
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="Customers' comments, at most 100.")
class RecordCustomerCommentsInput:
    comments: list[CustomerCommentInput] = strawberry.field(description="The comments, in their order.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.input(description="What a customer really said.")
class CorrectCustomerCommentInput:
    id: strawberry.ID = strawberry.field(description="The comment.")
    text: str = strawberry.field(description="The words.")
    said_on: datetime.date = strawberry.field(description="The day.")
    rating: Decimal | None = strawberry.field(default=None, description="The rating; null: there is none.")
    rating_maximum: Decimal | None = strawberry.field(default=None, description="The best rating there; 5 by default.")
    reason: str = strawberry.field(description="Why it is corrected, at most 500 characters.")
    expected_version: int | None = strawberry.field(default=None, description=EXPECTED_VERSION)
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The comment; one that was known already is as it was.")
class RecordCustomerCommentPayload:
    comment: CustomerComment | None = field(description="The comment; null when nothing was stored.")
    errors: list[UserError] = field(description="Why not; empty on success.")


@strawberry.type(description="What became of one comment.")
class CustomerCommentResult:
    source_id: str = field(description="What its source calls it.")
    comment: CustomerComment | None = field(description="The comment; null when it was refused.")
    error: UserError | None = batch(
        lambda context, results: [refusal(result, context.locale) for result in results],
        description="Why it was refused.",
    )


@strawberry.type(description="What became of each comment.")
class RecordCustomerCommentsPayload:
    results: list[CustomerCommentResult] | None = field(description="One for each comment, in their order.")
    errors: list[UserError] = field(description="Why nothing was looked at; empty on success.")


@strawberry.type(description="The corrected comment.")
class CorrectCustomerCommentPayload:
    comment: CustomerComment | None = field(description="The comment; null when nothing was changed.")
    errors: list[UserError] = field(description="Why not; empty on success.")


def _draft_of(input: CustomerCommentInput, at: tuple[str, ...] = ("input",)) -> use_cases.CommentDraft:
    return use_cases.CommentDraft(
        source=input.source,
        source_id=input.source_id,
        said=use_cases.Said(input.text, input.said_on, input.rating, input.rating_maximum),
        subject_id=optional_id(input.person_id, "Person", (*at, "personId")),
        task_id=optional_id(input.task_id, "ProjectTask", (*at, "taskId")),
        project_id=optional_id(input.project_id, "Project", (*at, "projectId")),
    )


def _record(context: Context, input: RecordCustomerCommentInput) -> Mapping[str, Any]:
    return {"comment": use_cases.record_comment(context.session, context.viewer, _draft_of(input)).comment}


def _record_batch(context: Context, input: RecordCustomerCommentsInput) -> Mapping[str, Any]:
    drafts = [
        (each.source_id, partial(_draft_of, each, ("input", "comments", str(index))))
        for index, each in enumerate(input.comments)
    ]
    return {"results": use_cases.record_batch(context.session, context.viewer, drafts)}


def _correct(context: Context, input: CorrectCustomerCommentInput) -> Mapping[str, Any]:
    comment = use_cases.correct_comment(
        context.session,
        context.viewer,
        decode_id(input.id, "CustomerComment", at=("input", "id")),
        use_cases.Said(input.text, input.said_on, input.rating, input.rating_maximum),
        reason=input.reason,
        expected_version=input.expected_version,
    )
    return {"comment": comment}


@strawberry.type
class CustomerCommentMutations:
    record_customer_comment: RecordCustomerCommentPayload = mutation(
        _record, description="Record what a customer said, once by its source's id."
    )
    record_customer_comments: RecordCustomerCommentsPayload = mutation(
        _record_batch, description="Record what customers said; a bad comment leaves the others alone."
    )
    correct_customer_comment: CorrectCustomerCommentPayload = mutation(
        _correct, description="Put what a customer really said in place of what stands there, which stays readable."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "customerComments"),
    **grant("Chain", VISIBLE, "customerComments"),
    **grant("Mutation", only(*use_cases.RECORDERS), "recordCustomerComment recordCustomerComments"),
    **grant("Mutation", only(Role.HR), "correctCustomerComment"),
    **grant(
        "CustomerComment",
        READERS,
        "id source sourceId saidOn text rating ratingMaximum person task project recordedBy createdAt correctedAt "
        "revisions version",
    ),
    **grant(
        "CustomerCommentRevision",
        READERS,
        "number text saidOn rating ratingMaximum correctedBy reason createdAt",
    ),
    **grant("CustomerCommentResult", READERS, "sourceId comment error"),
}
