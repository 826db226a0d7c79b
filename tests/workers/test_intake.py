"""The jobs of paper, run by a real runner with real children on real photographs."""

from __future__ import annotations

import io
import os
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from PIL import Image
from pypdf import PdfReader, PdfWriter

from db.files import FileStore
from db.models.files import StoredFile
from db.models.goals import Cycle
from db.models.intake import IntakeDocument, IntakeField, IntakePage, IntakeStatus, Sheet, UploadFile, UploadPage
from db.models.jobs import JobState
from db.seed.company import ORGANIZATION_ID, person_id
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from ocr.contract import PageGlance
from ocr.forms.shipped import blank_pdf, load
from ocr.forms.stamp import stamp
from resolvers.intake.sheets import request_sheet
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from tests.workers import misbehaviour
from tests.workers.desk import Desk
from workers import intake, reading
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import OverTimeError, Runner
from workers.sandbox import Limits
from workers.seeding import PHOTOGRAPH, photograph_truth, seed

assert intake.read is not None  # the module's import registers its jobs

SUPERVISOR = Viewer(ORGANIZATION_ID, person_id("T1005"), frozenset({Role.MANAGER}))


@pytest.fixture(scope="module")
def reading_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingProcess]:
    """One for all tests: loading the models takes seconds."""
    process = ReadingProcess(Settings(home=tmp_path_factory.mktemp("reading")))
    yield process
    process.close()


@pytest.fixture
def desk(settings: Settings, database: Database, reading_process: ReadingProcess) -> Iterator[Desk]:
    seed(settings)
    relay = Database(settings, url=settings.relay_url)
    runner = Runner(Services(settings, database, FileStore(settings.files_url), reading_process))
    runner.heart.start()
    yield Desk(database, relay, runner, ORGANIZATION_ID)
    runner.heart.stop()
    relay.close()


def hand_in(desk: Desk, files: FileStore, content: bytes) -> uuid.UUID:
    """The id of the document."""
    with desk.database.begin(Scope(ORGANIZATION_ID)) as session:
        upload = receive_upload(session, SUPERVISOR, files, UploadDraft([ReceivedFile(content, "form.jpg")]))
        return session.scalars(sa.select(IntakeDocument.id).where(IntakeDocument.upload_id == upload.id)).one()


def document(desk: Desk, document_id: uuid.UUID) -> IntakeDocument:
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        return session.get_one(IntakeDocument, document_id)


def read_values(desk: Desk, document_id: uuid.UUID) -> dict[str, str | None]:
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        fields = session.scalars(sa.select(IntakeField).where(IntakeField.document_id == document_id)).all()
        return {field.key: field.value for field in fields}


def run_job_of(desk: Desk, document_id: uuid.UUID) -> JobState:
    desk.run()
    job_id = document(desk, document_id).job_id
    assert job_id is not None
    return desk.row(job_id).state


def test_a_photograph_is_read_once_however_often_the_job_runs(desk: Desk, files: FileStore) -> None:
    document_id = hand_in(desk, files, PHOTOGRAPH.read_bytes())
    assert run_job_of(desk, document_id) == JobState.DONE
    truth = photograph_truth()["values"]
    values = read_values(desk, document_id)
    for key in ("staff_number", "employee_name", "score_results", "grade", "signed_on"):
        assert values[key] == truth[key], key
    read = document(desk, document_id)
    assert (read.status, read.subject_id) == (IntakeStatus.NEEDS_REVIEW, person_id("T1006"))
    job_id = read.job_id
    assert job_id is not None
    with desk.relay.engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET state = 'QUEUED'"))
    desk.run()
    assert desk.row(job_id).state == JobState.DONE
    assert desk.row(job_id).attempts == 2
    assert desk.lines().count("intake.read") == 1
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        assert len(session.scalars(sa.select(IntakePage)).all()) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PHOTOGRAPH.read_bytes()[:40_000], "truncated"),
        (b"%PDF-1.7\n%%EOF\n", None),
        (b"\xff\xd8\xff\xe0" + b"not a picture" * 50, None),
    ],
    ids=["truncated", "broken-pdf", "not-a-picture"],
)
def test_a_file_that_gives_no_pages_ends_with_its_reason(
    desk: Desk, files: FileStore, content: bytes, code: str | None
) -> None:
    document_id = hand_in(desk, files, content)
    assert run_job_of(desk, document_id) == JobState.DONE
    failed = document(desk, document_id)
    assert failed.status == IntakeStatus.FAILED
    assert failed.reason_code in ({code} if code else {"truncated", "not_an_image", "unsupported_type", "damaged"})
    assert read_values(desk, document_id) == {}


