"""Jobs of deliverables: reading what was handed in, and judging it anew when thresholds change."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.viewer import Viewer, system_viewer
from resolvers.projects import evaluation, reading
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


@job("deliverables.evaluate", max_failures=5, time_limit=600)
def evaluate(run: JobRun) -> Effect | None:
    """Judge a template's deliverables anew under its thresholds of today; doing it again adds nothing."""
    template_id = uuid.UUID(run.args["template_id"])
    system = system_viewer(run.viewer.organization_id)
    with run.read() as session:
        waiting = evaluation.judged_under(session, system, template_id)
    for done, deliverable_id in enumerate(waiting):
        # One transaction each: a template may have thousands, and each of them may be handed in anew meanwhile.
        with run.write() as session:
            evaluation.evaluate_newest(session, system, deliverable_id)
        if done % 50 == 0:
            run.progress(100 * done // len(waiting), "judging")
    return None
