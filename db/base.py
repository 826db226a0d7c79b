"""What every table has in common: keys, column types, naming, and the mark of belonging to an organisation."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import uuid_utils.compat
from sqlalchemy import JSON, BigInteger, Dialect, Enum, ForeignKey, MetaData, Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

DECIMAL_PLACES = 4
PLAIN_DECIMAL_LENGTH = 64
"""Characters of a decimal that is kept as text."""
_SCALE = Decimal(10) ** DECIMAL_PLACES
_ZERO = Decimal(0)


def new_id() -> uuid.UUID:
    """A UUIDv7: unique anywhere, and near its neighbours in time on disk."""
    return uuid_utils.compat.uuid7()


def _machine_clock() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


clock: Callable[[], datetime.datetime] = _machine_clock
"""What `now` reads. A test that lives through a quarter puts another one in its place."""


def now() -> datetime.datetime:
    """The present instant, in UTC. Everything that asks for the time asks here."""
    return clock()


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """An instant. Only values with a zone are taken; values come back in UTC on every database."""

    impl = TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(datetime.UTC)
        # A fixed width keeps text order equal to time order on SQLite.
        return value if dialect.name == "postgresql" else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime.datetime | None:
        if value is None:
            return None
        moment = value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value)
        return moment if moment.tzinfo is datetime.UTC else moment.astimezone(datetime.UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with four places, exact on every database: NUMERIC, or scaled integers on SQLite."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = Numeric(20, DECIMAL_PLACES) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = value * _SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than {DECIMAL_PLACES} decimal places: {value}")
        return value if dialect.name == "postgresql" else int(scaled)

    def result_processor(self, dialect: Dialect, _coltype: Any) -> Callable[[Any], Decimal | None]:
        return _shortest if dialect.name == "postgresql" else _unscaled


def _shortest(value: Decimal | None) -> Decimal | None:
    """28 for 28.0000, and 100 rather than 1E+2."""
    return None if value is None else value.normalize() + _ZERO


def _unscaled(value: int | None) -> Decimal | None:
    return None if value is None else _shortest(Decimal(value) / _SCALE)


class PlainDecimal(TypeDecorator[Decimal]):
    """A decimal of any number of places, exact, as text: to be shown and compared in Python, never summed in SQL."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(PLAIN_DECIMAL_LENGTH))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = format(value, "f")
        if not value.is_finite() or len(text) > PLAIN_DECIMAL_LENGTH:
            raise ValueError(f"not a number of at most {PLAIN_DECIMAL_LENGTH} characters")
        return text

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        uuid.UUID: Uuid(),
        datetime.datetime: UtcDateTime(),
        Decimal: ExactDecimal(),
        enum.StrEnum: Enum(enum.StrEnum, native_enum=False, length=40),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class Identified:
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


class OrganizationOwned:
    """Rows of one organisation: filtered by the session's scope on every database, by row security on PostgreSQL."""

    @declared_attr
    def organization_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(ForeignKey("organization.id"), index=True)


class Timestamped:
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)


class Versioned:
    """Optimistic locking: an update of a row that changed meanwhile raises `StaleDataError`."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}
