"""What the worker needs and brings: the bytes to read, and what was read in them.

Every function may run again after a crash: what was recorded meanwhile stays as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import PLAIN_DECIMAL_LENGTH, now
from db.events import record
from db.files import FileStore
from db.models.files import StoredFile
from db.models.projects.deliverables import (
    ChecklistItem,
    Deliverable,
    DeliverableFile,
    DeliverablePicture,
    DeliverableStatus,
    Reading,
)
from db.models.projects.templates import DeliverableTemplateVersion
from db.queries.projects import deliverables
from db.viewer import Viewer
from ml.metrics.contract import (
    Checked,
    Extraction,
    Metric,
    MetricDefinition,
    Outcome,
    PagePicture,
    Place,
    Requirement,
    Status,
)
from resolvers.errors import DomainError, ErrorCode
from resolvers.projects.evaluation import evaluate
from resolvers.projects.templates import definitions_of, requirements_of
from resolvers.rules.samples import sample_sizes

JPEG = "image/jpeg"
READINGS = 2_000
"""Of one file; a file with more is raw data, not a report."""
TOO_MANY_READINGS = "too_many_readings"
SNIPPET_LENGTH = 500

_TO_READ = (DeliverableStatus.UPLOADED, DeliverableStatus.READING, DeliverableStatus.UNREADABLE)
"""UNREADABLE: an operator started the job again."""


@dataclass(frozen=True, slots=True)
class FileToRead:
    """The bytes as received, and what the template says of them."""

    content: bytes
    filename: str
    definitions: tuple[MetricDefinition, ...]
    requirements: tuple[Requirement, ...]


def begin_reading(session: Session, viewer: Viewer, file_id: uuid.UUID) -> bool:
    """Mark a file READING. False when there is nothing left to read. Raises `DomainError` NOT_FOUND."""
    file, deliverable = _locked(session, viewer, file_id)
    if file.status not in _TO_READ or file.read_at is not None:
        return False
    _set_status(file, deliverable, DeliverableStatus.READING)
    file.reason_code = None
    session.flush()
    return True


def file_to_read(session: Session, viewer: Viewer, files: FileStore, file_id: uuid.UUID) -> FileToRead:
    """The file with its template's definitions and requirements. Raises `DomainError` NOT_FOUND."""
    file = session.get(DeliverableFile, file_id)
    if file is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    version = session.get_one(DeliverableTemplateVersion, file.template_version_id)
    content = files.read(session.get_one(StoredFile, file.file_id))
    return FileToRead(content, file.filename, definitions_of(version), requirements_of(version))


def record_reading(
    session: Session,
    viewer: Viewer,
    files: FileStore,
    file_id: uuid.UUID,
    found: Extraction,
    *,
    pictures: Sequence[PagePicture] = (),
) -> None:
    """Keep what was read: values with their places, contradictions, the checklist, pages as pictures; then judge it.

    Raises `DomainError` NOT_FOUND.
    """
    file, deliverable = _locked(session, viewer, file_id)
    if file.status not in _TO_READ or file.read_at is not None:
        return
    if found.status is Status.UNREADABLE:
        _fail(session, viewer, file, deliverable, found.warnings[0].code if found.warnings else "unreadable")
        return
    if len(found.metrics) > READINGS:
        _fail(session, viewer, file, deliverable, TOO_MANY_READINGS)
        return
    file.format = found.format[:32]
    file.read_at = now()
    file.warnings = [{"code": each.code, "message": _clean(each.message)} for each in found.warnings]
    file.conflicts = _conflicts(found)
    _set_status(file, deliverable, DeliverableStatus(found.status.name))
    kept = _add_pictures(session, files, file, pictures)
    rows = _add_readings(session, file, found, kept)
    _add_checklist(session, file, found.checklist, kept)
    session.flush()
    record(session, viewer, "deliverable.read", "Deliverable", deliverable.id)
    evaluate(session, viewer, deliverable, file, rows)
    session.flush()


def record_failure(session: Session, viewer: Viewer, file_id: uuid.UUID, code: str) -> None:
    """End a file UNREADABLE with the code of what stands against reading it. Raises `DomainError` NOT_FOUND."""
    file, deliverable = _locked(session, viewer, file_id)
    if file.status in _TO_READ and file.read_at is None:
        _fail(session, viewer, file, deliverable, code)


def _fail(session: Session, viewer: Viewer, file: DeliverableFile, deliverable: Deliverable, code: str) -> None:
    file.reason_code = code[:64]
    _set_status(file, deliverable, DeliverableStatus.UNREADABLE)
    record(session, viewer, "deliverable.unreadable", "Deliverable", deliverable.id)
    session.flush()


