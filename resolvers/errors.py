"""What can go wrong as expected. Every such failure has a code that clients may rely on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Codes are part of the contract: add, never rename."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    BAD_ID = "BAD_ID"
    BAD_CURSOR = "BAD_CURSOR"
    BAD_PAGE_SIZE = "BAD_PAGE_SIZE"
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    INVALID = "INVALID"
    FILE_EMPTY = "FILE_EMPTY"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    FILE_TYPE_UNSUPPORTED = "FILE_TYPE_UNSUPPORTED"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    FIELD_NEEDS_CHECK = "FIELD_NEEDS_CHECK"
    FIELD_INVALID = "FIELD_INVALID"
    ALREADY_CONFIRMED = "ALREADY_CONFIRMED"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    FIELD_REPEATED = "FIELD_REPEATED"
    SUBJECT_REQUIRED = "SUBJECT_REQUIRED"
    SUBJECT_MISMATCH = "SUBJECT_MISMATCH"
    CYCLE_REQUIRED = "CYCLE_REQUIRED"
    CYCLE_MISMATCH = "CYCLE_MISMATCH"
    NOT_READY = "NOT_READY"
    REASON_REQUIRED = "REASON_REQUIRED"


class DomainError(Exception):
    """An expected failure. It rolls the transaction back and reaches the client as data: code, field and message.

    `field` is the path of the offending input as the client writes it, for example `("input", "fields", "grade")`.
    `params` fill the message of `resolvers.messages`; they must not carry personal data.
    """

    def __init__(self, code: ErrorCode, field: tuple[str, ...] | None = None, **params: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.field = field
        self.params = params


class DomainErrors(Exception):  # noqa: N818 - it is several
    """Several expected failures of one request, told together, such as one for each field of a form."""

    def __init__(self, errors: list[DomainError]) -> None:
        super().__init__(", ".join(error.code.value for error in errors))
        self.errors = errors
