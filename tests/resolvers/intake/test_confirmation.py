"""A person's decision: one review, exactly once, with every doubt checked."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db.files import FileStore
from db.models.events import Event
from db.models.intake import IntakeDocument, IntakeEntry, IntakeField, IntakeStatus, Sheet
from db.models.reviews import AnswerSource, Review, ReviewAnswer, ReviewSource, ReviewStatus
from db.session import Database
from ocr.contract import FormReading
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from resolvers.intake import reading as readings
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document, reject_document
from tests.factories import unknown_id
from tests.paper import (
    SCORE,
    VALUES,
    PaperCompany,
    glanced,
    hand_in,
    inspect_as,
    jpeg,
    make_paper_company,
    read_as,
    read_document,
)


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _says(**values: str | None) -> Confirmation:
    return Confirmation([Entry(key, value) for key, value in values.items()])


def _confirm(
    database: Database, company: PaperCompany, document_id: uuid.UUID, word: Confirmation, who: str = "manager"
) -> Review:
    with database.begin(company.scope) as session:
        review = confirm_document(session, company.viewers[who], document_id, word)
        assert review is not None
        return review


def _refused(
    database: Database, company: PaperCompany, document_id: uuid.UUID, word: Confirmation, who: str = "manager"
) -> list[tuple[str, str | None]]:
    """Code and last part of the path of every error; asserts that nothing changed."""
    with database.begin(company.scope) as session:
        before = _state(session, document_id)
    try:
        _confirm(database, company, document_id, word, who)
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


def test_the_review(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company, doubtful=["grade", "next_goals"], unreadable=["improvements"])
    word = Confirmation(
        [Entry("grade", "B"), Entry("score_quality", "4"), Entry("improvements", "代码评审覆盖不足")],
        comment=" 已核对 ",
    )
    review_id = _confirm(database, company, document_id, word).id
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
    assert _refused(database, company, document_id, _says()) == needed
    assert _refused(database, company, document_id, _says(grade="B", score_results="3")) == needed[2:]
    review = _confirm(database, company, document_id, _says(grade="C", score_results="3", signature=None))
    assert (review.grade, review.score) == ("C", Decimal(SCORE) - Decimal("0.3"))


def test_a_score_confirmed_as_empty_leaves_no_mean(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company, values={**VALUES, "score_learning": None})
    review = _confirm(database, company, document_id, _says(score_learning=None))
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
    assert _refused(database, company, document_id, word) == [
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
    assert _refused(database, company, document_id, _says()) == [("FIELD_NEEDS_CHECK", "score_results")]


def test_who_may_confirm(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    for who in ("report", "colleague", "stranger", "pmo", "administrator", "committee"):
        assert _refused(database, company, document_id, _says(), who) == [("NOT_FOUND", None)], who
    for shade, who in enumerate(("manager", "director", "hr")):
        document_id = read_document(database, files, company, content=jpeg(shade))
        review = _confirm(database, company, document_id, _says(), who)
        assert review.confirmed_by == company.people[who].id
        assert review.reviewer_id == company.people["manager"].id


def test_nobody_confirms_what_is_said_about_oneself(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    values = {**VALUES, "employee_name": "王立国", "staff_number": "T1005", "reviewer": "林思远"}
    mine = read_document(database, files, company, values=values, sheet=False)
    assert _refused(database, company, mine, _says()) == [("FORBIDDEN", None)]
    values = {**VALUES, "employee_name": "何静怡", "staff_number": "T1012", "reviewer": "林思远"}
    hers = read_document(
        database, files, company, viewer=company.viewers["hr"], values=values, sheet=False, content=jpeg(90)
    )
    assert _refused(database, company, hers, _says(), "hr") == [("FORBIDDEN", None)]
    assert _confirm(database, company, hers, _says(), "director").subject_id == company.people["hr"].id


def test_who_uploads_for_another_line_may_not_confirm(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    document_id = read_document(database, files, company, viewer=company.viewers["stranger"])
    assert _refused(database, company, document_id, _says(), "stranger") == [("FORBIDDEN", None)]


def test_unknown_subject_and_cycle(database: Database, files: FileStore, company: PaperCompany) -> None:
    values = {**VALUES, "staff_number": "T9999", "period": "本季度"}
    document_id = read_document(database, files, company, values=values, sheet=False)
    checked = {"employee_name": "刘晓雯", "staff_number": "T1006", "period": "2026Q3"}
    assert _refused(database, company, document_id, _says(**checked)) == [("SUBJECT_REQUIRED", "subjectId")]
    entries = _says(**checked).entries
    about = Confirmation(entries, subject_id=company.subject.id)
    assert _refused(database, company, document_id, about) == [("CYCLE_REQUIRED", "cycleId")]
    unknown = Confirmation(entries, subject_id=unknown_id(), cycle_id=company.cycle.id)
    assert _refused(database, company, document_id, unknown) == [("NOT_FOUND", "subjectId")]
    stranger = Confirmation(entries, subject_id=company.people["stranger"].id, cycle_id=company.cycle.id)
    assert _refused(database, company, document_id, stranger) == [("FORBIDDEN", "subjectId")]
    myself = Confirmation(entries, subject_id=company.people["manager"].id, cycle_id=company.cycle.id)
    assert _refused(database, company, document_id, myself) == [("FORBIDDEN", "subjectId")]
    nowhen = Confirmation(entries, subject_id=company.subject.id, cycle_id=unknown_id())
    assert _refused(database, company, document_id, nowhen) == [("NOT_FOUND", "cycleId")]
    review = _confirm(database, company, document_id, Confirmation(entries, None, company.subject.id, company.cycle.id))
    assert (review.subject_id, review.cycle_id) == (company.subject.id, company.cycle.id)


def test_the_form_must_name_subject_and_cycle(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    wrong = {"staff_number": "T1007", "employee_name": "赵一鸣", "period": "2026Q4"}
    assert _refused(database, company, document_id, _says(**wrong)) == [
        ("SUBJECT_MISMATCH", "staff_number"),
        ("CYCLE_MISMATCH", "period"),
    ]
    nameless = {"staff_number": None, "employee_name": "赵一鸣"}
    assert _refused(database, company, document_id, _says(**nameless)) == [("SUBJECT_MISMATCH", "employee_name")]
    other = Confirmation(
        _says(**wrong).entries, subject_id=company.people["colleague"].id, cycle_id=company.next_cycle.id
    )
    review = _confirm(database, company, document_id, other)
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
        review = _confirm(database, company, document_id, _says(reviewer=reviewer) if checked else _says())
        assert review.reviewer_id == (company.people[who].id if who else None), reviewer


def test_confirming_twice(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    _confirm(database, company, document_id, _says())
    assert _refused(database, company, document_id, _says()) == [("ALREADY_CONFIRMED", None)]
    assert _refused(database, company, document_id, _says(), "hr") == [("ALREADY_CONFIRMED", None)]


def test_expected_version(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    with database.begin(company.scope) as session:
        version = session.get_one(IntakeDocument, document_id).version
    stale = Confirmation([], expected_version=version - 1)
    assert _refused(database, company, document_id, stale) == [("CONFLICT", "expectedVersion")]
    _confirm(database, company, document_id, Confirmation([], expected_version=version))


def test_only_what_waits_for_a_person(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    for status in set(IntakeStatus) - {IntakeStatus.NEEDS_REVIEW, IntakeStatus.CONFIRMED}:
        with database.begin(company.scope) as session:
            session.get_one(IntakeDocument, document_id).status = status
        assert _refused(database, company, document_id, _says()) == [("NOT_READY", None)], status


def _at_once(database: Database, company: PaperCompany, documents: Sequence[tuple[uuid.UUID, str]]) -> list[str]:
    """Confirm documents, each by somebody, at the same moment; what became of each."""
    barrier = threading.Barrier(len(documents))
    outcomes: list[str] = []

    def work(document_id: uuid.UUID, who: str) -> None:
        try:
            with database.begin(company.scope) as session:
                barrier.wait(10) if not database.embedded else None
                confirm_document(session, company.viewers[who], document_id, _says())
            outcomes.append("confirmed")
        except DomainError as error:
            outcomes.append(error.code.value)
        except StaleDataError:
            outcomes.append("CONFLICT")

    threads = [threading.Thread(target=work, args=arguments) for arguments in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_two_people_at_once_make_one_review(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    outcomes = _at_once(database, company, [(document_id, "manager"), (document_id, "hr"), (document_id, "director")])
    assert outcomes == ["ALREADY_CONFIRMED", "ALREADY_CONFIRMED", "confirmed"]
    with database.begin(company.scope) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Review)) == 1


def _second_picture(database: Database, files: FileStore, company: PaperCompany, content: bytes) -> uuid.UUID:
    """Another photograph of the sheet that is there, read."""
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        sheet_id = session.scalars(sa.select(Sheet.id)).one()
        document = hand_in(session, files, viewer, content)
        inspect_as(session, files, viewer, document.upload_id)
        readings.begin_reading(session, viewer, document.id)
        readings.record_reading(
            session, viewer, files, document.id, read_as(company.template, VALUES, sheet_id=sheet_id)
        )
        return document.id


def test_a_newer_picture_of_the_sheet_counts(database: Database, files: FileStore, company: PaperCompany) -> None:
    first = read_document(database, files, company)
    second = _second_picture(database, files, company, jpeg(33))
    with database.begin(company.scope) as session:
        older = session.get_one(IntakeDocument, first)
        assert (older.status, older.reason_code) == (IntakeStatus.SUPERSEDED, "newer_picture")
        assert older.superseded_by_id == second
        assert len(session.scalars(sa.select(IntakeField).where(IntakeField.document_id == first)).all()) == len(VALUES)
    assert _refused(database, company, first, _says()) == [("NOT_READY", None)]
    _confirm(database, company, second, _says())
    third = _second_picture(database, files, company, jpeg(34))
    assert _refused(database, company, third, _says()) == [("ALREADY_CONFIRMED", None)]


def test_a_new_picture_while_one_is_confirmed(database: Database, files: FileStore, company: PaperCompany) -> None:
    """Either the first is confirmed and the second comes too late, or it counts and the confirmation is refused."""
    for shade in range(3):
        first = read_document(database, files, company, content=jpeg(40 + 2 * shade))
        with database.begin(company.scope) as session:
            sheet_id = session.get_one(IntakeDocument, first).sheet_id
        viewer = company.viewers["manager"]
        with database.begin(company.scope) as session:
            document = hand_in(session, files, viewer, jpeg(41 + 2 * shade))
            inspect_as(session, files, viewer, document.upload_id)
            readings.begin_reading(session, viewer, document.id)
        reading = read_as(company.template, VALUES, sheet_id=sheet_id)
        failures: list[Exception] = []
        barrier = threading.Barrier(2)

        def record(
            document_id: uuid.UUID = document.id,
            reading: FormReading = reading,
            failures: list[Exception] = failures,
            barrier: threading.Barrier = barrier,
        ) -> None:
            barrier.wait(10)
            try:
                with database.begin(company.scope) as session:
                    readings.record_reading(session, company.viewers["manager"], files, document_id, reading)
            except Exception as error:  # noqa: BLE001 - told to the test's own thread
                failures.append(error)

        thread = threading.Thread(target=record)
        thread.start()
        barrier.wait(10)
        outcomes = _at_once(database, company, [(first, "hr")])
        thread.join(30)
        assert failures == []
        with database.begin(company.scope) as session:
            statuses = [session.get_one(IntakeDocument, id_).status.value for id_ in (first, document.id)]
            warnings = session.get_one(IntakeDocument, document.id).warnings
        if outcomes == ["confirmed"]:
            assert (statuses, warnings[0]) == (["CONFIRMED", "NEEDS_REVIEW"], "sheet_already_confirmed")
        else:
            assert (outcomes, statuses) == (["NOT_READY"], ["SUPERSEDED", "NEEDS_REVIEW"])


def test_same_bytes_by_two_who_do_not_see_each_other(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    """The stranger may not see the manager's document, so the photograph was read twice; it still makes one review."""
    first = read_document(database, files, company, sheet=False)
    second = read_document(database, files, company, viewer=company.viewers["stranger"], sheet=False)
    _confirm(database, company, second, _says(), "hr")
    assert _refused(database, company, first, _says()) == [("ALREADY_CONFIRMED", None)]


