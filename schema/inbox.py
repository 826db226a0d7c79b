"""A person's inbox in the schema: reading it, marking what was read, and following what is new."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated, Any

import strawberry
from sqlalchemy.orm import Session

from db.base import now
from db.models import inbox as rows
from db.queries import inbox as queries
from db.queries.paging import Order, Page, fetch_page
from db.viewer import Viewer
from resolvers import inbox
from resolvers.errors import DomainError, ErrorCode
from schema.batching import batch, field
from schema.context import Context
from schema.errors import UserError
from schema.mutation import REQUEST_ID, mutation
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, First, Node, decode_id, load_references, node_type, read_page
from schema.scalars import described_enum
from schema.subscription import subscription

LATEST_FIRST = Order((rows.Notification.created_at, rows.Notification.id), descending=True)
OVERLAP = datetime.timedelta(minutes=5)
"""A notification becomes visible when its transaction commits, which may be so long after it was made."""

OWN = Permission("the person who is told, and nobody else")

described_enum(
    rows.NotificationCode,
    description="What a person is told.",
    values={
        "MENTIONED": "A colleague named the person in a comment on a goal; the subject is the goal.",
        "FEEDBACK_RECEIVED": "A colleague gave the person feedback, which is the subject.",
        "FEEDBACK_FOR_LINE": "Feedback about a report of the person, for the line alone; it is the subject.",
        "KUDOS_RECEIVED": "A colleague thanks the person; the kudos card is the subject.",
        "CUSTOMER_COMMENT_RECEIVED": "A customer named the person; the comment, or the first of several, is shown.",
        "GROWTH_TODO_DUE": "A to-do of the person's growth log is due; its entry is the subject.",
        "RETROSPECTIVE_OPENED": "A retrospective in which the person takes part is open; it is the subject.",
        "RETROSPECTIVE_FINISHED": "A retrospective in which the person takes part is finished; it is the subject.",
        "REDEMPTION_DECIDED": "What the person wants for points was decided or done; it is the subject.",
        "UPWARD_OPENED": "The person may take part in a round of anonymous feedback, which is the subject.",
        "UPWARD_RELEASED": "A round of anonymous feedback to the person is released; it is the subject.",
        "WITNESS_ASKED": "A colleague asks the person to be witness; the subject is the weekly action.",
        "HEALTH_CHECK_OPENED": "The person is to complete a health check, which is the subject.",
        "WEEKLY_ACTION_TO_WRITE": "The person has not written down the key action of this week.",
        "WEEKLY_ACTION_OPEN": "The person's key action of this week, which is the subject, is still open.",
        "CHECK_IN_DUE": "Goals of the person have had no check-in for longer than the organisation's rhythm.",
        "GOAL_STEPS_OVERDUE": "Steps of goals of the person should have been done before today.",
        "DELIVERABLE_RED": "A deliverable turned red; told to who handed it in, their manager and the PMO.",
        "DELIVERABLE_UNCONFIRMED": "Values of a deliverable, the subject, wait for somebody's word; told "
        "once for each file to the nearest manager who may, and the PMO.",
        "OVERRULE_TO_REVIEW": "The machine judges a deliverable, the subject, otherwise than when the person overruled "
        "it; the person's word still holds.",
        "PAPER_SECOND_ENTRY": "The person may give the second entry of a paper form, which is the subject.",
        "PAPER_DECISION": "The person may decide between two entries of a paper form, which is the subject.",
        "TASK_ASSIGNED": "The person owns a task or helps with it; the subject is the task, as in the four below.",
        "TASK_WAITED_FOR": "A task is marked as waiting for the person or for a task of this person.",
        "TASK_FREED": "What the person's task depended on, or was marked as waiting for, has ended.",
        "TASK_BLOCKED": "A task of somebody below, or for PMO of anybody, is late and silent.",
        "TASK_MENTIONED": "A colleague named the person in a comment on a task.",
        "TASK_RULE_FAILED": "A rule that makes tasks could not; it is the subject. Told to HR once.",
        "CHANNEL_FAILED": "A channel was given up after failing; it is the subject. Told to HR, or to whose own it is.",
    },
)


def _load(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.Notification | None]:
    found = queries.by_ids(context.session, context.viewer, ids)
    return [found.get(id_) for id_ in ids]


def _texts(context: Context, notifications: Sequence[rows.Notification]) -> list[str]:
    return [inbox.text(each, context.locale) for each in notifications]


def _subjects(context: Context, notifications: Sequence[rows.Notification]) -> list[Any]:
    about = [
        (each.subject_type, each.subject_id) if each.subject_type and each.subject_id else None
        for each in notifications
    ]
    found = load_references(context, (reference for reference in about if reference))
    return [found.get(reference) if reference else None for reference in about]


def _links(_context: Context, notifications: Sequence[rows.Notification]) -> list[str]:
    return [inbox.link(each) for each in notifications]


@node_type(rows.Notification, load=_load, description="One line of a person's inbox. Nobody else sees it.")
class Notification(Node):
    code: rows.NotificationCode = field(description="What is told.")
    text: str = batch(_texts, description="The words, in the reader's language.")
    subject: Node | None = batch(
        _subjects, description="What it is about; null when the reader may not see it (any more)."
    )
    link: str = batch(_links, description="Where a front end shows it: a path below its own address.")
    created_at: datetime.datetime = field(description="When it was told.")
    read_at: datetime.datetime | None = field(description="When it was marked as read; null while it is unread.")


UnreadOnly = Annotated[bool, strawberry.argument(description="Only what was not read yet.")]


def inbox_pages(
    context: Context,
    viewers: Sequence[Viewer],
    first: First = None,
    after: After = None,
    unread_only: UnreadOnly = False,
) -> list[Page[rows.Notification]]:
    """The viewer's own notifications, the latest first."""
    statement = queries.notifications(context.viewer, unread_only=unread_only)
    return [
        read_page(lambda page: fetch_page(context.session, statement, LATEST_FIRST, page), first, after)
        for _ in viewers
    ]


