"""Who sees which reviews, documents, sheets, jobs and access records."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record_accesses
from db.files import FileStore
from db.models.events import AccessedResource
from db.models.intake import IntakeDocument, IntakeStatus
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.queries import events, intake, jobs, reviews
from db.session import Database
from db.viewer import Viewer
from tests.paper import PaperCompany, hand_in, make_paper_company, make_sheet

EVERYBODY = {
    "director",
    "manager",
    "report",
    "colleague",
    "stranger",
    "hr",
    "pmo",
    "administrator",
    "committee",
}


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


@pytest.fixture
def session(database: Database, company: PaperCompany) -> Iterator[Session]:
    with database.begin(company.scope) as session:
        yield session


def _seeing(session: Session, company: PaperCompany, statement_of: object) -> set[str]:
    """Who gets at least one row of the statement for a viewer."""
    assert callable(statement_of)
    return {who for who, viewer in company.viewers.items() if session.scalars(statement_of(viewer)).first() is not None}


def _review(session: Session, company: PaperCompany, status: ReviewStatus, reviewer: str | None = None) -> Review:
    review = Review(
        organization_id=company.organization.id,
        subject_id=company.subject.id,
        reviewer_id=company.people[reviewer].id if reviewer else None,
        cycle_id=company.cycle.id,
        source=ReviewSource.PAPER,
        status=status,
    )
    session.add(review)
    session.flush()
    return review


@pytest.mark.parametrize(
    ("status", "reviewer", "seen_by"),
    [
        (ReviewStatus.CONFIRMED, None, {"report", "manager", "director", "hr"}),
        (ReviewStatus.DRAFT, None, {"manager", "director", "hr"}),
        (ReviewStatus.DRAFT, "stranger", {"manager", "director", "hr", "stranger"}),
        (ReviewStatus.CONFIRMED, "pmo", {"report", "manager", "director", "hr", "pmo"}),
    ],
)
def test_reviews(
    session: Session, company: PaperCompany, status: ReviewStatus, reviewer: str | None, seen_by: set[str]
) -> None:
    review = _review(session, company, status, reviewer)
    assert _seeing(session, company, lambda viewer: reviews.visible_to(session, viewer)) == seen_by
    assert reviews.by_ids(session, company.viewers["hr"], [review.id, uuid.uuid4()]) == {review.id: review}


def _document(
    session: Session, files: FileStore, company: PaperCompany, about: tuple[str, str | None, IntakeStatus]
) -> IntakeDocument:
    """A document by who hands it in, its subject and its status."""
    who, subject, status = about
    document = hand_in(session, files, company.viewers[who])
    document.subject_id = company.people[subject].id if subject else None
    document.status = status
    session.flush()
    return document


REVIEWED, CONFIRMED = IntakeStatus.NEEDS_REVIEW, IntakeStatus.CONFIRMED


@pytest.mark.parametrize(
    ("document", "seen_by"),
    [
        (("manager", None, REVIEWED), {"manager", "hr"}),
        (("manager", "report", REVIEWED), {"manager", "director", "hr"}),
        (("manager", "report", CONFIRMED), {"manager", "director", "hr", "report"}),
        (("stranger", "report", REVIEWED), {"stranger", "manager", "director", "hr"}),
        (("director", "manager", REVIEWED), {"director", "hr"}),
        (("director", "hr", REVIEWED), {"director"}),  # HR waits like everybody for what is said about them
        (("director", "hr", CONFIRMED), {"director", "hr"}),
    ],
)
def test_documents(
    session: Session,
    files: FileStore,
    company: PaperCompany,
    document: tuple[str, str | None, IntakeStatus],
    seen_by: set[str],
) -> None:
    row = _document(session, files, company, document)
    assert _seeing(session, company, lambda viewer: intake.visible_to(session, viewer)) == seen_by
    assert _seeing(session, company, intake.uploads_visible_to) == {document[0], "hr"}
    assert _seeing(session, company, jobs.visible_to) == {document[0], "hr", "administrator"}
    for who, viewer in company.viewers.items():
        found = intake.documents_of_uploads(session, viewer, [row.upload_id])
        assert (row.upload_id in found) == (who in seen_by)


def test_sheets(session: Session, company: PaperCompany) -> None:
    sheet = make_sheet(session, company)
    assert _seeing(session, company, lambda viewer: intake.sheets_visible_to(session, viewer)) == {
        "manager",
        "director",
        "hr",
    }
    sheet.requested_by = company.people["stranger"].id
    session.flush()
    assert "stranger" in _seeing(session, company, lambda viewer: intake.sheets_visible_to(session, viewer))


def test_blank_forms_are_everybodys(session: Session, company: PaperCompany) -> None:
    assert _seeing(session, company, intake.forms) == EVERYBODY


def test_accesses_are_the_subjects_alone(session: Session, company: PaperCompany) -> None:
    for who in ("manager", "hr", "report"):  # reading one's own is not noted
        viewer: Viewer = company.viewers[who]
        record_accesses(session, viewer, [(AccessedResource.REVIEW, uuid.uuid4(), company.subject.id)])
    session.flush()
    assert _seeing(session, company, events.accesses_visible_to) == {"report"}
    assert len(session.scalars(events.accesses_visible_to(company.viewers["report"])).all()) == 2


def test_nothing_crosses_organisations(database: Database, files: FileStore, company: PaperCompany) -> None:
    other = make_paper_company(database, files)
    with database.begin(company.scope) as session:
        _document(session, files, company, ("manager", "report", CONFIRMED))
        _review(session, company, ReviewStatus.CONFIRMED)
        make_sheet(session, company)
    with database.begin(other.scope) as session:
        for statement in (
            reviews.visible_to(session, other.viewers["hr"]),
            intake.visible_to(session, other.viewers["hr"]),
            intake.sheets_visible_to(session, other.viewers["hr"]),
            intake.uploads_visible_to(other.viewers["hr"]),
            jobs.visible_to(other.viewers["hr"]),
        ):
            assert session.scalars(statement).all() == []
        # Even a viewer of the first organisation sees nothing in the second's transaction.
        assert session.scalars(reviews.visible_to(session, company.viewers["hr"])).all() == []
        assert session.scalar(sa.select(sa.func.count()).select_from(Review)) == 0
