"""People and their organisation in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import strawberry

from db.models import events as event_rows
from db.models import people as rows
from db.queries import events, people
from db.queries.paging import Order, Page, fetch_page
from db.queries.people import DirectoryEntry
from db.viewer import Role, Viewer
from schema.batching import batch, field, root
from schema.context import Context
from schema.feedback.comment_pages import comments_of
from schema.inbox import Notification, inbox_pages, unread_counts
from schema.inputs import lookup_text, optional_id
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant
from schema.relay import (
    After,
    Connection,
    First,
    Node,
    encode_id,
    node_type,
    read_page,
)
from schema.scalars import described_enum

if TYPE_CHECKING:
    from schema.feedback.customers import CustomerComment

T = TypeVar("T")
CustomerCommentType = Annotated["CustomerComment", strawberry.lazy("schema.feedback.customers")]

described_enum(
    Role,
    description="What a person may do beyond what everybody may.",
    values={
        "EMPLOYEE": "Everybody: sees the own records.",
        "MANAGER": "Answers for the reports below in the reporting line.",
        "HR": "Answers for everybody of the organisation.",
        "COMMITTEE": "Takes part in calibration.",
        "PMO": "Looks after projects.",
        "ADMINISTRATOR": "Looks after configuration and jobs; sees no content of reviews.",
    },
)
described_enum(
    event_rows.AccessedResource,
    description="What somebody read about a person.",
    values={
        "REVIEW": "A review record.",
        "INTAKE_DOCUMENT": "A photographed form and what was read on it.",
        "FORM_PICTURE": "The picture of a form, whole or in part.",
        "FEEDBACK": "Feedback that the person received.",
        "CUSTOMER_COMMENT": "What a customer said of the person.",
        "GROWTH_ENTRY": "An entry of the growth log that the person shares.",
        "RETROSPECTIVE": "A retrospective on a cycle of the person.",
        "GROWTH_ARCHIVE": "The person's growth archive: the person is the resource.",
        "BRIEF": "A fact brief.",
        "GOAL_EXPORT": "The person's goals, in a table that was taken out.",
    },
)

BY_STAFF_NUMBER = Order((rows.Person.staff_number, rows.Person.id))
LATEST_ACCESS_FIRST = Order((event_rows.AccessEvent.occurred_at, event_rows.AccessEvent.id), descending=True)

RECORD = Permission("the person, the managers above by today's line, and HR; null for everybody else")


def load_people(context: Context, ids: Sequence[uuid.UUID | None]) -> list[DirectoryEntry | None]:
    """The directory's words about these people, for fields that name a person. Those who have left are included."""
    entries = people.entries(context.session, context.viewer, [id_ for id_ in ids if id_ is not None])
    return [None if id_ is None else entries.get(id_) for id_ in ids]


def person_of(attribute: str) -> Callable[[Context, Sequence[Any]], list[DirectoryEntry | None]]:
    """The batch function of a field that is the person whose id stands in `attribute` of the parent's row."""

    def load(context: Context, parents: Sequence[Any]) -> list[DirectoryEntry | None]:
        return load_people(context, [getattr(parent, attribute) for parent in parents])

    return load


def localized(stem: str) -> Callable[[Context, Sequence[Any]], list[str]]:
    """The batch function of words that the parent's row has in both languages: `stem_zh` and `stem_en`."""

    def choose(context: Context, parents: Sequence[Any]) -> list[str]:
        return [getattr(parent, f"{stem}_{context.locale}") for parent in parents]

    return choose


def loaded(found: dict[uuid.UUID, T], ids: Iterable[uuid.UUID | None]) -> list[T | None]:
    """Rows in the order of their ids, None where there is none."""
    return [None if id_ is None else found.get(id_) for id_ in ids]


def _load_organizations(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.Organization | None]:
    own = context.viewer.organization_id
    return [context.session.get(rows.Organization, own) if id_ == own else None for id_ in ids]


def _load_listed_people(context: Context, ids: Sequence[uuid.UUID]) -> list[DirectoryEntry | None]:
    statement = people.directory(context.session, context.viewer).where(rows.Person.id.in_(ids))
    listed = set(context.session.scalars(statement.with_only_columns(rows.Person.id)))
    return [entry if entry and entry.id in listed else None for entry in load_people(context, ids)]


def load_departments(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Department | None]:
    """Departments of the organisation, which everybody of it may see."""
    return loaded(people.departments(context.session, context.viewer, [id_ for id_ in ids if id_ is not None]), ids)


