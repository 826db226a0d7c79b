"""Who may see which row, written down in Python over the company's line, independent of the SQL that decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from tests.contract.world import World

LEADS = {
    "director": {"manager", "report", "colleague", "hr", "pmo", "administrator"},
    "manager": {"report", "colleague"},
    "hr": {"director", "manager", "report", "colleague", "stranger", "pmo", "administrator", "committee"},
}
"""For whom the people of the company answer."""

Sees = Callable[[World, str, Any], bool]


def everybody(_world: World, _who: str, _row: Any) -> bool:
    return True


def _is(world: World, who: str, person_id: uuid.UUID | None) -> bool:
    return world.company.people[who].id == person_id


def _answers_for(world: World, who: str, person_id: uuid.UUID | None) -> bool:
    return any(world.company.people[other].id == person_id for other in LEADS.get(who, ()))


def review(world: World, who: str, row: Any) -> bool:
    """Its subject once confirmed (the one here is), its reviewer, and who answers for the subject."""
    return (
        _is(world, who, row.subject_id) or _is(world, who, row.reviewer_id) or _answers_for(world, who, row.subject_id)
    )


def document(world: World, who: str, row: Any) -> bool:
    confirmed_own = row.status == "CONFIRMED" and _is(world, who, row.subject_id)
    about_nobody = row.subject_id is None and who == "hr"
    return _is(world, who, row.uploaded_by) or _answers_for(world, who, row.subject_id) or confirmed_own or about_nobody


def page(world: World, who: str, row: Any) -> bool:
    return any(document(world, who, each) for each in world.rows["IntakeDocument"] if each.id == row.document_id)


def upload(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.uploaded_by) or who == "hr"


def sheet(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.requested_by) or _answers_for(world, who, row.subject_id)


def maker(_world: World, who: str, _row: Any) -> bool:
    """Forms in the making are HR's and administrators' alone."""
    return who in {"hr", "administrator"}


def job(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.requested_by) or who in {"hr", "administrator"}


def feedback(world: World, who: str, row: Any) -> bool:
    """The giver, the receiver, and the line: the row here is for the receiver and, by a second one, for the line."""
    own = _is(world, who, row.receiver_id) and row.visibility != "LINE"
    line = _answers_for(world, who, row.receiver_id) and row.visibility != "RECEIVER"
    return _is(world, who, row.giver_id) or own or line


def phrase(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.person_id)


def talk(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.manager_id) or _is(world, who, row.report_id)


def retrospective(world: World, who: str, row: Any) -> bool:
    """The facilitator (who alone takes part) and that line; the finished one also as the person whom it is about."""
    inside = _is(world, who, row.facilitator_id) or _answers_for(world, who, row.facilitator_id)
    about = _is(world, who, row.person_id) or _answers_for(world, who, row.person_id)
    return inside or (row.finished_at is not None and about)


def agreed(world: World, who: str, row: Any) -> bool:
    if row.meeting_id is not None:
        return talk(world, who, row)
    return any(
        retrospective(world, who, each) for each in world.rows["Retrospective"] if each.id == row.retrospective_id
    )


def redemption(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.person_id) or who == "hr"


def upward_round(world: World, who: str, row: Any) -> bool:
    """The manager whom it is for, and the line; nobody of this company is invited."""
    return _is(world, who, row.subject_id) or _answers_for(world, who, row.subject_id)


def upward_note(world: World, who: str, row: Any) -> bool:
    """As the one round, which is released."""
    (released,) = world.rows["UpwardRound"]
    return upward_round(world, who, released)


def notification(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.person_id)


def carried(world: World, who: str, row: Any) -> bool:
    """The one channel is the organisation's."""
    return _is(world, who, row.person_id) or who in {"hr", "administrator"}


def preference(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.id)


def deliverable(world: World, who: str, row: Any) -> bool:
    return who == "pmo" or _is(world, who, row.owner_id) or _answers_for(world, who, row.owner_id)


def reading(world: World, who: str, row: Any) -> bool:
    """Whoever sees its deliverable; the world has one."""
    (handed_in,) = world.rows["Deliverable"]
    return deliverable(world, who, handed_in)


def brief_document(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.requested_by)


def brief_batch(world: World, who: str, row: Any) -> bool:
    """Whoever asked for it alone; the world has one."""
    (batch,) = world.rows["BriefBatch"]
    return _is(world, who, batch.requested_by)


