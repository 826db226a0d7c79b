"""Settings and databases for every test: SQLite and PostgreSQL, migrated once, empty at the start of each test."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.files import FileStore
from db.migrate import migrate
from db.session import Database
from db.settings import Settings
from tests.databases import empty, keep_compiled_statements, temporary_postgresql
from tests.servers import SERVERS

MakeSettings = Callable[..., Settings]

LONG = ("contract/test_access_matrix.py", "ocr/test_photographs.py", "journeys/", "faults/", "workers/", "clients/")
"""Files and folders that take long come first: begun last, they would leave processors idle at the end."""

_missing: dict[str, int] = {}


def pytest_configure(config: pytest.Config) -> None:
    # Compiled modules and rewritten assertions are kept, for the next run and for the hundred processes of this one.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in [name for name in os.environ if name.startswith("THROUGHLINE_") and "_TEST_" not in name]:
        del os.environ[name]  # tests say themselves which settings they mean
    # Several readers run at once in a run of the tests, and threads that wait for each other burn processor time.
    os.environ["THROUGHLINE_OCR_THREADS"] = "1"
    keep_compiled_statements()
    for server in SERVERS.values():
        config.addinivalue_line("markers", f"{server.name}: needs {server.name}; without it: {server.advice}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server that does not answer; in CI that is an error."""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        absent = [name for name in SERVERS if item.get_closest_marker(name) and not SERVERS[name].answers()]
        for name in absent:
            _missing[name] = _missing.get(name, 0) + 1
        (left_out if absent else kept).append(item)
    if _missing and os.environ.get("CI") == "true":
        raise pytest.UsageError("; ".join(_lines()))
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(kept, key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    return next((turn for turn, begin in enumerate(LONG) if path.startswith(begin)), len(LONG))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in _lines():
        terminalreporter.write_line(line, yellow=True)


def _lines() -> list[str]:
    return [
        f"{count} tests left out: no {name}. To have them: {SERVERS[name].advice}" for name, count in _missing.items()
    ]


@pytest.fixture(scope="session")
def postgresql_urls() -> Iterator[dict[str, Any]]:
    """A migrated database for this run, as settings: the application and the relay have roles that own nothing."""
    with temporary_postgresql() as urls:
        yield urls


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    home = tmp_path_factory.mktemp("template")
    migrate(Settings(home=home))
    return home / "throughline.sqlite3"


def install(request: pytest.FixtureRequest, home: Path, kind: str = "sqlite", **values: Any) -> Settings:
    """Settings with a migrated, empty database and that new home folder.

    The run has one PostgreSQL database, which this empties: a fixture that keeps it for longer than a test is of scope
    "module", and no test of the module asks for another one.
    """
    home.mkdir()
    if kind == "postgresql":
        urls: dict[str, Any] = request.getfixturevalue("postgresql_urls")
        empty(urls["migration_database_url"])
        return Settings(home=home, **{**urls, **values})
    shutil.copyfile(request.getfixturevalue("sqlite_template"), home / "throughline.sqlite3")
    return Settings(home=home, **values)


@pytest.fixture
def make_settings(request: pytest.FixtureRequest, tmp_path: Path) -> MakeSettings:
    """Makes settings with a migrated, empty database: `make_settings("sqlite" | "postgresql", broker_url=…, …)`.

    Every call empties the PostgreSQL database and gives a SQLite file and a home folder of its own.
    """
    homes = (tmp_path / f"home{number}" for number in itertools.count())

    def make(kind: str = "sqlite", **values: Any) -> Settings:
        return install(request, next(homes), kind, **values)

    return make


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=DATABASES)
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Settings:
    """Settings with an empty database, once on SQLite and once on PostgreSQL."""
    return make_settings(request.param)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The application's database of `settings`."""
    database = Database(settings)
    yield database
    asyncio.run(database.aclose())


@pytest.fixture
def files(settings: Settings) -> FileStore:
    """The file store of `settings`, empty."""
    return FileStore(settings.files_url)
