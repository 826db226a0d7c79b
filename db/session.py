"""Transactions. Use cases and queries are plain functions on `Session`; this module alone decides how they run.

On PostgreSQL the API runs them through an asynchronous engine, on SQLite in a thread. Workers and commands use
`Database.begin`. Every transaction has a `Scope`: which organisation's rows exist for it. The scope is enforced
twice, by criteria added to every ORM statement and, on PostgreSQL, by row security.
"""

from __future__ import annotations

import asyncio
import select
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.base import ExecutableOption

from db.base import OrganizationOwned
from db.settings import Settings

T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
_POSTGRESQL_OPTIONS = "-c jit=off -c random_page_cost=1.1 -c timezone=UTC"
"""Short statements on rows that lie in memory or on flash: compiling one takes seconds where running it takes
milliseconds, and the cost of a disk's seek makes the planner read whole tables of goals."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may see: one organisation, or, to sign in, the one login of an issuer and subject."""

    organization_id: uuid.UUID | None = None
    login: tuple[str, str] | None = None
    """(issuer, subject), when the organisation is not known yet."""


class ScopeError(RuntimeError):
    """A statement asked for rows of organisations in a transaction that is bound to none."""


class Database:
    """The engines of one process, made when first needed. `close` or `aclose` gives their connections back."""

    def __init__(self, settings: Settings, *, url: str | None = None, idle_seconds: float | None = None) -> None:
        """`idle_seconds`: after so long without a statement PostgreSQL ends a transaction and lets go of its rows. For
        processes whose work others take over: one that is stopped in a transaction would keep its job from them."""
        self.url = url or settings.url
        self._options = _POSTGRESQL_OPTIONS
        if idle_seconds is not None:
            self._options += f" -c idle_in_transaction_session_timeout={max(1, round(1000 * idle_seconds))}"
        self.embedded = self.url.startswith("sqlite:")
        if self.embedded:
            settings.home.mkdir(parents=True, exist_ok=True)
        self._engine: Engine | None = None
        self._async_engine: AsyncEngine | None = None

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            if self.embedded:
                self._engine = sa.create_engine(
                    self.url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
                )
                event.listen(self._engine, "connect", _prepare_sqlite)
                event.listen(self._engine, "begin", _begin_sqlite)
            else:
                self._engine = sa.create_engine(self.url, hide_parameters=True, connect_args={"options": self._options})
                event.listen(self._engine, "checkout", _refuse_closed)
        return self._engine

    @property
    def async_engine(self) -> AsyncEngine:
        """PostgreSQL only."""
        if self._async_engine is None:
            self._async_engine = create_async_engine(
                self.url,
                pool_size=10,
                max_overflow=10,
                hide_parameters=True,
                connect_args={"options": self._options},
            )
            event.listen(self._async_engine.sync_engine, "checkout", _refuse_closed)
        return self._async_engine

    @contextmanager
    def begin(self, scope: Scope, *, write: bool = True) -> Iterator[Session]:
        """One transaction, committed at the end, rolled back on any exception."""
        engine = self.engine
        if self.embedded and write:
            engine = engine.execution_options(sqlite_begin="IMMEDIATE")
        with Session(engine, info={"scope": scope}, expire_on_commit=False) as session, session.begin():
            yield session

    async def run(self, scope: Scope, work: Callable[[Session], T], *, write: bool = True) -> T:
        """Run `work` in one transaction without blocking the event loop."""
        if self.embedded:
            return await asyncio.to_thread(self._run_in_thread, scope, work, write)
        async with self._async_session(scope) as session, session.begin():
            return await session.run_sync(work)

    @asynccontextmanager
    async def reader(self, scope: Scope) -> AsyncIterator[Reader]:
        """A reading transaction that several functions share in turn: one snapshot for one request.

        The transaction begins with the first call and ends with the context.
        """
        if self.embedded:
            with Session(self.engine, info={"scope": scope}, expire_on_commit=False) as plain:
                yield Reader(lambda work: asyncio.to_thread(work, plain))
        else:
            async with self._async_session(scope) as session:
                yield Reader(session.run_sync)

    def _run_in_thread(self, scope: Scope, work: Callable[[Session], T], write: bool) -> T:
        with self.begin(scope, write=write) as session:
            return work(session)

    def _async_session(self, scope: Scope) -> AsyncSession:
        return AsyncSession(self.async_engine, info={"scope": scope}, expire_on_commit=False)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    async def aclose(self) -> None:
        self.close()
        if self._async_engine is not None:
            await self._async_engine.dispose()
            self._async_engine = None


