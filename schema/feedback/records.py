"""`recordedAboutMe`: everything that is recorded about the viewer, why, and who could read it and did."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from db.queries.feedback import records
from db.queries.feedback.records import Reading, Record, RecordKind
from db.queries.paging import Page
from resolvers.feedback import transparency
from schema.batching import batch, field, root
from schema.context import Context
from schema.people import Person, person_of
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import NODES, After, Connection, First, Node, read_page
from schema.scalars import described_enum

described_enum(
    RecordKind,
    description="What is recorded.",
    values={
        "FEEDBACK": "Feedback and kudos.",
        "REWORDING": "Another wording of one's goal, or of feedback, that a model was asked for; erased after a week.",
        "CUSTOMER_COMMENT": "What a customer said.",
        "GROWTH_ENTRY": "An entry of one's growth log.",
        "RECORDING": "A voice note of one's growth log.",
        "REVIEW": "A review.",
        "FORM": "A photographed form.",
        "SHEET": "A form that was printed with one's name.",
        "BRIEF": "A fact brief.",
        "BRIEF_FILE": "A fact brief as a file; kept for a week.",
        "BRIEF_BATCH": "One's place in an archive of briefs.",
        "EXCLUSION": "A piece of evidence that was left out of one's briefs.",
        "GOAL": "A goal.",
        "WEEKLY_ACTION": "The key action of a week.",
        "HEALTH_CHECK": "A look at one's goals in mid-cycle.",
        "ONE_ON_ONE": "A talk with one's manager.",
        "RETROSPECTIVE": "A retrospective in which one takes part, or on one's cycle or goal.",
        "UPWARD_ROUND": "Anonymous feedback of one's team, once released.",
        "TASK": "A task that one owns.",
        "DELIVERABLE": "Something that one handed in.",
        "REDEMPTION": "Something that one wants for points.",
        "MESSAGE": "Something one was told that went on through a channel.",
    },
)

READERS = 20
OWN = Permission("the person whom it is about, and nobody else")


def _objects(context: Context, parents: Sequence[Record]) -> list[Any]:
    wanted: dict[str, set[uuid.UUID]] = {}
    for record in parents:
        if record.kind in records.TYPES:
            wanted.setdefault(records.TYPES[record.kind], set()).add(record.id)
    found: dict[uuid.UUID, Any] = {}
    for name, ids in wanted.items():
        ordered = sorted(ids)
        found.update(dict(zip(ordered, NODES[name].load(context, ordered), strict=True)))
    return [found.get(record.id) for record in parents]


def _readings(context: Context, parents: Sequence[Record]) -> list[list[Reading] | None]:
    found = records.readings(context.session, context.viewer, parents, limit=READERS)
    return [found.get(record.id, []) if records.readings_are_noted(record) else None for record in parents]


@strawberry.type(description="Somebody who read a record.")
class RecordReading:
    actor: Person | None = batch(person_of("actor_id"), description="Who.")
    last_at: datetime.datetime = field(description="When last.")
    times: int = field(description="How often.")


@strawberry.type(description="That something is recorded about the viewer.")
class PersonalRecord:
    kind: RecordKind = field(description="What it is.")
    recorded_at: datetime.datetime = field(description="When it was first recorded.")
    purpose: str = batch(
        lambda context, parents: [transparency.purpose_text(row, context.locale) for row in parents],
        description="Why it is recorded, in the viewer's language.",
    )
    source: str = batch(
        lambda context, parents: [transparency.source_text(row, context.locale) for row in parents],
        description="Where it comes from.",
    )
    readers: str = batch(
        lambda context, parents: [transparency.readers_text(row, context.locale) for row in parents],
        description="Who may read it.",
    )
    readings: list[RecordReading] | None = batch(
        _readings,
        description="Who else read it, whoever read last first, at most twenty; null where readings are not noted.",
    )
    object: Node | None = batch(
        _objects,
        description="The record itself; null where its content is not for the viewer, or is "
        "nothing but that it is there.",
    )


Kinds = Annotated[list[RecordKind] | None, strawberry.argument(description="Only these kinds; by default all.")]


def _records(context: Context, first: First = None, after: After = None, kinds: Kinds = None) -> Page[Record]:
    wanted = list(RecordKind) if kinds is None else kinds
    return read_page(lambda page: records.about(context.session, context.viewer, wanted, page), first, after)


@strawberry.type
class RecordQueries:
    recorded_about_me: Connection[PersonalRecord] = root(
        _records, description="Everything that is recorded about the viewer, the latest first."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "recordedAboutMe"),
    **grant("PersonalRecord", OWN, "kind recordedAt purpose source readers readings object"),
    **grant("RecordReading", OWN, "actor lastAt times"),
}
