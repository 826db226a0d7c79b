"""Pages of rows by keyset: the place in a list is the sort key and id of a row, never a count of rows skipped."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.base import UtcDateTime

Row = TypeVar("Row")
Made = TypeVar("Made")

Key = tuple[str, ...]
"""The values of a row's sort columns, as text."""


class CursorError(ValueError):
    """The place does not belong to this list."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many rows, and after which one."""

    first: int
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list in order, each with its place."""

    rows: Sequence[Row] = ()
    keys: Sequence[Key] = ()
    has_next: bool = False
    has_previous: bool = False
    end: Key | None = None
    """Where to read on, in lists that can be read on from an empty page; else the last row's place."""

    def map(self, make: Callable[[Row], Made]) -> Page[Made]:
        """The same page of what is made of each row."""
        return Page([make(row) for row in self.rows], self.keys, self.has_next, self.has_previous, self.end)


@dataclass(frozen=True, slots=True)
class Order:
    """Columns that order a list. The last one must be unique, and none may be null."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = False
    _readers: tuple[Callable[[str], Any], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_readers", tuple(_reader(column) for column in self.columns))

    def key(self, row: Any) -> Key:
        return tuple(str(getattr(row, column.key)) for column in self.columns)

    def clauses(self) -> tuple[sa.ColumnElement[Any], ...]:
        return tuple(column.desc() if self.descending else column.asc() for column in self.columns)

    def after(self, key: Key) -> sa.ColumnElement[bool]:
        """Rows beyond the place: `(a, b) > (x, y)`, spelled out so that every database can use an index."""
        if len(key) != len(self.columns):
            raise CursorError("the cursor belongs to another list")
        try:
            values = [read(text) for read, text in zip(self._readers, key, strict=True)]
        except (ValueError, ArithmeticError) as error:
            raise CursorError("the cursor is malformed") from error
        beyond: list[sa.ColumnElement[bool]] = []
        equal: list[sa.ColumnElement[bool]] = []
        for column, value in zip(self.columns, values, strict=True):
            beyond.append(sa.and_(*equal, column < value if self.descending else column > value))
            equal.append(column == value)
        return sa.or_(*beyond)


def fetch_page(session: Session, statement: sa.Select[Row], order: Order, request: PageRequest) -> Page[Row]:
    """One page of an entity's rows, by one statement. Raises `CursorError` when `after` is not of this list."""
    if request.after is not None:
        statement = statement.where(order.after(request.after))
    rows = session.scalars(statement.order_by(*order.clauses()).limit(request.first + 1)).all()
    return _page(rows, order, request)


def fetch_pages(
    session: Session,
    statement: sa.Select[Row],
    order: Order,
    request: PageRequest,
    *,
    parent: InstrumentedAttribute[Any],
    parent_ids: Sequence[uuid.UUID],
) -> list[Page[Row]]:
    """A page for each parent, in the parents' order, by one statement whatever their number.

    `parent` is the column of the entity that points at the parent. Raises `CursorError` as `fetch_page`.
    """
    if request.after is not None:
        statement = statement.where(order.after(request.after))
    statement = statement.where(parent.in_(set(parent_ids)))
    entity = parent.class_
    rank = sa.func.row_number().over(partition_by=parent, order_by=order.clauses()).label("rank")
    ranked = statement.with_only_columns(*sa.inspect(entity).primary_key, rank).order_by(None).subquery()
    same = sa.and_(*(column == ranked.c[column.name] for column in sa.inspect(entity).primary_key))
    rows = session.scalars(
        sa.select(entity).join(ranked, same).where(ranked.c.rank <= request.first + 1).order_by(*order.clauses())
    )
    children: dict[uuid.UUID, list[Row]] = {}
    for row in rows:
        children.setdefault(getattr(row, parent.key), []).append(row)
    return [_page(children.get(parent_id, []), order, request) for parent_id in parent_ids]


def slice_page(rows: Sequence[Row], request: PageRequest) -> Page[Row]:
    """One page of a list that was worked out whole, by position. Raises `CursorError` as `fetch_page`."""
    try:
        begin = 0 if request.after is None else int(*request.after) + 1
    except (ValueError, TypeError) as error:
        raise CursorError("the cursor belongs to another list") from error
    if begin < 0:
        raise CursorError("the cursor is malformed")
    kept = rows[begin : begin + request.first]
    keys = [(str(begin + index),) for index in range(len(kept))]
    return Page(kept, keys, has_next=begin + len(kept) < len(rows), has_previous=request.after is not None)


def fetch_latest(session: Session, arms: Sequence[sa.Select[Any]], request: PageRequest) -> Page[sa.Row[Any]]:
    """A page over several tables, the latest first, by one statement. Every arm has the same columns in the same order;
    those labelled `moment` (an instant) and `id` are the place of a row. Raises `CursorError` as `fetch_page`."""
    found = sa.union_all(*arms).subquery()
    moment = sa.type_coerce(found.c.moment, UtcDateTime()).label("moment")
    statement = sa.select(*(moment if column is found.c.moment else column for column in found.c))
    if request.after is not None:
        after, id_ = _latest_place(request.after)
        statement = statement.where(sa.or_(moment < after, sa.and_(moment == after, found.c.id < id_)))
    rows = session.execute(statement.order_by(moment.desc(), found.c.id.desc()).limit(request.first + 1)).all()
    kept = rows[: request.first]
    return Page(
        rows=kept,
        keys=[(row.moment.isoformat(), row.id.hex) for row in kept],
        has_next=len(rows) > request.first,
        has_previous=request.after is not None,
    )


def _latest_place(key: Key) -> tuple[datetime.datetime, uuid.UUID]:
    try:
        moment, id_ = key
        return _instant(moment), uuid.UUID(id_)
    except (ValueError, ArithmeticError) as error:
        raise CursorError("the cursor is malformed") from error


def _page(rows: Sequence[Row], order: Order, request: PageRequest) -> Page[Row]:
    kept = rows[: request.first]
    return Page(
        rows=kept,
        keys=[order.key(row) for row in kept],
        has_next=len(rows) > request.first,
        has_previous=request.after is not None,
    )


def _reader(column: InstrumentedAttribute[Any]) -> Callable[[str], Any]:
    kind: sa.types.TypeEngine[Any] = column.type
    python_type: type[Any] = (kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind).python_type
    if issubclass(python_type, uuid.UUID):
        return uuid.UUID
    if issubclass(python_type, datetime.datetime):
        return _instant
    if issubclass(python_type, datetime.date):
        return datetime.date.fromisoformat
    if issubclass(python_type, (str, int, Decimal)):
        return python_type
    raise TypeError(f"a list cannot be ordered by {column}: no cursor for {python_type.__name__}")


def _instant(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(datetime.UTC)
