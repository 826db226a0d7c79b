"""Jobs of a company's own forms: proposing a template from a blank, and trying a draft on a photograph."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.viewer import Viewer
from ocr.proposal.contract import PageSource, ProposalError
from resolvers import form_drafts
from workers.reading import DECODING, UnreadableFileError
from workers.registry import Effect, JobRun, job
from workers.sandbox import run as run_in_child


def _proposal_given_up(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """A draft whose proposal was given up says so to whoever registered it."""
    form_drafts.record_proposal_failure(session, viewer, uuid.UUID(args["draft_id"]), code)


def _trial_given_up(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    """A trial that was given up says so to whoever asked for it."""
    form_drafts.record_trial_failure(session, viewer, uuid.UUID(args["trial_id"]), code)


@job(form_drafts.PROPOSE_JOB, max_failures=3, time_limit=600, gave_up=_proposal_given_up)
def propose(run: JobRun) -> Effect | None:
    """Propose a template from the blank of a company's own form."""
    draft_id = uuid.UUID(run.args["draft_id"])
    files = run.services.files
    with run.read() as session:
        wanted = form_drafts.blank_to_propose(session, run.viewer, files, draft_id)
    if wanted is None:
        return None
    content, key = wanted
    run.progress(5, "decoding")
    try:
        pages = run_in_child(DECODING, open_blank, content)
        run.progress(20, "reading")
        proposal = run.services.reading.propose(pages, key)
    except (UnreadableFileError, ProposalError) as error:
        code = error.code
        return lambda session: form_drafts.record_proposal_failure(session, run.viewer, draft_id, code)
    run.progress(90, "recording")
    return lambda session: form_drafts.record_proposal(session, run.viewer, files, draft_id, proposal)


@job(form_drafts.TRY_JOB, max_failures=3, time_limit=600, gave_up=_trial_given_up)
def try_draft(run: JobRun) -> Effect | None:
    """Read an example photograph with a form that is not published yet."""
    trial_id = uuid.UUID(run.args["trial_id"])
    files = run.services.files
    with run.read() as session:
        wanted = form_drafts.trial_to_read(session, run.viewer, files, trial_id)
    if wanted is None:
        return None
    content, form = wanted
    run.progress(5, "decoding")
    try:
        pages = run_in_child(DECODING, open_blank, content)
    except UnreadableFileError as error:
        code = error.code
        return lambda session: form_drafts.record_trial_failure(session, run.viewer, trial_id, code)
    run.progress(20, "reading")
    reading = run.services.reading.read_form([page.picture for page in pages], [form], [page.form for page in pages])
    run.progress(90, "recording")
    return lambda session: form_drafts.record_trial(session, run.viewer, files, trial_id, reading)


def open_blank(content: bytes) -> list[PageSource]:
    """The pages of a file with the sizes that a PDF tells. Runs in a child alone."""
    from ocr.pages import PageError  # noqa: PLC0415
    from ocr.proposal.opening import open_pages  # noqa: PLC0415

    try:
        return open_pages(content)
    except PageError as error:
        raise UnreadableFileError(error.code.value) from None
