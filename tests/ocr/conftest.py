"""One engine for all tests of reading: its models take seconds to load."""

from __future__ import annotations

from datetime import date

import pytest

from ocr.engine import Engine, EngineOptions
from ocr.reader import Reader, ReaderOptions


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader(ReaderOptions(EngineOptions(threads=1), today=date(2026, 10, 31)))


@pytest.fixture(scope="session")
def engine(reader: Reader) -> Engine:
    return reader.engine
