"""Every mutation of the schema, with the smallest input that it takes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

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

from db.viewer import Viewer
from schema.root import catalog
from tests.contract.world import NODE_TYPES
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

ABOUT = {"chooseIntakeTemplate": "IntakeDocument", "withdrawFlagOverride": "Deliverable"}
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
