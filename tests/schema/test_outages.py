"""What a client hears when something outside of the program fails: to try again, in its language, and no details."""

from __future__ import annotations

import errno

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from schema.errors import to_graphql_error

INSIDE = "connection to db-7.internal"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("SELECT 1", {}, Exception(INSIDE)), "UNAVAILABLE"),
        (InterfaceError("SELECT 1", {}, Exception(INSIDE)), "UNAVAILABLE"),
        (NoConnectionError(INSIDE), "UNAVAILABLE"),
        (OSError(errno.ENOSPC, INSIDE), "UNAVAILABLE"),
        (ConnectionRefusedError(errno.ECONNREFUSED, INSIDE), "INTERNAL"),
        (FileNotFoundError(errno.ENOENT, INSIDE), "INTERNAL"),
        (ProgrammingError("SELECT 1", {}, Exception(INSIDE)), "INTERNAL"),
        (KeyError(INSIDE), "INTERNAL"),
    ],
)
def test_what_passes_is_told_from_what_is_broken(error: Exception, code: str) -> None:
    for locale, word in (("zh", "编号"), ("en", "quote")):
        told = to_graphql_error(error, locale)
        extensions = told.extensions or {}
        assert extensions["code"] == code
        assert extensions["correlationId"] in told.message
        assert word in told.message
        assert INSIDE not in told.message
    assert ("同一 requestId" in to_graphql_error(error, "zh").message) == (code == "UNAVAILABLE")
