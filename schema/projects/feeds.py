"""Feeds, what they brought, and the data audit in the schema."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import strawberry

from db.base import now
from db.models.projects import feeds as rows
from db.queries.paging import Order, Page, fetch_page, fetch_pages, slice_page
from db.queries.projects import feeds as queries
from resolvers.projects import feed_audit
from resolvers.projects.feed_audit import FindingKind
from schema.batching import batch, field, root
from schema.context import Context
from schema.goal_types import GoalCheckIn, Measure, measure_of
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.projects.feed_endpoint import feed_address
from schema.projects.task_plans import PlannedTasks, PlanRevision
from schema.projects.tasks import ProjectTask, task_of
from schema.relay import NODES, After, Connection, First, Node, node_type, read_page
from schema.scalars import described_enum

described_enum(
    rows.RecordOutcome,
    description="What became of a record.",
    values={
        "PENDING": "It is about to be applied.",
        "APPLIED": "It became a check-in or a task.",
        "SUPERSEDED": "A later value of the same measure was there already.",
        "UNBOUND": "Nothing waits for a value or event of this name.",
        "UNIT_CONFLICT": "Its unit is not that of the measure.",
        "REFUSED": "The goal or project took nothing; the reason says why.",
    },
)
described_enum(
    FindingKind,
    name="FeedFindingKind",
    description="What the data audit found.",
    values={
        "LATE": "Nothing came for longer than expected.",
        "GAP": "Between two deliveries something is missing.",
        "PULL_FAILED": "The other system could not be asked the last time; the reason says why.",
        "UNIT_CONFLICT": "One name came with two units, or with another than its measure's.",
        "MANUAL_OVERRIDE": "Somebody entered a value by hand for a measure that a feed brings.",
        "UNBOUND": "Values or events of this name lead nowhere.",
        "REFUSED": "A goal or project took nothing; the reason says why.",
    },
)

BY_NAME = Order((rows.Feed.name, rows.Feed.id))
RECORDS_LATEST_FIRST = Order((rows.FeedRecord.id,), descending=True)
DELIVERIES_LATEST_FIRST = Order((rows.FeedDelivery.id,), descending=True)
SEERS = Permission("PMO and administrators; for everybody else there are none")


def _load_feeds(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Feed | None]:
    statement = queries.feeds(context.viewer).where(rows.Feed.id.in_([id_ for id_ in ids if id_ is not None]))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _feed(context: Context, parents: Sequence[Any]) -> list[rows.Feed | None]:
    return _load_feeds(context, [parent.feed_id for parent in parents])


def _load_records(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.FeedRecord | None]:
    statement = queries.records(context.viewer).where(rows.FeedRecord.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _check_ins(context: Context, parents: Sequence[Any]) -> list[Any]:
    ids = sorted({parent.check_in_id for parent in parents if parent.check_in_id is not None})
    found = dict(zip(ids, NODES["GoalCheckIn"].load(context, ids), strict=True)) if ids else {}
    return [found.get(parent.check_in_id) for parent in parents]


@node_type(rows.FeedRecord, load=_load_records, description="One value or event that came, and what became of it.")
class FeedRecord(Node):
    key: str | None = field(description="What the other system calls it.")
    name: str = field(description="Name of the metric or event.")
    value: Decimal | None = field(description="As it was sent; null: an event.")
    unit: str | None = field(description="The unit that came with it.")
    measured_at: datetime.datetime = field(description="When it was so, by the other system.")
    outcome: rows.RecordOutcome = field(description="What became of it.")
    reason: str | None = field(description="Code of why it was refused; of an event, by one of its rules too.")
    check_in: GoalCheckIn | None = batch(_check_ins, description="The check-in that it became.")
    task: ProjectTask | None = batch(task_of("task_id"), description="The task that it became.")


def _records_of(column: Any) -> Any:
    def pages(
        context: Context, parents: Sequence[Any], first: First = None, after: After = None
    ) -> list[Page[rows.FeedRecord]]:
        statement, ids = queries.records(context.viewer), [parent.id for parent in parents]
        return read_page(
            lambda page: fetch_pages(
                context.session, statement, RECORDS_LATEST_FIRST, page, parent=column, parent_ids=ids
            ),
            first,
            after,
        )

    return pages


def _load_deliveries(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.FeedDelivery | None]:
    statement = queries.deliveries(context.viewer).where(rows.FeedDelivery.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(rows.FeedDelivery, load=_load_deliveries, description="Something that came in whole.")
class FeedDelivery(Node):
    key: str = field(description="The sender's id of it: sent again it changes nothing.")
    received_at: datetime.datetime = field(description="When it came.")
    applied_at: datetime.datetime | None = field(description="When it had its effect.")
    record_count: int = batch(lambda _context, parents: [row.records for row in parents], description="Its records.")
    duplicates: int = field(description="Records of it that were known already.")
    records: Connection[FeedRecord] = batch(_records_of(rows.FeedRecord.delivery_id), description="The others.")


def _load_bindings(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.FeedBinding | None]:
    statement = queries.bindings(context.viewer).where(rows.FeedBinding.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


@node_type(rows.FeedBinding, load=_load_bindings, description="Values of a name become check-ins of a measure.")
class FeedBinding(Node):
    name: str = field(description="Name of the metric.")
    measure: Measure | None = batch(measure_of("measure_id"), description="The measure, if the viewer may see it.")
    measured_at: datetime.datetime | None = field(description="Of the latest value that the measure took.")
    created_by: Person | None = batch(person_of("created_by"), description="Who bound it.")


def _load_rules(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.FeedRule | None]:
    statement = queries.rules(context.viewer).where(rows.FeedRule.id.in_(ids))
    return loaded({row.id: row for row in context.session.scalars(statement)}, ids)


def _revisions(context: Context, parents: Sequence[rows.FeedRule]) -> list[list[rows.FeedRuleRevision]]:
    found = queries.revisions(context.session, [rule.id for rule in parents])
    return [found.get(rule.id, []) for rule in parents]


@strawberry.type(description="What the tasks of a feed's rule were like until it was edited. It never changes.")
class FeedRuleRevision(PlanRevision):
    measure: Measure | None = batch(measure_of("measure_id"), description="The key result that they served.")


@node_type(rows.FeedRule, load=_load_rules, description="Events of a name become tasks of a project.")
class FeedRule(PlannedTasks, Node):
    name: str = field(description="Name of the event.")
    measure: Measure | None = batch(measure_of("measure_id"), description="The key result that they serve.")
    number: int = field(description="Of what its tasks are like now, from 1; grows with every edit.")
    revisions: list[FeedRuleRevision] = batch(
        _revisions, description="What its tasks were like before it was edited, the latest first."
    )
    retired_at: datetime.datetime | None = field(description="From then on it makes no more tasks.")
    created_by: Person | None = batch(person_of("created_by"), description="Who set it, or edited it the last time.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


def _load_secrets(context: Context, ids: Sequence[uuid.UUID]) -> list[rows.FeedSecret | None]:
    found = context.session.scalars(queries.all_secrets(context.viewer).where(rows.FeedSecret.id.in_(ids)))
    return loaded({row.id: row for row in found}, ids)


@node_type(rows.FeedSecret, load=_load_secrets, description="A key that deliveries may be signed with.")
class FeedSecret(Node):
    created_at: datetime.datetime = field(description="When it was made.")
    valid_until: datetime.datetime | None = field(description="When it ends; null: when another one takes its place.")


def _children(model: Any, statement: Any) -> Any:
    """The batch function of all rows of a table that belong to each feed."""

    def load(context: Context, parents: Sequence[rows.Feed]) -> list[list[Any]]:
        found: dict[uuid.UUID, list[Any]] = {}
        wanted = statement(context.viewer).where(model.feed_id.in_([feed.id for feed in parents]))
        for row in context.session.scalars(wanted.order_by(model.id)):
            found.setdefault(row.feed_id, []).append(row)
        return [found.get(feed.id, []) for feed in parents]

    return load


def _secrets(context: Context, parents: Sequence[rows.Feed]) -> list[list[rows.FeedSecret]]:
    found = queries.secrets(context.session, [feed.id for feed in parents], now())
    return [found.get(feed.id, []) for feed in parents]


def _deliveries(
    context: Context, parents: Sequence[rows.Feed], first: First = None, after: After = None
) -> list[Page[rows.FeedDelivery]]:
    statement, ids = queries.deliveries(context.viewer), [feed.id for feed in parents]
    parent, order = rows.FeedDelivery.feed_id, DELIVERIES_LATEST_FIRST
    return read_page(
        lambda page: fetch_pages(context.session, statement, order, page, parent=parent, parent_ids=ids), first, after
    )


@node_type(rows.Feed, load=_load_feeds, description="Another system that brings values of measures, or events.")
class Feed(Node):
    name: str = field(description="Small letters, digits and hyphens.")
    description: str | None = field(description="More about it.")
    address: str = batch(
        lambda _context, parents: [feed_address(feed) for feed in parents],
        description="Where it sends to: a path below the API's own address.",
    )
    every_minutes: int | None = field(description="How often something is expected; null: whenever it comes.")
    pull_url: str | None = field(description="Where it is asked; null: it sends.")
    received_at: datetime.datetime | None = field(description="When something last came.")
    pull_error: str | None = field(description="Code of why it could not be asked the last time.")
    paused_at: datetime.datetime | None = field(description="From then on nothing is taken.")
    secrets: list[FeedSecret] = batch(
        _secrets, description="The keys that are good now, two at most; never themselves."
    )
    bindings: list[FeedBinding] = batch(
        _children(rows.FeedBinding, queries.bindings), description="Which measure takes which value."
    )
    rules: list[FeedRule] = batch(_children(rows.FeedRule, queries.rules), description="Which event makes which task.")
    deliveries: Connection[FeedDelivery] = batch(_deliveries, description="What came, the latest first.")
    records: Connection[FeedRecord] = batch(
        _records_of(rows.FeedRecord.feed_id), description="Its values and events, the latest first."
    )
    created_by: Person | None = batch(person_of("created_by"), description="Who set it up.")
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.type(description="Something that the data audit found.")
class FeedFinding:
    kind: FindingKind = field(description="What it is.")
    feed: Feed | None = batch(_feed, description="The feed.")
    name: str | None = field(description="Name of the metric or event.")
    units: list[str] = field(description="The units that contradict each other.")
    count: int = field(description="How often.")
    begin: datetime.datetime | None = field(description="From when on, or when.")
    end: datetime.datetime | None = field(description="Until when.")
    measure: Measure | None = batch(measure_of("measure_id"), description="The measure, if the viewer may see it.")
    check_in: GoalCheckIn | None = batch(_check_ins, description="The check-in by hand.")
    reason: str | None = field(description="Code of a refusal.")


def _feeds(context: Context, first: First = None, after: After = None) -> Page[rows.Feed]:
    statement = queries.feeds(context.viewer)
    return read_page(lambda page: fetch_page(context.session, statement, BY_NAME, page), first, after)


def _audit(context: Context, first: First = None, after: After = None) -> Page[feed_audit.Finding]:
    found = feed_audit.audit(context.session, context.viewer, now())
    return read_page(lambda page: slice_page(found, page), first, after)


@strawberry.type
class FeedQueries:
    feeds: Connection[Feed] = root(_feeds, description="The feeds, by name.")
    feed_audit: Connection[FeedFinding] = root(
        _audit,
        description="What is wrong with the data of the last 90 days: late feeds, gaps, two units of one name, "
        "values overruled by hand, records of no use.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "feeds feedAudit"),
    **grant(
        "Feed",
        SEERS,
        "id name description address everyMinutes pullUrl receivedAt pullError pausedAt secrets bindings rules "
        "deliveries records createdBy version",
    ),
    **grant("FeedSecret", SEERS, "id createdAt validUntil"),
    **grant("FeedBinding", SEERS, "id name measure measuredAt createdBy"),
    **grant(
        "FeedRule",
        SEERS,
        "id name project title owner collaborators template measure dueHours number revisions retiredAt createdBy "
        "version",
    ),
    **grant(
        "FeedRuleRevision",
        SEERS,
        "number project title owner collaborators template measure dueHours createdBy createdAt",
    ),
    **grant("FeedDelivery", SEERS, "id key receivedAt appliedAt recordCount duplicates records"),
    **grant("FeedRecord", SEERS, "id key name value unit measuredAt outcome reason checkIn task"),
    **grant("FeedFinding", SEERS, "kind feed name units count begin end measure checkIn reason"),
}
