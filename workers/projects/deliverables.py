"""Jobs of deliverables: reading what was handed in, and judging it anew when thresholds change."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.viewer import Viewer
from resolvers.projects import reading
from workers.deliverables import DeliverableReader
from workers.registry import Effect, JobRun, job


def _reading_failed(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """A file whose reading was given up says so to whoever handed it in."""
    reading.record_failure(session, viewer, uuid.UUID(args["deliverable_file_id"]), code)


@job("deliverables.read", max_failures=3, time_limit=600, gave_up=_reading_failed)
def read(run: JobRun) -> Effect | None:
    """Read a deliverable: find its metrics and what its template requires, and judge them."""
    file_id = uuid.UUID(run.args["deliverable_file_id"])
    with run.write() as session:
        if not reading.begin_reading(session, run.viewer, file_id):
            return None
    files = run.services.files
    with run.read() as session:
        wanted = reading.file_to_read(session, run.viewer, files, file_id)
    run.progress(10, "reading")
    # A child of its own for each file: what one file does to it must not reach another one's reading.
    with DeliverableReader(run.services.settings) as reader:
        found, pictures = reader.read_whole(wanted.content, wanted.filename, wanted.definitions, wanted.requirements)
    run.progress(90, "recording")
    return lambda session: reading.record_reading(session, run.viewer, files, file_id, found, pictures=pictures)
