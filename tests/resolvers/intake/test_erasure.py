"""A person is erased from paper: what named or quoted them is nowhere, figures and other people's forms stay."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import Base
from db.files import FileStore
from db.models.events import Event
from db.models.intake import (
    IntakeCheck,
    IntakeDocument,
    IntakeField,
    IntakePage,
    IntakeStatus,
    Sheet,
    Upload,
    UploadFile,
    UploadPage,
)
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.session import Database
from ocr.contract import FieldType, FormField, Retake, Suggestion, Words
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import confirmation, inspection, reading, sheets
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document, reject_document
from resolvers.intake.erasure import ERASED, erase_paper
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from resolvers.rules.erasure import stays
from tests.factories import make_person, unknown_id
from tests.paper import (
    VALUES,
    PaperCompany,
    glanced,
    hand_in,
    inspect_as,
    jpeg,
    make_paper_company,
    make_sheet,
    read_as,
    read_document,
    unknown_document,
)

NAME, NUMBER = "刘晓雯", "T1006"
QUOTES = (NAME, NUMBER, "支付网关", "灰度发布", "沟通更主动", "当面夸过", "看不清")
OTHERS = {**VALUES, "staff_number": "T1007", "employee_name": "赵一鸣", "key_achievements": f"与{NAME}一起上线"}
FIGURES = {key for key in VALUES if key.startswith("score_")} | {"grade", "signature", "signed_on"}


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _texts(session: Session) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, with its table; but for the directory, which is not paper."""
    for table in Base.metadata.sorted_tables:
        if not table.name.startswith("person"):
            for row in session.execute(sa.select(table)):
                yield table.name, repr(tuple(row))


def _values(session: Session, document: IntakeDocument) -> dict[str, str | None]:
    rows = session.scalars(sa.select(IntakeField).where(IntakeField.document_id == document.id))
    return {row.key: row.value for row in rows}


def _document(session: Session, upload: Upload) -> IntakeDocument:
    return session.scalars(sa.select(IntakeDocument).where(IntakeDocument.upload_id == upload.id)).one()


