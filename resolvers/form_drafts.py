"""A company's own form: registered from its blank, proposed by the machine, edited, tried on a photograph, published.

For HR and administrators. What is published never changes; a change is a new version, and old sheets keep theirs.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import new_id
from db.events import record
from db.files import FileStore
from db.jobs import enqueue
from db.models.files import StoredFile
from db.models.forms import DraftStatus, FormDraft, FormDraftPage, FormTrial, FormTrialPage, TrialStatus
from db.models.intake import FormPage, FormVersion
from db.models.people import Organization
from db.queries import forms, intake
from db.viewer import Viewer
from ocr import sniff
from ocr.contract import FieldReading, FieldSource, FormReading, PublishedForm, TemplateError
from ocr.proposal.contract import Proposal
from ocr.template_json import template_to_json
from resolvers import access
from resolvers.errors import DomainError, ErrorCode
from resolvers.forms import PDF, PNG, template_from
from resolvers.intake.uploads import FORM_TYPES, MAXIMUM_BYTES, MAXIMUM_PIXELS, clean_filename
from resolvers.rules.templates import FORM_KEY, checked_definition

PROPOSE_JOB, TRY_JOB = "forms.propose", "forms.try_draft"
JPEG = "image/jpeg"
_FILE = ("input", "file")
_OPEN = (DraftStatus.READY, DraftStatus.FAILED, DraftStatus.PROPOSING)


@dataclass(frozen=True, slots=True)
class Blank:
    """A received blank, and the key of the form that it shall become."""

    content: bytes
    filename: str
    key: str


def register(session: Session, viewer: Viewer, files: FileStore, blank: Blank) -> FormDraft:
    """Keep the blank and put in the job that proposes a template of it.

    The key may be that of a published form: publishing then gives its next version. Raises `DomainError` FORBIDDEN,
    FORM_KEY_INVALID, FILE_EMPTY, FILE_TOO_LARGE, FILE_TYPE_UNSUPPORTED, IMAGE_TOO_LARGE; nothing is stored then.
    """
    access.require_form_role(viewer)
    if not FORM_KEY.fullmatch(blank.key):
        raise DomainError(ErrorCode.FORM_KEY_INVALID, ("input", "key"))
    file = files.put(session, viewer.organization_id, blank.content, _checked(blank.content))
    draft = FormDraft(
        id=new_id(),
        organization_id=viewer.organization_id,
        key=blank.key,
        status=DraftStatus.PROPOSING,
        created_by=viewer.person_id,
        file_id=file.id,
        filename=clean_filename(blank.filename),
        definition={},
        notes=[],
    )
    draft.job_id = enqueue(session, viewer, PROPOSE_JOB, {"draft_id": str(draft.id)}).id
    session.add(draft)
    session.flush()
    record(session, viewer, "form_draft.registered", "FormDraft", draft.id)
    return draft


def blank_to_propose(
    session: Session, viewer: Viewer, files: FileStore, draft_id: uuid.UUID
) -> tuple[bytes, str] | None:
    """The blank's file and the form's key; None when there is nothing left to propose. Raises NOT_FOUND."""
    draft = _draft(session, viewer, draft_id)
    if draft.status not in (DraftStatus.PROPOSING, DraftStatus.FAILED):
        return None
    return files.read(session.get_one(StoredFile, draft.file_id)), draft.key


def record_proposal(
    session: Session, viewer: Viewer, files: FileStore, draft_id: uuid.UUID, proposal: Proposal
) -> None:
    """Keep what was proposed, with the pages as they will be compared with photographs. Again changes nothing."""
    draft = _locked(session, viewer, draft_id)
    if draft.status not in (DraftStatus.PROPOSING, DraftStatus.FAILED):
        return
    draft.status, draft.reason_code = DraftStatus.READY, None
    draft.definition = template_to_json(proposal.template)
    draft.notes = list(proposal.notes)
    draft.blank_pdf_id = files.put(session, viewer.organization_id, proposal.pdf, PDF).id
    for number, picture in enumerate(proposal.blank_pages, start=1):
        width, height = _png_size(picture)
        session.add(
            FormDraftPage(
                organization_id=draft.organization_id,
                draft_id=draft.id,
                number=number,
                image_id=files.put(session, draft.organization_id, picture, PNG).id,
                width=width,
                height=height,
            )
        )
    session.flush()
    record(session, viewer, "form_draft.proposed", "FormDraft", draft.id)


def record_proposal_failure(session: Session, viewer: Viewer, draft_id: uuid.UUID, code: str) -> None:
    """End a draft FAILED with the code of what is wrong with its file. Again changes nothing."""
    draft = _locked(session, viewer, draft_id)
    if draft.status is DraftStatus.PROPOSING:
        draft.status, draft.reason_code = DraftStatus.FAILED, code
        session.flush()
        record(session, viewer, "form_draft.failed", "FormDraft", draft.id)


def edit(
    session: Session, viewer: Viewer, draft_id: uuid.UUID, definition: Any, expected_version: int | None = None
) -> FormDraft:
    """Replace a draft's template. What belongs to its pictures (key, size, pages) stays, see `rules.templates`.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, NOT_READY unless the draft is READY, CONFLICT, and FORM_INVALID with the
    place in the definition.
    """
    access.require_form_role(viewer)
    draft = _ready(session, viewer, draft_id, expected_version)
    try:
        template = checked_definition(definition, template_from(draft.definition))
    except TemplateError as error:
        raise _invalid(error) from error
    draft.definition = template_to_json(template)
    session.flush()
    record(session, viewer, "form_draft.edited", "FormDraft", draft.id)
    return draft


def try_on(session: Session, viewer: Viewer, files: FileStore, draft_id: uuid.UUID, content: bytes) -> FormTrial:
    """Keep an example photograph and put in the job that reads it with the draft as it is now.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, NOT_READY, and as `register` for the file.
    """
    access.require_form_role(viewer)
    draft = _ready(session, viewer, draft_id, None)
    file = files.put(session, viewer.organization_id, content, _checked(content))
    trial = FormTrial(
        id=new_id(),
        organization_id=viewer.organization_id,
        draft_id=draft.id,
        requested_by=viewer.person_id,
        file_id=file.id,
        definition=draft.definition,
        status=TrialStatus.QUEUED,
        warnings=[],
        fields=[],
    )
    trial.job_id = enqueue(session, viewer, TRY_JOB, {"trial_id": str(trial.id)}).id
    session.add(trial)
    session.flush()
    record(session, viewer, "form_draft.tried", "FormDraft", draft.id)
    return trial


def trial_to_read(
    session: Session, viewer: Viewer, files: FileStore, trial_id: uuid.UUID
) -> tuple[bytes, PublishedForm] | None:
    """The photograph of a trial and the form to read it with; None when it is done. Raises NOT_FOUND."""
    trial = _trial(session, viewer, trial_id)
    if trial.status is TrialStatus.DONE:
        return None
    form = PublishedForm(template_from(trial.definition), _blank_pictures(session, files, trial.draft_id))
    return files.read(session.get_one(StoredFile, trial.file_id)), form


def record_trial(session: Session, viewer: Viewer, files: FileStore, trial_id: uuid.UUID, reading: FormReading) -> None:
    """Keep what the draft would read. Again changes nothing."""
    trial = _trial(session, viewer, trial_id, lock=True)
    if trial.status is TrialStatus.DONE:
        return
    trial.status = TrialStatus.DONE
    trial.reason_code = reading.retake.value if reading.retake else None
    trial.matched_by = reading.matched_by.value
    trial.match_score = Decimal(str(round(reading.score, 4)))
    trial.warnings = list(reading.warnings)
    trial.fields = [TrialField.of(field).as_json() for field in reading.fields]
    for page in reading.pages:
        session.add(
            FormTrialPage(
                organization_id=trial.organization_id,
                trial_id=trial.id,
                number=page.page,
                image_id=files.put(session, trial.organization_id, page.image, JPEG).id,
                width=page.width,
                height=page.height,
                labels_found=page.labels_found,
                labels_expected=page.labels_expected,
            )
        )
    session.flush()


def record_trial_failure(session: Session, viewer: Viewer, trial_id: uuid.UUID, code: str) -> None:
    """End a trial FAILED with the code of what is wrong with its file. Again changes nothing."""
    trial = _trial(session, viewer, trial_id, lock=True)
    if trial.status is TrialStatus.QUEUED:
        trial.status, trial.reason_code = TrialStatus.FAILED, code
        session.flush()


def publish(session: Session, viewer: Viewer, draft_id: uuid.UUID, expected_version: int | None = None) -> FormVersion:
    """Publish a draft as the next version of its form; from then on photographs are read with it.

    Raises `DomainError` NOT_FOUND, FORBIDDEN, NOT_READY, CONFLICT, and FORM_INVALID when a person has still to say
    what the form asks.
    """
    access.require_form_role(viewer)
    # Two drafts of one form published at once: the second waits, and gets the next number.
    session.execute(sa.select(Organization.id).where(Organization.id == viewer.organization_id).with_for_update())
    draft = _ready(session, viewer, draft_id, expected_version)
    latest = intake.latest_form(session, viewer, draft.key)
    number = 1 if latest is None else latest.number + 1
    standing = template_from(draft.definition)
    try:
        template = checked_definition(draft.definition, standing)
    except TemplateError as error:
        raise _invalid(error) from error
    definition = {**template_to_json(template), "version": number}
    version = FormVersion(
        id=new_id(),
        organization_id=viewer.organization_id,
        key=draft.key,
        number=number,
        title_zh=template.title.zh,
        title_en=template.title.en,
        definition=definition,
        blank_pdf_id=draft.blank_pdf_id,
    )
    session.add(version)
    session.flush()
    for page in forms.draft_pages(session, [draft.id]).get(draft.id, []):
        session.add(
            FormPage(
                organization_id=version.organization_id,
                form_version_id=version.id,
                number=page.number,
                image_id=page.image_id,
            )
        )
    draft.status, draft.form_version_id = DraftStatus.PUBLISHED, version.id
    session.flush()
    record(session, viewer, "form.published", "FormTemplate", version.id)
    return version


def discard(session: Session, viewer: Viewer, draft_id: uuid.UUID, expected_version: int | None = None) -> FormDraft:
    """Give a draft up. Raises `DomainError` NOT_FOUND, FORBIDDEN, CONFLICT, and NOT_READY when it was published."""
    access.require_form_role(viewer)
    draft = _locked(session, viewer, draft_id)
    if draft.status not in _OPEN:
        raise DomainError(ErrorCode.NOT_READY)
    if expected_version is not None and expected_version != draft.version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    draft.status = DraftStatus.DISCARDED
    session.flush()
    record(session, viewer, "form_draft.discarded", "FormDraft", draft.id)
    return draft


@dataclass(frozen=True, slots=True)
class TrialField:
    """What a trial read in one field, as it is kept."""

    key: str
    label_zh: str
    label_en: str
    type: str
    page: int
    value: str | None
    raw_text: str
    confidence: float
    status: str
    box: list[list[float]] | None
    notes: list[str]
    source: str = FieldSource.PICTURE.value
    """Trials that ran before PDF forms were read have none."""

    @classmethod
    def of(cls, field: FieldReading) -> TrialField:
        return cls(
            key=field.key,
            label_zh=field.label.zh,
            label_en=field.label.en,
            type=field.type.value,
            page=field.page,
            value=field.value,
            raw_text=field.raw_text,
            confidence=round(field.confidence.whole, 4),
            status=field.status.value,
            box=None if field.box is None else [list(corner) for corner in field.box],
            notes=list(field.notes),
            source=field.source.value,
        )

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def _draft(session: Session, viewer: Viewer, draft_id: uuid.UUID) -> FormDraft:
    draft = session.scalars(forms.drafts_visible_to(viewer).where(FormDraft.id == draft_id)).first()
    if draft is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return draft


def _locked(session: Session, viewer: Viewer, draft_id: uuid.UUID) -> FormDraft:
    statement = forms.drafts_visible_to(viewer).where(FormDraft.id == draft_id).with_for_update()
    draft = session.scalars(statement.execution_options(populate_existing=True)).first()
    if draft is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return draft


def _ready(session: Session, viewer: Viewer, draft_id: uuid.UUID, expected_version: int | None) -> FormDraft:
    draft = _locked(session, viewer, draft_id)
    if draft.status is not DraftStatus.READY:
        raise DomainError(ErrorCode.NOT_READY)
    if expected_version is not None and expected_version != draft.version:
        raise DomainError(ErrorCode.CONFLICT, ("input", "expectedVersion"))
    return draft


def _trial(session: Session, viewer: Viewer, trial_id: uuid.UUID, *, lock: bool = False) -> FormTrial:
    statement = forms.trials_visible_to(viewer).where(FormTrial.id == trial_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    trial = session.scalars(statement).first()
    if trial is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return trial


def _blank_pictures(session: Session, files: FileStore, draft_id: uuid.UUID) -> tuple[bytes, ...]:
    pages: Sequence[FormDraftPage] = forms.draft_pages(session, [draft_id]).get(draft_id, [])
    stored = intake.stored_files(session, [page.image_id for page in pages])
    return tuple(files.read(stored[page.image_id]) for page in pages)


def _invalid(error: TemplateError) -> DomainError:
    place, _, problem = str(error).partition(": ")
    path = place.replace("[", ".").replace("]", "").split(".")[1:]
    return DomainError(ErrorCode.FORM_INVALID, ("input", "definition", *path), place=place, problem=problem)


def _checked(content: bytes) -> str:
    """The media type of a file that may be a form's picture."""
    if not content:
        raise DomainError(ErrorCode.FILE_EMPTY, _FILE)
    if len(content) > MAXIMUM_BYTES:
        raise DomainError(ErrorCode.FILE_TOO_LARGE, _FILE, maximum_mb=MAXIMUM_BYTES // 1024**2)
    media_type = sniff.media_type(content)
    if media_type not in FORM_TYPES:
        raise DomainError(ErrorCode.FILE_TYPE_UNSUPPORTED, _FILE)
    pixels = sniff.pixel_size(content)
    if pixels is not None and pixels[0] * pixels[1] > MAXIMUM_PIXELS:
        raise DomainError(ErrorCode.IMAGE_TOO_LARGE, _FILE)
    return media_type


def _png_size(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height
