"""Printed sheets: for whom, by whom, and what is printed on them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import Sheet
from db.models.jobs import Job
from db.session import Database
from ocr.forms import shipped
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake.sheets import record_sheet, request_sheet, sheet_to_print
from tests.factories import unknown_id
from tests.paper import FORM, PaperCompany, make_paper_company


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def test_from_request_to_pdf(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        sheet_id = request_sheet(session, viewer, FORM, company.subject.id, company.cycle.id).id
    with database.begin(company.scope) as session:
        job = session.scalars(sa.select(Job)).one()
        assert (job.name, job.args) == ("intake.print_sheet", {"sheet_id": str(sheet_id)})
        wanted = sheet_to_print(session, viewer, files, sheet_id)
        assert wanted is not None
        assert (wanted.sheet_id, wanted.template) == (sheet_id.hex, company.template)
        assert wanted.blank_pdf == shipped.blank_pdf(FORM)
        assert wanted.prefilled == {
            "employee_name": "刘晓雯",
            "staff_number": "T1006",
            "department": "研发部",
            "period": "2026年第三季度",
            "reviewer": "王立国",
        }
        record_sheet(session, viewer, files, sheet_id, b"%PDF-1.7 one")
        record_sheet(session, viewer, files, sheet_id, b"%PDF-1.7 two")
        assert sheet_to_print(session, viewer, files, sheet_id) is None
        sheet = session.get_one(Sheet, sheet_id)
        assert (sheet.subject_id, sheet.cycle_id) == (company.subject.id, company.cycle.id)
        assert sheet.requested_by == viewer.person_id
        assert files.read(session.get_one(StoredFile, sheet.pdf_id)) == b"%PDF-1.7 one"


def test_each_sheet_has_its_own_number(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        one, other = (
            request_sheet(session, company.viewers[who], FORM, company.subject.id, company.cycle.id)
            for who in ("director", "hr")
        )
        assert one.id != other.id
        assert (one.id.version, other.id.version) == (4, 4)  # random, so that nobody guesses one from another


def test_who_may_not(database: Database, files: FileStore, company: PaperCompany) -> None:
    for who in ("report", "pmo", "administrator", "stranger"):
        with pytest.raises(DomainError) as caught, database.begin(company.scope) as session:
            request_sheet(session, company.viewers[who], FORM, company.subject.id, company.cycle.id)
        assert caught.value.code is ErrorCode.FORBIDDEN, who
        with database.begin(company.scope) as session:
            assert session.scalars(sa.select(Sheet)).all() == []
            assert session.scalars(sa.select(Job)).all() == []


def test_what_does_not_exist(database: Database, files: FileStore, company: PaperCompany) -> None:
    other = make_paper_company(database, files)
    for key, subject_id, cycle_id, field in (
        ("none", company.subject.id, company.cycle.id, "templateKey"),
        (FORM, unknown_id(), company.cycle.id, "subjectId"),
        (FORM, other.subject.id, company.cycle.id, "subjectId"),
        (FORM, company.subject.id, other.cycle.id, "cycleId"),
    ):
        with pytest.raises(DomainError) as caught, database.begin(company.scope) as session:
            request_sheet(session, company.viewers["hr"], key, subject_id, cycle_id)
        assert (caught.value.code, caught.value.field) == (ErrorCode.NOT_FOUND, ("input", field))
