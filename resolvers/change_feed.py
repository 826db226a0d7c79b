"""Reading what changed since the last time, page by page, without losing anything.

| what | who gets it |
| --- | --- |
| an object that changed, as it is now and once | whoever may see it now, by the policy of its type |
| type and id of an object that is gone (a tombstone) | whom the log names at the line that took it out of their sight |
| nothing at all | whoever could never see the object |

Roles, departments and the reporting line decide what is seen without a line about each object. When those of the reader
have changed since a cursor was given, the cursor is refused with ACCESS_CHANGED and the reader begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.queries import change_feed, event_log
from db.queries.change_feed import ChangedRow, Stretch
from db.queries.event_log import Place
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a reader has read."""

    place: Place
    began: Place
    """The end of the log when the reader's first page was read."""
    access: bytes
    """`change_feed.access_stamp` of that time."""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes in order, each with where to read on after it."""

    rows: Sequence[ChangedRow]
    bookmarks: Sequence[Bookmark]
    end: Bookmark
    """Where to read on after the page; also when it is empty."""
    has_next: bool


def known_types(types: Sequence[str] | None) -> tuple[str, ...]:
    """The types to follow, sorted; all when none are named. Raises UNKNOWN_TYPE."""
    if types is None:
        return tuple(sorted(change_feed.SOURCES))
    for type_ in types:
        if type_ not in change_feed.SOURCES:
            raise DomainError(ErrorCode.UNKNOWN_TYPE, ("types",), known=", ".join(sorted(change_feed.SOURCES)))
    return tuple(sorted(set(types)))


def changes_after(
    session: Session, viewer: Viewer, types: Sequence[str], after: Bookmark | None, first: int
) -> ChangePage:
    """The next changes of these types. Raises ACCESS_CHANGED, and BAD_CURSOR for a place that the log has not reached:
    it is one of another database."""
    until = event_log.end(session, viewer)
    access = change_feed.access_stamp(session, viewer)
    if after is not None and after.access != access:
        raise DomainError(ErrorCode.ACCESS_CHANGED, ("after",))
    if after is not None and max(after.place, after.began) > until:
        raise DomainError(ErrorCode.BAD_CURSOR, ("after",))
    begun = after or Bookmark(event_log.START, until, access)
    found = change_feed.fetch_changes(session, viewer, Stretch(types, begun.place, until, begun.began), first + 1)
    rows = found[:first]
    has_next = len(found) > first
    bookmarks = [Bookmark(row.place, begun.began, access) for row in rows]
    return ChangePage(rows, bookmarks, bookmarks[-1] if has_next else Bookmark(until, begun.began, access), has_next)
