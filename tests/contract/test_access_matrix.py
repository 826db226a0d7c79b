"""Who sees what: every type, connection, edge and subscription, for every role and for another organisation,
which no mutation reaches either.

The types and connections come from the schema, the rows from every table behind it; what a role may see stands in
`policies`. A type that is not in its tables fails the test.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from db.events import record
from db.queries.change_feed import SOURCES
from db.session import Database
from db.viewer import Viewer
from schema.relay import encode_id
from schema.root import PERMISSIONS, catalog
from tests.contract.mutations import OWN, attempt, mutations, smallest_input
from tests.contract.policies import ELSEWHERE, POLICIES
from tests.contract.world import NODE_TYPES, World, snapshot
from tests.schema.client import Api
from tests.schema.test_change_feed import settle

SCHEMA = catalog().schema


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


@pytest.fixture(scope="module")
def shown(api: Api, world: World) -> dict[str, dict[str, bool]]:
    """By viewer, which rows of their organisation `node(id:)` shows."""
    all_ids = [id_ for name in NODE_TYPES for id_ in world.ids(name)]
    return {who: nodes(api, viewer, all_ids) for who, viewer in world.viewers.items()}


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
    "OneOnOneAction": "OneOnOne",  # or "Retrospective"
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


def test_changes_show_what_nodes_show(
    api: Api, world: World, elsewhere: World, database: Database, shown: dict[str, dict[str, bool]]
) -> None:
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
        visible = [id_ for id_ in all_ids if shown[who][id_]]
        page = api.data(viewer, "{ changes(first: 100) { nodes { kind id object { id } } } }")["changes"]["nodes"]
        assert sorted(change["id"] for change in page) == sorted(visible), who
        assert all(change["object"] == {"id": change["id"]} for change in page)


def test_nodes(api: Api, world: World, elsewhere: World, shown: dict[str, dict[str, bool]]) -> None:
    for who in world.viewers:
        for name, sees in POLICIES.items():
            for row in world.rows[name]:
                assert shown[who][encode_id(name, row.id)] == sees(world, who, row), f"{who} and {name} {row.id}"
    foreign = [id_ for name in NODE_TYPES for id_ in telling(world, name)]
    absent = [encode_id(name, uuid.uuid4()) for name in NODE_TYPES]
    for who, viewer in elsewhere.viewers.items():
        assert not any(nodes(api, viewer, [*foreign, *absent]).values()), f"the {who} of another organisation"


def test_connections_and_edges_show_what_nodes_show(
    api: Api, world: World, elsewhere: World, shown: dict[str, dict[str, bool]]
) -> None:
    foreign = {id_ for name in NODE_TYPES for id_ in elsewhere.ids(name)}
    for who, viewer in world.viewers.items():
        visible = {id_ for id_, seen in shown[who].items() if seen}
        met: set[str] = set()
        for query in root_queries(viewer):
            met |= ids_in(api.data(viewer, query))
        for name in NODE_TYPES:
            for id_ in telling(world, name):
                if id_ in visible:
                    query = f"query($id: ID!) {{ node(id: $id) {{ id ... on {name} {{ {selection(name)} }} }} }}"
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


def telling(world: World, name: str) -> list[str]:
    """Ids of the type's rows, of those that the same people may see two at most."""
    alike: dict[object, list[str]] = {}
    for row in world.rows[name]:
        sees = POLICIES.get(name)
        audience = frozenset(who for who in world.viewers if sees(world, who, row)) if sees else row.id
        alike.setdefault(audience, []).append(encode_id(name, row.id))
    return [id_ for ids in alike.values() for id_ in ids[:2]]


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
    """A query for each root field that the viewer may ask and that needs no argument."""
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        allowed = PERMISSIONS[f"Query.{name}"].allows(viewer.roles)
        if allowed and not any(map(is_required_argument, field.args.values())):
            yield f"{{ {name} {{ {selection(get_named_type(field.type).name)} }} }}"


def selection(type_name: str, depth: int = 3) -> str:
    """The ids that an object leads to through every field that needs no argument.

    It ends at objects with an id of their own: where they lead to is asked of each of them. Other objects may hold
    each other, hence the depth.
    """
    type_ = SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType), type_name
    parts = ["__typename"]
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if name == "id":
            parts.append("id")
        elif is_leaf_type(inner) or any(map(is_required_argument, field.args.values())):
            continue
        elif inner.name in NODE_TYPES or isinstance(inner, GraphQLInterfaceType):
            if name != "nodes":
                parts.append(f"{name} {{ __typename id }}")
        elif depth > 0:
            # A page is no step of its own.
            left = depth if type_name.endswith(("Connection", "Edge")) else depth - 1
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
