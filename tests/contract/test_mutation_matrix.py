"""Which mutations reach what: none another organisation, and inside one only for whoever may.

The mutations come from the schema, the rows from every table behind it. A mutation that is not in the tables here fails
the test.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
    is_required_input_field,
)

from db.models.jobs import Job, JobState
from db.session import Database
from db.viewer import Viewer
from schema.relay import encode_id
from schema.root import catalog
from tests.contract.world import NODE_TYPES, World, snapshot
from tests.paper import jpeg
from tests.schema.client import Api

SCHEMA = catalog().schema


REFERS = {
    "goalId": "Goal",
    "feedbackId": "Feedback",
    "receiverId": "Person",
    "roundId": "UpwardRound",
    "otherId": "Person",
    "subjectId": "Person",
    "ownerId": "Person",
    "witnessId": "Person",
    "departmentId": "Department",
    "cycleId": "Cycle",
    "toCycleId": "Cycle",
    "reviewId": "Review",
    "measureId": "Measure",
    "evidenceId": "BriefEvidence",
    "personId": "Person",
    "pageIds": "IntakePage",
    "templateId": "DeliverableTemplate",
    "formTemplateId": "FormTemplate",
    "briefId": "Brief",
    "bindingId": "FeedBinding",
    "feedId": "Feed",
    "projectId": "Project",
    "taskId": "ProjectTask",
    "collaboratorIds": "Person",
    "entryId": "GrowthEntry",
}
"""What an id in an input refers to, where its name says so."""
OWN = {
    "createCycle",
    "createFeed",
    "createGoals",
    "createProject",
    "publishDeliverableTemplate",
    "registerFormTemplate",
    "setGoalPolicy",
    "setProjectPolicy",
    "setWorkingYear",
    "submitDeliverable",
    "uploadIntakeDocument",
    "uploadIntakeDocuments",
    "setIntakePolicy",
    "setReviewStandards",
    "saveBehaviourTag",
    "setFeedbackPolicy",
    "saveQuickPhrase",
    "giveFeedbackBatch",
    "requestPointsRedemption",
    "recordCustomerComment",
    "importCustomerComments",
    "writeGrowthEntry",
    "addGrowthRecording",
    "recordCustomerComments",
    "setOneOnOneRhythm",
    "createNotificationChannel",
    "setNotificationPolicy",
    "setNotificationPreference",
}
"""Mutations whose smallest input names nothing that exists: they act within the viewer's own organisation."""

ABOUT = {"chooseIntakeTemplate": "IntakeDocument"}
"""What `id` names where the mutation's own name does not say it."""

Ids = Mapping[str, str]


def smallest_input(mutation: str, ids: Ids) -> dict[str, Any]:
    """An input with what is required, and these ids wherever an id is required."""
    assert SCHEMA.mutation_type is not None
    field = SCHEMA.mutation_type.fields[mutation]
    named = [name for name in NODE_TYPES if name.lower() in mutation.lower()]
    noun = ABOUT.get(mutation) or max(named, key=len, default="")
    type_ = get_named_type(field.args["input"].type)
    assert isinstance(type_, GraphQLInputObjectType)
    return _object(type_, ids, noun)


def _object(type_: GraphQLInputObjectType, ids: Ids, noun: str) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, field in type_.fields.items():
        if is_required_input_field(field):
            given[name] = _value(get_nullable_type(field.type), name, ids, noun)
    return given


def _value(type_: GraphQLInputType, name: str, ids: Ids, noun: str) -> Any:
    if isinstance(type_, GraphQLList):
        inner = type_.of_type.of_type if isinstance(type_.of_type, GraphQLNonNull) else type_.of_type
        return [_value(inner, name, ids, noun)]
    if isinstance(type_, GraphQLInputObjectType):
        return _object(type_, ids, noun)
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    named = get_named_type(type_).name
    if named == "ID":
        return ids[noun if name in {"id", "ids"} else REFERS[name]]
    values = {
        "String": "text",
        "Int": 1,
        "Boolean": True,
        "Decimal": "1",
        "Date": "2026-10-01",
        "DateTime": "2026-10-01T00:00:00Z",
        "JSON": {},
        "UUID": str(uuid.UUID(int=7)),
        "Upload": None,
    }
    return values[named]


