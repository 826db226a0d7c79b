"""Hands hostile files in as a manager would, lets the worker inspect them, and looks at what is left."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from db.files import FileStore
from db.models.files import StoredFile
from db.models.intake import IntakeDocument, IntakePage, IntakeStatus, Upload, UploadFile, UploadPage
from db.models.jobs import Job, JobState
from db.seed.company import ORGANIZATION_ID, person_id
from db.session import Scope
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, DomainErrors
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from tests.hostile import HostileFile
from tests.workers.desk import Desk

SUPERVISOR = Viewer(ORGANIZATION_ID, person_id("T1005"), frozenset({Role.MANAGER}))
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: `refused` at once, or the status that its document had after inspection."""

    status: str
    code: str | None
    pages: int
    seconds: float


def hand_in_hostile(desk: Desk, files: FileStore, file: HostileFile) -> Outcome:
    """Upload a file and run its inspection as often as a worker would. Raises what no hostile file may raise."""
    began = time.perf_counter()
    try:
        with desk.database.begin(Scope(ORGANIZATION_ID)) as session:
            draft = UploadDraft([ReceivedFile(file.content, file.filename)])
            upload_id = receive_upload(session, SUPERVISOR, files, draft).id
    except DomainError as error:
        return Outcome("refused", error.code.value, 0, time.perf_counter() - began)
    except DomainErrors as error:
        return Outcome("refused", error.errors[0].code.value, 0, time.perf_counter() - began)
    for _ in range(ATTEMPTS):
        if not _inspect(desk, upload_id):
            break
    seconds = time.perf_counter() - began
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        documents = session.scalars(sa.select(IntakeDocument).where(IntakeDocument.upload_id == upload_id)).all()
        pages = (
            sa.select(sa.func.count())
            .select_from(IntakePage)
            .where(IntakePage.document_id.in_([each.id for each in documents]))
        )
        worst = min(documents, key=lambda document: document.status is IntakeStatus.UPLOADED)
        return Outcome(worst.status.value, worst.reason_code, session.scalar(pages) or 0, seconds)


def _inspect(desk: Desk, upload_id: uuid.UUID) -> bool:
    """One attempt at an upload's inspection; False when there is none left to make."""
    with desk.database.begin(Scope(ORGANIZATION_ID)) as session:
        job_id = session.get_one(Upload, upload_id).job_id
        job = session.get(Job, job_id) if job_id is not None else None
        if job is None or job.state is not JobState.QUEUED:
            return False
        job.state = JobState.SENT  # as the relay would
    desk.runner.run(job.id, ORGANIZATION_ID)
    return True


def leftovers(desk: Desk, files: FileStore) -> list[str]:
    """What hostile files left behind that should not be there."""
    found = []
    with desk.database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        stored = {row.sha256 for row in session.scalars(sa.select(StoredFile))}
        found += [
            f"bytes without a row: {path}" for path in files._listing(ORGANIZATION_ID) if path[-64:] not in stored
        ]
        found += [
            f"row without bytes: {row.sha256}"
            for row in session.scalars(sa.select(StoredFile))
            if not files.exists(row)
        ]
        used = set(session.scalars(sa.select(IntakePage.upload_page_id)))
        found += [
            f"page of no document: {page.id}" for page in session.scalars(sa.select(UploadPage)) if page.id not in used
        ]
        waiting = sa.select(Upload.id).where(Upload.inspected_at.is_(None))
        found += [f"upload not inspected: {id_}" for id_ in session.scalars(waiting)]
        names = session.scalars(sa.select(UploadFile.filename))
        found += [f"unclean name: {name!r}" for name in names if "/" in name or "\\" in name or not name.isprintable()]
    return found
