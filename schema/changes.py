"""Waking who waits for a job's row to change or for something new in an inbox.

On PostgreSQL one connection of the process listens to the channels that are notified; on SQLite rows are read again
after a short pause. Either way the row is the truth: a notification only says that it is time to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg
import structlog
from psycopg import sql
from sqlalchemy.engine import make_url

from db.inbox import INBOX_CHANNEL
from db.jobs import PROGRESS_CHANNEL
from db.session import Database

log = structlog.get_logger("schema")

POLL_SECONDS = 0.25
"""SQLite, or PostgreSQL while the listening connection is down."""
LOOK_AGAIN_SECONDS = 10.0
"""With notifications: in case one was lost."""
RECONNECT_SECONDS = 1.0


@dataclass(slots=True)
class RowChanges:
    """Wakes who waits for a job or an inbox. One for each process."""

    database: Database
    _waiting: dict[str, set[asyncio.Event]] = field(default_factory=dict)
    _listener: asyncio.Task[None] | None = None
    _listening: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def watch(self, key: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Gives a function to await: it returns when what `key` stands for may have changed since the last return.

        The key is the id of a job, or of the person whose inbox it is: the payload of the notification.

        Changes from the moment of entering on are not missed.
        """
        changed = asyncio.Event()
        self._waiting.setdefault(key, set()).add(changed)
        try:
            await self._ready()
            yield lambda: self._wait(changed)
        finally:
            self._waiting[key].discard(changed)
            if not self._waiting[key]:
                del self._waiting[key]

    async def aclose(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None

    async def _wait(self, changed: asyncio.Event) -> None:
        patience = LOOK_AGAIN_SECONDS if self._listening.is_set() else POLL_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), patience)
        changed.clear()

    async def _ready(self) -> None:
        if self.database.embedded:
            return
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), RECONNECT_SECONDS)

    async def _listen(self) -> None:
        url = make_url(self.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    for channel in (PROGRESS_CHANNEL, INBOX_CHANNEL):
                        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self._listening.set()
                    self._wake(*self._waiting)
                    async for notification in connection.notifies():
                        self._wake(notification.payload)
            except psycopg.OperationalError as error:
                log.warning("listener_lost", kind=type(error).__name__)
            finally:
                self._listening.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    def _wake(self, *keys: str) -> None:
        for key in keys:
            for changed in self._waiting.get(key, ()):
                changed.set()
