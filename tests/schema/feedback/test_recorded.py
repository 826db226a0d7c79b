"""An employee looks at everything that is recorded about them, why, and who read it."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from sqlalchemy.orm import Session

from db.base import now
from db.channels import ChannelKind
from db.models.briefs import (
    Audience,
    BatchOutcome,
    Brief,
    BriefBatch,
    BriefBatchEntry,
    BriefDocument,
    BriefStatus,
    DocumentFormat,
    EvidenceExclusion,
    EvidenceSource,
)
from db.models.channels import NotificationChannel, NotificationDelivery
from db.models.events import AccessedResource, AccessEvent
from db.models.feedback.customers import CustomerComment
from db.models.feedback.growth import GrowthEntry, GrowthRecording, TranscriptionState
from db.models.feedback.meetings import OneOnOne
from db.models.feedback.notes import Feedback, FeedbackKind, FeedbackVisibility, Sentiment
from db.models.feedback.points import PointsRedemption, RedemptionStatus
from db.models.feedback.retrospectives import Occasion, Retrospective, RetrospectiveState
from db.models.feedback.upward import RoundStatus, UpwardRound
from db.models.files import StoredFile
from db.models.goal_updates import GoalHealthCheck, WeeklyAction
from db.models.goals import Goal, GoalKind, GoalLevel
from db.models.inbox import Notification, NotificationCode
from db.models.intake import FormVersion, IntakeDocument, IntakeStatus, Sheet, Upload, UploadFile
from db.models.jobs import Job, JobState
from db.models.projects.deliverables import Deliverable
from db.models.projects.tasks import Project, ProjectMember, ProjectTask
from db.models.projects.templates import DeliverableTemplate
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.models.rewordings import Rewording, RewordingState
from db.queries.feedback.records import RecordKind
from db.session import Database, Scope
from tests.goal_house import House, confirmed, done, make_house, make_quarter, person_id
from tests.schema.client import Api
from tests.schema.feedback.test_notes import GIVE, GOOD
from tests.statements import counted

RECORDS = (
    "query($first: Int, $after: String, $kinds: [RecordKind!]) { "
    "recordedAboutMe(first: $first, after: $after, kinds: $kinds) { nodes { kind purpose source readers "
    "readings { actor { id } times } object { id } } pageInfo { endCursor hasNextPage } } }"
)


def test_what_is_recorded_about_me(api: Api, database: Database) -> None:
    house = make_house(database)
    receiver = person_id(house.employee)
    goal_id = confirmed(api, house.employee, house.manager, house)
    open_ = done(api, house.colleague, GIVE, receiverId=receiver, text=GOOD)["feedback"]["id"]
    hidden = {"text": "周三发布前没有通知值班同事。", "visibility": "LINE", "visibilityReason": "先核实"}
    done(api, house.colleague, GIVE, receiverId=receiver, **hidden)
    about_others = done(api, house.employee, GIVE, receiverId=person_id(house.colleague), text=GOOD)["feedback"]["id"]
    listed = "query($id: ID!) { feedback(filter: { receiverId: $id }) { nodes { id } } }"
    for _ in range(2):
        api.data(house.manager, listed, {"id": receiver})

    found = api.data(house.employee, RECORDS, {"first": 50})["recordedAboutMe"]["nodes"]
    assert [record["kind"] for record in found] == ["FEEDBACK", "FEEDBACK", "GOAL"]
    line, shared, goal = found
    assert shared["object"] == {"id": open_}
    assert shared["readings"] == [{"actor": {"id": person_id(house.manager)}, "times": 2}]
    assert shared["purpose"].startswith("帮助你了解工作中的长处")
    assert goal["object"] == {"id": goal_id}
    assert goal["readings"] is None
    assert line["object"] is None, "that it is there is no secret, what it says is"
    assert line["readers"] == "写反馈的同事、你的各级上级和人力资源；内容不向你显示。"
    assert line["readings"] == [{"actor": {"id": person_id(house.manager)}, "times": 2}]
    assert about_others not in str(found)

    pages: list[str] = []
    after = None
    for _ in range(3):
        page = api.data(house.employee, RECORDS, {"first": 1, "after": after})["recordedAboutMe"]
        pages += [record["kind"] for record in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert pages == [record["kind"] for record in found]
    assert page["pageInfo"]["hasNextPage"] is False
    goals = api.data(house.employee, RECORDS, {"kinds": ["GOAL"]})["recordedAboutMe"]["nodes"]
    assert [record["kind"] for record in goals] == ["GOAL"]
    assert api.codes(house.employee, RECORDS, {"after": "W10"}) == ["BAD_CURSOR"]
    assert api.data(house.committee, RECORDS)["recordedAboutMe"]["nodes"] == []


def record_one_more(session: Session, house: House, number: int) -> None:
    """One record of each kind about the employee, each read by the manager where readings are noted."""
    own, boss, colleague = house.employee.person_id, house.manager.person_id, house.colleague.person_id
    owned: dict[str, Any] = {"organization_id": house.organization.id}
    day = now().date() - datetime.timedelta(days=7 * number)
    quarter = make_quarter(session, house.organization, key=f"cycle-{number}")
    file = StoredFile(**owned, sha256=f"{number:064}", size=1, media_type="image/jpeg")
    upload = Upload(**owned, uploaded_by=boss)
    session.add_all([file, upload])
    session.flush()
    sent = UploadFile(**owned, upload_id=upload.id, position=0, file_id=file.id, sha256=file.sha256, filename="a.jpg")
    session.add(sent)
    session.flush()
    template = DeliverableTemplate(**owned, key=f"t{number}", number=1)
    project = Project(**owned, name="x", lead_id=colleague, task_count=1)
    form = FormVersion(
        **owned, key=f"f{number}", number=1, title_zh="x", title_en="x", definition={}, blank_pdf_id=file.id
    )
    job = Job(**owned, name="x", args={}, state=JobState.DONE, run_at=now())
    told = Notification(
        **owned, person_id=own, code=NotificationCode.FEEDBACK_RECEIVED, params={}, dedupe_key=str(number)
    )
    channel = NotificationChannel(
        **owned, name="x", kind=ChannelKind.SLACK, sealed_url="", codes=[], person_ids=[], department_ids=[]
    )
    growth = GrowthEntry(**owned, person_id=own, written_on=day, text="学会了", shared=True)
    brief = Brief(
        **owned,
        subject_id=own,
        cycle_id=quarter.id,
        audience=Audience.SUBJECT,
        language="zh",
        edition=1,
        digest="0" * 64,
        status=BriefStatus.READY,
    )
    goal = Goal(
        **owned,
        cycle_id=quarter.id,
        kind=GoalKind.OBJECTIVE,
        level=GoalLevel.PERSON,
        owner_id=own,
        title="x",
        created_by=own,
    )
    session.add_all([template, project, form, job, told, channel, growth, brief, goal])
    session.flush()
    batch = BriefBatch(
        **owned,
        cycle_id=quarter.id,
        audience=Audience.LINE,
        language="zh",
        formats=["PDF"],
        requested_by=boss,
        job_id=job.id,
    )
    session.add_all([batch, ProjectMember(**owned, project_id=project.id, person_id=own)])
    session.flush()
    rows: dict[RecordKind, Any] = {
        RecordKind.FEEDBACK: Feedback(
            **owned, kind=FeedbackKind.NOTE, giver_id=colleague, receiver_id=own, text=GOOD, language="zh",
            visibility=FeedbackVisibility.RECEIVER_AND_LINE, occurred_at=now(), draft_digest="0" * 64,
            sentiment=Sentiment.STRENGTH, missing=[], empty_praise=False, useful=True,
        ),
        RecordKind.CUSTOMER_COMMENT: CustomerComment(
            **owned, source="crm", source_id=str(number), said_on=day, text="很快", subject_id=own
        ),
        RecordKind.REWORDING: Rewording(
            **owned, requester_id=own, goal_id=goal.id, source_version=1, questions=[], state=RewordingState.WAITING,
            failures=[], expires_at=now() + datetime.timedelta(days=7),
        ),
        RecordKind.GROWTH_ENTRY: growth,
        RecordKind.RECORDING: GrowthRecording(
            **owned, entry_id=growth.id, file_id=file.id, state=TranscriptionState.WAITING
        ),
        RecordKind.REVIEW: Review(
            **owned, subject_id=own, reviewer_id=boss, cycle_id=quarter.id, source=ReviewSource.SCREEN,
            status=ReviewStatus.CONFIRMED,
        ),
        RecordKind.FORM: IntakeDocument(
            **owned, upload_id=upload.id, upload_file_id=sent.id, uploaded_by=boss, subject_id=own,
            status=IntakeStatus.CONFIRMED,
        ),
        RecordKind.SHEET: Sheet(**owned, form_version_id=form.id, subject_id=own, cycle_id=quarter.id),
        RecordKind.BRIEF: brief,
        RecordKind.BRIEF_FILE: BriefDocument(
            **owned, brief_id=brief.id, format=DocumentFormat.PDF, requested_by=own, file_id=file.id
        ),
        RecordKind.BRIEF_BATCH: BriefBatchEntry(
            **owned, batch_id=batch.id, position=1, subject_id=own, outcome=BatchOutcome.WAITING
        ),
        RecordKind.EXCLUSION: EvidenceExclusion(
            **owned, subject_id=own, cycle_id=quarter.id, source=EvidenceSource.FEEDBACK, source_id=file.id, reason="x"
        ),
        RecordKind.GOAL: goal,
        RecordKind.WEEKLY_ACTION: WeeklyAction(
            **owned, person_id=own, week=day, goal_text="x", must_finish="x", witness_id=colleague
        ),
        RecordKind.HEALTH_CHECK: GoalHealthCheck(**owned, cycle_id=quarter.id, person_id=own, reviewer_id=boss),
        RecordKind.ONE_ON_ONE: OneOnOne(**owned, manager_id=boss, report_id=own, held_on=day),
        RecordKind.RETROSPECTIVE: Retrospective(
            **owned, person_id=own, cycle_id=quarter.id, occasion=Occasion.ENDED, facilitator_id=boss,
            state=RetrospectiveState.FINISHED, written_at=now(), finished_at=now(),
        ),
        RecordKind.UPWARD_ROUND: UpwardRound(
            **owned, subject_id=own, closes_on=day, minimum=4, status=RoundStatus.RELEASED
        ),
        RecordKind.TASK: ProjectTask(
            **owned, project_id=project.id, number=1, title="x", owner_id=own, template_id=template.id, due_at=now(),
            first_due_at=now(),
        ),
        RecordKind.DELIVERABLE: Deliverable(**owned, template_id=template.id, owner_id=own, title="x"),
        RecordKind.REDEMPTION: PointsRedemption(
            **owned, person_id=own, points=1, wish="x", status=RedemptionStatus.REQUESTED
        ),
        RecordKind.MESSAGE: NotificationDelivery(
            **owned, notification_id=told.id, channel_id=channel.id, person_id=own
        ),
    }  # fmt: skip
    assert rows.keys() == set(RecordKind), "a new kind is made here too"
    session.add_all(rows.values())
    session.flush()
    session.add_all(
        AccessEvent(**owned, actor_id=boss, subject_id=own, resource=resource, resource_id=rows[kind].id)
        for kind, resource in (
            (RecordKind.FEEDBACK, AccessedResource.FEEDBACK),
            (RecordKind.CUSTOMER_COMMENT, AccessedResource.CUSTOMER_COMMENT),
            (RecordKind.GROWTH_ENTRY, AccessedResource.GROWTH_ENTRY),
            (RecordKind.RETROSPECTIVE, AccessedResource.RETROSPECTIVE),
            (RecordKind.REVIEW, AccessedResource.REVIEW),
            (RecordKind.FORM, AccessedResource.INTAKE_DOCUMENT),
            (RecordKind.BRIEF, AccessedResource.BRIEF),
        )
    )


def test_ten_of_everything_cost_as_many_statements_as_one(api: Api, database: Database) -> None:
    house = make_house(database)
    api.data(house.employee, "{ viewer { person { id } } }")  # who signs in is looked up once
    numbers = []
    for before, after in ((0, 1), (1, 10)):
        with database.begin(Scope(house.organization.id)) as session:
            for number in range(before, after):
                record_one_more(session, house, number)
        nodes = []
        with counted() as statements:
            for begin in range(0, len(RecordKind), 8):  # a page has at most a hundred
                kinds = list(RecordKind)[begin : begin + 8]
                page = api.data(house.employee, RECORDS, {"first": 100, "kinds": kinds})["recordedAboutMe"]
                nodes += page["nodes"]
        assert Counter(node["kind"] for node in nodes) == dict.fromkeys(RecordKind, after)
        # A batch is for whoever asked for it; of the other two there is nothing but that they are there.
        assert {node["kind"] for node in nodes if node["object"] is None} == {"SHEET", "BRIEF_BATCH", "EXCLUSION"}
        assert all(node["purpose"] and node["source"] and node["readers"] for node in nodes)
        assert sum(len(node["readings"] or ()) for node in nodes) == 7 * after
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
