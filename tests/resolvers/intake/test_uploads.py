"""Handing in a file: what is refused, what is kept, and the same bytes twice."""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import uuid
import zlib

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, IntakeStatus, Upload, UploadFile
from db.models.jobs import Job
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.queries import intake
from db.session import Database
from db.viewer import Viewer
from resolvers.errors import DomainError, DomainErrors, ErrorCode
from resolvers.intake import inspection
from resolvers.intake.uploads import MAXIMUM_BYTES, ReceivedFile, UploadDraft, clean_filename, receive_upload
from tests.factories import unknown_id
from tests.paper import FORM, PaperCompany, hand_in, jpeg, make_paper_company


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _counts(session: Session) -> tuple[int, ...]:
    return tuple(
        session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in (StoredFile, Upload, IntakeDocument, Job)
    )


def _draft(content: bytes, template_key: str | None = None, review_id: uuid.UUID | None = None) -> UploadDraft:
    return UploadDraft([ReceivedFile(content, "form.jpg")], template_key, review_id)


def _refused(
    database: Database, files: FileStore, company: PaperCompany, viewer: Viewer, draft: UploadDraft
) -> DomainError:
    """The error of an upload; asserts that nothing was stored."""
    with database.begin(company.scope) as session:
        before = _counts(session)
    with pytest.raises((DomainError, DomainErrors)) as caught, database.begin(company.scope) as session:
        receive_upload(session, viewer, files, draft)
    with database.begin(company.scope) as session:
        assert _counts(session) == before
        stored = set(session.scalars(sa.select(StoredFile.sha256)))
    for file in draft.files:
        assert hashlib.sha256(file.content).hexdigest() not in stored
    assert sorted(path.rsplit("/", 1)[-1] for path in files._listing(company.organization.id)) == sorted(stored)
    if isinstance(caught.value, DomainErrors):
        (error,) = caught.value.errors
        return error
    assert isinstance(caught.value, DomainError)
    return caught.value


def _encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "white").save(buffer, kind)
    return buffer.getvalue()


def _png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size; nothing behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def test_kept(database: Database, files: FileStore, company: PaperCompany) -> None:
    content = jpeg()
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        draft = UploadDraft([ReceivedFile(content, "C:\\照片\\扫描 1.jpg")], FORM)
        upload_id = receive_upload(session, viewer, files, draft).id
    with database.begin(company.scope) as session:
        upload = session.get_one(Upload, upload_id)
        document = session.scalars(sa.select(IntakeDocument)).one()
        jobs = {job.name: job for job in session.scalars(sa.select(Job))}
        kept = session.scalars(sa.select(UploadFile)).one()
        assert kept.file_id is not None
        file = session.get_one(StoredFile, kept.file_id)
        assert (kept.filename, upload.template_key, upload.uploaded_by) == ("扫描 1.jpg", FORM, viewer.person_id)
        assert (kept.upload_id, kept.position, kept.pages, upload.inspected_at) == (upload.id, 1, None, None)
        assert kept.sha256 == file.sha256 == hashlib.sha256(content).hexdigest()
        assert (file.media_type, file.size, files.read(file)) == ("image/jpeg", len(content), content)
        assert (document.status, document.upload_id, document.upload_file_id) == (
            IntakeStatus.UPLOADED,
            upload.id,
            kept.id,
        )
        assert (document.job_id, upload.job_id) == (jobs["intake.read"].id, jobs["intake.inspect"].id)
        assert jobs["intake.read"].args == {"document_id": str(document.id)}
        assert jobs["intake.inspect"].args == {"upload_id": str(upload.id)}
        assert {job.requested_by for job in jobs.values()} == {viewer.person_id}
        assert jobs["intake.inspect"].run_at < jobs["intake.read"].run_at  # which the inspection brings forward


