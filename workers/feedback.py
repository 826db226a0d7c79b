"""Jobs of feedback: releasing what was written anonymously."""

from __future__ import annotations

import uuid

from resolvers.feedback import upward
from workers.registry import Effect, JobRun, job


@job(upward.RELEASE_JOB, max_failures=10, time_limit=60)
def release_upward(run: JobRun) -> Effect:
    """Release the texts of a round of anonymous feedback together, or destroy them where too few wrote."""
    round_id = uuid.UUID(run.args["round_id"])
    return lambda session: upward.release_round(session, run.viewer, round_id)
