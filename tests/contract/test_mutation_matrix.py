"""Which mutations which role may: the refused change nothing, and one who may does change something.

A mutation that is not in the tables here fails the test. Roles are decided by the same statements on both databases, so
one is enough, and each test gets a copy of one furnished house.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from db.files import FileStore
from db.models.jobs import Job, JobState
from db.session import Database
from db.settings import Settings
from schema.app import create
from schema.relay import encode_id
from tests.contract.mutations import attempt, mutations
from tests.contract.world import World, make_world, snapshot
from tests.schema.client import Api


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, World]:
    """The home folder of a house with a row of every type."""
    home = tmp_path_factory.mktemp("furnished")
    shutil.copyfile(sqlite_template, home / sqlite_template.name)
    settings = Settings(home=home)
    database = Database(settings)
    world = make_world(database, FileStore(settings.files_url))
    asyncio.run(database.aclose())
    return home, world


@pytest.fixture
def settings(furnished: tuple[Path, World], tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    shutil.copytree(furnished[0], home)
    return Settings(home=home)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    asyncio.run(database.aclose())


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with TestClient(create(settings)) as client:
        yield Api(settings, client)


@pytest.fixture
def world(furnished: tuple[Path, World]) -> World:
    return furnished[1]


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
    "confirmDeliverableReading": {"director", "manager", "hr", "pmo"},
    "createProject": {"director", "manager", "stranger", "pmo"},
    "createFeed": {"pmo", "administrator"},
    "updateFeed": {"pmo", "administrator"},
    "rotateFeedSecret": {"pmo", "administrator"},
    "unbindFeed": {"pmo", "administrator"},
    "retireFeedRule": {"pmo", "administrator"},
    "enableTaskRule": {"pmo", "administrator"},
    "editFeedRule": {"pmo"},
    "editTaskRule": {"pmo"},
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
    "Retrospective",
    "PointsRedemption",
    "Upward",
    "resumeBriefBatch",
    "Growth",
    "importCustomerComments",
    "addTaskRule",
    "withdrawFlagOverride",
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
    p95 = next(row for row in world.rows["DeliverableReading"] if row.metric == "latency_p95")
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
        "confirmDeliverableReading": {"id": encode_id("DeliverableReading", p95.id)},
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
        "editTaskRule": {
            "id": world.ids("TaskRule")[0],
            "title": "复盘",
            "collaboratorIds": [encode_id("Person", world.company.people["colleague"].id)],
        },
        "editFeedRule": {
            "id": world.ids("FeedRule")[0],
            "title": "复盘",
            "collaboratorIds": [encode_id("Person", world.company.people["colleague"].id)],
        },
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