def attempt(api: Api, viewer: Viewer | None, mutation: str, given: dict[str, Any]) -> Any:
    """The errors of a mutation: codes and fields of its payload, or of the request."""
    type_ = mutation[0].upper() + mutation[1:]
    text = f"mutation($input: {type_}Input!) {{ {mutation}(input: $input) {{ errors {{ code field }} }} }}"
    if place := next((place for place in ("file", "files.0") if place.split(".")[0] in given), None):
        response = api.upload(viewer, text, {"input": given}, {f"variables.input.{place}": ("photo.jpg", jpeg(33))})
        answer = response.json()
    else:
        answer = api.answer(viewer, text, {"input": given})
    if answer.get("data"):
        return answer["data"][mutation]["errors"]
    return [{"code": error["extensions"]["code"]} for error in answer["errors"]]


def mutations() -> list[str]:
    assert SCHEMA.mutation_type is not None
    return list(SCHEMA.mutation_type.fields)


def test_mutations_reach_no_other_organisation(api: Api, world: World, elsewhere: World, database: Database) -> None:
    before = snapshot(database, world.company)
    real = {name: world.ids(name)[0] for name in NODE_TYPES}
    unreal = {name: encode_id(name, uuid.uuid4()) for name in NODE_TYPES}
    for mutation in mutations():
        assert [error["code"] for error in attempt(api, None, mutation, smallest_input(mutation, real))] == [
            "UNAUTHENTICATED"
        ]
        if mutation in OWN:
            continue
        for who in ("hr", "director", "committee", "administrator", "report"):
            viewer = elsewhere.viewers[who]
            foreign = attempt(api, viewer, mutation, smallest_input(mutation, real))
            absent = attempt(api, viewer, mutation, smallest_input(mutation, unreal))
            assert foreign == absent, f"{mutation} tells the {who} of another organisation that the object exists"
            assert {error["code"] for error in foreign} <= {"NOT_FOUND", "FORBIDDEN"}, (mutation, who, foreign)
            assert foreign, (mutation, who)
    assert snapshot(database, world.company) == before


PAPER: dict[str, set[str]] = {
    "registerFormTemplate": {"hr", "administrator"},
    "editFormDraft": {"hr", "administrator"},
    "tryFormDraft": {"hr", "administrator"},
    "publishFormDraft": {"hr", "administrator"},
    "discardFormDraft": {"hr", "administrator"},
    "chooseIntakeTemplate": {"manager", "hr"},
    "uploadIntakeDocument": {"director", "manager", "stranger", "hr"},
    "uploadIntakeDocuments": {"director", "manager", "stranger", "hr"},
    "arrangeIntakePages": {"director", "manager", "hr"},
    "setIntakePolicy": {"hr", "administrator"},
    "setDoubleEntry": {"hr", "administrator"},
    "setReviewStandards": {"hr", "administrator"},
    "eraseIntakePictures": {"hr"},
    "requestFormSheet": {"director", "manager", "hr"},
    "confirmIntakeDocument": {"director", "manager", "hr"},
    "rejectIntakeDocument": {"director", "manager", "hr"},
    "markNotificationsRead": {"report"},
    "updateNotificationChannel": {"hr", "administrator"},
    "testNotificationChannel": {"hr", "administrator"},
    "removeNotificationChannel": {"hr", "administrator"},
    "setNotificationPolicy": {"hr", "administrator"},
    "retryJob": {"hr", "administrator"},
    "setWorkingYear": {"hr", "administrator"},
    "publishDeliverableTemplate": {"hr", "pmo", "administrator"},
    "retireDeliverableTemplate": {"hr", "pmo", "administrator"},
    "setThreshold": {"hr", "pmo", "administrator"},
    "retireThreshold": {"hr", "pmo", "administrator"},
    "overruleDeliverableFlag": {"director", "manager", "hr", "pmo"},
    "createProject": {"director", "manager", "stranger", "pmo"},
    "createFeed": {"pmo", "administrator"},
    "updateFeed": {"pmo", "administrator"},
    "rotateFeedSecret": {"pmo", "administrator"},
    "unbindFeed": {"pmo", "administrator"},
    "retireFeedRule": {"pmo", "administrator"},
    "enableTaskRule": {"pmo", "administrator"},
    "setProjectPolicy": {"hr", "pmo", "administrator"},
    "submitDeliverable": {
        "director",
        "manager",
        "report",
        "colleague",
        "stranger",
        "hr",
        "pmo",
        "administrator",
        "committee",
    },
    "requestBrief": {"director", "manager", "hr"},
    "excludeBriefEvidence": {"director", "manager", "hr"},
    "includeBriefEvidence": {"director", "manager", "hr"},
    "requestBriefDocument": {"director", "manager", "hr"},
    "requestBriefBatch": {"director", "manager", "stranger", "hr"},
    "cancelBriefBatch": {"hr"},
    "recordCustomerComment": {"director", "manager", "hr", "pmo"},
    "recordCustomerComments": {"director", "manager", "stranger", "hr", "pmo"},
    "correctCustomerComment": {"hr"},
    "saveBehaviourTag": {"hr", "administrator"},
    "setFeedbackPolicy": {"hr", "administrator"},
}
"""Mutations of this matrix inside the organisation: who may. Those of goals depend on the goal's state, and those of
feedback on who writes about whom; they are tested with it in `tests/schema`."""


