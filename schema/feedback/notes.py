"""Feedback in the schema: what was said to whom, and what it adds to the chain of a goal."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import strawberry

from db.models.events import AccessedResource
from db.models.feedback import notes as rows
from db.queries.feedback import notes
from db.queries.paging import Order, Page, fetch_page
from ml.assist.contract import Part
from resolvers.feedback import links
from resolvers.feedback.tags import ListedTag, listed_tags, offered
from resolvers.rules.feedback import looked_at
from schema.batching import batch, field, root
from schema.context import Context
from schema.feedback.assist import BehaviourTag
from schema.inputs import lookup_text, optional_id
from schema.people import Person, loaded, person_of
from schema.permissions import SIGNED_IN, VISIBLE, Permission, PermissionMap, grant
from schema.relay import NODES, After, Connection, First, Node, decode_any_id, node_type, read_page
from schema.scalars import Language, described_enum

described_enum(
    rows.FeedbackKind,
    description="What kind of feedback it is.",
    values={"NOTE": "A note.", "KUDOS": "A card of thanks, which may carry points."},
)
described_enum(
    rows.ImpactLevel,
    description="Whom or what it mattered to.",
    values={"CUSTOMER": "A customer.", "TEAM": "The team.", "PROCESS": "A way of working."},
)
described_enum(
    rows.FeedbackVisibility,
    description="Who reads it besides whoever gave it. The line are the managers above the receiver, and HR.",
    values={
        "RECEIVER": "The receiver.",
        "RECEIVER_AND_LINE": "The receiver and the line.",
        "LINE": "The line alone, for a reason that is given; the receiver sees that there is something.",
    },
)

LATEST_FIRST = Order((rows.Feedback.occurred_at, rows.Feedback.id), descending=True)
IN_CHAIN = 50
READERS = Permission("the giver; the receiver and the line (managers above the receiver, HR) as its visibility says")
GIVER = Permission("the giver; null for everybody else")


def shown(context: Context, found: Sequence[rows.Feedback | None]) -> None:
    """Note that the answer shows these pieces of feedback to somebody who neither gave nor received them."""
    for row in found:
        if row is not None and context.viewer.person_id not in {row.giver_id, row.receiver_id}:
            context.note_access(AccessedResource.FEEDBACK, row.id, row.receiver_id)


def load_feedback(context: Context, ids: Sequence[uuid.UUID | None]) -> list[rows.Feedback | None]:
    """The feedback that the viewer may see; the line's reading of it is noted."""
    wanted = [id_ for id_ in ids if id_ is not None]
    found = loaded(notes.by_ids(context.session, context.viewer, wanted), ids)
    shown(context, found)
    return found


def linked_of(type_name: str, id_name: str) -> Callable[[Context, Sequence[Any]], list[Any]]:
    """The batch function of a field that is the object whose type and id stand in these attributes of the row."""

    def load(context: Context, parents: Sequence[Any]) -> list[Any]:
        wanted: dict[str, set[uuid.UUID]] = {}
        for parent in parents:
            if getattr(parent, type_name) is not None:
                wanted.setdefault(getattr(parent, type_name), set()).add(getattr(parent, id_name))
        found: dict[tuple[str, uuid.UUID], Any] = {}
        for name, ids in wanted.items():
            ordered = sorted(ids)
            found.update(
                {(name, id_): row for id_, row in zip(ordered, NODES[name].load(context, ordered), strict=True)}
            )
        return [found.get((getattr(parent, type_name), getattr(parent, id_name))) for parent in parents]

    return load


def _tags(context: Context, parents: Sequence[rows.Feedback]) -> list[list[ListedTag]]:
    named = notes.tags_of(context.session, [row.id for row in parents])
    return _listed(context, [named.get(row.id, []) for row in parents])


def _listed(context: Context, keys: Sequence[Sequence[str]]) -> list[list[ListedTag]]:
    listed = listed_tags(context.session, context.viewer)
    return [[listed[key] for key in some if key in listed] for some in keys]


def _revisions(context: Context, parents: Sequence[rows.Feedback]) -> list[list[rows.FeedbackRevision]]:
    found = notes.revisions(context.session, [row.id for row in parents])
    return [found.get(row.id, []) for row in parents]


def _prompts(context: Context, parents: Sequence[rows.Feedback]) -> list[list[str] | None]:
    offers = offered(listed_tags(context.session, context.viewer))
    prompts: list[list[str] | None] = []
    for row in parents:
        if row.giver_id != context.viewer.person_id:
            prompts.append(None)
            continue
        found = looked_at(row.text, (row.situation, row.behaviour, row.impact), offers)
        prompts.append(list(found.questions) if found is not None and row.missing else [])
    return prompts


@strawberry.type(description="What feedback said before a correction.")
class FeedbackRevision:
    number: int = field(description="From 1, the words as first given.")
    text: str | None = field(description="The words then.")
    situation: str | None = field(description="The situation then.")
    behaviour: str | None = field(description="The behaviour then.")
    impact: str | None = field(description="The impact then.")
    impact_level: rows.ImpactLevel | None = field(description="Whom or what it mattered to, then.")
    tags: list[BehaviourTag] = batch(
        lambda context, parents: _listed(context, [row.tags for row in parents]), description="The tags then."
    )
    created_at: datetime.datetime = field(description="When it was corrected.")


