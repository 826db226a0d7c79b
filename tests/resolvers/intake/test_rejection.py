"""A document that a person sends back: its file and the reason stay."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.intake import IntakeDocument, IntakeField, IntakeStatus
from db.session import Database
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import reading as readings
from resolvers.intake.confirmation import reject_document
from tests.paper import VALUES, PaperCompany, glanced, hand_in, inspect_as, make_paper_company, read_as, read_document
from tests.resolvers.intake.deciding import confirm, refused, says


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def test_rejecting_keeps_file_and_reason(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    with database.begin(company.scope) as session:
        reject_document(session, company.viewers["manager"], document_id, "  签名不符 ")
    with database.begin(company.scope) as session:
        document = session.get_one(IntakeDocument, document_id)
        assert (document.status, document.reason_code, document.reason) == (
            IntakeStatus.REJECTED,
            "rejected",
            "签名不符",
        )
        assert document.decided_by == company.people["manager"].id
        assert readings.pages_to_read(session, company.viewers["manager"], files, document_id) == [
            readings.PageToRead(glanced().picture, None)
        ]
    assert refused(database, company, document_id, says()) == [("NOT_READY", None)]


def test_refused_rejections(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    for who, reason, code in (
        ("manager", "   ", "REASON_REQUIRED"),
        ("manager", "\u200b", "REASON_REQUIRED"),
        ("manager", "长" * 2001, "TEXT_TOO_LONG"),
        ("manager", "a\x00b", "INVALID"),
        ("stranger", "不对", "NOT_FOUND"),
        ("report", "不对", "NOT_FOUND"),
    ):
        with pytest.raises(DomainError) as caught, database.begin(company.scope) as session:
            reject_document(session, company.viewers[who], document_id, reason)
        assert caught.value.code.value == code
        with database.begin(company.scope) as session:
            assert session.get_one(IntakeDocument, document_id).status is IntakeStatus.NEEDS_REVIEW


def test_rejecting_what_is_decided(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    confirm(database, company, document_id, says())
    with pytest.raises(DomainError) as caught, database.begin(company.scope) as session:
        reject_document(session, company.viewers["hr"], document_id, "太迟")
    assert caught.value.code is ErrorCode.ALREADY_CONFIRMED


def test_a_rejection_while_the_machine_reads_stands(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        document = hand_in(session, files, viewer)
        inspect_as(session, files, viewer, document.upload_id)
        readings.begin_reading(session, viewer, document.id)
        reject_document(session, viewer, document.id, "拍错了")
        readings.record_reading(session, viewer, files, document.id, read_as(company.template, VALUES))
        assert document.status is IntakeStatus.REJECTED
        assert session.scalars(sa.select(IntakeField)).all() == []