STATEFUL = (
    "Goal",
    "Cycle",
    "Weekly",
    "Project",
    "Feed",
    "QuickPhrase",
    "Kudos",
    "OneOnOne",
    "PointsRedemption",
    "Upward",
    "resumeBriefBatch",
    "Growth",
    "importCustomerComments",
    "addTaskRule",
    "NotificationChannel",
    "NotificationPreference",
    "Rewording",
)
"""Words in the names of the others."""


def inside_input(world: World, mutation: str) -> dict[str, Any]:
    """A valid input about the manager's report: whoever may not do it is refused for that alone."""
    waiting = next(row for row in world.rows["IntakeDocument"] if row.status == "NEEDS_REVIEW")
    dead = next(row for row in world.rows["Job"] if row.requested_by == world.company.people["director"].id)
    draft = world.ids("FormDraft")[0]
    unknown = next(row for row in world.rows["IntakeDocument"] if row.status == "NEEDS_TEMPLATE")
    named = next(row for row in world.rows["CustomerComment"] if row.subject_id)
    comment = {
        "source": "crm",
        "sourceId": "3",
        "saidOn": "2026-10-01",
        "text": "响应很快",
        "personId": encode_id("Person", world.company.subject.id),
    }
    inputs: dict[str, dict[str, Any]] = {
        "registerFormTemplate": {"file": None, "key": "house-form"},
        "editFormDraft": {"id": draft, "definition": {"title": {"zh": "表", "en": "Form"}}},
        "tryFormDraft": {"id": draft, "file": None},
        "publishFormDraft": {"id": draft},
        "discardFormDraft": {"id": draft},
        "chooseIntakeTemplate": {
            "id": encode_id("IntakeDocument", unknown.id),
            "formTemplateId": encode_id("FormTemplate", world.company.form.id),
        },
        "uploadIntakeDocument": {"file": None},
        "uploadIntakeDocuments": {"files": [None]},
        "arrangeIntakePages": {
            "documents": [
                {
                    "pageIds": [
                        encode_id("IntakePage", row.id)
                        for row in world.rows["IntakePage"]
                        if row.document_id == waiting.id
                    ]
                }
            ]
        },
        "setIntakePolicy": {"picturesKeptDays": 30},
        "setReviewStandards": {"grades": ["A", "B"]},
        "setDoubleEntry": {
            "formTemplateId": encode_id("FormTemplate", world.company.form.id),
            "fields": ["grade"],
        },
        "eraseIntakePictures": {"personId": encode_id("Person", world.company.subject.id)},
        "requestFormSheet": {
            "templateKey": world.company.form.key,
            "subjectId": encode_id("Person", world.company.subject.id),
            "cycleId": encode_id("Cycle", world.company.next_cycle.id),
        },
        "confirmIntakeDocument": {
            "id": encode_id("IntakeDocument", waiting.id),
            "fields": [{"key": "grade", "value": "B"}, {"key": "improvements", "value": None}],
        },
        "rejectIntakeDocument": {"id": encode_id("IntakeDocument", waiting.id), "reason": "模糊"},
        "markNotificationsRead": {
            "ids": [
                encode_id("Notification", row.id)
                for row in world.rows["Notification"]
                if row.person_id == world.company.subject.id
            ]
        },
        "updateNotificationChannel": {"id": world.ids("NotificationChannel")[0], "paused": True},
        "testNotificationChannel": {"id": world.ids("NotificationChannel")[0]},
        "removeNotificationChannel": {"id": world.ids("NotificationChannel")[0]},
        "setNotificationPolicy": {"urgentCodes": ["TASK_BLOCKED"]},
        "retryJob": {"id": encode_id("Job", dead.id)},
        "setWorkingYear": {"year": 2027, "weekdays": [1, 2, 3, 4]},
        "publishDeliverableTemplate": {"key": "endurance-test", "titleZh": "压测报告", "titleEn": "Load-test report"},
        "retireDeliverableTemplate": {"id": world.ids("DeliverableTemplate")[0]},
        "setThreshold": {
            "templateId": world.ids("DeliverableTemplate")[0],
            "metric": "latency_p95",
            "unit": "ms",
            "direction": "AT_MOST",
            "greenHigh": "500",
            "yellowHigh": "800",
        },
        "retireThreshold": {"id": world.ids("Threshold")[0]},
        "overruleDeliverableFlag": {"id": world.ids("Deliverable")[0], "flag": "GREEN", "reason": "重测已通过"},
        "submitDeliverable": {"file": None, "templateId": world.ids("DeliverableTemplate")[0]},
        "requestBrief": {
            "subjectId": encode_id("Person", world.company.subject.id),
            "cycleId": encode_id("Cycle", world.company.next_cycle.id),
        },
        "excludeBriefEvidence": {"evidenceId": world.ids("BriefEvidence")[0], "reason": "不属实"},
        "includeBriefEvidence": {"evidenceId": world.ids("BriefEvidence")[0]},
        "requestBriefDocument": {"briefId": world.ids("Brief")[0]},
        "requestBriefBatch": {"cycleId": encode_id("Cycle", world.company.next_cycle.id)},
        "cancelBriefBatch": {"id": world.ids("BriefBatch")[0]},
        "createProject": {"name": "新品上线"},
        "createFeed": {"name": "crm"},
        "updateFeed": {"id": world.ids("Feed")[0], "paused": True},
        "rotateFeedSecret": {"feedId": world.ids("Feed")[0]},
        "unbindFeed": {"bindingId": world.ids("FeedBinding")[0]},
        "retireFeedRule": {"id": world.ids("FeedRule")[0]},
        "enableTaskRule": {"id": world.ids("TaskRule")[0], "enabled": False},
        "setProjectPolicy": {"firstHours": 4, "repeatHours": 8, "levels": 2},
        "recordCustomerComment": comment,
        "recordCustomerComments": {"comments": [comment]},
        "correctCustomerComment": {
            "id": encode_id("CustomerComment", named.id),
            "text": "响应很快，谢谢",
            "saidOn": "2026-10-01",
            "reason": "漏录后半句",
        },
        "saveBehaviourTag": {"key": "pairing", "labelZh": "结对", "labelEn": "Pairing"},
        "setFeedbackPolicy": {"editMinutes": 5},
    }
    return inputs[mutation]


