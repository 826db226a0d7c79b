"""The job that asks the configured model for another wording of a goal or a piece of feedback."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from db.models.rewordings import RewordingState
from db.viewer import Viewer
from ml.assist.assist import assist
from ml.brief.checks import Failure
from ml.brief.contract import EngineError
from ml.brief.rewording import Original, Proposal, propose, worse
from resolvers import rewording
from resolvers.rules.smart.check import check
from resolvers.rules.smart.contract import Verdict
from workers.registry import Effect, JobRun, job
from workers.writing import chat_model


def _given_up(session: Session, viewer: Viewer, args: dict[str, Any], code: str) -> None:
    rewording.record_silence(session, viewer, uuid.UUID(args["rewording_id"]), RewordingState.FAILED, code)


@job(rewording.JOB, max_failures=3, time_limit=600, gave_up=_given_up)
def reword(run: JobRun) -> Effect | None:
    """Ask the configured model for another wording of a goal or a piece of feedback, and check it."""
    rewording_id = uuid.UUID(run.args["rewording_id"])
    settings = run.services.settings
    with run.read() as session:
        material = rewording.material(session, run.viewer, rewording_id)
    if material is None:
        return None
    chat = chat_model(settings)
    if chat is None:
        return _silence(run, rewording_id, RewordingState.NOT_CONFIGURED, "rewording_not_configured")
    run.progress(20, "writing")
    try:
        proposal = propose(material.original, chat)
    except EngineError:
        return _silence(run, rewording_id, RewordingState.FAILED, "rewording_model_failed")
    judged = _goal_parts if material.of_goal else _note_failures
    found = () if proposal.failures else tuple(judged(material.original, proposal.text))
    proposal = Proposal(proposal.text, (*proposal.failures, *found))
    model = f"{settings.generator}:{settings.generator_model}"
    return lambda session: rewording.record_proposal(
        session, run.viewer, rewording_id, proposal, version=material.version, model=model
    )


def _silence(run: JobRun, rewording_id: uuid.UUID, state: RewordingState, code: str) -> Effect:
    return lambda session: rewording.record_silence(session, run.viewer, rewording_id, state, code)


def _goal_parts(original: Original, text: str) -> list[Failure]:
    """Letters of SMART that the title met and the proposal does not."""
    before, after = (
        [finding.letter.value for finding in check(words) if finding.verdict is Verdict.MET]
        for words in (original.text, text)
    )
    return worse(before, after)


def _note_failures(original: Original, text: str) -> list[Failure]:
    """What the help in writing says against the proposal and not against the note. Parts that it misses do not count:
    it finds them by weights, and the same words in another order may be read otherwise."""
    before, after = assist(original.text), assist(text)
    said = {caution.code for caution in before.cautions}
    found = [Failure("caution", each.quote.text) for each in after.cautions if each.code not in said]
    if after.empty_praise:
        found.append(Failure("empty", ""))
    return found