def unread_counts(context: Context, viewers: Sequence[Viewer]) -> list[int]:
    """How many of the viewer's own notifications are unread."""
    return [queries.count_unread(context.session, context.viewer) for _ in viewers]


@strawberry.input(description="Which notifications were read.")
class MarkNotificationsReadInput:
    ids: list[strawberry.ID] = strawberry.field(description="One's own notifications, 100 at most.")
    request_id: uuid.UUID | None = strawberry.field(default=None, description=REQUEST_ID)


@strawberry.type(description="The notifications that are marked as read.")
class MarkNotificationsReadPayload:
    notifications: list[Notification] | None = field(
        description="The notifications, in the order of the ids; null when nothing was changed."
    )
    errors: list[UserError] = field(description="Why not; empty on success.")


def _mark(context: Context, input: MarkNotificationsReadInput) -> Mapping[str, Any]:
    if len(input.ids) > inbox.MARKED_AT_ONCE:
        raise DomainError(ErrorCode.TOO_MANY, ("input", "ids"))
    ids = [decode_id(id_, "Notification", at=("input", "ids", str(index))) for index, id_ in enumerate(input.ids)]
    return {"notifications": inbox.mark_read(context.session, context.viewer, ids)}


@strawberry.type
class InboxMutations:
    mark_notifications_read: MarkNotificationsReadPayload = mutation(
        _mark, description="Mark notifications as read; those that were read before stay as they are."
    )


async def follow_inbox(context: Context) -> AsyncGenerator[rows.Notification, None]:
    """Each notification of the viewer that is made from now on, once."""
    viewer = context.viewer

    def look(session: Session) -> Sequence[rows.Notification]:
        return queries.since(session, viewer, now() - OVERLAP)

    async with context.services.changes.watch(str(viewer.person_id)) as changed:
        shown = {each.id for each in await context.read(look)}
        while True:
            await changed()
            recent = await context.read(look)
            fresh = [each for each in recent if each.id not in shown]
            shown = {each.id for each in recent}
            for notification in fresh:
                yield notification


@strawberry.type
class InboxSubscriptions:
    notifications: Notification = subscription(
        follow_inbox,
        description="The viewer's own notifications, each as it is made. What is there already is not told.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Mutation", SIGNED_IN, "markNotificationsRead"),
    **grant("Subscription", SIGNED_IN, "notifications"),
    **grant("Notification", OWN, "id code text subject link createdAt readAt"),
}