def test_kinds_of_file(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        for kind in ("JPEG", "PNG", "WEBP", "TIFF", "PDF"):
            document = hand_in(session, files, company.viewers["hr"], _encoded(kind))
            assert document.status is IntakeStatus.UPLOADED


def test_refused_content(database: Database, files: FileStore, company: PaperCompany) -> None:
    for content, code in (
        (b"", ErrorCode.FILE_EMPTY),
        (b"<html><script>alert(1)</script></html>", ErrorCode.FILE_TYPE_UNSUPPORTED),
        (b"GIF89a" + b"\x00" * 100, ErrorCode.FILE_TYPE_UNSUPPORTED),
        (b"PK\x03\x04" + b"\x00" * 100, ErrorCode.FILE_TYPE_UNSUPPORTED),
        (b"\xff", ErrorCode.FILE_TYPE_UNSUPPORTED),
        (_png_claiming(30_000, 30_000), ErrorCode.IMAGE_TOO_LARGE),
        (_png_claiming(10_001, 10_000), ErrorCode.IMAGE_TOO_LARGE),
    ):
        error = _refused(database, files, company, company.viewers["manager"], _draft(content))
        assert (error.code, error.field) == (code, ("input", "file"))


def test_too_large(database: Database, files: FileStore, company: PaperCompany) -> None:
    content = jpeg() + b"\x00" * MAXIMUM_BYTES
    error = _refused(database, files, company, company.viewers["manager"], _draft(content))
    assert (error.code, error.params) == (ErrorCode.FILE_TOO_LARGE, {"maximum_mb": 50})


def test_only_managers_and_hr(database: Database, files: FileStore, company: PaperCompany) -> None:
    for who in ("report", "pmo", "administrator", "committee"):
        error = _refused(database, files, company, company.viewers[who], _draft(jpeg()))
        assert error.code is ErrorCode.FORBIDDEN, who


def test_unknown_form_and_review(database: Database, files: FileStore, company: PaperCompany) -> None:
    viewer = company.viewers["manager"]
    error = _refused(database, files, company, viewer, _draft(jpeg(), "no-such-form"))
    assert (error.code, error.field) == (ErrorCode.NOT_FOUND, ("input", "templateKey"))
    error = _refused(database, files, company, viewer, _draft(jpeg(), None, unknown_id()))
    assert (error.code, error.field) == (ErrorCode.NOT_FOUND, ("input", "reviewId"))


def test_review_that_takes_no_paper(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        review = Review(
            organization_id=company.organization.id,
            subject_id=company.subject.id,
            cycle_id=company.cycle.id,
            source=ReviewSource.PAPER,
            status=ReviewStatus.DRAFT,
        )
        session.add(review)
    draft = _draft(jpeg(), None, review.id)
    error = _refused(database, files, company, company.viewers["stranger"], draft)
    assert (error.code, error.field) == (ErrorCode.NOT_FOUND, ("input", "reviewId"))
    with database.begin(company.scope) as session:
        session.get_one(Review, review.id).status = ReviewStatus.CONFIRMED
    error = _refused(database, files, company, company.viewers["manager"], draft)
    assert (error.code, error.field) == (ErrorCode.NOT_READY, ("input", "reviewId"))


def test_same_bytes_again_point_to_the_first(database: Database, files: FileStore, company: PaperCompany) -> None:
    with database.begin(company.scope) as session:
        first = hand_in(session, files, company.viewers["manager"])
        again = hand_in(session, files, company.viewers["manager"])
        assert (again.status, again.reason_code) == (IntakeStatus.SUPERSEDED, "duplicate")
        assert (again.duplicate_of_id, again.job_id) == (first.id, None)
        assert again.upload_id != first.upload_id
    with database.begin(company.scope) as session:
        assert _counts(session)[1:] == (2, 2, 2)
        third = hand_in(session, files, company.viewers["manager"])
        assert third.duplicate_of_id == first.id


def test_same_bytes_twice_in_one_upload_are_read_once(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    twice = [ReceivedFile(jpeg(1), "a.jpg"), ReceivedFile(jpeg(2), "b.jpg"), ReceivedFile(jpeg(1), "c.jpg")]
    with database.begin(company.scope) as session:
        manager = company.viewers["manager"]
        upload = receive_upload(session, manager, files, UploadDraft(twice))
        first, other, again = intake.documents_of_uploads(session, manager, [upload.id])[upload.id]
        assert [document.status for document in (first, other)] == [IntakeStatus.UPLOADED] * 2
        assert (again.status, again.reason_code, again.job_id) == (IntakeStatus.SUPERSEDED, "duplicate", None)
        assert again.duplicate_of_id == first.id
        assert len(inspection.files_to_inspect(session, manager, upload.id) or []) == 2


def test_duplicate_is_told_only_to_who_may_see_the_first(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    with database.begin(company.scope) as session:
        first = hand_in(session, files, company.viewers["manager"])
        other = hand_in(session, files, company.viewers["stranger"])
        assert (other.status, other.duplicate_of_id) == (IntakeStatus.UPLOADED, None)
        by_hr = hand_in(session, files, company.viewers["hr"])
        assert by_hr.duplicate_of_id == first.id


def test_given_up_documents_are_read_again(database: Database, files: FileStore, company: PaperCompany) -> None:
    for status in (IntakeStatus.REJECTED, IntakeStatus.FAILED, IntakeStatus.NEEDS_TEMPLATE):
        with database.begin(company.scope) as session:
            again = hand_in(session, files, company.viewers["manager"])
            assert (again.status, again.duplicate_of_id) == (IntakeStatus.UPLOADED, None)
            again.status = status


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("a/b\\c.jpg", "c.jpg"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("x\x00y\n.jpg", "xy.jpg"),
        ("", "upload"),
        ("...", "upload"),
        ("  季度评价表.jpg ", "季度评价表.jpg"),
        ("长" * 300 + ".jpeg", "长" * 250 + ".jpeg"),
        ("n" * 300, "n" * 255),
        ("e\u0301.jpg", "é.jpg"),
    ],
)
def test_clean_filename(name: str, cleaned: str) -> None:
    assert clean_filename(name) == cleaned


def test_unreadable_as_one_form_may_be_readable_as_another(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    viewer = company.viewers["manager"]
    with database.begin(company.scope) as session:
        first = hand_in(session, files, viewer)
        first.status = IntakeStatus.RETAKE
        session.flush()
        assert hand_in(session, files, viewer).duplicate_of_id == first.id
        named = hand_in(session, files, viewer, template_key=FORM)
        assert (named.status, named.duplicate_of_id) == (IntakeStatus.UPLOADED, None)
        assert hand_in(session, files, viewer, template_key=FORM).duplicate_of_id == named.id


def test_same_bytes_by_two_at_once(database: Database, files: FileStore, company: PaperCompany) -> None:
    """One of them is the first, the other points to it, and the photograph is read once."""
    barrier = threading.Barrier(2)
    failures: list[Exception] = []

    def work() -> None:
        barrier.wait(10)
        try:
            with database.begin(company.scope) as session:
                hand_in(session, files, company.viewers["hr"])
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    with database.begin(company.scope) as session:
        documents = session.scalars(sa.select(IntakeDocument)).all()
        assert sorted(document.status.value for document in documents) == ["SUPERSEDED", "UPLOADED"]
        assert len(session.scalars(sa.select(Job)).all()) == 2
        assert len({session.get_one(UploadFile, document.upload_file_id).file_id for document in documents}) == 1
