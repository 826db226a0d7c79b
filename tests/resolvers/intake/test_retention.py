"""How long pictures are kept, and that their bytes are gone afterwards."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, IntakeField, IntakePage, IntakeStatus, UploadFile, UploadPage
from db.models.reviews import Review
from db.session import Database
from db.settings import Settings
from db.viewer import system_viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.intake import retention
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document
from tests.paper import VALUES, PaperCompany, hand_in, inspect_as, jpeg, make_paper_company, read_document

CHECKED = [Entry("improvements", None)]
OLD = datetime.timedelta(days=200)


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


def _pictures(session: Session) -> list[int]:
    """How many originals, decoded pages, pages and crops there are."""
    columns = (UploadFile.file_id, UploadPage.image_id, IntakePage.image_id, IntakeField.crop_id)
    return [session.scalar(sa.select(sa.func.count(column))) or 0 for column in columns]


def _age(settings: Settings, session: Session) -> None:
    """Make what is stored older than the sweeper's patience."""
    before = now() - OLD
    session.execute(sa.update(StoredFile).values(created_at=before))
    for path in Path(settings.home, "files").rglob("*"):
        os.utime(path, (before.timestamp(), before.timestamp()))


def test_pictures_go_when_their_time_is_over_and_the_reading_stays(
    settings: Settings, database: Database, files: FileStore, company: PaperCompany
) -> None:
    done = read_document(database, files, company)
    waiting = read_document(database, files, company, content=jpeg(2))
    with database.begin(company.scope) as session:
        confirm_document(session, company.viewers["manager"], done, Confirmation(CHECKED))
    with database.begin(company.scope) as session:
        decided = session.get_one(IntakeDocument, done).decided_at
        assert decided is not None
        every = _pictures(session)
        # What a PDF's form fields hold is part of its picture.
        session.execute(sa.update(UploadPage).values(form_fields={"fields": [], "warnings": ["xfa_form"]}))
        session.expire_all()
        viewer = system_viewer(company.organization.id)
        assert retention.expire_pictures(session, viewer, decided + datetime.timedelta(days=180)) == 0
        assert _pictures(session) == every
        own = sa.select(UploadFile.sha256).join(IntakeDocument, IntakeDocument.upload_file_id == UploadFile.id)
        original = session.scalars(own.where(IntakeDocument.id == done)).one()
        assert retention.expire_pictures(session, viewer, decided + datetime.timedelta(days=181)) == 1
        assert _pictures(session) == [1, 1, 1, len(VALUES)]  # those of the form that waits
        kept = {page.form_fields is None for page in session.scalars(sa.select(UploadPage)) if page.image_id is None}
        assert kept == {True}
        assert retention.expire_pictures(session, viewer, decided + datetime.timedelta(days=182)) == 0
        read = session.scalars(sa.select(IntakeField.value).where(IntakeField.document_id == done)).all()
        assert set(read) == set(VALUES.values())
        assert session.get_one(IntakeDocument, waiting).status is IntakeStatus.NEEDS_REVIEW
        assert len(session.scalars(sa.select(Review)).all()) == 1
    with database.begin(company.scope) as session:
        _age(settings, session)
        files.sweep(session, company.organization.id)
    left = {path.name for path in Path(settings.home, "files").rglob("*") if path.is_file()}
    assert original not in left
    assert left


def test_what_was_given_up_goes_too_and_what_waits_stays(
    database: Database, files: FileStore, company: PaperCompany
) -> None:
    with database.begin(company.scope) as session:
        viewer = company.viewers["manager"]
        for place, status in enumerate((IntakeStatus.RETAKE, IntakeStatus.FAILED, IntakeStatus.UPLOADED)):
            document = hand_in(session, files, viewer, jpeg(place))
            inspect_as(session, files, viewer, document.upload_id)
            document.status = status
        session.flush()
        system = system_viewer(company.organization.id)
        assert retention.expire_pictures(session, system, now() + OLD) == 2
        assert _pictures(session)[:3] == [1, 1, 1]


def test_policy(database: Database, files: FileStore, company: PaperCompany) -> None:
    hr = company.viewers["hr"]
    with database.begin(company.scope) as session:
        assert retention.pictures_kept_days(session, hr) == retention.USUAL_DAYS
        assert retention.set_policy(session, hr, 30, 0).pictures_kept_days == 30
        assert retention.pictures_kept_days(session, hr) == 30
        for who, days, version, code in (
            ("manager", 30, None, ErrorCode.FORBIDDEN),
            ("hr", 0, None, ErrorCode.NUMBER_OUT_OF_RANGE),
            ("hr", 3651, None, ErrorCode.NUMBER_OUT_OF_RANGE),
            ("hr", 60, 0, ErrorCode.CONFLICT),
        ):
            with pytest.raises(DomainError) as caught:
                retention.set_policy(session, company.viewers[who], days, version)
            assert caught.value.code is code
        assert retention.pictures_kept_days(session, hr) == 30