def test_a_decoder_that_takes_too_long_is_ended_and_the_document_says_so(
    desk: Desk, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "DECODING", Limits(seconds=0.05))
    document_id = hand_in(desk, files, PHOTOGRAPH.read_bytes())
    assert run_job_of(desk, document_id) == JobState.QUEUED
    assert document(desk, document_id).status == IntakeStatus.UPLOADED
    desk.run()
    assert run_job_of(desk, document_id) == JobState.DEAD
    failed = document(desk, document_id)
    assert (failed.status, failed.reason_code) == (IntakeStatus.FAILED, "sandbox_timeout")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_pages_that_end_their_decoder_cost_the_others_nothing_until_they_are_too_many(
    desk: Desk, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_glance", misbehaviour.crash_on_every_third)
    pile = io.BytesIO()
    first, *others = (Image.new("RGB", (400, 300), (shade, 200, 200)) for shade in range(10))
    first.save(pile, "PDF", save_all=True, append_images=others)
    document_id = hand_in(desk, files, pile.getvalue())
    assert run_job_of(desk, document_id) is JobState.DONE
    with desk.database.begin(Scope(desk.organization_id), write=False) as session:
        pages = session.scalars(sa.select(UploadPage).order_by(UploadPage.number)).all()
        (file,) = session.scalars(sa.select(UploadFile)).all()
    assert {page.number: page.problem for page in pages if page.image_id is None} == dict.fromkeys(
        (2, 5, 8), "sandbox_crashed"
    )
    assert [page.number for page in pages if page.image_id is not None] == [1, 3, 4, 6, 7]
    assert (file.pages, file.reason_code) == (10, "too_many_hard_pages")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_reading_child_that_is_killed_costs_one_attempt(
    desk: Desk, files: FileStore, reading_process: ReadingProcess
) -> None:
    reading_process.close()
    document_id = hand_in(desk, files, PHOTOGRAPH.read_bytes())
    job_id = document(desk, document_id).job_id
    (claim,) = [claim for claim in desk.claim() if claim.job_id == job_id]
    thread = threading.Thread(target=desk.runner.run, args=(claim.job_id, claim.organization_id))
    thread.start()
    while (child := reading_process.process_id) is None:
        time.sleep(0.02)
    time.sleep(0.5)
    os.kill(child, signal.SIGKILL)
    thread.join()
    assert (desk.row(claim.job_id).state, desk.row(claim.job_id).error_code) == (JobState.QUEUED, "sandbox_crashed")
    assert run_job_of(desk, document_id) == JobState.DONE
    assert document(desk, document_id).status == IntakeStatus.NEEDS_REVIEW
    assert desk.lines().count("intake.read") == 1


def test_the_reading_child_is_kept_and_then_renewed(
    reading_process: ReadingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryFile() as small:
        Image.new("RGB", (400, 300), "white").save(small, "JPEG")
        with reading_process.opened(small) as opened:
            picture = opened.page(1).picture
    reading_process.close()
    monkeypatch.setattr(reading, "PAGES_BEFORE_RENEWAL", 2)
    children = []
    for _ in range(3):
        reading_process.read_form([picture], [load("quarterly-review")])
        children.append(reading_process.process_id)
    assert children[0] == children[1] is not None
    assert children[2] not in {None, children[0]}


def _printed(sheets: Sequence[uuid.UUID]) -> bytes:
    """A PDF with the printed form of each sheet."""
    writer = PdfWriter()
    template = load("quarterly-review").template
    for sheet in sheets:
        writer.append(io.BytesIO(stamp(blank_pdf("quarterly-review"), template, sheet.hex)))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _run_inspection(desk: Desk) -> None:
    for claim in desk.claim():
        if desk.row(claim.job_id).name == "intake.inspect":
            desk.runner.run(claim.job_id, claim.organization_id)


def test_a_pile_is_taken_apart_and_goes_on_where_a_worker_was_lost(
    desk: Desk, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGES_OF_ONE_DECODER", 2)
    with desk.database.begin(Scope(ORGANIZATION_ID)) as session:
        cycle = session.scalars(sa.select(Cycle)).first()
        assert cycle is not None
        sheets = [
            request_sheet(session, SUPERVISOR, "quarterly-review", person_id(number), cycle.id).id
            for number in ("T1006", "T1007", "T1008")
        ]
    desk.run()
    pile = _printed([sheets[0], sheets[1], sheets[2], sheets[0]])
    hand_in(desk, files, pile)
    looked: list[int] = []
    page = reading.OpenedFile.page

    def lost_at_the_third(self: reading.OpenedFile, number: int) -> PageGlance:
        looked.append(number)
        if looked == [1, 2, 3]:
            raise OverTimeError  # as if the worker had been stopped here
        return page(self, number)

    monkeypatch.setattr(reading.OpenedFile, "page", lost_at_the_third)
    _run_inspection(desk)
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(UploadPage)) == 2
    with desk.relay.engine.begin() as connection:
        connection.execute(sa.text("UPDATE job SET state = 'QUEUED' WHERE state = 'SENT'"))
    _run_inspection(desk)
    assert looked == [1, 2, 3, 3, 4]
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        pages = session.scalars(sa.select(UploadPage).order_by(UploadPage.number)).all()
        assert [page.sheet_code for page in pages] == [sheets[place].hex for place in (0, 1, 2, 0)]
        documents = session.scalars(sa.select(IntakeDocument)).all()
        counts = sorted(
            session.scalar(
                sa.select(sa.func.count()).select_from(IntakePage).where(IntakePage.document_id == document.id)
            )
            or 0
            for document in documents
        )
        assert counts == [1, 1, 1, 1], "a second picture of a page stands beside the first until it is read"
        assert {document.status for document in documents} == {IntakeStatus.UPLOADED}


@pytest.mark.fonts
def test_a_sheet_is_printed_once_with_its_code(desk: Desk, files: FileStore) -> None:
    with desk.database.begin(Scope(ORGANIZATION_ID)) as session:
        cycle = session.scalars(sa.select(Cycle)).first()
        assert cycle is not None
        sheet_id = request_sheet(session, SUPERVISOR, "quarterly-review", person_id("T1007"), cycle.id).id
    for _ in range(2):
        desk.run()
        with desk.relay.engine.begin() as connection:
            connection.execute(sa.text("UPDATE job SET state = 'QUEUED'"))
    assert desk.lines().count("intake.sheet_printed") == 1
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        sheet = session.get_one(Sheet, sheet_id)
        assert sheet.pdf_id is not None
        pdf = files.read(session.get_one(StoredFile, sheet.pdf_id))
    assert pdf.startswith(b"%PDF")
    assert "T1007" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
