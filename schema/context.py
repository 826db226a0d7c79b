"""What one GraphQL operation carries with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

from db.events import Access, record_accesses
from db.files import FileStore
from db.models.events import AccessedResource
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from schema.changes import RowChanges

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """What a process needs to answer, made once at its start."""

    settings: Settings
    database: Database
    files: FileStore
    changes: RowChanges


@dataclass(slots=True)
class Context:
    """Who asks, in which language, and the transaction in which the running function reads or writes.

    Functions of the domain files take it as their first parameter and use `session` and `viewer`.
    """

    services: Services
    locale: str
    """`zh` or `en`: the language of messages."""
    known_viewer: Viewer | None = None
    bound_session: Session | None = None
    _accesses: set[Access] = field(default_factory=set)

    @property
    def viewer(self) -> Viewer:
        """The person who asks. Only operations without a viewer's data (introspection) run without one."""
        if self.known_viewer is None:
            raise RuntimeError("this operation runs without a viewer; the permission check must come first")
        return self.known_viewer

    @property
    def session(self) -> Session:
        """The transaction of the running batch function or mutation."""
        if self.bound_session is None:
            raise RuntimeError("there is a session only while a batch function or a mutation runs")
        return self.bound_session

    @property
    def files(self) -> FileStore:
        return self.services.files

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @property
    def scope(self) -> Scope:
        return Scope(self.viewer.organization_id)

    def note_access(self, resource: AccessedResource, resource_id: uuid.UUID, subject_id: uuid.UUID) -> None:
        """Remember that this operation shows something recorded about a person; written before the answer is sent."""
        self._accesses.add((resource, resource_id, subject_id))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run a reading function in a short transaction of its own; for subscriptions."""
        return await self.services.database.run(self.scope, work, write=False)

    async def write_accesses(self) -> None:
        """Write what `note_access` collected, in a transaction of its own."""
        accesses, self._accesses = self._accesses, set()
        if not accesses or self.known_viewer is None:
            return
        viewer = self.known_viewer

        await self.services.database.run(self.scope, lambda session: record_accesses(session, viewer, sorted(accesses)))
