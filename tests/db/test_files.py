"""Stored files: once per content and organisation, gone with their transaction, swept when nothing refers to them."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.base import now
from db.files import UNREFERENCED_FOR, FileStore
from db.models.files import StoredFile
from db.models.intake import Upload, UploadFile
from db.models.people import Organization
from db.session import Database, Scope
from db.settings import Settings
from tests.factories import make_organization, make_person

OLD = UNREFERENCED_FOR + datetime.timedelta(minutes=1)


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


def _on_disk(settings: Settings) -> set[str]:
    root = Path(settings.files_url.removeprefix("file://"))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def _age(settings: Settings) -> None:
    """Make every stored byte look older than any running transaction."""
    moment = time.time() - OLD.total_seconds()
    for name in _on_disk(settings):
        os.utime(Path(settings.files_url.removeprefix("file://")) / name, (moment, moment))


def test_put_and_read(database: Database, files: FileStore, settings: Settings, company: Organization) -> None:
    with database.begin(Scope(company.id)) as session:
        row = files.put(session, company.id, b"content", "text/plain")
        again = files.put(session, company.id, b"content", "text/plain")
        assert again.id == row.id
    digest = hashlib.sha256(b"content").hexdigest()
    assert (row.sha256, row.size, row.media_type) == (digest, 7, "text/plain")
    assert files.read(row) == b"content"
    assert _on_disk(settings) == {f"{company.id}/{digest}"}


def test_rollback_takes_the_bytes_away(
    database: Database, files: FileStore, settings: Settings, company: Organization
) -> None:
    with database.begin(Scope(company.id)) as session:
        kept = files.put(session, company.id, b"kept", "text/plain")

    def give_up() -> None:
        with database.begin(Scope(company.id)) as session:
            files.put(session, company.id, b"kept", "text/plain")
            files.put(session, company.id, b"given up", "text/plain")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        give_up()
    assert _on_disk(settings) == {f"{company.id}/{kept.sha256}"}
    with database.begin(Scope(company.id)) as session:
        assert [row.id for row in session.scalars(sa.select(StoredFile))] == [kept.id]


def test_two_organisations_share_no_bytes(
    database: Database, files: FileStore, settings: Settings, company: Organization
) -> None:
    other = make_organization(database)
    rows = []
    for organization in (company, other):
        with database.begin(Scope(organization.id)) as session:
            rows.append(files.put(session, organization.id, b"same", "text/plain"))
    assert rows[0].id != rows[1].id
    assert len(_on_disk(settings)) == 2


def test_lost_bytes_come_back_with_the_next_put(
    database: Database, files: FileStore, settings: Settings, company: Organization
) -> None:
    with database.begin(Scope(company.id)) as session:
        row = files.put(session, company.id, b"content", "text/plain")
    for name in _on_disk(settings):
        (Path(settings.files_url.removeprefix("file://")) / name).unlink()
    assert not files.exists(row)
    with pytest.raises(FileNotFoundError):
        files.read(row)
    with database.begin(Scope(company.id)) as session:
        assert files.put(session, company.id, b"content", "text/plain").id == row.id
    assert files.read(row) == b"content"


def test_the_same_bytes_by_many_at_once(
    database: Database, files: FileStore, settings: Settings, company: Organization
) -> None:
    barrier, ids = threading.Barrier(4), set()

    def work() -> None:
        barrier.wait(10)
        with database.begin(Scope(company.id)) as session:
            ids.add(files.put(session, company.id, b"contested", "text/plain").id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ids) == 1
    assert len(_on_disk(settings)) == 1


def test_whoever_waits_for_the_same_bytes_has_them_when_the_first_gives_up(
    database: Database, files: FileStore, company: Organization
) -> None:
    for number in range(10):
        content, brought = f"contested {number}".encode(), threading.Event()
        first = threading.Thread(target=_bring_and_give_up, args=(database, files, company, content, brought))
        first.start()
        assert brought.wait(10)
        with database.begin(Scope(company.id)) as session:
            row = files.put(session, company.id, content, "text/plain")
        first.join()
        assert files.read(row) == content


def _bring_and_give_up(
    database: Database, files: FileStore, company: Organization, content: bytes, brought: threading.Event
) -> None:
    with contextlib.suppress(ZeroDivisionError), database.begin(Scope(company.id)) as session:
        files.put(session, company.id, content, "text/plain")
        brought.set()
        time.sleep(0.05)
        raise ZeroDivisionError


def test_sweep_takes_only_what_is_old_and_unreferenced(
    database: Database, files: FileStore, settings: Settings, company: Organization
) -> None:
    with database.begin(Scope(company.id)) as session:
        referred, old, young = (
            files.put(session, company.id, content, "text/plain") for content in (b"referred", b"old", b"young")
        )
        person = make_person(session, company)
        for row in (referred, old):
            row.created_at = now() - OLD
        upload = Upload(organization_id=company.id, uploaded_by=person.id)
        session.add(upload)
        session.flush()
        session.add(
            UploadFile(
                organization_id=company.id,
                upload_id=upload.id,
                position=0,
                file_id=referred.id,
                sha256=referred.sha256,
                filename="a.txt",
            )
        )
    _age(settings)
    with database.begin(Scope(company.id)) as session:
        assert files.sweep(session, company.id) == 1
    assert _on_disk(settings) == {f"{company.id}/{row.sha256}" for row in (referred, young)}
    with database.begin(Scope(company.id)) as session:
        assert {row.id for row in session.scalars(sa.select(StoredFile))} == {referred.id, young.id}
