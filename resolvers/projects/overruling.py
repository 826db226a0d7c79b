"""A person's word over the machine's flag; both stay visible."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from db.models.projects.deliverables import Deliverable
from db.models.projects.flags import Flag, FlagOverride, FlagWithdrawal
from db.queries.projects import deliverables, flags
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals.inputs import optional_text
from resolvers.projects.authority import may_judge
from resolvers.projects.evaluation import deliverable_to_change, set_flag
from resolvers.telling import DELIVERABLE, tell

REASON_LENGTH = 2000


def overrule_flag(
    session: Session,
    viewer: Viewer,
    deliverable_id: uuid.UUID,
    flag: Flag,
    reason: str,
    *,
    expected_version: int | None,
) -> Deliverable:
    """Let a deliverable have another flag than the machine's, with a reason, until that is withdrawn or a file follows.

    For the PMO, the managers above who handed it in, and HR; never for who handed it in. Changed thresholds and
    confirmed readings leave it standing beside the machine's new flag, and who overruled is told. Raises
    `DomainError`: NOT_FOUND, FORBIDDEN, CONFLICT, REASON_REQUIRED, TEXT_TOO_LONG, NOT_READY before the newest file was
    judged, CHANGE_EMPTY for the flag that holds.
    """
    words = optional_text(reason, REASON_LENGTH, ("input", "reason"))
    if words is None:
        raise DomainError(ErrorCode.REASON_REQUIRED, ("input", "reason"))
    deliverable = deliverable_to_change(session, viewer, deliverable_id, expected_version)
    newest = deliverables.newest_files(session, [deliverable.id])[deliverable.id]
    if viewer.person_id is None or not may_judge(session, viewer, deliverable, newest):
        raise DomainError(ErrorCode.FORBIDDEN, ("input", "id"))
    evaluation = flags.latest_evaluations(session, [newest.id]).get(newest.id)
    if evaluation is None:
        raise DomainError(ErrorCode.NOT_READY, ("input", "id"))
    if deliverable.flag is flag:
        raise DomainError(ErrorCode.CHANGE_EMPTY, ("input", "flag"))
    session.add(
        FlagOverride(
            organization_id=viewer.organization_id,
            evaluation_id=evaluation.id,
            flag=flag,
            reason=words,
            overruled_by=viewer.person_id,
        )
    )
    tell(session, viewer, "deliverable.overruled", DELIVERABLE, deliverable.id)
    set_flag(session, viewer, deliverable, flag)
    session.flush()
    return deliverable


def withdraw_override(
    session: Session, viewer: Viewer, deliverable_id: uuid.UUID, *, expected_version: int | None
) -> Deliverable:
    """Let the machine's flag hold again; what was said stays readable.

    For who said it, as long as they see the deliverable, and for whoever may overrule it. Raises `DomainError`:
    NOT_FOUND, FORBIDDEN, CONFLICT, CHANGE_EMPTY where no person's word holds.
    """
    deliverable = deliverable_to_change(session, viewer, deliverable_id, expected_version)
    newest = deliverables.newest_files(session, [deliverable.id])[deliverable.id]
    standing = flags.standing_overrides(session, [newest.id]).get(newest.id)
    own = standing is not None and standing.overruled_by == viewer.person_id
    if not own and not may_judge(session, viewer, deliverable, newest):
        raise DomainError(ErrorCode.FORBIDDEN, ("input", "id"))
    if standing is None:
        raise DomainError(ErrorCode.CHANGE_EMPTY, ("input", "id"))
    session.add(
        FlagWithdrawal(organization_id=viewer.organization_id, override_id=standing.id, withdrawn_by=viewer.person_id)
    )
    tell(session, viewer, "deliverable.override_withdrawn", DELIVERABLE, deliverable.id)
    set_flag(session, viewer, deliverable, deliverable.machine_flag)
    session.flush()
    return deliverable