def _departments(context: Context, parents: Sequence[Any]) -> list[rows.Department | None]:
    return load_departments(context, [parent.department_id for parent in parents])


def _for_readable(
    read: Callable[[Context, set[uuid.UUID]], dict[uuid.UUID, Any]],
) -> Callable[[Context, Sequence[DirectoryEntry]], list[Any]]:
    """A batch function that answers only for the people whose records the viewer may read, and null for the others."""

    def values(context: Context, parents: Sequence[DirectoryEntry]) -> list[Any]:
        readable = people.may_read_records(context.session, context.viewer, [parent.id for parent in parents])
        found = read(context, readable) if readable else {}
        return [found.get(parent.id) for parent in parents]

    return values


def _roles(context: Context, ids: set[uuid.UUID]) -> dict[uuid.UUID, Any]:
    held = people.roles(context.session, ids)
    return {id_: held.get(id_, []) for id_ in ids}


def _employments(context: Context, ids: set[uuid.UUID]) -> dict[uuid.UUID, Any]:
    held = people.employments(context.session, ids)
    return {id_: held.get(id_, []) for id_ in ids}


def _emails(context: Context, ids: set[uuid.UUID]) -> dict[uuid.UUID, Any]:
    return {**people.emails(context.session, ids)}


@node_type(rows.Organization, load=_load_organizations, description="An organisation: the outermost wall of access.")
class Organization(Node):
    key: str = field(description="Short and unique name for addresses and commands.")
    name: str = batch(localized("name"), description="Name in the viewer's language.")
    name_zh: str = field(description="Chinese name.")
    name_en: str = field(description="English name.")
    timezone: str = field(description="IANA name of the zone in which its dates are read.")


@node_type(rows.Department, load=load_departments, description="A department of the organisation.")
class Department(Node):
    code: str = field(description="Short and unique name.")
    name: str = batch(localized("name"), description="Name in the viewer's language.")
    name_zh: str = field(description="Chinese name.")
    name_en: str = field(description="English name.")
    parent: Department | None = batch(
        lambda context, parents: load_departments(context, [row.parent_id for row in parents]),
        description="The department above; null at the top.",
    )


@strawberry.type(description="Where a person worked, under whom, from when to when.")
class Employment:
    department: Department | None = batch(_departments, description="The department.")
    manager: Person | None = batch(person_of("manager_id"), description="To whom the person reported.")
    job_title: str = field(description="Title of the job.")
    level: str = field(description="Level in the organisation's own scale.")
    starts_on: datetime.date = field(description="First day.")
    ends_on: datetime.date | None = field(description="Last day; null while it lasts.")


@node_type(
    DirectoryEntry,
    load=_load_listed_people,
    description="A person of the organisation. Everybody sees the directory's part; the rest is the person's record.",
)
class Person(Node):
    staff_number: str = field(description="Number in the organisation's directory.")
    name: str | None = field(description="As the person writes it; null once the identity was erased.")
    name_latin: str | None = field(description="The name in Latin letters, where it is written in others.")
    job_title: str | None = field(description="Title of today's job.")
    department: Department | None = batch(_departments, description="Today's department.")
    manager: Person | None = batch(person_of("manager_id"), description="To whom the person reports today.")
    archived: bool = batch(
        lambda _context, entries: [entry.archived_at is not None for entry in entries],
        description="Whether the person has left.",
    )
    email: str | None = batch(_for_readable(_emails), description="Address at work.")
    roles: list[Role] | None = batch(
        _for_readable(_roles), description="What the person may do beyond what everybody may."
    )
    employments: list[Employment] | None = batch(
        _for_readable(_employments), description="Where the person worked, the latest first."
    )
    customer_comments: Connection[CustomerCommentType] = batch(
        comments_of("Person"), description="What customers said of the person, as far as the viewer may see it."
    )


@strawberry.type(description="One reading of something recorded about the viewer.")
class Access:
    actor: Person | None = batch(person_of("actor_id"), description="Who read it.")
    resource: event_rows.AccessedResource = field(description="What kind of thing was read.")
    resource_id: strawberry.ID = batch(
        lambda _context, accesses: [_resource_id(access) for access in accesses],
        description="Global id of what was read.",
    )
    occurred_at: datetime.datetime = field(description="When.")


