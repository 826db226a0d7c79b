"""What a reading becomes: states, pictures, fields, and what the directory says about them."""

from __future__ import annotations

import dataclasses
import itertools
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, IntakeField, IntakePage, IntakeStatus, Sheet
from db.session import Database
from ocr.contract import FormReading, MatchedBy, Retake
from ocr.template_json import template_to_json
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import reading as use_cases
from tests.factories import make_cycle, make_person, unknown_id
from tests.paper import (
    FORM,
    VALUES,
    PaperCompany,
    glanced,
    hand_in,
    inspect_as,
    jpeg,
    make_paper_company,
    make_sheet,
    read_as,
    retake,
)


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


_shades = itertools.count()


def _another_photograph() -> bytes:
    return jpeg(next(_shades) % 250)


def _recorded(
    session: Session, files: FileStore, company: PaperCompany, reading: FormReading
) -> tuple[IntakeDocument, dict[str, IntakeField]]:
    """The document of a new upload after this reading of it, with its fields."""
    viewer = company.viewers["manager"]
    document = hand_in(session, files, viewer, _another_photograph())
    inspect_as(session, files, viewer, document.upload_id)
    assert use_cases.begin_reading(session, viewer, document.id)
    assert document.status is IntakeStatus.READING
    use_cases.record_reading(session, viewer, files, document.id, reading)
    rows = session.scalars(sa.select(IntakeField).where(IntakeField.document_id == document.id)).all()
    return document, {row.key: row for row in rows}