def test_a_second_review_of_the_same_is_warned_of(database: Database, files: FileStore, company: PaperCompany) -> None:
    _confirm(database, company, read_document(database, files, company), _says())
    again = read_document(database, files, company, content=jpeg(33))
    other = read_document(database, files, company, content=jpeg(34), values={**VALUES, "period": None}, sheet=False)
    with database.begin(company.scope) as session:
        assert session.get_one(IntakeDocument, again).warnings == ["review_exists"]
        assert session.get_one(IntakeDocument, other).warnings == []
    assert _confirm(database, company, again, _says()).status is ReviewStatus.CONFIRMED  # it may be meant


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
        _says(staff_number=None, employee_name=None, period=None).entries, cycle_id=company.next_cycle.id
    )
    assert _refused(database, company, document.id, elsewhere) == [("CYCLE_MISMATCH", "cycleId")]
    review = _confirm(database, company, document.id, _says(staff_number=None, employee_name=None, period=None))
    assert (review.id, review.status, review.source) == (draft.id, ReviewStatus.CONFIRMED, ReviewSource.PAPER)
    assert review.reviewer_id == company.people["director"].id


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
    assert _refused(database, company, document_id, _says()) == [("NOT_READY", None)]


def test_refused_rejections(database: Database, files: FileStore, company: PaperCompany) -> None:
    document_id = read_document(database, files, company)
    for who, reason, code in (
        ("manager", "   ", "REASON_REQUIRED"),
        ("manager", "长" * 2001, "INVALID"),
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
    _confirm(database, company, document_id, _says())
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
