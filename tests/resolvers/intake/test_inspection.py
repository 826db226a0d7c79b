"""From the pages of an upload to its documents."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.files import FileStore
from db.models.intake import IntakeDocument, IntakePage, IntakeStatus, Upload, UploadFile, UploadPage
from db.models.jobs import Job
from db.session import Database
from ocr.contract import PageGlance, Retake
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import arranging, inspection
from resolvers.intake import reading as readings
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from tests.factories import unknown_id
from tests.paper import (
    VALUES,
    PaperCompany,
    glanced,
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


def _upload(
    session: Session, files: FileStore, company: PaperCompany, *pages: Sequence[PageGlance], **more: object
) -> Upload:
    """An upload of a file for each of these lists of pages, inspected."""
    start = session.scalar(sa.select(sa.func.count()).select_from(UploadFile)) or 0
    received = [ReceivedFile(jpeg(start + place), f"{place}.jpg") for place in range(len(pages))]
    viewer = company.viewers["manager"]
    upload = receive_upload(session, viewer, files, UploadDraft(received, **more))  # type: ignore[arg-type]
    inspect_as(session, files, viewer, upload.id, *pages)
    return upload


def _documents(session: Session, upload: Upload) -> list[IntakeDocument]:
    statement = sa.select(IntakeDocument).where(IntakeDocument.upload_id == upload.id)
    return list(session.scalars(statement.order_by(IntakeDocument.created_at, IntakeDocument.id)))


def _pages(session: Session, document: IntakeDocument) -> list[tuple[int, int | None]]:
    """File and printed page number of each of a document's pages."""
    rows = session.execute(
        sa.select(UploadFile.position, UploadPage.page_code)
        .join(UploadPage, UploadPage.upload_file_id == UploadFile.id)
        .join(IntakePage, IntakePage.upload_page_id == UploadPage.id)
        .where(IntakePage.document_id == document.id)
        .order_by(IntakePage.position)
    )
    return [(row.position, row.page_code) for row in rows]


