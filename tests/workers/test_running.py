"""One attempt at a job ends in one of a few ways, each with exactly the effects that belong to it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db import jobs
from db.base import now
from db.models.jobs import Job, JobState
from db.models.people import Organization
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer, system_viewer
from tests.factories import make_organization, make_viewer
from tests.workers import sample_jobs
from tests.workers.desk import LEASE, OVER, Desk
from workers.registry import JobRun, UnknownJobError, find, job
from workers.running import Runner


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def relay(settings: Settings) -> Iterator[Database]:
    relay = Database(settings, url=settings.relay_url)
    yield relay
    relay.close()


@pytest.fixture
def runner(settings: Settings, database: Database) -> Iterator[Runner]:
    quick = settings.model_copy(update={"job_lease_seconds": 0.9})
    runner = Runner(sample_jobs.make_services(quick, database))
    runner.heart.start()
    yield runner
    runner.heart.stop()


@pytest.fixture
def desk(database: Database, relay: Database, runner: Runner, company: Organization) -> Desk:
    return Desk(database, relay, runner, company.id)


def test_a_job_is_done_together_with_its_effect(desk: Desk) -> None:
    job_id = desk.put("sample.work")
    desk.run()
    assert desk.row(job_id).state == JobState.DONE
    assert desk.lines() == ["sample.done"]


def test_a_message_that_comes_again_has_no_effect(desk: Desk) -> None:
    job_id = desk.put("sample.work")
    desk.run()
    desk.runner.run(job_id, desk.organization_id)
    assert desk.lines() == ["sample.done"]


def test_a_job_may_have_no_effect(desk: Desk) -> None:
    job_id = desk.put("sample.nothing")
    desk.run()
    assert desk.row(job_id).state == JobState.DONE
    assert desk.lines() == []


def test_a_job_runs_as_who_asked_for_it_with_the_roles_of_today(desk: Desk, company: Organization) -> None:
    seen: list[Viewer] = []

    name = f"sample.who.{uuid.uuid4()}"

    @job(name, max_failures=1, time_limit=5)
    def who(run: JobRun) -> None:
        """Look who asks."""
        seen.append(run.viewer)

    with desk.database.begin(Scope(company.id)) as session:
        asking = make_viewer(session, company, Role.HR, Role.EMPLOYEE, locale="en")
    desk.put(name, asking)
    desk.put(name)
    desk.run()
    assert seen == [asking, system_viewer(company.id)]


def test_an_effect_that_stumbles_leaves_nothing_behind(desk: Desk) -> None:
    job_id = desk.put("sample.effect_fails")
    desk.run()
    waiting = desk.row(job_id)
    assert (waiting.state, waiting.failures, waiting.error_code) == (JobState.QUEUED, 1, "unexpected")
    assert desk.lines() == []
    desk.run()
    assert desk.row(job_id).state == JobState.DEAD
    assert desk.lines() == []


def test_errors_are_kept_without_their_words(desk: Desk) -> None:
    job_id = desk.put("sample.effect_fails")
    desk.run()
    error = desk.row(job_id).error
    assert error is not None
    assert error.startswith("ValueError at sample_jobs.py:")
    assert "刘晓雯" not in error


@pytest.mark.parametrize(
    ("how", "code", "tries"),
    [
        ("again", "no_luck", 2),
        ("never", "hopeless", 1),
        ("forbidden", "forbidden", 1),
        ("sandbox", "sandbox_memory", 1),
        ("used", "sandbox_memory", 2),
        ("busy", "sandbox_timeout", 2),
        ("unforeseen", "unexpected", 2),
    ],
)
def test_failures_are_tried_again_where_that_may_help_and_then_given_up(
    desk: Desk, how: str, code: str, tries: int
) -> None:
    job_id = desk.put("sample.fail", how=how)
    for done in range(tries):
        assert desk.row(job_id).state == JobState.QUEUED, f"after {done} tries"
        desk.run()
    dead = desk.row(job_id)
    assert (dead.state, dead.failures, dead.error_code) == (JobState.DEAD, tries, code)
    assert desk.lines() == [f"sample.gave_up.{code}"]
    desk.run()
    assert desk.row(job_id).attempts == tries


def test_a_full_disk_is_waited_out(desk: Desk, database: Database) -> None:
    job_id = desk.put("sample.fail", how="full")
    for _ in range(4):  # more than the job's own failures
        desk.run()
    waiting = desk.row(job_id)
    assert (waiting.state, waiting.failures, waiting.error_code) == (JobState.QUEUED, 4, "unavailable")
    with database.begin(Scope(desk.organization_id)) as session:
        job = session.get_one(Job, job_id)
        job.attempts = job.failures = 99
    desk.run()
    assert desk.row(job_id).state == JobState.DEAD
    assert desk.lines() == ["sample.gave_up.unavailable"]


def test_a_job_ends_even_if_giving_up_fails(desk: Desk) -> None:
    job_id = desk.put("sample.fail_badly")
    desk.run()
    assert desk.row(job_id).state == JobState.DEAD
    assert desk.row(job_id).error_code == "unexpected"


def test_a_job_nobody_knows_is_left_to_newer_workers_for_a_while(desk: Desk) -> None:
    job_id = desk.put("sample.from_tomorrow")
    desk.run()
    assert (desk.row(job_id).state, desk.row(job_id).error_code) == (JobState.QUEUED, "unknown_job")
    for _ in range(4):
        desk.run()
    assert desk.row(job_id).state == JobState.DEAD


def test_a_job_over_its_time_is_interrupted(desk: Desk) -> None:
    job_id = desk.put("sample.slow")
    began = time.monotonic()
    desk.run()
    assert time.monotonic() - began < 5
    assert (desk.row(job_id).state, desk.row(job_id).error_code) == (JobState.QUEUED, "over_time")


def test_the_heart_keeps_a_long_job_from_being_given_again(desk: Desk) -> None:
    job_id = desk.put("sample.work", seconds=2.5)
    (claim,) = desk.claim()
    thread = threading.Thread(target=desk.runner.run, args=(claim.job_id, claim.organization_id))
    thread.start()
    while thread.is_alive():
        assert desk.claim() == []
        time.sleep(0.1)
    thread.join()
    assert desk.row(job_id).state == JobState.DONE
    assert desk.row(job_id).attempts == 1


def test_a_run_that_lost_its_lease_is_interrupted_and_writes_nothing_more(desk: Desk) -> None:
    job_id = desk.put("sample.stages", lose=True)
    (claim,) = desk.claim()
    thread = threading.Thread(target=desk.runner.run, args=(claim.job_id, claim.organization_id))
    thread.start()
    while desk.lines() != ["sample.began"]:
        time.sleep(0.02)
    with desk.relay.engine.begin() as connection:
        connection.execute(sa.update(Job).values(lease_token=uuid.uuid4(), lease_until=now() + LEASE))
    thread.join(timeout=5)
    assert not thread.is_alive()
    assert desk.lines() == ["sample.began"]
    assert desk.row(job_id).state == JobState.RUNNING


def test_what_is_given_back_runs_elsewhere_and_has_one_effect(desk: Desk) -> None:
    job_id = desk.put("sample.work", seconds=1)
    (claim,) = desk.claim()
    thread = threading.Thread(target=desk.runner.run, args=(claim.job_id, claim.organization_id))
    thread.start()
    while not desk.runner.heart.leases():
        time.sleep(0.02)
    desk.runner.give_back()
    assert desk.row(job_id).state == JobState.QUEUED
    desk.run()
    thread.join()
    assert desk.row(job_id).state == JobState.DONE
    assert desk.lines() == ["sample.done"]


def test_a_job_over_which_workers_keep_dying_is_given_up(desk: Desk) -> None:
    job_id = desk.put("sample.fail", how="never")
    for _ in range(jobs.MAX_LAPSES):
        (claim,) = desk.claim()
        with desk.database.begin(Scope(desk.organization_id)) as session:
            assert jobs.take(session, claim.job_id, OVER) is not None
    desk.run()
    dead = desk.row(job_id)
    assert (dead.state, dead.error_code) == (JobState.DEAD, jobs.LAPSED)
    assert desk.lines() == [f"sample.gave_up.{jobs.LAPSED}"]


def test_one_name_stands_for_one_function() -> None:
    assert find("sample.work").summary == "Work for a while and leave one line."
    with pytest.raises(ValueError, match=r"sample\.work"):
        job("sample.work", max_failures=1, time_limit=1)(sample_jobs.nothing)
    with pytest.raises(UnknownJobError):
        find("sample.never_heard_of")
