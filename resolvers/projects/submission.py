"""Handing in a deliverable: what can be refused cheaply is refused here and leaves nothing behind."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.files import StoredFile
from db.models.projects.deliverables import Deliverable, DeliverableFile, DeliverableStatus
from db.models.projects.flags import Flag
from db.models.projects.templates import DeliverableTemplate
from db.queries.projects import deliverables, tasks, templates
from db.viewer import Viewer
from ocr import sniff
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import optional_text
from resolvers.intake.uploads import MAXIMUM_BYTES, MAXIMUM_PIXELS, clean_filename
from resolvers.projects.authority import require_may_report
from resolvers.projects.evaluation import deliverable_to_change, set_flag

READ_JOB = "deliverables.read"
TITLE_LENGTH = 300
TYPE_NAMES = "PDF, DOCX, XLSX, CSV, TXT, MD, JSON, XML, HTML, JTL, JPEG, PNG, WebP, HEIC, TIFF"

_FILE = ("input", "file")
_REFUSED = (b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x7fELF", b"MZ")
"""Beginnings of old Office files, archives and programs."""
_PACKAGE = b"PK\x03\x04"
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class DeliverableDraft:
    """A received file, and what its sender says about it."""

    content: bytes
    """As they were received."""
    filename: str
    template_id: uuid.UUID | None = None
    """Of a new deliverable; None: the task's."""
    task_id: uuid.UUID | None = None
    """The task whose deliverable it is, of a new one."""
    deliverable_id: uuid.UUID | None = None
    """The deliverable of which this is a new version."""
    title: str | None = None
    """None: the name of the file."""
    expected_version: int | None = None


def submit_deliverable(session: Session, viewer: Viewer, files: FileStore, draft: DeliverableDraft) -> Deliverable:
    """Keep a file as a new deliverable, or as a new version of one, and put in the job that reads it.

    For everybody; a new version only for who handed in the first one, or answers for them. The bytes are kept as
    received. A new deliverable of bytes that were handed in under the same template before ends SUPERSEDED and points
    to the first, if the viewer may see that one; whoever may not learns nothing of it.

    Raises `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, TEMPLATE_RETIRED, FILE_EMPTY, FILE_TOO_LARGE (over 50 MB),
    FILE_TYPE_UNSUPPORTED (by content), IMAGE_TOO_LARGE, CHANGE_EMPTY for a new version with the bytes of the newest.
    """
    if viewer.person_id is None:
        raise DomainError(ErrorCode.FORBIDDEN)
    media_type = _checked(draft.content)
    filename = clean_filename(draft.filename)
    title = optional_text(draft.title, TITLE_LENGTH, ("input", "title"))
    digest = hashlib.sha256(draft.content).hexdigest()
    if draft.deliverable_id is None:
        wanted = draft.template_id
        if draft.task_id is not None:
            wanted = _template_of_task(session, viewer, draft.task_id, wanted)
        template = _template(session, viewer, wanted)
        deliverable = None
    else:
        deliverable = _deliverable_to_replace(session, viewer, draft.deliverable_id, draft.expected_version, digest)
        template = _template(session, viewer, deliverable.template_id)
        if draft.template_id not in (None, template.id):
            raise DomainError(ErrorCode.INVALID, ("input", "templateId"))
        if draft.task_id not in (None, deliverable.task_id):
            raise DomainError(ErrorCode.INVALID, ("input", "taskId"))
    file = files.put(session, viewer.organization_id, draft.content, media_type)
    # Of two people who hand in the same bytes at once, the second waits here and then finds the first's deliverable.
    session.execute(sa.select(StoredFile.id).where(StoredFile.id == file.id).with_for_update())
    earlier = None
    if deliverable is None:
        earlier = deliverables.earlier_deliverable(session, viewer, digest, template.id)
        deliverable = Deliverable(
            organization_id=viewer.organization_id,
            template_id=template.id,
            owner_id=viewer.person_id,
            task_id=draft.task_id,
            title=title or filename,
            number=0,
            flag=Flag.GREY,
        )
        session.add(deliverable)
    elif title is not None:
        deliverable.title = title
    deliverable.number += 1
    deliverable.status = DeliverableStatus.UPLOADED if earlier is None else DeliverableStatus.SUPERSEDED
    deliverable.machine_flag = Flag.GREY
    session.flush()
    set_flag(session, viewer, deliverable, Flag.GREY)
    version = templates.newest_versions(session, [template.id])[template.id]
    received = DeliverableFile(
        organization_id=viewer.organization_id,
        deliverable_id=deliverable.id,
        number=deliverable.number,
        template_version_id=version.id,
        uploaded_by=viewer.person_id,
        file_id=file.id,
        sha256=digest,
        filename=filename,
        status=deliverable.status,
        duplicate_of_id=earlier.id if earlier else None,
        warnings=[],
        conflicts=[],
    )
    session.add(received)
    session.flush()
    if earlier is None:
        args = {"deliverable_file_id": str(received.id)}
        received.job_id = enqueue(session, viewer, READ_JOB, args, dedupe_key=f"{READ_JOB}:{received.id}").id
    record(session, viewer, "deliverable.submitted", "Deliverable", deliverable.id)
    session.flush()
    return deliverable


