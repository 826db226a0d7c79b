"""Jobs of briefs: writing one from its evidence."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.viewer import Viewer
from resolvers.briefs import requesting, writing
from workers.brief_text import compose
from workers.registry import Effect, JobRun, job
from workers.writing import brief_engine, entailment_judge


def _given_up(session: Session, viewer: Viewer, args: dict[str, Any], _code: str) -> None:
    writing.give_up(session, viewer, uuid.UUID(args["brief_id"]))


@job(requesting.JOB, max_failures=3, time_limit=900, gave_up=_given_up)
def write(run: JobRun) -> Effect:
    """Write a brief from the evidence that its reader may see."""
    brief_id = uuid.UUID(run.args["brief_id"])
    settings = run.services.settings
    with run.read() as session:
        material = writing.material(session, run.viewer, brief_id, settings.generator_name)
    if material is None:
        return lambda session: writing.give_up(session, run.viewer, brief_id)
    run.progress(20, "writing")
    text = compose(material, brief_engine(settings), entailment_judge(settings))
    return lambda session: writing.record_text(session, run.viewer, brief_id, material, text)
