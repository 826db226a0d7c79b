"""What `tests.evaluation.kills` hands in, and what became of it: photographed forms, deliverables, briefs."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.briefs import Audience, BatchOutcome, BatchStatus, Brief, BriefBatch, BriefBatchEntry, DocumentFormat
from db.models.events import Event
from db.models.intake import IntakeDocument, IntakePage, IntakeStatus, UploadFile, UploadPage
from db.models.projects.deliverables import Deliverable, DeliverableFile, DeliverableStatus, Reading
from db.models.projects.flags import FlagEvaluation
from db.models.projects.templates import DeliverableTemplate
from db.queries.projects.flags import FLAG_CHANGED
from db.seed.company import ORGANIZATION_ID, cycle_id, person_id
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer
from resolvers.briefs.batches import BatchWanted, request_batch
from resolvers.intake.uploads import ReceivedFile, UploadDraft, receive_upload
from resolvers.projects.submission import DeliverableDraft, submit_deliverable
from tests.projects import report
from workers.seeding import LOAD_TEST

SAMPLES = Path(__file__).parent.parent / "photographs" / "samples"
JOBS = ["intake.inspect", "intake.read", "deliverables.read", "briefs.write_batch"]
HR = Viewer(ORGANIZATION_ID, person_id("T1013"), frozenset({Role.HR}))
_READ = (IntakeStatus.NEEDS_REVIEW, IntakeStatus.RETAKE)


@contextmanager
def _begun(settings: Settings, *, write: bool = True) -> Iterator[tuple[Session, FileStore]]:
    database = Database(settings)
    with database.begin(Scope(ORGANIZATION_ID), write=write) as session:
        yield session, FileStore(settings.files_url)
    database.close()


def hand_in_forms(settings: Settings, number: int, series: str) -> None:
    """So many photographed forms, none like another byte for byte."""
    pictures = sorted(SAMPLES.glob("*.jpg"))
    for count in range(number):
        picture = pictures[count % len(pictures)]
        # What follows the end of a JPEG is not part of the picture.
        content = picture.read_bytes() + f"{series}{count}".encode()
        with _begun(settings) as (session, files):
            receive_upload(session, HR, files, UploadDraft([ReceivedFile(content, picture.name)]))


def hand_in_pile(settings: Settings, pages: int) -> None:
    """One PDF of so many photographed forms, each of which is a document: their pictures say what they are."""
    pictures = sorted(SAMPLES.glob("*.jpg"))
    first, *others = (Image.open(pictures[number % len(pictures)]).convert("RGB") for number in range(pages))
    pile = io.BytesIO()
    first.save(pile, "PDF", save_all=True, append_images=others, resolution=200)
    draft = UploadDraft([ReceivedFile(pile.getvalue(), "pile.pdf")], pages_per_document=1)
    with _begun(settings) as (session, files):
        receive_upload(session, HR, files, draft)


def hand_in_deliverables(settings: Settings, number: int, first: int) -> None:
    """So many load-test reports with the same readings but for p95, which is `first` and more: all of them red."""
    for p95 in range(first, first + number):
        with _begun(settings) as (session, files):
            template = session.scalars(
                sa.select(DeliverableTemplate).where(DeliverableTemplate.key == LOAD_TEST.key)
            ).one()
            draft = DeliverableDraft(report(p95, requests=10 * p95), f"report-{p95}.md", template.id)
            submit_deliverable(session, HR, files, draft)


def ask_for_briefs(settings: Settings) -> None:
    """The briefs of everybody in one archive. Most are thin, which is no less work to do once."""
    with _begun(settings) as (session, _):
        request_batch(session, HR, BatchWanted(cycle_id(), None, Audience.LINE, "zh", [DocumentFormat.JSON]))


def outcome(settings: Settings) -> dict[str, Any]:
    """What became of everything: how it ended, and how often each was done."""
    parts: dict[str, Callable[[Session], dict[str, Any]]] = {
        "paper": _paper,
        "deliverables": _deliverables,
        "briefs": _briefs,
    }
    with _begun(settings, write=False) as (session, _):
        return {name: part(session) for name, part in parts.items()}


def _events(session: Session, type_: str) -> Counter[Any]:
    """How often it was told of each subject."""
    return Counter(session.scalars(sa.select(Event.subject_id).where(Event.type == type_)))


def _paper(session: Session) -> dict[str, Any]:
    statuses = dict(iter(session.execute(sa.select(IntakeDocument.id, IntakeDocument.status)).all()))
    readings = _events(session, "intake.read")
    pages = Counter(session.scalars(sa.select(IntakePage.document_id)))
    uses = Counter(session.scalars(sa.select(IntakePage.upload_page_id)))
    kept = set(session.scalars(sa.select(UploadPage.id)))
    return {
        "documents": len(statuses),
        "pages": session.scalar(sa.select(sa.func.sum(UploadFile.pages))),
        "pages_kept_and_in_one_document": sum(uses[id_] == 1 for id_ in kept),
        "statuses": dict(Counter(status.value for status in statuses.values())),
        "read_exactly_once": sum(
            readings[id_] == 1 and pages[id_] == 1 and status in _READ for id_, status in statuses.items()
        ),
    }


def _deliverables(session: Session) -> dict[str, Any]:
    statuses = dict(iter(session.execute(sa.select(Deliverable.id, Deliverable.status)).all()))
    files = dict(iter(session.execute(sa.select(DeliverableFile.deliverable_id, DeliverableFile.id)).all()))
    read, told = _events(session, "deliverable.read"), _events(session, FLAG_CHANGED)
    values = Counter(session.scalars(sa.select(Reading.deliverable_file_id)))
    judged = Counter(session.scalars(sa.select(FlagEvaluation.deliverable_file_id)))
    return {
        "deliverables": len(statuses),
        "read_exactly_once": sum(read[id_] == 1 and status is DeliverableStatus.OK for id_, status in statuses.items()),
        "flagged_exactly_once": sum(told[id_] == 1 and judged[files[id_]] == 1 for id_ in statuses),
        "readings_of_one": sorted(set(values.values())),
        "without_readings": sum(values[files[id_]] == 0 for id_ in statuses),
    }


def _briefs(session: Session) -> dict[str, Any]:
    batch = session.scalars(sa.select(BriefBatch)).one()
    outcomes = session.scalars(sa.select(BriefBatchEntry.outcome)).all()
    editions = Counter(session.scalars(sa.select(Brief.subject_id)))
    return {
        "done": batch.status is BatchStatus.DONE and batch.file_id is not None,
        "told": sum(_events(session, "brief_batch.done").values()),
        "people": len(outcomes),
        "waiting": sum(outcome is BatchOutcome.WAITING for outcome in outcomes),
        "briefs": sum(editions.values()),
        "most_editions": max(editions.values(), default=0),
        "texts": sum(_events(session, "brief.written").values()),
    }