def _template_of_task(session: Session, viewer: Viewer, task_id: uuid.UUID, template_id: uuid.UUID | None) -> uuid.UUID:
    """What a task wants handed in. Raises NOT_FOUND for a task that the viewer does not see, FORBIDDEN for whoever may
    not report on it, INVALID when another template is named."""
    task = tasks.tasks_by_ids(session, viewer, [task_id]).get(task_id)
    if task is None:
        raise DomainError(ErrorCode.NOT_FOUND, ("input", "taskId"))
    project = tasks.projects_by_ids(session, viewer, [task.project_id])[task.project_id]
    require_may_report(viewer, project, task, tasks.collaborators(session, [task.id]).get(task.id, []))
    if template_id not in (None, task.template_id):
        raise DomainError(ErrorCode.INVALID, ("input", "templateId"))
    return task.template_id


def _template(session: Session, viewer: Viewer, template_id: uuid.UUID | None) -> DeliverableTemplate:
    at = ("input", "templateId")
    if template_id is None:
        raise DomainError(ErrorCode.TEXT_REQUIRED, at)
    template = templates.by_ids(session, viewer, [template_id]).get(template_id)
    if template is None:
        raise DomainError(ErrorCode.NOT_FOUND, at)
    if template.retired_at is not None:
        raise DomainError(ErrorCode.TEMPLATE_RETIRED, at)
    return template


def _deliverable_to_replace(
    session: Session, viewer: Viewer, deliverable_id: uuid.UUID, expected_version: int | None, digest: str
) -> Deliverable:
    """The deliverable, locked, if the viewer may hand in a new version of it."""
    at = ("input", "deliverableId")
    deliverable = deliverable_to_change(session, viewer, deliverable_id, expected_version, at)
    if deliverable.owner_id != viewer.person_id:
        access.require_answers_for(session, viewer, deliverable.owner_id, at)
    newest = deliverables.newest_files(session, [deliverable.id])[deliverable.id]
    if newest.sha256 == digest:
        raise DomainError(ErrorCode.CHANGE_EMPTY, _FILE)
    return deliverable


def _checked(content: bytes) -> str:
    """The media type under which a file that may be a deliverable is kept."""
    if not content:
        raise DomainError(ErrorCode.FILE_EMPTY, _FILE)
    if len(content) > MAXIMUM_BYTES:
        raise DomainError(ErrorCode.FILE_TOO_LARGE, _FILE, maximum_mb=MAXIMUM_BYTES // 1024**2)
    picture = sniff.media_type(content)
    if picture is not None:
        pixels = sniff.pixel_size(content)
        if pixels is not None and pixels[0] * pixels[1] > MAXIMUM_PIXELS:
            raise DomainError(ErrorCode.IMAGE_TOO_LARGE, _FILE)
        return picture
    if content.startswith(_PACKAGE):
        return "application/zip"
    binary = b"\x00" in content[:4096] and not content.startswith(_WIDE_TEXT)
    if binary or content.startswith(_REFUSED):
        raise DomainError(ErrorCode.FILE_TYPE_UNSUPPORTED, _FILE, types=TYPE_NAMES)
    return "text/plain"