class Reader:
    """Runs functions one after another on the session of a request."""

    def __init__(self, run: Callable[[Callable[[Session], Any]], Any]) -> None:
        self._run = run
        self._turn = asyncio.Lock()

    async def __call__(self, work: Callable[[Session], T]) -> T:
        async with self._turn:
            result: T = await self._run(work)
        return result


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()
    # SQLite's own knows A to Z alone: a search for LÜ would not find Lü, as it does on PostgreSQL.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the lock at its begin: upgrading later fails at once under contention.
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _refuse_closed(_connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Have the pool replace a connection whose server went away meanwhile: a resting connection has nothing to read
    but its end. Asking the server instead would be one more round trip for every transaction."""
    connection = record.driver_connection
    assert connection is not None
    end = select.poll()
    end.register(connection.fileno(), select.POLLIN)
    if end.poll(0):
        raise DisconnectionError


@event.listens_for(Session, "after_begin")
def _bind_row_security(session: Session, _transaction: Any, connection: Connection) -> None:
    scope: Scope | None = session.info.get("scope")
    if scope is None or connection.dialect.name != "postgresql":
        return
    organization = str(scope.organization_id) if scope.organization_id else ""
    issuer, subject = scope.login or ("", "")
    connection.exec_driver_sql(
        "SELECT set_config('app.organization', %s, true), "
        "set_config('app.login_issuer', %s, true), set_config('app.login_subject', %s, true)",
        (organization, issuer, subject),
    )


@event.listens_for(Session, "do_orm_execute")
def _filter_by_organization(state: ORMExecuteState) -> None:
    scope: Scope | None = state.session.info.get("scope")
    if scope is None or scope.login is not None or state.is_column_load or state.is_relationship_load:
        return
    if scope.organization_id is None:
        if any(issubclass(mapper.class_, OrganizationOwned) for mapper in state.all_mappers):
            raise ScopeError("this transaction is bound to no organisation")
        return
    state.statement = _walled(state.statement, scope.organization_id)


class _Organization(sa.BindParameter[uuid.UUID]):
    """The scope's organisation as a parameter of a statement.

    SQLAlchemy marks a copy of it for each table of the statement and keeps them in dictionaries. With the equality of a
    column each look-up would write an SQL expression, which took a seventh of the time of a small statement.
    """

    inherit_cache = True
    __hash__ = sa.BindParameter.__hash__

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return hash(self) == hash(other)


def _walled(statement: Any, organization_id: uuid.UUID) -> Any:
    """The statement with the organisation's criteria. One that is run again, a module's constant, is written once."""
    option, known = _walls(organization_id)
    found = known.get(statement)
    if found is None:
        found = known[statement] = statement.options(option)
    return found


@lru_cache(maxsize=1024)
def _walls(organization_id: uuid.UUID) -> tuple[ExecutableOption, WeakKeyDictionary[Any, Any]]:
    """The organisation's criteria, and the statements that have them already."""
    organization = _Organization("organization", organization_id, type_=sa.Uuid(), unique=True)
    criteria = with_loader_criteria(
        OrganizationOwned, lambda cls: cls.organization_id == organization, include_aliases=True
    )
    return criteria, WeakKeyDictionary()
