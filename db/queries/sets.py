"""Conditions on many values at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session


def among(session: Session, column: InstrumentedAttribute[Any], ids: Iterable[uuid.UUID]) -> sa.ColumnElement[bool]:
    """Whether the column is one of the ids.

    On PostgreSQL they are one array, as text: a statement with thousands of parameters costs more to write and plan
    than to run, and the driver takes longer over an array than over all that comes back.
    """
    wanted = list(set(ids))
    if session.get_bind().dialect.name == "postgresql":
        array = sa.literal("{" + ",".join(one.hex for one in wanted) + "}", sa.Text)
        return column == sa.any_(sa.cast(array, ARRAY(sa.Uuid())))
    return column.in_(wanted)
