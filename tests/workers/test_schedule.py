"""Recurring work under a simulated clock: each tick gives one job, in every zone, with any number of processes."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db.models.jobs import Job
from db.models.people import Organization, Person
from db.models.schedules import Schedule
from db.session import Database, Scope
from db.settings import Settings
from tests.factories import make_organization, make_person
from tests.workers import sample_jobs
from tests.workers.desk import Desk
from workers import registry
from workers.running import Runner
from workers.schedule import PLANS, Daily, put_in_due

HALF_PAST_NINE = 9 * 60 + 30
PLAN = (Daily("sample.nothing", HALF_PAST_NINE, each_zone=True),)


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def desk(settings: Settings, database: Database, company: Organization) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    desk = Desk(database, relay, Runner(sample_jobs.make_services(settings, database)), company.id)
    desk.put("sample.work")
    yield desk
    relay.close()


def people_in(desk: Desk, company: Organization, *zones: str) -> None:
    with desk.database.begin(Scope(company.id)) as session:
        for zone in zones:
            make_person(session, company).timezone = zone


def ticks(desk: Desk, name: str = "sample.nothing") -> list[tuple[str, str]]:
    """The ticks that were put in: zone and instant."""
    with desk.database.begin(Scope(desk.organization_id), write=False) as session:
        rows = session.scalars(sa.select(Job.args).where(Job.name == name).order_by(Job.id)).all()
    return [(args["zone"], args["due"]) for args in rows]


def test_every_plan_is_a_job_of_the_product() -> None:
    assert {plan.job for plan in PLANS} <= {spec.name for spec in registry.catalogue()}


def test_each_zone_has_its_half_past_nine_over_a_change_of_the_clocks(desk: Desk, company: Organization) -> None:
    people_in(desk, company, "America/New_York", "Asia/Shanghai", "Asia/Shanghai")
    moment: datetime.datetime | None = instant("2026-03-07T00:00:00+00:00")
    seen = []
    while moment is not None and moment < instant("2026-03-10T00:00:00+00:00"):
        seen.append(moment)
        moment = put_in_due(desk.database, desk.relay, moment, PLAN)
    assert ticks(desk) == [
        ("Asia/Shanghai", "2026-03-07T01:30:00+00:00"),
        ("America/New_York", "2026-03-07T14:30:00+00:00"),
        ("Asia/Shanghai", "2026-03-08T01:30:00+00:00"),
        ("America/New_York", "2026-03-08T13:30:00+00:00"),  # clocks went forward in the night
        ("Asia/Shanghai", "2026-03-09T01:30:00+00:00"),
        ("America/New_York", "2026-03-09T13:30:00+00:00"),
    ]
    assert len(seen) == 7, "between the ticks there is nothing to look for"


def test_a_tick_gives_one_job_however_many_look(desk: Desk, company: Organization, settings: Settings) -> None:
    people_in(desk, company, "Asia/Shanghai", "Europe/Berlin")
    put_in_due(desk.database, desk.relay, instant("2026-06-01T00:00:00+00:00"), PLAN)
    begin = threading.Barrier(4)
    failures: list[BaseException] = []

    def look() -> None:
        own, relay = Database(settings), Database(settings, url=settings.relay_url)
        try:
            begin.wait()
            put_in_due(own, relay, instant("2026-06-01T12:00:00+00:00"), PLAN)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(error)
        finally:
            own.close()
            relay.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(ticks(desk)) == [
        ("Asia/Shanghai", "2026-06-01T01:30:00+00:00"),
        ("Europe/Berlin", "2026-06-01T07:30:00+00:00"),
    ]


def test_processes_that_see_an_organisation_first_at_once_enter_it_once(
    desk: Desk, company: Organization, settings: Settings
) -> None:
    people_in(desk, company, "Asia/Shanghai")
    threads = [
        threading.Thread(
            target=put_in_due, args=(desk.database, desk.relay, instant("2026-06-01T00:00:00+00:00"), PLAN)
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with desk.database.begin(Scope(company.id), write=False) as session:
        (row,) = session.scalars(sa.select(Schedule))
    assert (row.zone, row.next_at) == ("Asia/Shanghai", instant("2026-06-01T01:30:00+00:00"))


def test_a_standstill_is_made_up_by_its_last_tick(desk: Desk, company: Organization) -> None:
    people_in(desk, company, "Asia/Shanghai")
    put_in_due(desk.database, desk.relay, instant("2026-06-01T00:00:00+00:00"), PLAN)
    coming = put_in_due(desk.database, desk.relay, instant("2026-06-04T12:00:00+00:00"), PLAN)
    assert ticks(desk) == [("Asia/Shanghai", "2026-06-04T01:30:00+00:00")]
    assert coming == instant("2026-06-05T01:30:00+00:00")


def test_zones_come_and_go_with_people_and_unknown_ones_disturb_nobody(desk: Desk, company: Organization) -> None:
    people_in(desk, company, "Asia/Shanghai", "Mars/Olympus")
    put_in_due(desk.database, desk.relay, instant("2026-06-01T00:00:00+00:00"), PLAN)
    with desk.database.begin(Scope(company.id)) as session:
        session.execute(sa.update(Person).where(Person.timezone == "Asia/Shanghai").values(timezone="Europe/Berlin"))
    put_in_due(desk.database, desk.relay, instant("2026-06-01T00:10:00+00:00"), PLAN)
    put_in_due(desk.database, desk.relay, instant("2026-06-01T09:00:00+00:00"), PLAN)
    assert ticks(desk) == [("Europe/Berlin", "2026-06-01T07:30:00+00:00")]


def test_work_of_the_organisation_follows_its_zone_and_an_unknown_organisation_has_none(
    desk: Desk, database: Database
) -> None:
    other = make_organization(database)
    plan = (Daily("sample.nothing", 180),)
    put_in_due(desk.database, desk.relay, instant("2026-06-01T18:00:00+00:00"), plan)
    put_in_due(desk.database, desk.relay, instant("2026-06-01T20:00:00+00:00"), plan)
    assert ticks(desk) == [("Asia/Shanghai", "2026-06-01T19:00:00+00:00")]
    with database.begin(Scope(other.id), write=False) as session:
        assert session.scalars(sa.select(Schedule)).all() == []
