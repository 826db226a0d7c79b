"""Confirming a document in a transaction of its own, and what a refusal leaves."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.events import Event
from db.models.intake import IntakeDocument, IntakeEntry
from db.models.reviews import Review, ReviewAnswer
from db.session import Database
from resolvers.errors import DomainError, DomainErrors
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document
from tests.paper import PaperCompany


def says(**values: str | None) -> Confirmation:
    """What a person says of these fields."""
    return Confirmation([Entry(key, value) for key, value in values.items()])


def confirm(
    database: Database, company: PaperCompany, document_id: uuid.UUID, word: Confirmation, who: str = "manager"
) -> Review:
    """The review that comes of it, committed."""
    with database.begin(company.scope) as session:
        review = confirm_document(session, company.viewers[who], document_id, word)
        assert review is not None
        return review


def refused(
    database: Database, company: PaperCompany, document_id: uuid.UUID, word: Confirmation, who: str = "manager"
) -> list[tuple[str, str | None]]:
    """Code and last part of the path of every error; asserts that nothing changed."""
    with database.begin(company.scope) as session:
        before = _state(session, document_id)
    try:
        confirm(database, company, document_id, word, who)
    except DomainErrors as several:
        errors = several.errors
    except DomainError as one:
        errors = [one]
    else:
        pytest.fail("the document was confirmed")
    with database.begin(company.scope) as session:
        assert _state(session, document_id) == before
    return [(error.code.value, error.field[-1] if error.field else None) for error in errors]


def _state(session: Session, document_id: uuid.UUID) -> tuple[Any, ...]:
    document = session.get_one(IntakeDocument, document_id)
    counts = [
        session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in (Review, ReviewAnswer, IntakeEntry, Event)
    ]
    return (document.status, document.version, document.review_id, *counts)
