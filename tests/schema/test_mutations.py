"""Mutations: all or nothing, failures as data, and repeats that change nothing."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from db.models.events import RequestReceipt
from db.models.files import StoredFile
from db.models.jobs import Job
from db.session import Database, Scope
from db.viewer import Role, Viewer
from tests.factories import make_organization, make_viewer
from tests.schema.client import Api
from tests.schema.workshop import SECRET

STORE = """mutation($input: StoreParcelInput!) {
  storeParcel(input: $input) { parcel { id size mediaType } digest errors { code field message } } }"""


def counts(database: Database, viewer: Viewer) -> tuple[int, int, int]:
    """Parcels, jobs and receipts that are really there."""
    with database.begin(Scope(viewer.organization_id), write=False) as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (StoredFile, Job, RequestReceipt)
        )


def test_success_commits_rows_and_jobs(workshop: Api, employee: Viewer, database: Database) -> None:
    payload = workshop.data(employee, STORE, {"input": {"name": "tea"}})["storeParcel"]
    assert payload["errors"] == []
    assert payload["parcel"]["size"] == 3
    assert counts(database, employee) == (1, 1, 0)


@pytest.mark.parametrize(
    ("mishap", "errors"),
    [
        ("DOMAIN", [("FIELD_INVALID", ["input", "name"])]),
        ("SEVERAL", [("FIELD_INVALID", ["input", "name"]), ("FIELD_NEEDS_CHECK", None)]),
        ("STALE", [("CONFLICT", None)]),
    ],
)
def test_expected_failures_are_data_and_roll_everything_back(
    workshop: Api, employee: Viewer, database: Database, mishap: str, errors: list[tuple[str, Any]]
) -> None:
    given = {"name": "tea", "mishap": mishap, "requestId": str(uuid.uuid4())}
    payload = workshop.data(employee, STORE, {"input": given})["storeParcel"]
    assert [(error["code"], error["field"]) for error in payload["errors"]] == errors
    assert all(error["message"] for error in payload["errors"])
    assert payload["parcel"] is None
    assert counts(database, employee) == (0, 0, 0)
    # The same request may be sent again: a failure leaves no receipt.
    again = workshop.data(employee, STORE, {"input": given})["storeParcel"]
    assert again == payload


def test_unexpected_failures_are_masked_and_roll_everything_back(
    workshop: Api, employee: Viewer, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    response = workshop.send(employee, STORE, {"input": {"name": "tea", "mishap": "UNEXPECTED"}})
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert response.json()["data"] is None
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["path"] == ["storeParcel"]
    assert SECRET not in response.text
    assert "Runtime" not in response.text
    assert counts(database, employee) == (0, 0, 0)
    log = capsys.readouterr().out
    assert error["extensions"]["correlationId"] in log
    assert error["extensions"]["correlationId"] in error["message"]
    assert SECRET not in log
    assert "tests.schema.workshop" in log


def test_a_failed_field_stops_those_after_it(workshop: Api, employee: Viewer, database: Database) -> None:
    text = """mutation {
      first: storeParcel(input: {name: "a"}) { digest }
      second: storeParcel(input: {name: "b", mishap: UNEXPECTED}) { digest }
      third: storeParcel(input: {name: "c"}) { digest } }"""
    answer = workshop.answer(employee, text)
    assert answer["data"] is None
    assert [error["path"] for error in answer["errors"]] == [["second"]]
    assert counts(database, employee) == (1, 1, 0)


def test_each_field_is_a_transaction_of_its_own(workshop: Api, employee: Viewer, database: Database) -> None:
    text = """mutation {
      first: storeParcel(input: {name: "a"}) { digest errors { code } }
      second: storeParcel(input: {name: "b", mishap: DOMAIN}) { digest errors { code } }
      third: storeParcel(input: {name: "c"}) { digest errors { code } } __typename }"""
    data = workshop.data(employee, text)
    assert list(data) == ["first", "second", "third", "__typename"]
    assert data["second"] == {"digest": None, "errors": [{"code": "FIELD_INVALID"}]}
    assert counts(database, employee) == (2, 2, 0)


def test_a_repeat_answers_the_same_and_changes_nothing(workshop: Api, employee: Viewer, database: Database) -> None:
    given = {"name": "tea", "requestId": str(uuid.uuid4())}
    first = workshop.data(employee, STORE, {"input": given})
    assert workshop.data(employee, STORE, {"input": given}) == first
    assert counts(database, employee) == (1, 1, 1)


def test_a_request_id_belongs_to_one_input_of_one_person(workshop: Api, database: Database) -> None:
    company = make_organization(database)
    with database.begin(Scope(company.id)) as session:
        one, other = make_viewer(session, company), make_viewer(session, company, Role.HR)
    request_id = str(uuid.uuid4())
    workshop.data(one, STORE, {"input": {"name": "tea", "requestId": request_id}})
    changed = workshop.data(one, STORE, {"input": {"name": "milk", "requestId": request_id}})["storeParcel"]
    assert [(error["code"], error["field"]) for error in changed["errors"]] == [
        ("REQUEST_ID_REUSED", ["input", "requestId"])
    ]
    for_hr = STORE.replace("storeParcel(", "storeForHr(")
    workshop.data(other, for_hr, {"input": {"name": "milk", "requestId": request_id}})
    elsewhere = workshop.data(other, STORE, {"input": {"name": "milk", "requestId": request_id}})["storeParcel"]
    assert elsewhere["errors"][0]["code"] == "REQUEST_ID_REUSED", "another mutation with the same input"
    assert counts(database, one) == (2, 2, 2)


def test_two_at_once_make_one(workshop: Api, employee: Viewer, database: Database) -> None:
    given = {"name": "tea", "requestId": str(uuid.uuid4())}
    answers: list[dict[str, Any]] = []
    barrier = threading.Barrier(6)

    def send() -> None:
        barrier.wait()
        answers.append(workshop.answer(employee, STORE, {"input": given}))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["data"]["storeParcel"]["errors"] == []
    assert counts(database, employee) == (1, 1, 1)


def test_a_role_that_may_not_is_told_in_the_payload(workshop: Api, employee: Viewer, database: Database) -> None:
    text = STORE.replace("storeParcel(", "storeForHr(")
    payload = workshop.data(employee, text, {"input": {"name": "tea"}})["storeForHr"]
    assert payload["errors"] == [{"code": "FORBIDDEN", "field": None, "message": "You may not do this."}]
    assert counts(database, employee) == (0, 0, 0)
