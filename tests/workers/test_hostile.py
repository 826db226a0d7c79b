"""A varied part of the hostile files: each is refused or becomes pages, and nothing is left behind.

`make evaluate` takes all of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.files import FileStore
from db.seed.company import ORGANIZATION_ID
from db.session import Database
from db.settings import Settings
from tests.hostile import FILES, HostileFile
from tests.workers.desk import Desk
from tests.workers.hostile_desk import Outcome, hand_in_hostile, leftovers
from workers.reading import ReadingProcess
from workers.registry import Services, load
from workers.running import Runner
from workers.seeding import seed

EXPECTED = {
    "nothing": ("refused", "FILE_EMPTY"),
    "svg-with-entities": ("refused", "FILE_TYPE_UNSUPPORTED"),
    "docx-bomb": ("refused", "FILE_TYPE_UNSUPPORTED"),
    "png-claims-900-megapixels": ("refused", "IMAGE_TOO_LARGE"),
    "png-profile-bomb": ("FAILED", "not_an_image"),
    "jpeg-one-pixel": ("RETAKE", "too_small"),
    "jpeg-and-zip": ("RETAKE", "too_small"),
    "tiff-second-page-is-huge": ("RETAKE", "too_small"),
    "heic-name-alone": ("FAILED", "not_an_image"),
    "pdf-encrypted": ("FAILED", "encrypted_pdf"),
    "pdf-active": ("UPLOADED", None),
    "pdf-tree-that-holds-itself": ("RETAKE", "not_an_image"),
    "name-5": ("RETAKE", "too_small"),
    "name-11": ("RETAKE", "too_small"),
}


@pytest.fixture(scope="module")
def reading_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingProcess]:
    process = ReadingProcess(Settings(home=tmp_path_factory.mktemp("hostile")))
    yield process
    process.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_hostile_files(
    settings: Settings,
    database: Database,
    reading_process: ReadingProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    load()
    seed(settings)
    files = FileStore(settings.files_url)
    relay = Database(settings, url=settings.relay_url)
    runner = Runner(Services(settings, database, files, reading_process))
    runner.heart.start()
    desk = Desk(database, relay, runner, ORGANIZATION_ID)
    outcomes = {}
    for name in EXPECTED:
        file: HostileFile = FILES[name]()
        outcome: Outcome = hand_in_hostile(desk, files, file)
        outcomes[name] = (outcome.status, outcome.code)
    runner.heart.stop()
    relay.close()
    assert outcomes == EXPECTED
    assert leftovers(desk, files) == []
    assert list(temporary.iterdir()) == []
