"""Who sees what: every type, connection, edge, subscription and mutation, for every role and for another organisation.

The types, connections and mutations come from the schema, the rows from every table behind it. What a role may see is
written down once more below, in Python over the company's line, independent of the SQL that decides in the product. A
type or mutation that is not in the tables here fails the test.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from db.events import record
from db.files import FileStore
from db.models.jobs import Job, JobState
from db.queries.change_feed import SOURCES
from db.session import Database
from db.viewer import Viewer
from schema.relay import encode_id
from schema.root import PERMISSIONS, catalog
from tests.contract.world import NODE_TYPES, World, make_world, snapshot
from tests.paper import jpeg
from tests.schema.client import Api
from tests.schema.test_change_feed import settle

SCHEMA = catalog().schema

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
    "OneOnOneAction": talk,
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
    "Review": review,
    "Rewording": rewording,
    "WorkingYear": everybody,
}
ELSEWHERE = ("Goal", "Measure", "Weekly")
"""Beginnings of the names of types whose policy inside an organisation depends on their state and is tested with it in
`tests/schema`; here they are held to isolation, and to the rule that no edge shows what `node(id:)` hides."""


@pytest.fixture
def world(database: Database, files: FileStore) -> World:
    return make_world(database, files)


@pytest.fixture
def elsewhere(database: Database, files: FileStore) -> World:
    return make_world(database, files)


def nodes(api: Api, viewer: Viewer, ids: list[str]) -> dict[str, bool]:
    """Which of the ids `node(id:)` shows, and nothing but a plain null for the others."""
    shown: dict[str, bool] = {}
    for begin in range(0, len(ids), 20):
        part = ids[begin : begin + 20]
        fields = " ".join(f"n{index}: node(id: {json.dumps(id_)}) {{ id }}" for index, id_ in enumerate(part))
        data = api.data(viewer, f"{{ {fields} }}")
        for index, id_ in enumerate(part):
            assert data[f"n{index}"] in (None, {"id": id_})
            shown[id_] = data[f"n{index}"] is not None
    return shown


def test_every_type_has_a_policy() -> None:
    assert [name for name in NODE_TYPES if name not in POLICIES and not name.startswith(ELSEWHERE)] == []
    assert sorted(POLICIES.keys() - set(NODE_TYPES)) == []


PART_OF = {
    "BriefBatchEntry": "BriefBatch",
    "BriefDocument": "Brief",
    "FormTrial": "FormDraft",
    "BriefEvidence": "Brief",
    "DeliverableReading": "Deliverable",
    "FeedBinding": "Feed",
    "FeedDelivery": "Feed",
    "FeedRule": "Feed",
    "FeedSecret": "Feed",
    "GoalCheckIn": "Goal",
    "GoalComment": "Goal",
    "GoalRevision": "Goal",
    "GoalStep": "Goal",
    "Measure": "Goal",
    "GrowthRecording": "GrowthEntry",
    "GrowthTodo": "GrowthEntry",
    "IntakePage": "IntakeDocument",
    "IntakeUpload": "IntakeDocument",
    "ProjectTaskComment": "ProjectTask",
    "ProjectTaskUpdate": "ProjectTask",
    "OneOnOneAction": "OneOnOne",
    "UpwardNote": "UpwardRound",
}
"""Types whose rows change with the object that they belong to: a line about that object is written."""
NOT_FOLLOWED = {
    "Department",
    "FeedRecord",
    "FeedbackPolicy",
    "GoalPolicy",
    "IntakePolicy",
    "Job",
    "Notification",
    "NotificationChannel",
    "NotificationDelivery",
    "NotificationPolicy",
    "NotificationPreference",
    "Organization",
    "Person",
    "ProjectPolicy",
    "QuickPhrase",
    "Rewording",
    "TaskRule",
}
"""Types that `changes` does not tell of: configuration without a history, and what has a subscription of its own."""


def test_changes_tell_of_every_type() -> None:
    """A new type is registered in `db.queries.change_feed.SOURCES`, or it is said here why not."""
    assert PART_OF.keys() | NOT_FOLLOWED | SOURCES.keys() == set(NODE_TYPES)
    assert set(PART_OF.values()) <= SOURCES.keys()


def test_changes_show_what_nodes_show(api: Api, world: World, elsewhere: World, database: Database) -> None:
    """A line about every row of every type, and the readers of both organisations: each gets what it may see."""
    followed = [name for name in NODE_TYPES if name in SOURCES]
    for each in (world, elsewhere):
        with database.begin(each.company.scope) as session:
            for name in followed:
                for row in each.rows[name]:
                    record(session, each.viewers["hr"], "test.told", name, row.id)
    settle(api.settings)
    all_ids = [id_ for name in followed for id_ in world.ids(name)]
    for who, viewer in world.viewers.items():
        visible = {id_ for id_, shown in nodes(api, viewer, all_ids).items() if shown}
        page = api.data(viewer, "{ changes(first: 100) { nodes { kind id object { id } } } }")["changes"]["nodes"]
        assert sorted(change["id"] for change in page) == sorted(visible), who
        assert all(change["object"] == {"id": change["id"]} for change in page)


def test_nodes(api: Api, world: World, elsewhere: World) -> None:
    all_ids = [id_ for name in NODE_TYPES for id_ in world.ids(name)]
    for who, viewer in world.viewers.items():
        shown = nodes(api, viewer, all_ids)
        for name, sees in POLICIES.items():
            for row in world.rows[name]:
                assert shown[encode_id(name, row.id)] == sees(world, who, row), f"{who} and {name} {row.id}"
    absent = [encode_id(name, uuid.uuid4()) for name in NODE_TYPES]
    for who, viewer in elsewhere.viewers.items():
        shown = nodes(api, viewer, [*all_ids, *absent])
        assert not any(shown.values()), f"the {who} of another organisation"


def test_connections_and_edges_show_what_nodes_show(api: Api, world: World, elsewhere: World) -> None:
    foreign = {id_ for name in NODE_TYPES for id_ in elsewhere.ids(name)}
    all_ids = [id_ for name in NODE_TYPES for id_ in world.ids(name)]
    for who, viewer in world.viewers.items():
        visible = {id_ for id_, shown in nodes(api, viewer, all_ids).items() if shown}
        met: set[str] = set()
        for query in root_queries(viewer):
            met |= ids_in(api.data(viewer, query))
        for name in NODE_TYPES:
            for id_ in world.ids(name):
                if id_ in visible:
                    query = f"query($id: ID!) {{ node(id: $id) {{ id ... on {name} {{ {selection(name, 2)} }} }} }}"
                    met |= ids_in(api.data(viewer, query, {"id": id_}))
        assert not met & foreign, who
        assert met <= visible, f"{who} reaches by an edge what node(id:) hides"
    for name, connection in listed().items():
        if name in POLICIES:
            for who, viewer in world.viewers.items():
                rows = [row for row in world.rows[name] if POLICIES[name](world, who, row)]
                data = api.data(viewer, f"{{ {connection}(first: 100) {{ nodes {{ id }} }} }}")
                found = {node["id"] for node in data[connection]["nodes"]}
                assert found == {encode_id(name, row.id) for row in rows}, f"{connection} for {who}"


def ids_in(value: Any) -> set[str]:
    if isinstance(value, list):
        return {id_ for item in value for id_ in ids_in(item)}
    if isinstance(value, dict):
        own = {value["id"]} if "id" in value else set()
        return own | {id_ for item in value.values() for id_ in ids_in(item)}
    return set()


def listed() -> dict[str, str]:
    """Connections of the root without required arguments, by the type of their nodes."""
    assert SCHEMA.query_type is not None
    found: dict[str, str] = {}
    for name, field in SCHEMA.query_type.fields.items():
        type_ = get_named_type(field.type)
        if type_.name.endswith("Connection") and not any(map(is_required_argument, field.args.values())):
            found[type_.name.removesuffix("Connection")] = name
    return found


def root_queries(viewer: Viewer) -> Iterator[str]:
    """A query for each root field that the viewer may ask and that needs no argument, two steps deep."""
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        allowed = PERMISSIONS[f"Query.{name}"].allows(viewer.roles)
        if allowed and not any(map(is_required_argument, field.args.values())):
            yield f"{{ {name} {{ {selection(get_named_type(field.type).name, 2)} }} }}"


def selection(type_name: str, depth: int) -> str:
    """The ids within an object, through every field that needs no argument."""
    type_ = SCHEMA.type_map[type_name]
    if isinstance(type_, GraphQLInterfaceType):
        return "__typename id"
    assert isinstance(type_, GraphQLObjectType), type_name
    parts = ["__typename"]
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if name == "id":
            parts.append("id")
        elif is_leaf_type(inner) or any(map(is_required_argument, field.args.values())):
            continue
        else:
            # A page is no step of its own.
            left = depth if type_name.endswith(("Connection", "Edge")) else depth - 1
            if left >= 0 and name != "nodes":
                page = "(first: 3)" if "first" in field.args else ""
                parts.append(f"{name}{page} {{ {selection(inner.name, left)} }}")
    return " ".join(parts)


def test_subscriptions(api: Api, world: World, elsewhere: World) -> None:
    assert SCHEMA.subscription_type is not None
    # The others name nobody, or a project alone: they follow the viewer's own inbox, line, deliverables and projects,
    # see `test_inbox.py`, `test_goal_following.py`, `test_deliverables.py` and `test_projects.py` in `tests/schema`.
    follows = {"flagChanged", "goalChanged", "jobProgress", "notifications", "projectTaskChanged", "uploadProgress"}
    assert set(SCHEMA.subscription_type.fields) == follows, "say here who may follow a new subscription"
    for type_name, follow in {
        "Job": "jobProgress(id: $id) { state }",
        "IntakeUpload": "uploadProgress(id: $id) { pages }",
    }.items():
        query = f"subscription($id: ID!) {{ {follow} }}"
        absent = encode_id(type_name, uuid.uuid4())
        for row in world.rows[type_name][:2]:
            id_ = encode_id(type_name, row.id)
            denied = [viewer for who, viewer in world.viewers.items() if not POLICIES[type_name](world, who, row)]
            for viewer in [*denied, *elsewhere.viewers.values()]:
                texts = [
                    api.send(viewer, query, {"id": each}, accept="text/event-stream").text for each in (id_, absent)
                ]
                assert texts[0] == texts[1]
                assert '"code":"NOT_FOUND"' in texts[0]


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
