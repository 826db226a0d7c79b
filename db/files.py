"""Stored files: bytes under `organisation/sha256` in a local folder or S3, a row for each in the database.

Bytes are written before their row commits. If the transaction rolls back they are taken away again, and after a
crash the sweeper finds them: bytes without a row and rows that nothing refers to are removed once they are old.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import shutil
import uuid
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

import fsspec
import sqlalchemy as sa
from fsspec import AbstractFileSystem
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from db.base import Base, new_id, now
from db.models.files import StoredFile

PIECE = 256 * 1024
"""Bytes that are read or written at once."""
UNREFERENCED_FOR = datetime.timedelta(hours=1)
"""How old bytes or rows must be before the sweeper takes them: longer than any transaction that still writes them."""


class FileStore:
    """The store at a URL (`file://…` or `s3://…`)."""

    def __init__(self, url: str) -> None:
        filesystem, root = fsspec.core.url_to_fs(url)
        self._files: AbstractFileSystem = filesystem
        self._root: str = root.rstrip("/")
        self._local = url.startswith("file:")

    def put(self, session: Session, organization_id: uuid.UUID, content: bytes, media_type: str) -> StoredFile:
        """Store bytes once and return their row (the existing one when the organisation has the same bytes)."""
        return self.put_stream(session, organization_id, io.BytesIO(content), media_type)

    def put_stream(self, session: Session, organization_id: uuid.UUID, stream: BinaryIO, media_type: str) -> StoredFile:
        """As `put`, of a file of any size; it is read twice from its beginning, piece by piece."""
        stream.seek(0)
        digest = hashlib.file_digest(cast("io.BufferedReader", stream), "sha256").hexdigest()
        size = stream.seek(0, io.SEEK_END)
        row = session.scalar(
            sa.select(StoredFile).where(StoredFile.organization_id == organization_id, StoredFile.sha256 == digest)
        )
        if row is not None and self.exists(row):
            return row
        is_new = row is None
        if row is None:
            row = _inserted(session, organization_id, digest, size, media_type)
        path = self._path(organization_id, digest)
        if not self._files.exists(path):
            self._write(path, stream)
            if is_new:
                _remove_on_rollback(session, self._files, path)
        return row

    def read(self, row: StoredFile) -> bytes:
        """The bytes. Raises `FileNotFoundError` when they are gone from the store."""
        content: bytes = self._files.cat_file(self._path(row.organization_id, row.sha256))
        return content

    def pieces(self, row: StoredFile) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises `FileNotFoundError` at the first one when they are gone from the store."""
        with self._files.open(self._path(row.organization_id, row.sha256), "rb") as stored:
            while piece := stored.read(PIECE):
                yield piece

    def exists(self, row: StoredFile) -> bool:
        return bool(self._files.exists(self._path(row.organization_id, row.sha256)))

    def sweep(self, session: Session, organization_id: uuid.UUID) -> int:
        """Remove this organisation's old rows without references and old bytes without rows; return how many bytes
        objects went. Bytes go first: a row without bytes is put right by the next `put`."""
        before = now() - UNREFERENCED_FOR
        removed = 0
        for row in session.scalars(_unreferenced(organization_id, before)):
            session.delete(row)
        session.flush()
        kept = set(session.scalars(sa.select(StoredFile.sha256).where(StoredFile.organization_id == organization_id)))
        for path in self._listing(organization_id):
            name = path.rsplit("/", 1)[-1]
            if name not in kept and self._files.modified(path) < before:
                self._files.rm_file(path)
                removed += 1
        return removed

    def _listing(self, organization_id: uuid.UUID) -> Iterable[str]:
        folder = f"{self._root}/{organization_id}"
        return list(self._files.find(folder)) if self._files.exists(folder) else []

    def _path(self, organization_id: uuid.UUID, digest: str) -> str:
        return f"{self._root}/{organization_id}/{digest}"

    def _write(self, path: str, stream: BinaryIO) -> None:
        """Whole or not at all: a reader never sees half a file."""
        if not self._local:
            self._copy(stream, path)
            return
        self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        part = f"{path}.{uuid.uuid4().hex}.part"
        try:
            self._copy(stream, part)
            self._files.mv(part, path)
        except BaseException:
            if self._files.exists(part):
                self._files.rm_file(part)
            raise

    def _copy(self, stream: BinaryIO, path: str) -> None:
        stream.seek(0)
        with self._files.open(path, "wb") as target:
            shutil.copyfileobj(stream, target, PIECE)


def _inserted(session: Session, organization_id: uuid.UUID, digest: str, size: int, media_type: str) -> StoredFile:
    """The row of new bytes. When another transaction brings the same bytes at this moment, wait and take its row."""
    values = {
        "id": new_id(),
        "organization_id": organization_id,
        "sha256": digest,
        "size": size,
        "media_type": media_type,
        "created_at": now(),
    }
    embedded = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(StoredFile) if embedded else postgresql.insert(StoredFile)
    session.execute(insert.values(values).on_conflict_do_nothing(index_elements=["organization_id", "sha256"]))
    return session.scalars(
        sa.select(StoredFile).where(StoredFile.organization_id == organization_id, StoredFile.sha256 == digest)
    ).one()


def _unreferenced(organization_id: uuid.UUID, before: datetime.datetime) -> sa.Select[StoredFile]:
    """Rows that no foreign key of any table points at."""
    statement = sa.select(StoredFile).where(
        StoredFile.organization_id == organization_id, StoredFile.created_at < before
    )
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table.name == StoredFile.__tablename__:
                statement = statement.where(~sa.exists().where(key.parent == StoredFile.id))
    return statement


def _remove_on_rollback(session: Session, files: AbstractFileSystem, path: str) -> None:
    """Take the bytes away again if the transaction that brought them does not commit.

    They go before the database lets go of the row's key: whoever waits there with the same bytes writes them anew.
    """

    def rolling_back(_connection: Connection) -> None:
        if files.exists(path):
            files.rm_file(path)

    # The session takes another connection for its next transaction, so this listener ends with this one.
    event.listen(session.connection(), "rollback", rolling_back)