@node_type(rows.Feedback, load=load_feedback, description="What somebody said about a colleague's work.")
class Feedback(Node):
    kind: rows.FeedbackKind = field(description="A note or a kudos card.")
    giver: Person | None = batch(person_of("giver_id"), description="Who gave it.")
    receiver: Person | None = batch(person_of("receiver_id"), description="Whom it is about.")
    text: str | None = field(description="The words, as they were written.")
    situation: str | None = field(description="When and where it was, where that was filled in.")
    behaviour: str | None = field(description="What the person did, where that was filled in.")
    impact: str | None = field(description="What came of it, where that was filled in.")
    impact_level: rows.ImpactLevel | None = field(description="Whom or what it mattered to.")
    tags: list[BehaviourTag] = batch(_tags, description="The behaviours that it names.")
    points: int | None = field(description="Points of a kudos card.")
    visibility: rows.FeedbackVisibility = field(description="Who reads it.")
    visibility_reason: str | None = field(description="Why it is for those.")
    linked: Node | None = batch(
        linked_of("linked_type", "linked_id"),
        description="The goal, review or other thing that it speaks of, for whoever may see that.",
    )
    link_url: str | None = field(description="Address of a message or page elsewhere that it speaks of.")
    link_snippet: str | None = field(description="Words from there, as they stand there.")
    occurred_at: datetime.datetime = field(description="When it was.")
    created_at: datetime.datetime = field(description="When it was given.")
    corrected_at: datetime.datetime | None = field(description="When it was last corrected after the edit window.")
    revisions: list[FeedbackRevision] = batch(
        _revisions, description="What it said before its corrections, the oldest first; at most twenty."
    )
    language: Language = batch(
        lambda _context, parents: [Language(row.language) for row in parents], description="Language of the words."
    )
    sentiment: rows.Sentiment = field(description="Which way the words lean.")
    missing: list[Part] = batch(
        lambda _context, parents: [[Part(part) for part in row.missing] for row in parents],
        description="Parts that nobody wrote.",
    )
    empty_praise: bool = field(description="It would fit anyone.")
    useful: bool = field(description="Counts where it is asked when somebody last had feedback.")
    prompts: list[str] | None = batch(
        _prompts, description="Questions that would make it more useful, in its language."
    )
    version: int = field(description="Grows with every change; give it as expectedVersion.")


@strawberry.input(description="Which feedback to list; every part that is given must hold.")
class FeedbackFilter:
    receiver_id: strawberry.ID | None = strawberry.field(default=None, description="About this person.")
    giver_id: strawberry.ID | None = strawberry.field(default=None, description="Given by this person.")
    linked_id: strawberry.ID | None = strawberry.field(
        default=None, description="About this goal, task, deliverable or review."
    )
    tag: str | None = strawberry.field(default=None, description="With the tag of this key.")
    kind: rows.FeedbackKind | None = strawberry.field(default=None, description="Of this kind.")
    useful: bool | None = strawberry.field(default=None, description="True: only what its receiver can use.")
    since: datetime.datetime | None = strawberry.field(default=None, description="Occurred at that instant or later.")
    until: datetime.datetime | None = strawberry.field(default=None, description="Occurred before that instant.")


def _feedback(
    context: Context, first: First = None, after: After = None, filter: FeedbackFilter | None = None
) -> Page[rows.Feedback]:
    asked = filter or FeedbackFilter()
    at = ("filter", "linkedId")
    wanted = notes.Wanted(
        receiver_id=optional_id(asked.receiver_id, "Person", ("filter", "receiverId")),
        giver_id=optional_id(asked.giver_id, "Person", ("filter", "giverId")),
        linked=None if asked.linked_id is None else decode_any_id(asked.linked_id, links.SEES, at=at),
        tag=lookup_text(asked.tag, ("filter", "tag")),
        kind=asked.kind,
        useful=asked.useful,
        since=asked.since,
        until=asked.until,
    )
    statement = notes.filtered(notes.visible_to(context.session, context.viewer), wanted)
    page = read_page(lambda request: fetch_page(context.session, statement, LATEST_FIRST, request), first, after)
    shown(context, page.rows)
    return page


def _of_goals(context: Context, goals: Sequence[Any]) -> list[list[rows.Feedback]]:
    found = notes.latest_of_goals(context.session, context.viewer, [goal.id for goal in goals], limit=IN_CHAIN)
    shown(context, [row for some in found.values() for row in some])
    return [found.get(goal.id, []) for goal in goals]


@strawberry.type
class FeedbackLinks:
    """What feedback brings to the chain of one goal, see `schema.chain`."""

    feedback: list[Feedback] = batch(
        _of_goals,
        description="The 50 latest pieces of feedback that are linked to it, or to a task or deliverable that serves "
        "it, as far as the viewer may see.",
    )


@strawberry.type
class FeedbackQueries:
    feedback: Connection[Feedback] = root(
        _feedback, description="The feedback that the viewer may see, by when it was, the latest first."
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "feedback"),
    **grant("Chain", VISIBLE, "feedback"),
    **grant(
        "Feedback",
        READERS,
        "id kind giver receiver text situation behaviour impact impactLevel tags points visibility visibilityReason "
        "linked linkUrl linkSnippet occurredAt createdAt correctedAt revisions language sentiment missing emptyPraise "
        "useful version",
    ),
    **grant("Feedback", GIVER, "prompts"),
    **grant("FeedbackRevision", READERS, "number text situation behaviour impact impactLevel tags createdAt"),
}