def test_the_whole_reading_is_kept(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        sheet = make_sheet(session, company)
        reading = read_as(company.template, VALUES, sheet_id=sheet.id, doubtful=["grade"], unreadable=["improvements"])
        document, fields = _recorded(session, files, company, reading)
        assert (document.status, document.reason_code, document.warnings) == (IntakeStatus.NEEDS_REVIEW, None, [])
        assert (document.form_version_id, document.sheet_id) == (company.form.id, sheet.id)
        assert (document.subject_id, document.cycle_id) == (company.subject.id, company.cycle.id)
        assert (document.matched_by, document.match_score) == ("markers", Decimal("0.99"))
        page = session.scalars(sa.select(IntakePage)).one()
        assert (page.number, page.width, page.height) == (1, 64, 48)
        assert (page.labels_found, page.labels_expected, page.residual_mm) == (30, 33, Decimal("0.31"))
        assert files.read(session.get_one(StoredFile, page.image_id)) == jpeg(180)
        assert list(fields) == [field.key for field in company.template.fields]
        name = fields["employee_name"]
        assert (name.value, name.raw_text, name.status, name.required) == ("刘晓雯", "刘晓雯", "read", True)
        assert (name.confidence, name.confidence_recognition) == (Decimal("0.97"), Decimal("0.99"))
        assert (name.confidence_registration, name.confidence_directory) == (Decimal("0.97"), Decimal(1))
        assert (name.confidence_format, name.notes) == (None, [])
        assert name.box == [[1.0, 2.0], [11.0, 2.0], [11.0, 8.5], [1.0, 8.5]]
        assert name.crop_id is not None
        assert files.read(session.get_one(StoredFile, name.crop_id)) == jpeg(150, (20, 8))
        grade, empty = fields["grade"], fields["improvements"]
        assert (grade.status, grade.value, grade.confidence) == ("low_confidence", "B", Decimal("0.62"))
        assert (empty.status, empty.value, empty.confidence_directory) == ("unreadable", None, None)
        assert [fields[key].confidence_directory for key in ("period", "department")] == [Decimal(1)] * 2


def test_paper_of_another_person(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        sheet = make_sheet(session, company, company.people["colleague"])
        document, fields = _recorded(session, files, company, read_as(company.template, VALUES, sheet_id=sheet.id))
        assert document.subject_id == company.people["colleague"].id
        assert document.warnings == ["sheet_contradicts"]
        for key in ("employee_name", "staff_number"):
            assert (fields[key].status, fields[key].confidence) == ("low_confidence", Decimal("0.2"))
            assert fields[key].notes == ["differs_from_sheet"]
        assert fields["employee_name"].value == "刘晓雯"  # what stands on the paper is never changed


def test_paper_of_another_period(database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {**VALUES, "period": "2026Q4"}
    with database.begin(company.scope) as session:
        reading = read_as(company.template, values, sheet_id=make_sheet(session, company).id)
        document, fields = _recorded(session, files, company, reading)
        assert (document.cycle_id, document.warnings) == (company.cycle.id, ["sheet_contradicts"])
        assert (fields["period"].status, fields["period"].notes) == ("low_confidence", ["differs_from_sheet"])


def test_without_a_sheet_number_and_name_decide(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        document, fields = _recorded(session, files, company, read_as(company.template, VALUES))
        assert (document.subject_id, document.cycle_id) == (company.subject.id, company.cycle.id)
        assert (document.sheet_id, document.warnings) == (None, [])
        assert fields["staff_number"].status == "read"


def test_a_doubtful_name_names_nobody(database: Database, files: FileStore, company: PaperCompany) -> None:
    for changed, note in (
        ({"employee_name": "刘小变"}, "number_and_name_differ"),
        ({"staff_number": "T1007"}, "number_and_name_differ"),
        ({"staff_number": "T9999", "employee_name": "无此人"}, "not_in_directory"),
    ):
        with database.begin(company.scope) as session:
            document, fields = _recorded(session, files, company, read_as(company.template, {**VALUES, **changed}))
            assert (document.subject_id, document.warnings) == (None, ["subject_unknown"])
            for key in ("employee_name", "staff_number"):
                assert (fields[key].status, fields[key].notes) == ("low_confidence", [note])


def test_unknown_period_reviewer_and_department(database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {**VALUES, "period": "2031Q1", "reviewer": "不在册", "department": "销售部"}
    with database.begin(company.scope) as session:
        document, fields = _recorded(session, files, company, read_as(company.template, values))
        assert document.cycle_id is None
        assert {key: fields[key].notes for key in ("period", "reviewer", "department")} == {
            "period": ["no_such_cycle"],
            "reviewer": ["not_in_directory"],
            "department": ["not_in_directory"],
        }
        assert {fields[key].status for key in ("period", "reviewer", "department")} == {"low_confidence"}


def test_a_department_is_held_against_all_there_are(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    nobody = {"employee_name": None, "staff_number": None}
    for values, expected in (
        ({"department": "研友部"}, ("研发部", ["repaired_from_directory"], Decimal("0.8"))),
        ({"department": "研友部", **nobody}, ("研发部", ["repaired_from_directory"], Decimal("0.8"))),
        ({"department": "研发部", **nobody}, ("研发部", [], Decimal(1))),
        ({"department": "市场部研发部", **nobody}, ("市场部研发部", ["not_in_directory"], Decimal("0.5"))),
    ):
        with database.begin(company.scope) as session:
            _, fields = _recorded(session, files, company, read_as(company.template, {**VALUES, **values}))
            department = fields["department"]
            assert (department.value, department.notes, department.confidence_directory) == expected
            assert department.status == ("low_confidence" if expected[1] else "read")


def test_sheet_nobody_printed(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        document, _ = _recorded(session, files, company, read_as(company.template, VALUES, sheet_id=unknown_id()))
        assert (document.sheet_id, document.warnings) == (None, ["sheet_unknown"])
        assert document.subject_id == company.subject.id  # by staff number and name


def test_sheet_of_another_organisation(database: Database, files: FileStore, company: PaperCompany) -> None:
    other = make_paper_company(database, files)
    with database.begin(other.scope) as session:
        sheet = make_sheet(session, other)
    with database.begin(company.scope) as session:
        values = {**VALUES, "staff_number": None, "employee_name": None}
        document, _ = _recorded(session, files, company, read_as(company.template, values, sheet_id=sheet.id))
        assert (document.sheet_id, document.subject_id) == (None, None)
        assert document.warnings == ["sheet_unknown", "subject_unknown"]


def test_retake(database: Database, files: FileStore, company: PaperCompany) -> None:
    for reason in Retake:
        with database.begin(company.scope) as session:
            document, fields = _recorded(session, files, company, retake(reason))
            assert (document.status, document.reason_code) == (IntakeStatus.RETAKE, reason.value)
            assert (fields, document.form_version_id, document.subject_id) == ({}, None, None)
            pages = sa.select(IntakePage).where(IntakePage.document_id == document.id)
            assert len(session.scalars(pages).all()) == 1


def test_unknown_form(database: Database, files: FileStore, company: PaperCompany) -> None:
    known = dataclasses.replace(read_as(company.template, VALUES), matched_by=MatchedBy.NONE)
    for reading in (
        dataclasses.replace(known, template_key=None),
        dataclasses.replace(known, template_version=99),
        dataclasses.replace(known, template_key="other"),
    ):
        with database.begin(company.scope) as session:
            document, fields = _recorded(session, files, company, reading)
            assert (document.status, document.reason_code) == (IntakeStatus.NEEDS_TEMPLATE, "template_unknown")
            assert fields == {}


def test_a_field_that_was_not_found_is_unreadable(database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {key: value for key, value in VALUES.items() if key != "grade"}
    with database.begin(company.scope) as session:
        _, fields = _recorded(session, files, company, read_as(company.template, values))
        grade = fields["grade"]
        assert (grade.status, grade.confidence, grade.notes) == ("unreadable", Decimal(0), ["not_found"])
        assert len(fields) == len(company.template.fields)


def test_recording_twice_keeps_the_first(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        document, fields = _recorded(session, files, company, read_as(company.template, VALUES))
        version = document.version
        assert not use_cases.begin_reading(session, viewer, document.id)
        use_cases.record_reading(session, viewer, files, document.id, retake(Retake.BLURRED))
        use_cases.record_failure(session, viewer, document.id, "truncated")
        assert (document.status, document.version) == (IntakeStatus.NEEDS_REVIEW, version)
        assert len(fields) == len(session.scalars(sa.select(IntakeField)).all())


def test_failure_and_a_second_try(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        document = hand_in(session, files, viewer)
        inspect_as(session, files, viewer, document.upload_id)
        assert use_cases.begin_reading(session, viewer, document.id)
        use_cases.record_failure(session, viewer, document.id, "sandbox_timeout")
        assert (document.status, document.reason_code) == (IntakeStatus.FAILED, "sandbox_timeout")
        assert use_cases.begin_reading(session, viewer, document.id)
        assert (document.status, document.reason_code) == (IntakeStatus.READING, None)
        use_cases.record_reading(session, viewer, files, document.id, read_as(company.template, VALUES))
        assert document.status is IntakeStatus.NEEDS_REVIEW


def test_what_the_worker_reads(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        document = hand_in(session, files, viewer, jpeg(77), template_key=FORM)
        inspect_as(session, files, viewer, document.upload_id)
        assert use_cases.pages_to_read(session, viewer, files, document.id) == [
            use_cases.PageToRead(glanced().picture, None)
        ]
        (form,) = use_cases.forms_to_match(session, viewer, files, document.id)
        assert template_to_json(form.template) == company.form.definition
        assert form.blank_pages[0].startswith(b"\x89PNG")


def test_only_who_may_see_it(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        document = hand_in(session, files, company.viewers["manager"])
        for who in ("stranger", "report", "colleague", "pmo", "administrator"):
            with pytest.raises(DomainError) as caught:
                use_cases.begin_reading(session, company.viewers[who], document.id)
            assert caught.value.code is ErrorCode.NOT_FOUND
        assert document.status is IntakeStatus.UPLOADED


def test_confirmed_sheet_is_warned_of(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        sheet: Sheet = make_sheet(session, company)
        reading = read_as(company.template, VALUES, sheet_id=sheet.id)
        first, _ = _recorded(session, files, company, reading)
        first.status = IntakeStatus.CONFIRMED
        session.flush()
        second, _ = _recorded(session, files, company, reading)
        assert second.warnings == ["sheet_already_confirmed"]


def test_two_cycles_of_the_same_days(database: Database, files: FileStore, company: PaperCompany) -> None:
    """Words that fit two cycles name neither."""
    with database.begin(company.scope) as session:
        twin = make_cycle(session, company.organization, "2027Q3")
        twin.starts_on, twin.ends_on = company.cycle.starts_on, company.cycle.ends_on
        session.flush()
        document, fields = _recorded(
            session, files, company, read_as(company.template, {**VALUES, "period": "Q3 / 2026"})
        )
        assert (document.cycle_id, fields["period"].notes) == (None, ["no_such_cycle"])


def test_people_who_left_are_not_matched(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        former = make_person(session, company.organization, "杨帆", staff_number="T2001")
        former.archived_at = former.created_at
        session.flush()
        values = {**VALUES, "employee_name": "杨帆", "staff_number": "T2001"}
        document, _ = _recorded(session, files, company, read_as(company.template, values))
        assert document.subject_id is None
