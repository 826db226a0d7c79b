"""Jobs through GraphQL: following one, and starting a dead one again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from db.base import now
from db.files import FileStore
from db.models.jobs import Job, JobState
from db.session import Database
from schema.relay import encode_id
from tests.factories import unknown_id
from tests.paper import PaperCompany, hand_in, make_paper_company
from tests.schema.client import Api

JOB = "query($id: ID!) { job(id: $id) { name state progress stage attempts errorCode error finishedAt } }"
RETRY = """
mutation($input: RetryJobInput!) { retryJob(input: $input) { job { state errorCode error } errors { code field } } }
"""


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    return make_paper_company(database, files)


@pytest.fixture
def job_id(database: Database, files: FileStore, company: PaperCompany) -> uuid.UUID:
    """The job of an upload, given up after its worker was lost too often."""
    with database.begin(company.scope) as session:
        document = hand_in(session, files, company.viewers["manager"])
        job = session.get_one(Job, document.job_id)
        job.state, job.error_code, job.error = JobState.DEAD, "worker_lost", "workers.intake:31"
        job.attempts, job.finished_at = 6, now()
        return job.id


def _retry(api: Api, company: PaperCompany, who: str, job_id: uuid.UUID) -> dict[str, Any]:
    data = api.data(company.viewers[who], RETRY, {"input": {"id": encode_id("Job", job_id)}})
    payload: dict[str, Any] = data["retryJob"]
    return payload


def test_who_follows_a_job(api: Api, company: PaperCompany, job_id: uuid.UUID) -> None:
    id_ = {"id": encode_id("Job", job_id)}
    for who in company.viewers:
        job = api.data(company.viewers[who], JOB, id_)["job"]
        assert (job is not None) == (who in ("manager", "hr", "administrator")), who
    assert (job := api.data(company.viewers["manager"], JOB, id_)["job"])["finishedAt"]
    assert {**job, "finishedAt": None} == {
        "name": "intake.read",
        "state": "DEAD",
        "progress": 0,
        "stage": None,
        "attempts": 6,
        "errorCode": "worker_lost",
        "error": "处理中断次数过多，请联系管理员重试。",
        "finishedAt": None,
    }
    assert api.codes(company.viewers["hr"], JOB, {"id": "nonsense"}) == ["BAD_ID"]


def test_retry(api: Api, database: Database, company: PaperCompany, job_id: uuid.UUID) -> None:
    for who in ("manager", "report", "pmo"):
        assert _retry(api, company, who, job_id) == {"job": None, "errors": [{"code": "FORBIDDEN", "field": None}]}
    with database.begin(company.scope) as session:
        assert session.get_one(Job, job_id).state is JobState.DEAD
    assert _retry(api, company, "administrator", job_id) == {
        "job": {"state": "QUEUED", "errorCode": None, "error": None},
        "errors": [],
    }
    at = ["input", "id"]
    again, unknown = _retry(api, company, "hr", job_id), _retry(api, company, "hr", unknown_id())
    assert again == {"job": None, "errors": [{"code": "NOT_READY", "field": at}]}
    assert unknown == {"job": None, "errors": [{"code": "NOT_FOUND", "field": at}]}


def test_another_organisations_job_is_absent(
    api: Api, database: Database, files: FileStore, company: PaperCompany, job_id: uuid.UUID
) -> None:
    other = make_paper_company(database, files)
    assert api.data(other.viewers["hr"], JOB, {"id": encode_id("Job", job_id)}) == {"job": None}
    payload = api.data(other.viewers["hr"], RETRY, {"input": {"id": encode_id("Job", job_id)}})["retryJob"]
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
