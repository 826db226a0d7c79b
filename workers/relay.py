"""The relay: finds jobs that are due in the table of every organisation and hands their ids to the broker."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import jobs
from db.base import now
from db.jobs import Claim
from db.roles import check_relay
from db.session import Database
from workers.broker import BrokerDownError

log = structlog.get_logger()

POLL_SECONDS = 0.2
"""SQLite cannot tell us of new rows: look so often. On PostgreSQL only while as many jobs are SENT as may be."""
LONGEST_WAIT_SECONDS = 10.0
"""Look at least so often, whatever was or was not heard."""
TROUBLE_SECONDS = 2.0
"""Pause after the database or the broker did not answer."""


class Relay:
    """One thread. Several relays may run at once, in one process or on many machines."""

    def __init__(
        self, database: Database, send: Callable[[Claim], None], *, outstanding: int, lease: datetime.timedelta
    ) -> None:
        """`database` is the relay's own, at most `outstanding` jobs are SENT at once, each for `lease`."""
        self._database = database
        self._send = send
        self._outstanding = outstanding
        self._lease = lease
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._sent: list[Claim] = []

    def check(self) -> None:
        """Raise `db.roles.RoleError` when the relay's role would not see the jobs."""
        with self._database.engine.connect() as connection:
            check_relay(connection)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send no more, and wait until the thread has ended."""
        self._stopped.set()
        self._thread.join()

    def take_back(self) -> None:
        """Queue again what was sent lately and nobody has taken: for a broker that ends with this process."""
        with self._database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            jobs.unclaim(connection, self._sent)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._serve()
            except (SQLAlchemyError, psycopg.Error) as error:
                log.error("relay.database_trouble", exc_info=error)
                self._stopped.wait(TROUBLE_SECONDS)

    def _serve(self) -> None:
        """Claim and wait in turn until stopped or in trouble."""
        if self._database.embedded:
            while not self._stopped.is_set():
                self._claim_and_send()
                self._stopped.wait(POLL_SECONDS)
            return
        url = sa.make_url(self._database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as listener:
            listener.execute(f"LISTEN {jobs.JOBS_CHANNEL}")  # before the first look, so that nothing falls between
            while not self._stopped.is_set():
                wait = self._claim_and_send()
                until = time.monotonic() + wait
                while not self._stopped.is_set() and (left := until - time.monotonic()) > 0:
                    if list(listener.notifies(timeout=min(left, 1.0), stop_after=1)):
                        break

    def _claim_and_send(self) -> float:
        """Hand over what is due; return the seconds until something more may be."""
        with self._database.engine.connect() as connection:  # most looks find nothing, and must not lock SQLite
            due = jobs.next_due(connection)
        if due is None or due > now():
            return _until(due)
        with self._database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            claims = jobs.claim_due(connection, limit=self._outstanding, lease=self._lease)
            due = jobs.next_due(connection)
        self._sent = [*self._sent, *claims][-self._outstanding :]
        for number, claim in enumerate(claims):
            try:
                self._send(claim)
            except BrokerDownError as error:
                log.error("relay.broker_trouble", exc_info=error)
                with self._database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
                    jobs.unclaim(connection, claims[number:])
                self._stopped.wait(TROUBLE_SECONDS)
                return 0.0
        return _until(due)


def _until(due: datetime.datetime | None) -> float:
    """Seconds to wait for something that is due then; None: for anything."""
    if due is None:
        return LONGEST_WAIT_SECONDS
    return min(LONGEST_WAIT_SECONDS, max(POLL_SECONDS, (due - now()).total_seconds()))
