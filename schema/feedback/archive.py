"""`growthArchive`: a person's growth over the cycles, gathered from what is recorded anyway."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from db.models.events import AccessedResource
from db.queries.feedback.archive import TYPES, ArchiveKind
from db.queries.paging import Page
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback import archive
from resolvers.feedback.archive import ArchiveEntry
from schema.batching import batch, field, root
from schema.context import Context
from schema.goals import Cycle, cycle_of
from schema.inputs import optional_id
from schema.permissions import SIGNED_IN, Permission, PermissionMap, grant
from schema.relay import After, Connection, First, Node, load_references, read_page
from schema.scalars import described_enum

described_enum(
    ArchiveKind,
    description="What a piece of a growth archive is.",
    values={
        "REVIEW": "A confirmed review with score and grade.",
        "TALK": "A talk with the manager whose minutes both sides confirmed, with their commitments.",
        "AGREED": "Something the person was to do by a talk or a retrospective, and whether it was kept.",
        "RETROSPECTIVE": "A finished retrospective in which the person took part, or on the person's cycle.",
        "KUDOS": "A card of thanks.",
        "BEHAVIOUR": "Feedback that names a behaviour, and with it a competency.",
        "GOAL": "A finished goal with its results.",
        "GROWTH_ENTRY": "An entry of the growth log that the person shared.",
    },
)

READERS = Permission("the person, the managers above, HR; each piece by the rule of its source")


def _objects(context: Context, parents: Sequence[ArchiveEntry]) -> list[Any]:
    named = [(TYPES[entry.item.kind], entry.item.id) for entry in parents]
    found = load_references(context, named)
    return [found.get(reference) for reference in named]


@strawberry.type(description="A piece of somebody's growth archive.")
class ArchivePiece:
    kind: ArchiveKind = batch(lambda _context, parents: [row.item.kind for row in parents], description="What it is.")
    on: datetime.date = field(description="The day.")
    cycle: Cycle | None = batch(
        cycle_of("cycle_id"), description="The cycle that it names, else the shortest one that the day lies in."
    )
    title: str = batch(
        lambda context, parents: [archive.title_text(row.item, context.locale) for row in parents],
        description="The beginning of its words, else what it is, in the viewer's language.",
    )
    kept: bool | None = batch(
        lambda _context, parents: [row.item.kept for row in parents],
        description="Of what was agreed: whether it is done; else null.",
    )
    readers: str = batch(
        lambda context, parents: [archive.readers_text(row.item, context.locale) for row in parents],
        description="Who may read it, in the viewer's language.",
    )
    object: Node | None = batch(_objects, description="The record itself.")


@strawberry.input(description="Which pieces to list; every part that is given must hold.")
class GrowthArchiveFilter:
    cycle_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this cycle: what names it, and what names none and falls into its days."
    )
    kinds: list[ArchiveKind] | None = strawberry.field(default=None, description="Of these kinds.")


PersonId = Annotated[strawberry.ID | None, strawberry.argument(description="Whose; by default the viewer's own.")]


def _archive(
    context: Context,
    person_id: PersonId = None,
    filter: GrowthArchiveFilter | None = None,
    first: First = None,
    after: After = None,
) -> Page[ArchiveEntry]:
    whose = optional_id(person_id, "Person", ("personId",)) or context.viewer.person_id
    if whose is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    asked = filter or GrowthArchiveFilter()
    narrowed = archive.Narrowed(
        tuple(ArchiveKind) if asked.kinds is None else asked.kinds,
        optional_id(asked.cycle_id, "Cycle", ("filter", "cycleId")),
    )
    page = read_page(
        lambda request: archive.growth_archive(context.session, context.viewer, whose, narrowed, request), first, after
    )
    context.note_access(AccessedResource.GROWTH_ARCHIVE, whose, whose)
    return page


@strawberry.type
class ArchiveQueries:
    growth_archive: Connection[ArchivePiece] = root(
        _archive,
        description="A person's growth archive, the latest first: of each source what the viewer sees there. For the "
        "person, the managers above and HR. NOT_FOUND, FORBIDDEN.",
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "growthArchive"),
    **grant("ArchivePiece", READERS, "kind on cycle title kept readers object"),
}