def test_pictures_of_one_sheet_become_one_document(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        sheet = make_sheet(session, company).id
        upload = _upload(session, files, company, [glanced(2, sheet)], [glanced(1, sheet)])
        first, second = _documents(session, upload)
        assert (first.status, second.status) == (IntakeStatus.SUPERSEDED, IntakeStatus.UPLOADED)
        kept, gone = (second, first) if _pages(session, second) else (first, second)
        assert _pages(session, kept) == [(2, 1), (1, 2)]
        assert (gone.status, gone.reason_code, gone.superseded_by_id) == (
            IntakeStatus.SUPERSEDED,
            "pages_joined",
            kept.id,
        )


def test_of_two_pictures_of_a_page_at_once_the_newest_that_is_readable_counts(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    manager = company.viewers["manager"]
    for readable in (0, 1):
        with database.begin(company.scope) as session:
            sheet = make_sheet(session, company).id
            upload = _upload(session, files, company, [glanced(1, sheet)], [glanced(1, sheet)])
            documents = _documents(session, upload)
            assert [_pages(session, document) for document in documents] == [[(1, 1)], [(2, 1)]]
            for place, document in enumerate(documents):
                assert readings.begin_reading(session, manager, document.id)
                read = (
                    read_as(company.template, VALUES, sheet_id=sheet) if place <= readable else retake(Retake.NOT_FLAT)
                )
                readings.record_reading(session, manager, files, document.id, read)
            first, second = documents
            ended = (IntakeStatus.SUPERSEDED, IntakeStatus.NEEDS_REVIEW)
            alone = (IntakeStatus.NEEDS_REVIEW, IntakeStatus.RETAKE)
            assert (first.status, second.status) == (ended if readable else alone)


def test_a_pile_of_sheets_in_one_file(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        sheets = [make_sheet(session, company).id for _ in range(3)]
        upload = _upload(session, files, company, [*[glanced(1, sheet) for sheet in sheets], glanced()])
        documents = _documents(session, upload)
        assert [document.status for document in documents] == [IntakeStatus.UPLOADED] * 4
        assert sorted(document.warnings for document in documents) == [[], [], [], ["page_without_code"]]
        jobs = {job.id: job for job in session.scalars(sa.select(Job).where(Job.name == "intake.read"))}
        assert {document.job_id for document in documents} == set(jobs)
        assert all(job.run_at <= now() for job in jobs.values())


def test_a_page_of_a_sheet_joins_the_page_that_waits(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    with database.begin(company.scope) as session:
        sheet = make_sheet(session, company).id
        (first,) = _documents(session, _upload(session, files, company, [glanced(1, sheet)]))
        (second,) = _documents(session, _upload(session, files, company, [glanced(2, sheet)]))
        assert _pages(session, second) == [(1, 2), (1, 1)]
        assert _pages(session, first) == [(1, 1)]
        assert first.status is IntakeStatus.UPLOADED  # until the newer one is read
        viewer = company.viewers["manager"]
        for document in (second, first):
            assert readings.begin_reading(session, viewer, document.id)
            pictures = [page.picture for page in readings.pages_to_read(session, viewer, files, document.id)]
            reading = read_as(company.template, VALUES, sheet_id=sheet, pages=len(pictures))
            readings.record_reading(session, viewer, files, document.id, reading)
        assert (second.status, first.status, first.superseded_by_id) == (
            IntakeStatus.NEEDS_REVIEW,
            IntakeStatus.SUPERSEDED,
            second.id,
        )


def test_what_a_glance_tells_is_told_at_once(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        upload = _upload(session, files, company, [glanced(problem=Retake.BLURRED)], [glanced()])
        blurred, good = _documents(session, upload)
        assert (blurred.status, blurred.reason_code) == (IntakeStatus.RETAKE, "blurred")
        assert good.status is IntakeStatus.UPLOADED
        assert not readings.begin_reading(session, company.viewers["manager"], blurred.id)


def test_a_file_without_pages_says_why(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        received = [ReceivedFile(jpeg(shade), "form.jpg") for shade in (1, 2)]
        upload = receive_upload(session, viewer, files, UploadDraft(received))
        broken, whole = inspection.files_to_inspect(session, viewer, upload.id) or []
        inspection.refuse_file(session, broken.id, "truncated")
        assert inspection.begin_file(session, whole.id, 1)
        inspection.keep_page(session, files, whole.id, 1, glanced())
        inspection.settle_upload(session, viewer, upload.id)
        first, second = _documents(session, upload)
        assert (first.status, first.reason_code) == (IntakeStatus.FAILED, "truncated")
        assert second.status is IntakeStatus.UPLOADED


def test_an_upload_has_at_most_200_pages(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        received = [ReceivedFile(jpeg(shade), "form.jpg") for shade in (1, 2)]
        upload = receive_upload(session, viewer, files, UploadDraft(received))
        first, second = inspection.files_to_inspect(session, viewer, upload.id) or []
        assert inspection.begin_file(session, first.id, 150)
        assert not inspection.begin_file(session, second.id, 51)
        assert session.get_one(UploadFile, second.id).reason_code == "too_many_pages"


def test_another_worker_goes_on_behind_the_pages_that_are_kept(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        upload = receive_upload(session, viewer, files, UploadDraft([ReceivedFile(jpeg(), "pile.pdf")]))
        (file,) = inspection.files_to_inspect(session, viewer, upload.id) or []
        assert (file.pages_kept, inspection.begin_file(session, file.id, 3)) == (0, True)
        for number in (1, 2, 2):  # a page that both workers did counts once
            inspection.keep_page(session, files, file.id, number, glanced())
    with database.begin(company.scope) as session:
        (file,) = inspection.files_to_inspect(session, viewer, upload.id) or []
        assert file.pages_kept == 2
        inspection.keep_page(session, files, file.id, 3, glanced())
        for _ in range(2):
            inspection.settle_upload(session, viewer, upload.id)
        (document,) = _documents(session, session.get_one(Upload, upload.id))
        assert len(_pages(session, document)) == 3
        assert inspection.files_to_inspect(session, viewer, upload.id) is None


def test_the_same_picture_packed_anew_is_a_hint(database: Database, files: FileStore, company: PaperCompany) -> None:
    looks = "0f" * 128
    nearly = "0e" + looks[2:]
    with database.begin(company.scope) as session:
        sheet, other = make_sheet(session, company).id, make_sheet(session, company).id
        (first,) = _documents(session, _upload(session, files, company, [glanced(1, sheet, likeness=looks)]))
        (alike,) = _documents(session, _upload(session, files, company, [glanced(likeness=nearly)]))
        assert (alike.similar_to_id, alike.warnings) == (first.id, ["looks_like_earlier"])
        (another,) = _documents(session, _upload(session, files, company, [glanced(1, other, likeness=looks)]))
        assert another.similar_to_id == alike.id  # not the first: that is another sheet of paper
        (unlike,) = _documents(session, _upload(session, files, company, [glanced(likeness="f0" * 128)]))
        assert (unlike.similar_to_id, unlike.warnings) == (None, [])


def test_several_documents_are_not_the_paper_of_one_review(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    from db.models.reviews import Review, ReviewSource, ReviewStatus  # noqa: PLC0415

    with database.begin(company.scope) as session:
        review = Review(
            organization_id=company.organization.id,
            subject_id=company.subject.id,
            cycle_id=company.cycle.id,
            source=ReviewSource.PAPER,
            status=ReviewStatus.DRAFT,
        )
        session.add(review)
        session.flush()
        pile = [glanced(1, make_sheet(session, company).id) for _ in range(2)]
        upload = _upload(session, files, company, pile, review_id=review.id)
        assert upload.review_id is None
        assert [document.subject_id for document in _documents(session, upload)] == [None, None]


def _page_ids(session: Session, document: IntakeDocument) -> list[uuid.UUID]:
    statement = sa.select(IntakePage.id).where(IntakePage.document_id == document.id)
    return list(session.scalars(statement.order_by(IntakePage.position)))


def test_a_person_puts_pages_together(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        upload = _upload(session, files, company, [glanced(), glanced()], [glanced()])
        first, second = _documents(session, upload)
        pages = [*_page_ids(session, first), *_page_ids(session, second)]
        (joined, alone) = arranging.arrange_pages(session, viewer, [[pages[2], pages[0]], [pages[1]]])
        assert (len(_pages(session, joined)), _pages(session, joined)[0][0]) == (2, 2)
        assert (alone.status, joined.status) == (IntakeStatus.UPLOADED, IntakeStatus.UPLOADED)
        for old in (first, second):
            assert (old.status, old.reason_code, old.superseded_by_id) == (
                IntakeStatus.SUPERSEDED,
                "rearranged",
                joined.id,
            )
        assert readings.begin_reading(session, viewer, joined.id)
        assert not readings.begin_reading(session, viewer, first.id)


def test_what_cannot_be_arranged(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        (document,) = _documents(session, _upload(session, files, company, [glanced(), glanced()]))
        pages = _page_ids(session, document)
        for who, groups, code in (
            ("report", [pages], ErrorCode.FORBIDDEN),
            ("stranger", [pages], ErrorCode.NOT_FOUND),
            ("manager", [[unknown_id()]], ErrorCode.NOT_FOUND),
            ("manager", [], ErrorCode.INVALID),
            ("manager", [[]], ErrorCode.INVALID),
            ("manager", [pages, pages[:1]], ErrorCode.FIELD_REPEATED),
        ):
            with pytest.raises(DomainError) as caught:
                arranging.arrange_pages(session, company.viewers[who], groups)
            assert caught.value.code is code
        document.status = IntakeStatus.CONFIRMED
        session.flush()
        with pytest.raises(DomainError) as caught:
            arranging.arrange_pages(session, company.viewers["manager"], [pages])
        assert caught.value.code is ErrorCode.NOT_READY
        assert len(_documents(session, session.get_one(Upload, document.upload_id))) == 1


def test_only_who_may_see_it(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        upload = receive_upload(session, viewer, files, UploadDraft([ReceivedFile(jpeg(), "form.jpg")]))
        for who, id_ in (("stranger", upload.id), ("manager", unknown_id())):
            for use in (inspection.files_to_inspect, inspection.settle_upload, inspection.templates_to_match):
                with pytest.raises(DomainError) as caught:
                    use(session, company.viewers[who], id_)
                assert caught.value.code is ErrorCode.NOT_FOUND
        assert session.scalars(sa.select(IntakePage)).all() == []
        assert isinstance(upload.id, uuid.UUID)
