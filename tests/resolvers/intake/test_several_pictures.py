"""Several pictures of one sheet, several people at one document: one review comes of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from db.files import FileStore
from db.models.intake import IntakeDocument, IntakeField, IntakeStatus, Sheet
from db.models.reviews import Review, ReviewStatus
from db.session import Database
from ocr.contract import FormReading
from resolvers.errors import DomainError
from resolvers.intake import reading as readings
from resolvers.intake.confirmation import confirm_document
from tests.paper import VALUES, PaperCompany, hand_in, inspect_as, jpeg, make_paper_company, read_as, read_document
from tests.resolvers.intake.deciding import confirm, refused, says


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _at_once(database: Database, company: PaperCompany, documents: Sequence[tuple[uuid.UUID, str]]) -> list[str]:
    """Confirm documents, each by somebody, at the same moment; what became of each."""
    barrier = threading.Barrier(len(documents))
    outcomes: list[str] = []

    def work(document_id: uuid.UUID, who: str) -> None:
        try:
            with database.begin(company.scope) as session:
                barrier.wait(10) if not database.embedded else None
                confirm_document(session, company.viewers[who], document_id, says())
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
    assert refused(database, company, first, says()) == [("NOT_READY", None)]
    confirm(database, company, second, says())
    third = _second_picture(database, files, company, jpeg(34))
    assert refused(database, company, third, says()) == [("ALREADY_CONFIRMED", None)]


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
    confirm(database, company, second, says(), "hr")
    assert refused(database, company, first, says()) == [("ALREADY_CONFIRMED", None)]


def test_a_second_review_of_the_same_is_warned_of(database: Database, files: FileStore, company: PaperCompany) -> None:
    confirm(database, company, read_document(database, files, company), says())
    again = read_document(database, files, company, content=jpeg(33))
    other = read_document(database, files, company, content=jpeg(34), values={**VALUES, "period": None}, sheet=False)
    with database.begin(company.scope) as session:
        assert session.get_one(IntakeDocument, again).warnings == ["review_exists"]
        assert session.get_one(IntakeDocument, other).warnings == []
    assert confirm(database, company, again, says()).status is ReviewStatus.CONFIRMED  # it may be meant