def test_nothing_that_names_or_quotes_the_person_is_left(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    manager, hr = company.viewers["manager"], company.viewers["hr"]
    checked = read_document(database, files, company, doubtful=["next_goals"])
    waiting = read_document(database, files, company, content=jpeg(2))
    refused = read_document(database, files, company, content=jpeg(3))
    theirs = read_document(
        database, files, company, content=jpeg(4), values=OTHERS, subject=company.people["colleague"]
    )
    with database.begin(company.scope) as session:
        word = Confirmation([Entry("improvements", "沟通更主动")], comment="当面夸过")
        review = confirm_document(session, manager, checked, word)
        assert review is not None
        again = hand_in(session, files, manager)
        assert again.duplicate_of_id == checked
        reject_document(session, manager, refused, "看不清")
        sheet = make_sheet(session, company)
        sheets.record_sheet(session, hr, files, sheet.id, b"%PDF printed")
        blurred = receive_upload(session, manager, files, UploadDraft([ReceivedFile(jpeg(5), f"{NAME}.jpg")]))
        inspect_as(session, files, manager, blurred.id, [glanced(1, sheet.id, problem=Retake.BLURRED)])
        pages, score = session.get_one(IntakeDocument, theirs), review.score
        before = _values(session, pages)
    with database.begin(company.scope) as session:
        assert len(erase_paper(session, hr, company.subject.id).documents) == 5  # the duplicate, the blurred one
    with database.begin(company.scope) as session:
        found = [(table, text) for table, text in _texts(session) for quote in QUOTES if quote in text]
        assert {table for table, _ in found} == {"intake_field"}
        assert all("与刘晓雯一起" in text or "T1007" in text for _, text in found if NAME in text or NUMBER in text)
        own = {key: value for key, value in _values(session, session.get_one(IntakeDocument, checked)).items() if value}
        assert own == {key: VALUES[key] for key in FIGURES}
        review = session.scalars(sa.select(Review).where(Review.subject_id == company.subject.id)).one()
        assert (review.score, review.grade) == (score, "B")
        ended = {id_: session.get_one(IntakeDocument, id_) for id_ in (checked, waiting, refused, again.id, theirs)} | {
            "blurred": _document(session, blurred)
        }
        assert {id_: (one.status, one.reason_code, one.erased_at is not None) for id_, one in ended.items()} == {
            checked: (IntakeStatus.CONFIRMED, None, True),
            waiting: (IntakeStatus.REJECTED, ERASED, True),
            refused: (IntakeStatus.REJECTED, confirmation.REJECTED, True),
            again.id: (IntakeStatus.SUPERSEDED, "duplicate", True),
            "blurred": (IntakeStatus.REJECTED, ERASED, True),
            theirs: (IntakeStatus.NEEDS_REVIEW, None, False),
        }
        assert _values(session, ended[theirs]) == before
        kept = session.scalars(sa.select(UploadFile).where(UploadFile.file_id.is_not(None))).all()
        assert [file.id for file in kept] == [ended[theirs].upload_file_id]
        assert session.scalars(sa.select(Sheet.pdf_id).where(Sheet.id == sheet.id)).one() is None
        told = session.scalars(sa.select(Event.type).where(Event.type.like("%erased"), Event.actor_id == hr.person_id))
        assert sorted(told) == ["intake.erased"] * 5 + ["intake.sheet_erased", "review.erased"]
        assert len(erase_paper(session, hr, company.subject.id).documents) == 0


def test_words_go_too_when_the_pictures_went_before(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    done = read_document(database, files, company)
    with database.begin(company.scope) as session:
        session.execute(sa.update(UploadFile).values(file_id=None))
        session.execute(sa.update(UploadPage).values(image_id=None))
        session.execute(sa.update(IntakePage).values(image_id=None))
        assert len(erase_paper(session, company.viewers["hr"], company.subject.id).documents) == 1
        session.expire_all()
        assert set(_values(session, session.get_one(IntakeDocument, done)).values()) == {
            None,
            *(VALUES[key] for key in FIGURES),
        }


def test_of_a_pile_the_pages_of_others_stay_and_the_pile_itself_goes(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    manager = company.viewers["manager"]
    with database.begin(company.scope) as session:
        own = make_sheet(session, company)
        other = make_sheet(session, company, company.people["colleague"])
        upload = receive_upload(session, manager, files, UploadDraft([ReceivedFile(jpeg(), "all.jpg")]))
        inspect_as(session, files, manager, upload.id, [glanced(1, own.id), glanced(1, other.id)])
        assert len(erase_paper(session, company.viewers["hr"], company.subject.id).documents) == 1
        session.expire_all()
        (file,) = session.scalars(sa.select(UploadFile)).all()
        assert (file.file_id, file.filename) == (None, "all.jpg")
        left = session.scalars(sa.select(UploadPage).where(UploadPage.image_id.is_not(None))).all()
        assert [page.sheet_code for page in left] == [other.id.hex]
        documents = session.scalars(sa.select(IntakeDocument).order_by(IntakeDocument.status)).all()
        assert [one.status for one in documents] == [IntakeStatus.REJECTED, IntakeStatus.UPLOADED]
        assert reading.begin_reading(session, manager, documents[1].id)


def test_a_sheet_that_somebody_elses_form_was_written_on_is_not_theirs(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    borrowed = read_document(database, files, company, values=OTHERS)
    with database.begin(company.scope) as session:
        named = [Entry(key, OTHERS[key]) for key in ("employee_name", "staff_number", "improvements")]
        word = Confirmation(named, subject_id=company.people["colleague"].id)
        confirm_document(session, company.viewers["manager"], borrowed, word)
        assert len(erase_paper(session, company.viewers["hr"], company.subject.id).documents) == 0
        assert _values(session, session.get_one(IntakeDocument, borrowed)) == OTHERS


def test_what_is_read_meanwhile_does_not_come_back(database: Database, files: FileStore, company: PaperCompany) -> None:
    manager, hr = company.viewers["manager"], company.viewers["hr"]
    with database.begin(company.scope) as session:
        draft = Review(
            organization_id=company.organization.id,
            subject_id=company.subject.id,
            cycle_id=company.cycle.id,
            source=ReviewSource.SCREEN,
            status=ReviewStatus.DRAFT,
        )
        session.add(draft)
        sheet = make_sheet(session, company)
        session.flush()
        begun = hand_in(session, files, manager)
        inspect_as(session, files, manager, begun.upload_id, [glanced(1, sheet.id)])
        assert reading.begin_reading(session, manager, begun.id)
        decoding = hand_in(session, files, manager, jpeg(2), review_id=draft.id)
        (file,) = inspection.files_to_inspect(session, manager, decoding.upload_id) or []
        assert inspection.begin_file(session, file.id, 2)
        inspection.keep_page(session, files, file.id, 1, glanced())
    with database.begin(company.scope) as session:
        assert len(erase_paper(session, hr, company.subject.id).documents) == 2
    with database.begin(company.scope) as session:
        found = read_as(company.template, VALUES, sheet_id=sheet.id)
        reading.record_reading(session, manager, files, begun.id, found)
        inspection.keep_page(session, files, file.id, 2, glanced())
        inspection.settle_upload(session, manager, decoding.upload_id)
        for image in (IntakePage.image_id, UploadPage.image_id, UploadFile.file_id):
            assert session.scalar(sa.select(sa.func.count(image))) == 0
        assert session.scalar(sa.select(sa.func.count(IntakeField.id))) == 0
        statuses = session.scalars(sa.select(IntakeDocument.status)).all()
        assert statuses == [IntakeStatus.REJECTED] * 2


def test_a_form_about_nobody_that_bears_the_name_goes_too_and_a_doubtful_one_is_told(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    hr = company.viewers["hr"]

    def nobodys(shade: int, name: str | None, number: str | None) -> uuid.UUID:
        words = {**OTHERS, "employee_name": name, "staff_number": number, "key_achievements": "支付网关"}
        return read_document(database, files, company, content=jpeg(shade), values=words, sheet=False)

    theirs = {
        nobodys(1, NAME, None),
        nobodys(2, NAME, "T9999"),
        unknown_document(database, files, company, content=jpeg(3), suggestions=[_suggested("employee_name", NAME)]),
    }
    unsure = {
        nobodys(4, None, NUMBER),
        nobodys(5, NAME, "T1007"),
        nobodys(6, "刘晓零", None),
        nobodys(7, None, "T1O06"),
    }
    others = {nobodys(8, "赵一鸣", None), nobodys(9, "欧阳青", "T9998"), nobodys(10, None, None)}
    checked = nobodys(11, "赵一鸣", None)
    with database.begin(company.scope) as session:
        session.add(
            IntakeCheck(
                organization_id=company.organization.id,
                document_id=checked,
                person_id=company.viewers["manager"].person_id,
                subject_id=company.subject.id,
                cycle_id=company.cycle.id,
            )
        )
    with database.begin(company.scope) as session:
        erased = erase_paper(session, hr, company.subject.id)
        assert {document.id for document in erased.documents} == {*theirs, checked}
        assert {document.id for document in erased.unsure} == unsure
    with database.begin(company.scope) as session:
        for id_ in theirs:
            assert session.get_one(IntakeDocument, id_).status is IntakeStatus.REJECTED
            assert not {NAME, "支付网关"}.intersection(_values(session, session.get_one(IntakeDocument, id_)).values())
        for id_ in unsure | others:
            assert session.get_one(IntakeDocument, id_).erased_at is None
    looked_at = next(iter(unsure))
    with database.begin(company.scope) as session:
        again = erase_paper(session, hr, company.subject.id, [looked_at])
        assert [document.id for document in again.documents] == [looked_at]
        assert {document.id for document in again.unsure} == unsure - {looked_at}
    with database.begin(company.scope) as session, pytest.raises(DomainError) as caught:
        erase_paper(session, hr, company.subject.id, [looked_at])  # erased: nothing to look at
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_name_that_two_people_have_is_not_enough(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        make_person(session, company.organization, NAME, staff_number="T2006")
    words = {**VALUES, "staff_number": None}
    shared = read_document(database, files, company, values=words, sheet=False)
    with database.begin(company.scope) as session:
        erased = erase_paper(session, company.viewers["hr"], company.subject.id)
        assert ([one.id for one in erased.documents], [one.id for one in erased.unsure]) == ([], [shared])


def test_who_may_erase(database: Database, files: FileStore, company: PaperCompany) -> None:
    done = read_document(database, files, company)
    with database.begin(company.scope) as session:
        for who, person, code in (
            ("manager", company.subject.id, ErrorCode.FORBIDDEN),
            ("administrator", company.subject.id, ErrorCode.FORBIDDEN),
            ("hr", unknown_id(), ErrorCode.NOT_FOUND),
        ):
            with pytest.raises(DomainError) as caught:
                erase_paper(session, company.viewers[who], person)
            assert caught.value.code is code
        assert _values(session, session.get_one(IntakeDocument, done)) == VALUES


def _suggested(key: str, value: str) -> Suggestion:
    return Suggestion(key, "姓名", FieldType.PERSON, value, 0.9, 1, None)


def _field(kind: FieldType, **more: str) -> FormField:
    return FormField("x", Words("项", "item"), kind, 1, (0, 0, 10, 5), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        (_field(FieldType.PERSON), NAME, False),
        (_field(FieldType.TEXT), "B", False),
        (_field(FieldType.TEXT, role="grade"), NAME, False),
        (_field(FieldType.LONG_TEXT), "5", False),
        (_field(FieldType.SCORE), "4.5", True),
        (_field(FieldType.SCORE), NAME, False),
        (_field(FieldType.SIGNATURE), "present", True),
        (_field(FieldType.SIGNATURE), NAME, False),
        (_field(FieldType.NUMBER), "13800000000", False),
        (_field(FieldType.NUMBER, role="subject_staff_number", minimum="0", maximum="9999"), "1006", False),
        (_field(FieldType.NUMBER, minimum="0", maximum="100"), "88", True),
        (_field(FieldType.NUMBER, minimum="0", maximum="100"), "13800000000", False),
        (_field(FieldType.NUMBER, role="total"), "92.5", True),
        (_field(FieldType.DATE, role="signed_on"), "2026-10-09", True),
        (_field(FieldType.DATE), "1990-01-02", False),
        (_field(FieldType.SCORE), None, False),
    ],
)
def test_what_stays(field: FormField, value: str | None, left: bool) -> None:
    assert stays(field, value) is left