def brief(world: World, who: str, row: Any) -> bool:
    """The brief here is for the line."""
    return _answers_for(world, who, world.rows["Brief"][0].subject_id)


def project(world: World, who: str, row: Any) -> bool:
    """The one member (in the world the same person leads, owns and writes), who answers for that person, HR, PMO."""
    member = next(getattr(row, name) for name in ("lead_id", "owner_id", "author_id") if hasattr(row, name))
    return who in {"hr", "pmo"} or _is(world, who, member) or _answers_for(world, who, member)


def customer_comment(world: World, who: str, row: Any) -> bool:
    """What names a person: that person, who answers for the person, who recorded it. The other: as the one project."""
    if row.subject_id is None:
        return project(world, who, world.rows["Project"][0])
    own = _is(world, who, row.subject_id) or _is(world, who, row.recorded_by)
    return own or _answers_for(world, who, row.subject_id)


def sent_table(world: World, who: str, row: Any) -> bool:
    return _is(world, who, row.requested_by) or who == "hr"


def growth_entry(world: World, who: str, row: Any) -> bool:
    """The owner; of the shared one of the two the line."""
    return _is(world, who, row.person_id) or (row.shared and _answers_for(world, who, row.person_id))


def growth_todo(world: World, who: str, row: Any) -> bool:
    return any(growth_entry(world, who, each) for each in world.rows["GrowthEntry"] if each.id == row.entry_id)


def growth_recording(world: World, who: str, row: Any) -> bool:
    """The owner alone, also where the entry is shared."""
    return any(_is(world, who, each.person_id) for each in world.rows["GrowthEntry"] if each.id == row.entry_id)


def rewording(world: World, who: str, row: Any) -> bool:
    """Whoever asked for it alone, and it is about what that person gave."""
    return _is(world, who, row.requester_id)


def feed(_world: World, who: str, _row: Any) -> bool:
    return who in {"pmo", "administrator"}


def task_rule(_world: World, who: str, _row: Any) -> bool:
    return who in {"pmo", "administrator", "hr"}


POLICIES: dict[str, Sees] = {
    "Brief": brief,
    "BriefBatch": brief_batch,
    "BriefBatchEntry": brief_batch,
    "BriefDocument": brief_document,
    "BriefEvidence": brief,
    "CustomerComment": customer_comment,
    "CustomerCommentImport": sent_table,
    "Cycle": everybody,
    "Deliverable": deliverable,
    "DeliverableReading": reading,
    "DeliverableTemplate": everybody,
    "TaskRule": task_rule,
    "Threshold": everybody,
    "Department": everybody,
    "Feed": feed,
    "FeedBinding": feed,
    "FeedDelivery": feed,
    "FeedRecord": feed,
    "FeedRule": feed,
    "FeedSecret": feed,
    "FormDraft": maker,
    "Feedback": feedback,
    "FeedbackPolicy": everybody,
    "FormSheet": sheet,
    "FormTemplate": everybody,
    "FormTrial": maker,
    "GrowthEntry": growth_entry,
    "GrowthRecording": growth_recording,
    "GrowthTodo": growth_todo,
    "IntakeDocument": document,
    "IntakePage": page,
    "IntakePolicy": everybody,
    "IntakeUpload": upload,
    "Job": job,
    "Notification": notification,
    "NotificationChannel": everybody,
    "NotificationDelivery": carried,
    "NotificationPolicy": everybody,
    "NotificationPreference": preference,
    "OneOnOne": talk,
    "OneOnOneAction": agreed,
    "Organization": everybody,
    "Person": everybody,
    "Project": project,
    "ProjectPolicy": everybody,
    "ProjectTask": project,
    "ProjectTaskComment": project,
    "ProjectTaskUpdate": project,
    "PointsRedemption": redemption,
    "QuickPhrase": phrase,
    "UpwardNote": upward_note,
    "UpwardRound": upward_round,
    "Retrospective": retrospective,
    "Review": review,
    "Rewording": rewording,
    "WorkingYear": everybody,
}
ELSEWHERE = ("Goal", "Measure", "Weekly")
"""Beginnings of the names of types whose policy inside an organisation depends on their state and is tested with it in
`tests/schema`; here they are held to isolation, and to the rule that no edge shows what `node(id:)` hides."""