_RESOURCE_TYPES = {
    event_rows.AccessedResource.FEEDBACK: "Feedback",
    event_rows.AccessedResource.CUSTOMER_COMMENT: "CustomerComment",
    event_rows.AccessedResource.GROWTH_ENTRY: "GrowthEntry",
    event_rows.AccessedResource.REVIEW: "Review",
    event_rows.AccessedResource.INTAKE_DOCUMENT: "IntakeDocument",
    event_rows.AccessedResource.FORM_PICTURE: "IntakeDocument",
    event_rows.AccessedResource.RETROSPECTIVE: "Retrospective",
    event_rows.AccessedResource.GROWTH_ARCHIVE: "Person",
    event_rows.AccessedResource.BRIEF: "Brief",
    event_rows.AccessedResource.GOAL_EXPORT: "GoalExport",
}
"""The type behind the id of what was read."""


def _resource_id(access: event_rows.AccessEvent) -> str:
    return encode_id(_RESOURCE_TYPES[access.resource], access.resource_id)


def _access_log(
    context: Context, viewers: Sequence[Viewer], first: First = None, after: After = None
) -> list[Page[event_rows.AccessEvent]]:
    statement = events.accesses_visible_to(context.viewer)
    return [
        read_page(lambda page: fetch_page(context.session, statement, LATEST_ACCESS_FIRST, page), first, after)
        for _ in viewers
    ]


@strawberry.type(name="Viewer", description="The person who asks.")
class ViewerType:
    person: Person = batch(
        lambda context, viewers: load_people(context, [viewer.person_id for viewer in viewers]),
        description="The person behind the token.",
    )
    organization: Organization = batch(
        lambda context, viewers: _load_organizations(context, [viewer.organization_id for viewer in viewers]),
        description="The organisation that everything is seen in.",
    )
    roles: list[Role] = batch(
        lambda _context, viewers: [sorted(viewer.roles) for viewer in viewers],
        description="What the person may do beyond what everybody may.",
    )
    access_log: Connection[Access] = batch(
        _access_log, description="Who read what is recorded about the viewer, the latest first."
    )
    notifications: Connection[Notification] = batch(inbox_pages, description="The viewer's inbox, the latest first.")
    unread_notifications: int = batch(unread_counts, description="How many notifications in the inbox are unread.")


@strawberry.input(description="Which people to list; every part that is given must hold.")
class PersonFilter:
    search: str | None = strawberry.field(
        default=None, description="Part of a name or of the staff number, in any case."
    )
    staff_number: str | None = strawberry.field(default=None, description="The exact staff number.")
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who works in this department today."
    )
    manager_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who reports directly to this person today."
    )


def _viewer(context: Context) -> Viewer:
    return context.viewer


def _people(
    context: Context, first: First = None, after: After = None, filter: PersonFilter | None = None
) -> Page[DirectoryEntry]:
    statement = people.directory(context.session, context.viewer)
    for condition in _conditions(context, filter or PersonFilter()):
        statement = statement.where(condition)
    page = read_page(lambda wanted: fetch_page(context.session, statement, BY_STAFF_NUMBER, wanted), first, after)
    entries = people.entries(context.session, context.viewer, [row.id for row in page.rows])
    return Page([entries[row.id] for row in page.rows], page.keys, page.has_next, page.has_previous)


def _conditions(context: Context, wanted: PersonFilter) -> Iterable[Any]:
    session, viewer = context.session, context.viewer
    if (words := lookup_text(wanted.search, ("filter", "search"))) is not None:
        yield people.search(words)
    if (number := lookup_text(wanted.staff_number, ("filter", "staffNumber"))) is not None:
        yield rows.Person.staff_number == number
    if (department_id := optional_id(wanted.department_id, "Department", ("filter", "departmentId"))) is not None:
        yield people.employed_in(session, viewer, department_id)
    if (manager_id := optional_id(wanted.manager_id, "Person", ("filter", "managerId"))) is not None:
        yield people.managed_by(session, viewer, manager_id)


@strawberry.type
class PeopleQueries:
    viewer: ViewerType = root(_viewer, description="The person who asks.")
    people: Connection[Person] = root(_people, description="The directory of the organisation, by staff number.")


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "viewer people"),
    **grant("Viewer", SIGNED_IN, "person organization roles accessLog notifications unreadNotifications"),
    **grant("Organization", VISIBLE, "id key name nameZh nameEn timezone"),
    **grant("Department", VISIBLE, "id code name nameZh nameEn parent"),
    **grant("Person", VISIBLE, "id staffNumber name nameLatin jobTitle department manager archived customerComments"),
    **grant("Person", RECORD, "email roles employments"),
    **grant("Employment", VISIBLE, "department manager jobTitle level startsOn endsOn"),
    **grant("Access", VISIBLE, "actor resource resourceId occurredAt"),
}