@pytest.mark.parametrize("mutation", PAPER)
def test_mutations_by_role(api: Api, world: World, database: Database, mutation: str) -> None:
    kill(database, world)
    before = snapshot(database, world.company)
    given = inside_input(world, mutation)
    for who, viewer in world.viewers.items():
        if who not in PAPER[mutation]:
            errors = attempt(api, viewer, mutation, given)
            assert {error["code"] for error in errors} <= {"FORBIDDEN", "NOT_FOUND"}, (who, errors)
            assert errors, f"{who} may {mutation}"
    assert snapshot(database, world.company) == before
    allowed = [who for who in world.viewers if who in PAPER[mutation]]
    errors = attempt(api, world.viewers[allowed[0]], mutation, given)
    assert errors == [], f"the input is good: {allowed[0]} may"
    assert snapshot(database, world.company) != before


def kill(database: Database, world: World) -> None:
    """Leave the director's job dead, so that it can be started again."""
    director = world.company.people["director"].id
    with database.begin(world.company.scope) as session:
        session.execute(sa.update(Job).where(Job.requested_by == director).values(state=JobState.DEAD))


def test_every_mutation_is_in_the_matrix() -> None:
    stateful = {name for name in mutations() if name not in PAPER}
    stateful.discard("acceptDeliverableReading")  # see `tests/schema/test_accepting_readings.py`
    assert all(any(word in name for word in STATEFUL) for name in stateful), "say in PAPER who may use a new mutation"
