"""A document whose form is not known: a person chooses, and it is read as that form or filled in by hand."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.intake import IntakeDocument, IntakeField, IntakeStatus
from db.models.jobs import Job
from db.session import Database
from ocr.contract import FieldType, Suggestion
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake.choosing import Choice, choose_template
from resolvers.intake.reading import forms_to_match
from tests.paper import PaperCompany, jpeg, make_paper_company, unknown_document

BOX = ((1.0, 2.0), (9.0, 2.0), (9.0, 6.0), (1.0, 6.0))
SUGGESTIONS = (
    Suggestion("staff_number", "工号", FieldType.TEXT, "T1006", 0.99, 1, BOX),
    Suggestion("employee_name", "姓名", FieldType.PERSON, "刘晓雯", 0.97, 1, BOX),
    Suggestion("grade", "等级", FieldType.TEXT, "甲", 0.9, 1, BOX),
    Suggestion(None, "车牌号", FieldType.TEXT, "沪A12345", 0.9, 1, BOX),
)


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def row(database: Database, company: PaperCompany, document_id: uuid.UUID) -> IntakeDocument:
    with database.begin(company.scope, write=False) as session:
        return session.get_one(IntakeDocument, document_id)


def test_what_speaks_for_which_form_is_kept(database: Database, files: FileStore, company: PaperCompany) -> None:
    document = row(database, company, unknown_document(database, files, company, suggestions=SUGGESTIONS))
    assert (document.status, document.reason_code) == (IntakeStatus.NEEDS_TEMPLATE, "template_unknown")
    assert document.candidates == [{"form_version_id": str(company.form.id), "score": 0.41}]
    assert [(each["key"], each["value"]) for each in document.suggestions or []] == [
        ("staff_number", "T1006"),
        ("employee_name", "刘晓雯"),
        ("grade", "甲"),
        (None, "沪A12345"),
    ]


def test_it_is_read_again_as_that_form_alone(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = unknown_document(database, files, company)
    manager = company.viewers["manager"]
    before = row(database, company, document_id).job_id
    with database.begin(company.scope) as session:
        choose_template(session, manager, document_id, Choice(company.form.id))
    document = row(database, company, document_id)
    assert (document.status, document.reason_code) == (IntakeStatus.UPLOADED, None)
    with database.begin(company.scope, write=False) as session:
        job = session.get_one(Job, document.job_id)
        assert (job.id != before, job.name, job.args) == (True, "intake.read", {"document_id": str(document_id)})
        (form,) = forms_to_match(session, manager, files, document_id)
    assert (form.template.key, form.template.version) == (company.form.key, company.form.number)
    with pytest.raises(DomainError) as raised, database.begin(company.scope) as session:
        choose_template(session, manager, document_id, Choice(company.form.id))
    assert raised.value.code is ErrorCode.NOT_READY


def test_by_hand_the_suggestions_stand_in_their_fields(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    document_id = unknown_document(database, files, company, suggestions=SUGGESTIONS)
    with database.begin(company.scope) as session:
        choose_template(session, company.viewers["hr"], document_id, Choice(company.form.id, by_hand=True))
    document = row(database, company, document_id)
    assert (document.status, document.form_version_id) == (IntakeStatus.NEEDS_REVIEW, company.form.id)
    assert "by_hand" in document.warnings
    with database.begin(company.scope, write=False) as session:
        rows = session.scalars(
            sa.select(IntakeField).where(IntakeField.document_id == document_id).order_by(IntakeField.position)
        ).all()
    fields = {field.key: field for field in rows}
    assert list(fields) == [field.key for field in company.template.fields]
    assert (fields["staff_number"].value, fields["staff_number"].status) == ("T1006", "low_confidence")
    assert fields["employee_name"].notes == ["suggested"]
    # A grade that the form does not have is shown, and is no value.
    assert (fields["grade"].value, fields["grade"].raw_text, fields["grade"].status) == (None, "甲", "unreadable")
    assert {field.status for field in rows} == {"low_confidence", "unreadable"}
    assert all(field.confidence == 0 for field in rows)


def test_who_may_and_when(database: Database, files: FileStore, company: PaperCompany) -> None:
    other = make_paper_company(database, files)
    document_id = unknown_document(database, files, company, content=jpeg(77))
    standing = row(database, company, document_id)
    for viewer, form, code, expected in (
        (company.viewers["report"], company.form.id, ErrorCode.FORBIDDEN, None),
        (company.viewers["stranger"], company.form.id, ErrorCode.NOT_FOUND, None),
        (company.viewers["manager"], other.form.id, ErrorCode.NOT_FOUND, None),
        (company.viewers["manager"], uuid.uuid4(), ErrorCode.NOT_FOUND, None),
        (company.viewers["manager"], company.form.id, ErrorCode.CONFLICT, standing.version - 1),
    ):
        with pytest.raises(DomainError) as raised, database.begin(company.scope) as session:
            choose_template(session, viewer, document_id, Choice(form, expected_version=expected))
        assert raised.value.code is code
    after = row(database, company, document_id)
    assert (after.status, after.version, after.chosen_version_id) == (standing.status, standing.version, None)
