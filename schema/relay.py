"""Global ids, nodes and connections, as the Relay specification wants them."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry

from db.queries.paging import CursorError, Key, Page, PageRequest
from resolvers.errors import DomainError, ErrorCode
from resolvers.inbox import global_id
from schema.batching import batch, field
from schema.context import Context

T = TypeVar("T")
C = TypeVar("C", bound=type[Any])
P = TypeVar("P")

DEFAULT_PAGE_SIZE = 20
MAXIMUM_PAGE_SIZE = 100

First = Annotated[
    int | None, strawberry.argument(description="How many at most: 1 to 100, by default 20. More is an error.")
]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
GlobalId = Annotated[strawberry.ID, strawberry.argument(description="A global id that the API returned.")]

Loader = Callable[[Context, Sequence[uuid.UUID]], Sequence[Any]]
"""`(context, ids) -> rows in the ids' order`, None where there is none or the viewer may not see it."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """A type whose objects have a global id."""

    name: str
    row: type[Any]
    load: Loader


NODES: dict[str, NodeType] = {}
"""By GraphQL name; filled by `node_type`."""
_NAMES: dict[type[Any], str] = {}


def node_type(row: type[Any], *, load: Loader, description: str) -> Callable[[C], C]:
    """Declare a type of the schema over a table's rows and register it for `node(id:)` and global ids.

    `load` must apply the viewer's row policy: `node(id:)` shows whatever it returns.
    """

    def decorate(cls: C) -> C:
        if row in _NAMES or cls.__name__ in NODES:
            raise ValueError(f"{cls.__name__} or its row class is registered already: a row belongs to one type")
        made: C = strawberry.type(description=description)(cls)
        NODES[cls.__name__] = NodeType(cls.__name__, row, load)
        _NAMES[row] = cls.__name__
        return made

    return decorate


encode_id = global_id


def id_of(row: Any) -> str:
    """The global id of a row of a registered table."""
    return encode_id(_NAMES[type(row)], row.id)


def decode_id(value: str, *type_names: str, at: tuple[str, ...] | None = None) -> uuid.UUID:
    """The key in a global id of one of these types. Raises `DomainError` BAD_ID (at the input path `at`)."""
    return decode_any_id(value, type_names, at=at)[1]


def decode_any_id(
    value: str, type_names: Collection[str], *, at: tuple[str, ...] | None = None
) -> tuple[str, uuid.UUID]:
    """The type and key in a global id of one of these types. Raises `DomainError` BAD_ID (at the input path `at`)."""
    name, id_ = _split_id(value, at)
    if name not in type_names:
        raise DomainError(ErrorCode.BAD_ID, at)
    return name, id_


def _split_id(value: str, at: tuple[str, ...] | None) -> tuple[str, uuid.UUID]:
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode("ascii")
        name, separator, digits = plain.partition(":")
        id_ = uuid.UUID(digits)
    except (ValueError, binascii.Error) as error:
        raise DomainError(ErrorCode.BAD_ID, at) from error
    if not separator or len(digits) != 32 or name not in NODES:
        raise DomainError(ErrorCode.BAD_ID, at)
    return name, id_


def load_node(context: Context, id: GlobalId) -> Any:
    """The row behind a global id, or None when there is none or the viewer may not see it."""
    name, key = _split_id(id, ("id",))
    return NODES[name].load(context, [key])[0]


Reference = tuple[str, uuid.UUID]
"""The name of a type of the schema, and the key of its row."""


def load_references(context: Context, references: Iterable[Reference]) -> dict[Reference, Any]:
    """The rows behind references of several types, without those that the viewer may not see."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for name, id_ in references:
        wanted.setdefault(name, set()).add(id_)
    found: dict[Reference, Any] = {}
    for name, ids in wanted.items():
        ordered = sorted(ids)
        loaded = NODES[name].load(context, ordered)
        found.update({(name, id_): row for id_, row in zip(ordered, loaded, strict=True) if row is not None})
    return found


@strawberry.interface(description="An object with a global id, which `node(id:)` finds again.")
class Node:
    id: strawberry.ID = batch(
        lambda _context, rows: [id_of(row) for row in rows],
        description="The global id: opaque, stable and unique across types.",
    )


def read_page(fetch: Callable[[PageRequest], P], first: int | None, after: str | None) -> P:
    """What `fetch` returns for the page that a field's arguments ask for.

    Raises `DomainError` BAD_PAGE_SIZE, and BAD_CURSOR when `after` is malformed or belongs to another list.
    """
    size = DEFAULT_PAGE_SIZE if first is None else first
    if not 1 <= size <= MAXIMUM_PAGE_SIZE:
        raise DomainError(ErrorCode.BAD_PAGE_SIZE, ("first",), maximum=MAXIMUM_PAGE_SIZE)
    request = PageRequest(size, None if after is None else _decode_cursor(after))
    try:
        return fetch(request)
    except CursorError as error:
        raise DomainError(ErrorCode.BAD_CURSOR, ("after",)) from error


def _encode_cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def _decode_cursor(text: str) -> Key:
    try:
        key = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise DomainError(ErrorCode.BAD_CURSOR, ("after",)) from error
    if not isinstance(key, list) or not all(isinstance(part, str) and "\x00" not in part for part in key):
        raise DomainError(ErrorCode.BAD_CURSOR, ("after",))
    return tuple(key)


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next: bool = field(name="hasNextPage", description="Whether more follows.")
    has_previous: bool = field(name="hasPreviousPage", description="Whether the page began after a cursor.")
    start_cursor: str | None = batch(
        lambda _context, pages: [_encode_cursor(page.keys[0]) if page.keys else None for page in pages],
        description="The cursor of the first object, if there is one.",
    )
    end_cursor: str | None = batch(
        lambda _context, pages: [_end_cursor(page) for page in pages],
        description="Where the page ends: pass it as `after` to go on. Null on an empty page, but never in `changes`.",
    )


def _end_cursor(page: Page[Any]) -> str | None:
    key = page.end or (page.keys[-1] if page.keys else None)
    return None if key is None else _encode_cursor(key)


class EdgeRow(NamedTuple):
    """An object of a page with its place."""

    node: Any
    key: Key


@strawberry.type(description="An object in a list, with its place.")
class Edge(Generic[T]):
    node: T = field(description="The object.")
    cursor: str = batch(
        lambda _context, edges: [_encode_cursor(edge.key) for edge in edges],
        description="Its place: pass it as `after` to read on from here.",
    )


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Its value is a `db.queries.paging.Page`."""

    edges: list[Edge[T]] = batch(
        lambda _context, pages: [
            [EdgeRow(row, key) for row, key in zip(page.rows, page.keys, strict=True)] for page in pages
        ],
        description="The objects with their places.",
    )
    rows: list[T] = field(name="nodes", description="The objects alone.")
    page_info: PageInfo = batch(lambda _context, pages: pages, description="Where the page lies in the list.")