def _locked(session: Session, viewer: Viewer, file_id: uuid.UUID) -> tuple[DeliverableFile, Deliverable]:
    """The file and its deliverable, held until the transaction ends."""
    seen = deliverables.visible_to(session, viewer).join(
        DeliverableFile, DeliverableFile.deliverable_id == Deliverable.id
    )
    deliverable = session.scalars(
        seen.where(DeliverableFile.id == file_id)
        .with_for_update(of=Deliverable)
        .execution_options(populate_existing=True)
    ).first()
    if deliverable is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    file = session.scalars(
        sa.select(DeliverableFile).where(DeliverableFile.id == file_id).execution_options(populate_existing=True)
    ).one()
    return file, deliverable


def _set_status(file: DeliverableFile, deliverable: Deliverable, status: DeliverableStatus) -> None:
    """A deliverable is as far as its newest file."""
    file.status = status
    if file.number == deliverable.number:
        deliverable.status = status


def _conflicts(found: Extraction) -> list[dict[str, Any]]:
    positions = {metric: position for position, metric in enumerate(found.metrics)}
    return [
        {
            "code": conflict.code,
            "message": _clean(conflict.message),
            "readings": [positions[metric] for metric in conflict.metrics if metric in positions],
        }
        for conflict in found.conflicts
    ]


_Pictures = Mapping[tuple[int | None, int | None], tuple[DeliverablePicture, float]]
"""By page and image: the row, and how many of its pixels a unit of a region is."""


def _add_pictures(
    session: Session, files: FileStore, file: DeliverableFile, pictures: Sequence[PagePicture]
) -> _Pictures:
    kept: dict[tuple[int | None, int | None], tuple[DeliverablePicture, float]] = {}
    for picture in pictures:
        row = DeliverablePicture(
            organization_id=file.organization_id,
            deliverable_file_id=file.id,
            page=picture.page,
            image=picture.image,
            image_id=files.put(session, file.organization_id, picture.jpeg, JPEG).id,
            width=picture.width,
            height=picture.height,
        )
        session.add(row)
        kept[picture.page, picture.image] = (row, picture.scale)
    session.flush()
    return kept


def _add_readings(session: Session, file: DeliverableFile, found: Extraction, pictures: _Pictures) -> list[Reading]:
    disputed = {metric for conflict in found.conflicts for metric in conflict.metrics}
    samples = sample_sizes(found.metrics)
    rows = []
    for position, metric in enumerate(found.metrics):
        if not _storable(metric):
            file.warnings = [*file.warnings, {"code": "number_out_of_range", "message": _clean(metric.raw)[:100]}]
            continue
        place, picture_id = _placed(metric.where, pictures)
        rows.append(
            Reading(
                organization_id=file.organization_id,
                deliverable_file_id=file.id,
                position=position,
                metric=_clean(metric.metric),
                value=metric.value,
                unit=_clean(metric.unit)[:64],
                scope=_clean(metric.scope),
                kind=metric.kind.value,
                raw=_clean(metric.raw)[:SNIPPET_LENGTH],
                snippet=_clean(metric.snippet)[:SNIPPET_LENGTH],
                method=metric.method[:64],
                confidence=Decimal(str(round(metric.confidence, 4))),
                place=place,
                picture_id=picture_id,
                disputed=metric in disputed,
                samples=samples[position],
            )
        )
    session.add_all(rows)
    return rows


def _add_checklist(session: Session, file: DeliverableFile, checklist: Sequence[Checked], pictures: _Pictures) -> None:
    version = session.get_one(DeliverableTemplateVersion, file.template_version_id)
    answers = {each.key: each for each in checklist}
    for position, wanted in enumerate(version.requirements):
        answer = answers.get(wanted["key"], Checked(wanted["key"], Outcome.MISSING))
        place, picture_id = _placed(answer.where, pictures)
        session.add(
            ChecklistItem(
                organization_id=file.organization_id,
                deliverable_file_id=file.id,
                position=position,
                key=wanted["key"],
                kind=wanted["kind"],
                label_zh=wanted["label_zh"],
                label_en=wanted["label_en"],
                outcome=answer.outcome.value,
                words=_clean(answer.words)[:SNIPPET_LENGTH] or None,
                place=place,
                picture_id=picture_id,
            )
        )


def _placed(where: Place, pictures: _Pictures) -> tuple[dict[str, Any], uuid.UUID | None]:
    """The place as JSON, its region in pixels of the picture; and the picture, if one was kept."""
    place: dict[str, Any] = {
        name: getattr(where, name) for name in ("page", "cell", "line", "image") if getattr(where, name) is not None
    }
    if where.sheet is not None:
        place["sheet"] = _clean(where.sheet)
    picture, scale = pictures.get((where.page, where.image), (None, 1.0))
    if where.region is not None and picture is not None:
        place["region"] = [round(part * scale, 1) for part in where.region]
    return place, picture.id if picture else None


def _storable(metric: Metric) -> bool:
    return metric.value.is_finite() and len(format(metric.value, "f")) <= PLAIN_DECIMAL_LENGTH


def _clean(text: str) -> str:
    """Without what no database stores: null characters and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
