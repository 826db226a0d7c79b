"""Addresses of stored files: who has one has the file, for a while, and nobody can make one."""

from __future__ import annotations

import base64
import time
import uuid

import pytest

from db.files import FileStore
from db.models.files import StoredFile
from db.session import Database, Scope
from db.viewer import Viewer
from schema import files as addresses
from schema.changes import RowChanges
from schema.context import Context, Services
from tests.factories import make_organization
from tests.schema.client import Api

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def address(api: Api, database: Database, viewer: Viewer, file_id: uuid.UUID) -> str:
    services = Services(api.settings, database, FileStore(api.settings.files_url), RowChanges(database))
    return addresses.file_url(Context(services, "en", viewer), file_id)


@pytest.fixture
def stored(database: Database, files: FileStore, employee: Viewer) -> StoredFile:
    with database.begin(Scope(employee.organization_id)) as session:
        return files.put(session, employee.organization_id, PICTURE, "image/png")


def test_an_address_gives_the_file(api: Api, database: Database, employee: Viewer, stored: StoredFile) -> None:
    url = address(api, database, employee, stored.id)
    assert url == address(api, database, employee, stored.id), "the same for a while, so that browsers can cache"
    response = api.http.get(url)
    assert (response.status_code, response.content) == (200, PICTURE)
    assert response.headers["content-type"] == "image/png"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert response.headers["content-disposition"] == "inline"
    assert response.headers["cache-control"].startswith("private, max-age=")


def test_other_types_are_downloads(api: Api, database: Database, files: FileStore, employee: Viewer) -> None:
    with database.begin(Scope(employee.organization_id)) as session:
        page = files.put(session, employee.organization_id, b"<script>", "text/html")
    response = api.http.get(address(api, database, employee, page.id))
    assert response.headers["content-disposition"] == "attachment"


def test_an_address_expires(
    api: Api, database: Database, employee: Viewer, stored: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(api, database, employee, stored.id)
    later = time.time() + addresses.LIFETIME_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    assert api.http.get(url).status_code == 403


def test_no_address_can_be_made_or_changed(api: Api, database: Database, employee: Viewer, stored: StoredFile) -> None:
    word = address(api, database, employee, stored.id).removeprefix("/files/")
    raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    forged = [bytes([*raw[:i], raw[i] ^ 1, *raw[i + 1 :]]) for i in range(len(raw))]
    forged += [raw[:-1], raw + b"\0", raw[:40] + bytes(32), b"", b"x"]
    for content in forged:
        changed = base64.urlsafe_b64encode(content).decode().rstrip("=")
        assert api.http.get(f"/files/{changed}").status_code in {403, 404}
    for nonsense in ("é", "%00", "..%2f..%2fetc%2fpasswd", "a" * 4_000):
        assert api.http.get(f"/files/{nonsense}").status_code in {403, 404}


def test_files_of_another_organisation_are_absent(
    api: Api, database: Database, employee: Viewer, stored: StoredFile
) -> None:
    other = make_organization(database)
    stranger = Viewer(other.id, uuid.uuid4())
    assert api.http.get(address(api, database, stranger, stored.id)).status_code == 404
    assert api.http.get(address(api, database, employee, uuid.uuid4())).status_code == 404


def test_bytes_that_are_gone(
    api: Api, database: Database, files: FileStore, employee: Viewer, stored: StoredFile
) -> None:
    path = api.settings.home / "files" / str(employee.organization_id) / stored.sha256
    path.unlink()
    assert api.http.get(address(api, database, employee, stored.id)).status_code == 404
