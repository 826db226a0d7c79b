"""`changes`: what changed since the last time, with tombstones, for clients that keep a copy.

A cursor is sealed (AES-GCM under a key derived from the secret): the numbers in it would tell how much happens that the
reader may not see. It belongs to one reader and one choice of types; any other use fails like a forged one.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from db.queries.change_feed import ChangedRow
from db.queries.event_log import Place
from db.queries.paging import CursorError, Key, Page, PageRequest
from resolvers import change_feed
from resolvers.change_feed import Bookmark
from resolvers.sealing import Seal
from schema.batching import batch, field, root
from schema.context import Context
from schema.permissions import SIGNED_IN, VISIBLE, PermissionMap, grant
from schema.relay import After, Connection, First, Node, encode_id, load_references, read_page
from schema.scalars import described_enum

_FORMAT = struct.Struct(">QQQQ8s")


class ChangeKind(StrEnum):
    CHANGED = "CHANGED"
    GONE = "GONE"


described_enum(
    ChangeKind,
    description="What to do with one's copy of an object.",
    values={
        "CHANGED": "Put the object in, or in place of the one that is there.",
        "GONE": "Take it out: it was deleted, archived, erased or is no longer for the reader to see.",
    },
)


def _objects(context: Context, changes: Sequence[ChangedRow]) -> list[Any]:
    found = load_references(context, ((change.type, change.id) for change in changes if not change.gone))
    return [None if change.gone else found.get((change.type, change.id)) for change in changes]


@strawberry.type(description="An object that is new, changed or gone. What it consists of changes with it.")
class Change:
    kind: ChangeKind = batch(
        lambda _context, changes: [ChangeKind.GONE if change.gone else ChangeKind.CHANGED for change in changes],
        description="What to do with one's copy.",
    )
    type: str = field(description="The type's name in this schema.")
    id: strawberry.ID = batch(
        lambda _context, changes: [encode_id(change.type, change.id) for change in changes],
        description="Global id of the object.",
    )
    object: Node | None = batch(_objects, description="The object as it is now; null when it is gone.")
    changed_at: datetime.datetime = field(description="When it last changed, or went out of sight.")


Types = Annotated[
    list[str] | None, strawberry.argument(description="Only objects of these types, by their names; by default all.")
]


def _changes(context: Context, after: After = None, types: Types = None, first: First = None) -> Page[ChangedRow]:
    wanted = change_feed.known_types(types)
    cursors = _Cursors(context, wanted)

    def fetch(request: PageRequest) -> Page[ChangedRow]:
        after = None if request.after is None else cursors.open(request.after)
        page = change_feed.changes_after(context.session, context.viewer, wanted, after, request.first)
        return Page(
            page.rows,
            [cursors.close(bookmark) for bookmark in page.bookmarks],
            has_next=page.has_next,
            has_previous=after is not None,
            end=cursors.close(page.end),
        )

    return read_page(fetch, first, after)


class _Cursors:
    """Turns bookmarks into cursors of one reader for some types, and back."""

    def __init__(self, context: Context, types: Sequence[str]) -> None:
        self._seal = Seal(context.settings, "change cursors")
        viewer = context.viewer
        self._bound_to = "\n".join([str(viewer.organization_id), str(viewer.person_id), *types]).encode()

    def close(self, bookmark: Bookmark) -> Key:
        content = _FORMAT.pack(*bookmark.place, *bookmark.began, bookmark.access)
        return (self._seal.close(content, self._bound_to),)

    def open(self, key: Key) -> Bookmark:
        """Raises `CursorError`."""
        try:
            (word,) = key
            *places, access = _FORMAT.unpack(self._seal.open(word, self._bound_to))
        except (ValueError, struct.error) as error:
            raise CursorError("not a cursor of this reader") from error
        return Bookmark(Place(*places[:2]), Place(*places[2:]), access)


@strawberry.type
class ChangeQueries:
    changes: Connection[Change] = root(
        _changes,
        description=(
            "What changed, oldest first, each object once and as it is now; without `after` everything there is. "
            "`pageInfo.endCursor` is always set: pass it as `after`, with the same types, now or next week. "
            "ACCESS_CHANGED: the reader's roles or reporting line have changed; begin anew."
        ),
    )


PERMISSIONS: PermissionMap = {
    **grant("Query", SIGNED_IN, "changes"),
    **grant("Change", VISIBLE, "kind type id object changedAt"),
}
