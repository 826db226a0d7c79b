"""What domain files share in reading the arguments that clients write."""

from __future__ import annotations

import uuid

import strawberry

from resolvers.errors import DomainError, ErrorCode
from schema.relay import decode_id

TEXT_LENGTH = 1000
"""Characters of a text that is looked up, such as a key or a part of a name."""


def lookup_text(value: str | None, at: tuple[str, ...]) -> str | None:
    """A text that is compared with stored ones, without blanks around it; None when nothing is asked.

    Raises `DomainError` INVALID for more than 1000 characters or characters that no stored text holds.
    """
    if value is None or not value.strip():
        return None
    if len(value) > TEXT_LENGTH or "\x00" in value or not value.isprintable():
        raise DomainError(ErrorCode.INVALID, at)
    return value.strip()


def optional_id(value: strawberry.ID | None, type_name: str, at: tuple[str, ...]) -> uuid.UUID | None:
    """The key in a global id that may be left out. Raises `DomainError` BAD_ID."""
    return None if value is None else decode_id(value, type_name, at=at)
