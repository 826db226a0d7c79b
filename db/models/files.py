"""Rows of stored files. The bytes lie under `organisation/sha256` in the store; `db.files` handles both."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Identified, OrganizationOwned, Timestamped


class StoredFile(Base, Identified, OrganizationOwned, Timestamped):
    """One content of one organisation. Whatever refers to it by foreign key keeps it alive."""

    __tablename__ = "stored_file"
    __table_args__ = (UniqueConstraint("organization_id", "sha256"),)

    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
