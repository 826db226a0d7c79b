"""Who may do what. Every function returns quietly or raises `DomainError`.

| use case | who |
| --- | --- |
| read the directory (name, staff number, department, manager) | everybody of the organisation |
| read a person's record (contact, employments, roles) | the person, the managers above by today's line, HR |
| read a review | its subject once confirmed, its reviewer, the managers above the subject, HR |
| hand in a photographed form, ask for a printed sheet | managers and HR |
| see a photographed form | who handed it in, the managers above its subject, HR; its subject once confirmed |
| confirm a form | the managers above its subject and HR; never the subject |
| see what one of two people said of a field before the other did | who said it |
| decide where two people disagree | who may confirm the form and is neither of the two |
| see figures of paper and screen by department | managers, of their line; HR, of everybody else |
| choose the fields that two people check, the organisation's grades and score scale | HR and administrators |
| reject a form | who may confirm it, and who handed it in |
| publish or retire a template of deliverables, set thresholds | PMO, HR and administrators; everybody reads them |
| hand in a deliverable | everybody; a new version of one: who handed it in, and who answers for them |
| overrule its flag, confirm a value of it | the PMO, the managers above who handed it in, HR; never who handed it in |
| take a reading as the value of a measure | who may check the goal in, PMO, administrators; who sees both |
| see a deliverable | who handed it in, the managers above them, HR and the PMO |
| register, edit, try and publish the organisation's own forms | HR and administrators |
| erase all voice notes of a person at once | that person; HR once the person works there no more |
| take out a brief as a file, an archive of briefs | who asked for it, while all evidence in it may be seen |
| follow a job | who asked for it; HR and administrators (a job shows its state, no content) |
| start a dead job again | HR and administrators |
| see who read one's records; read one's notifications and mark them | that person alone |
| set up and test the organisation's channels of notifications, its quiet hours | HR and administrators; all see them |
| set up a channel of one's own, say what is carried on and when | that person alone |
| read a retrospective | who takes part, the managers above its facilitator, HR; once finished who sees its subject |
| read a person's growth archive | that person, the managers above, HR; of each source what they see there |
| finish or correct a retrospective | its facilitator, the managers above the facilitator, HR |
| read what changed | everybody, of what they may see; that something is gone, whoever saw it until then |
| see how somebody's work went (milestones, rework, pace of measures) | that person, the managers above, HR |
| take goals out as a table | everybody, those that they may see; the goals' owners can see who did |
| set the working calendar | HR and administrators; everybody reads it |

A manager's rights come from the role and reach as far as today's reporting line. What a person may not see looks
absent (NOT_FOUND); FORBIDDEN is said only of what the person may see but not do.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.intake import IntakeDocument
from db.models.people import Person
from db.queries import people
from db.queries.forms import FORM_ROLES
from db.viewer import Role, Viewer
from resolvers.errors import DomainError, ErrorCode

PAPER_ROLES = (Role.MANAGER, Role.HR)
"""Who works with paper forms."""
OPERATOR_ROLES = (Role.HR, Role.ADMINISTRATOR)
"""Who may start dead jobs again."""


def require_paper_role(viewer: Viewer) -> None:
    """Raises FORBIDDEN unless the viewer may hand in forms and ask for sheets."""
    if not viewer.has(*PAPER_ROLES):
        raise DomainError(ErrorCode.FORBIDDEN)


def require_operator(viewer: Viewer) -> None:
    """Raises FORBIDDEN unless the viewer may start dead jobs again."""
    if not viewer.has(*OPERATOR_ROLES):
        raise DomainError(ErrorCode.FORBIDDEN)


def require_form_role(viewer: Viewer) -> None:
    """Raises FORBIDDEN unless the viewer may make the organisation's forms."""
    if not viewer.has(*FORM_ROLES):
        raise DomainError(ErrorCode.FORBIDDEN)


def answers_for(session: Session, viewer: Viewer, person_id: uuid.UUID) -> bool:
    """Whether the viewer answers for that person today: HR for everybody else, a manager for the reports below."""
    led = people.led_ids(session, viewer)
    return led is not None and session.scalar(led.where(Person.id == person_id)) is not None


def require_answers_for(
    session: Session, viewer: Viewer, person_id: uuid.UUID, at: tuple[str, ...] | None = None
) -> None:
    """Raises NOT_FOUND when the organisation has no such person and FORBIDDEN when the viewer does not answer for them.

    `at` is the path of the input that named the person.
    """
    if answers_for(session, viewer, person_id):
        return
    statement = sa.select(Person.id).where(Person.organization_id == viewer.organization_id, Person.id == person_id)
    known = session.scalar(statement) is not None
    raise DomainError(ErrorCode.FORBIDDEN if known else ErrorCode.NOT_FOUND, at)


def require_may_reject(session: Session, viewer: Viewer, document: IntakeDocument) -> None:
    """Raises FORBIDDEN unless the viewer handed the document in, answers for its subject, or is HR without a subject
    being known."""
    if document.uploaded_by == viewer.person_id:
        return
    if document.subject_id is None:
        require_paper_role(viewer)
        return
    require_answers_for(session, viewer, document.subject_id)
