"""Conditions on many values at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


def among(column: InstrumentedAttribute[Any], ids: Iterable[uuid.UUID] | str) -> sa.ColumnElement[bool]:
    """Whether the column is one of the ids, or, in a statement that is kept, one of the parameter of that name.

    They are one parameter, as text: a statement with thousands of them costs more to write and plan than to run, and
    PostgreSQL's driver takes longer over an array than over all that comes back.
    """
    given = sa.bindparam(ids, type_=_Ids()) if isinstance(ids, str) else sa.literal(ids, _Ids())
    return _Among(column, given)


class _Ids(TypeDecorator[Iterable[uuid.UUID]]):
    """Any number of ids as one text: an array's on PostgreSQL, a JSON array's on SQLite."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[uuid.UUID] | None, dialect: Dialect) -> str:
        wanted = {one.hex for one in value or ()}
        if dialect.name == "postgresql":
            return "{" + ",".join(wanted) + "}"
        return "[" + ",".join(f'"{one}"' for one in wanted) + "]"


class _Among(FunctionElement[bool]):
    type = sa.Boolean()
    inherit_cache = True


@compiles(_Among)
def _of_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - both were written by the compiler


@compiles(_Among, "postgresql")
def _of_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY (CAST({ids} AS UUID[]))"
