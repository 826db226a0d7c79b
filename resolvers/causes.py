"""What happens in the product and may make tasks by rule: put down in the transaction in which it happens.

A job makes the tasks. Its row commits with what happened, so that no cause is lost, and none holds up what happened.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.base import now
from db.jobs import enqueue
from db.models.projects.rules import RuleTrigger, TaskRule
from db.viewer import Viewer, system_viewer

JOB = "projects.apply_rules"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that happened."""

    trigger: RuleTrigger
    subject_id: uuid.UUID
    """Of the deliverable, goal or task."""
    key: str
    """Tells this happening from all others of the organisation."""
    happened_at: datetime.datetime
    level: int | None = None
    """Of a blocked task."""

    def args(self) -> dict[str, Any]:
        """As the arguments of the job."""
        return {
            "trigger": self.trigger.value,
            "subject_id": str(self.subject_id),
            "key": self.key,
            "happened_at": self.happened_at.isoformat(),
            "level": self.level,
        }

    @classmethod
    def of(cls, args: dict[str, Any]) -> Self:
        return cls(
            RuleTrigger(args["trigger"]),
            uuid.UUID(args["subject_id"]),
            args["key"],
            datetime.datetime.fromisoformat(args["happened_at"]),
            args["level"],
        )


def waited_for(session: Session, viewer: Viewer, trigger: RuleTrigger) -> bool:
    """Whether some rule of the organisation waits for this to happen."""
    live = sa.exists().where(
        TaskRule.organization_id == viewer.organization_id,
        TaskRule.trigger == trigger,
        TaskRule.disabled_at.is_(None),
    )
    return session.execute(sa.select(live)).scalar_one()


def put_down(
    session: Session, viewer: Viewer, trigger: RuleTrigger, subject_id: uuid.UUID, key: str, *, level: int | None = None
) -> None:
    """Let the rules that wait for this make their tasks, once the transaction has committed."""
    if waited_for(session, viewer, trigger):
        cause = Cause(trigger, subject_id, key, now(), level)
        system = system_viewer(viewer.organization_id)
        enqueue(session, system, JOB, cause.args(), dedupe_key=f"{JOB}:{trigger}:{key}")
