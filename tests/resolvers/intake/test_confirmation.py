"""A person's decision: one review, exactly once, with every doubt checked."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.events import Event
from db.models.intake import IntakeDocument, IntakeEntry, IntakeField, IntakeStatus
from db.models.reviews import AnswerSource, Review, ReviewAnswer, ReviewSource, ReviewStatus
from db.session import Database
from resolvers.intake import reading as readings
from resolvers.intake.confirmation import Confirmation, Entry
from tests.factories import unknown_id
from tests.paper import (
    SCORE,
    VALUES,
    PaperCompany,
    hand_in,
    inspect_as,
    jpeg,
    make_paper_company,
    read_as,
    read_document,
)
from tests.resolvers.intake.deciding import confirm, refused, says


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def test_the_review(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company, doubtful=["grade", "next_goals"], unreadable=["improvements"])
    word = Confirmation(
        [Entry("grade", "B"), Entry("score_quality", "4"), Entry("improvements", "代码评审覆盖不足")],
        comment=" 已核对 ",
    )
    review_id = confirm(database, company, document_id, word).id
    with database.begin(company.scope) as session:
        review = session.get_one(Review, review_id)
        assert (review.subject_id, review.cycle_id) == (company.subject.id, company.cycle.id)
        assert review.reviewer_id == company.people["manager"].id
        assert (review.form_version_id, review.source, review.status) == (
            company.form.id,
            ReviewSource.PAPER,
            ReviewStatus.CONFIRMED,
        )
        # One point less in quality (25 %) than the machine read.
        assert (review.score, review.grade, review.comment) == (Decimal(SCORE) - Decimal("0.25"), "B", "已核对")
        assert review.confirmed_by == company.people["manager"].id
        assert review.confirmed_at is not None
        assert review.department_id is not None
        answers = {
            answer.key: answer for answer in session.scalars(sa.select(ReviewAnswer).order_by(ReviewAnswer.position))
        }
        assert list(answers) == [field.key for field in company.template.fields]
        assert {key: answer.value for key, answer in answers.items()} == {
            **VALUES,
            "score_quality": "4",
            "improvements": "代码评审覆盖不足",
        }
        quality = answers["score_quality"]
        assert (quality.score, quality.weight, quality.source) == (Decimal(4), Decimal(25), AnswerSource.CORRECTED)
        assert answers["grade"].source is AnswerSource.CHECKED
        assert answers["improvements"].source is AnswerSource.CORRECTED
        assert answers["next_goals"].source is AnswerSource.MACHINE
        fields = {field.key: field for field in session.scalars(sa.select(IntakeField))}
        assert quality.field_id == fields["score_quality"].id
        assert fields["score_quality"].value == "5"  # the machine's reading stays
        entries = session.scalars(sa.select(IntakeEntry)).all()
        assert {(entry.field_id, entry.value, entry.person_id) for entry in entries} == {
            (fields["grade"].id, "B", company.people["manager"].id),
            (fields["score_quality"].id, "4", company.people["manager"].id),
            (fields["improvements"].id, "代码评审覆盖不足", company.people["manager"].id),
        }
        document = session.get_one(IntakeDocument, document_id)
        assert (document.status, document.review_id) == (IntakeStatus.CONFIRMED, review.id)
        assert (document.decided_by, document.decided_at is not None) == (company.people["manager"].id, True)
        types = list(session.scalars(sa.select(Event.type).order_by(Event.sequence)))
        assert types[-2:] == ["review.confirmed", "intake.confirmed"]


def test_every_required_doubt_must_be_checked(database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {**VALUES, "signature": None, "department": None}
    document_id = read_document(
        database,
        files,
        company,
        values=values,
        doubtful=["grade", "reviewer"],
        unreadable=["score_results", "next_goals"],
    )
    needed = [("FIELD_NEEDS_CHECK", key) for key in ("score_results", "grade", "signature")]
    assert refused(database, company, document_id, says()) == needed
    assert refused(database, company, document_id, says(grade="B", score_results="3")) == needed[2:]
    review = confirm(database, company, document_id, says(grade="C", score_results="3", signature=None))
    assert (review.grade, review.score) == ("C", Decimal(SCORE) - Decimal("0.3"))


def test_a_score_confirmed_as_empty_leaves_no_mean(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company, values={**VALUES, "score_learning": None})
    review = confirm(database, company, document_id, says(score_learning=None))
    assert review.score is None


def test_bad_values_are_named_one_by_one(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    word = Confirmation(
        [
            Entry("grade", "E"),
            Entry("score_results", "6"),
            Entry("signed_on", "2026年10月9日"),
            Entry("staff_number", "1006"),
            Entry("signature", "刘晓雯"),
            Entry("no_such_field", "x"),
            Entry("department", "研发部"),
            Entry("department", "市场部"),
            Entry("employee_name", "a\x00b"),
        ]
    )
    assert refused(database, company, document_id, word) == [
        ("FIELD_INVALID", "grade"),
        ("FIELD_INVALID", "score_results"),
        ("FIELD_INVALID", "signed_on"),
        ("FIELD_INVALID", "staff_number"),
        ("FIELD_INVALID", "signature"),
        ("FIELD_UNKNOWN", "no_such_field"),
        ("FIELD_REPEATED", "department"),
        ("FIELD_INVALID", "employee_name"),
    ]


def test_an_invalid_machine_value_must_be_checked(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company, values={**VALUES, "score_results": "9"})
    assert refused(database, company, document_id, says()) == [("FIELD_NEEDS_CHECK", "score_results")]


def test_who_may_confirm(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    for who in ("report", "colleague", "stranger", "pmo", "administrator", "committee"):
        assert refused(database, company, document_id, says(), who) == [("NOT_FOUND", None)], who
    for shade, who in enumerate(("manager", "director", "hr")):
        document_id = read_document(database, files, company, content=jpeg(shade))
        review = confirm(database, company, document_id, says(), who)
        assert review.confirmed_by == company.people[who].id
        assert review.reviewer_id == company.people["manager"].id


def test_nobody_confirms_what_is_said_about_oneself(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    values = {**VALUES, "employee_name": "王立国", "staff_number": "T1005", "reviewer": "林思远"}
    mine = read_document(database, files, company, values=values, sheet=False)
    assert refused(database, company, mine, says()) == [("FORBIDDEN", None)]
    values = {**VALUES, "employee_name": "何静怡", "staff_number": "T1012", "reviewer": "林思远"}
    hers = read_document(
        database, files, company, viewer=company.viewers["hr"], values=values, sheet=False, content=jpeg(90)
    )
    assert refused(database, company, hers, says(), "hr") == [("FORBIDDEN", None)]
    assert confirm(database, company, hers, says(), "director").subject_id == company.people["hr"].id


def test_who_uploads_for_another_line_may_not_confirm(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    document_id = read_document(database, files, company, viewer=company.viewers["stranger"])
    assert refused(database, company, document_id, says(), "stranger") == [("FORBIDDEN", None)]


def test_unknown_subject_and_cycle(database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {**VALUES, "staff_number": "T9999", "period": "本季度"}
    document_id = read_document(database, files, company, values=values, sheet=False)
    checked = {"employee_name": "刘晓雯", "staff_number": "T1006", "period": "2026Q3"}
    assert refused(database, company, document_id, says(**checked)) == [("SUBJECT_REQUIRED", "subjectId")]
    entries = says(**checked).entries
    about = Confirmation(entries, subject_id=company.subject.id)
    assert refused(database, company, document_id, about) == [("CYCLE_REQUIRED", "cycleId")]
    unknown = Confirmation(entries, subject_id=unknown_id(), cycle_id=company.cycle.id)
    assert refused(database, company, document_id, unknown) == [("NOT_FOUND", "subjectId")]
    stranger = Confirmation(entries, subject_id=company.people["stranger"].id, cycle_id=company.cycle.id)
    assert refused(database, company, document_id, stranger) == [("FORBIDDEN", "subjectId")]
    myself = Confirmation(entries, subject_id=company.people["manager"].id, cycle_id=company.cycle.id)
    assert refused(database, company, document_id, myself) == [("FORBIDDEN", "subjectId")]
    nowhen = Confirmation(entries, subject_id=company.subject.id, cycle_id=unknown_id())
    assert refused(database, company, document_id, nowhen) == [("NOT_FOUND", "cycleId")]
    review = confirm(database, company, document_id, Confirmation(entries, None, company.subject.id, company.cycle.id))
    assert (review.subject_id, review.cycle_id) == (company.subject.id, company.cycle.id)


def test_the_form_must_name_subject_and_cycle(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    wrong = {"staff_number": "T1007", "employee_name": "赵一鸣", "period": "2026Q4"}
    assert refused(database, company, document_id, says(**wrong)) == [
        ("SUBJECT_MISMATCH", "staff_number"),
        ("CYCLE_MISMATCH", "period"),
    ]
    nameless = {"staff_number": None, "employee_name": "赵一鸣"}
    assert refused(database, company, document_id, says(**nameless)) == [("SUBJECT_MISMATCH", "employee_name")]
    other = Confirmation(
        says(**wrong).entries, subject_id=company.people["colleague"].id, cycle_id=company.next_cycle.id
    )
    review = confirm(database, company, document_id, other)
    assert (review.subject_id, review.cycle_id) == (company.people["colleague"].id, company.next_cycle.id)


def test_reviewer(database: Database, files: FileStore, company: PaperCompany) -> None:
    cases: list[tuple[str | None, bool, str | None]] = [
        ("王立国", False, "manager"),
        ("林思远", False, "director"),
        ("孙佳宁", False, None),  # another line: the machine's word alone opens nothing to her
        ("孙佳宁", True, "stranger"),
        ("刘晓雯", True, None),  # nobody reviews oneself
        ("不在册", True, None),
        (None, True, None),
    ]
    for shade, (reviewer, checked, who) in enumerate(cases):
        document_id = read_document(
            database, files, company, content=jpeg(shade), values={**VALUES, "reviewer": reviewer}
        )
        review = confirm(database, company, document_id, says(reviewer=reviewer) if checked else says())
        assert review.reviewer_id == (company.people[who].id if who else None), reviewer


def test_confirming_twice(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    confirm(database, company, document_id, says())
    assert refused(database, company, document_id, says()) == [("ALREADY_CONFIRMED", None)]
    assert refused(database, company, document_id, says(), "hr") == [("ALREADY_CONFIRMED", None)]


def test_expected_version(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    with database.begin(company.scope) as session:
        version = session.get_one(IntakeDocument, document_id).version
    stale = Confirmation([], expected_version=version - 1)
    assert refused(database, company, document_id, stale) == [("CONFLICT", "expectedVersion")]
    confirm(database, company, document_id, Confirmation([], expected_version=version))


def test_only_what_waits_for_a_person(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    for status in set(IntakeStatus) - {IntakeStatus.NEEDS_REVIEW, IntakeStatus.CONFIRMED}:
        with database.begin(company.scope) as session:
            session.get_one(IntakeDocument, document_id).status = status
        assert refused(database, company, document_id, says()) == [("NOT_READY", None)], status


def test_paper_of_a_draft_review(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        draft = Review(
            organization_id=company.organization.id,
            subject_id=company.subject.id,
            cycle_id=company.cycle.id,
            reviewer_id=company.people["director"].id,
            source=ReviewSource.SCREEN,
            status=ReviewStatus.DRAFT,
        )
        session.add(draft)
        session.flush()
        document = hand_in(session, files, viewer, review_id=draft.id)
        inspect_as(session, files, viewer, document.upload_id)
        readings.begin_reading(session, viewer, document.id)
        values = {**VALUES, "staff_number": None, "employee_name": None, "period": None}
        readings.record_reading(session, viewer, files, document.id, read_as(company.template, values))
        assert document.subject_id == company.subject.id
    elsewhere = Confirmation(
        says(staff_number=None, employee_name=None, period=None).entries, cycle_id=company.next_cycle.id
    )
    assert refused(database, company, document.id, elsewhere) == [("CYCLE_MISMATCH", "cycleId")]
    review = confirm(database, company, document.id, says(staff_number=None, employee_name=None, period=None))
    assert (review.id, review.status, review.source) == (draft.id, ReviewStatus.CONFIRMED, ReviewSource.PAPER)
    assert review.reviewer_id == company.people["director"].id
