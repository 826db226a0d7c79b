"""Reminders under a simulated clock: half past nine in each person's zone, on the organisation's working days."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.goal_updates import ActionOutcome, CheckIn, GoalHealthCheck, GoalStep, WeeklyAction
from db.models.goals import Goal, GoalKind, GoalLevel, GoalStatus
from db.models.inbox import Notification, NotificationCode
from db.models.jobs import Job
from db.models.people import Organization, Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import reminders
from resolvers.working_time import DayDraft, YearDraft, set_working_year
from tests.factories import make_cycle, make_organization, make_person, make_viewer, viewer_of
from tests.workers.desk import DAILY, Desk
from workers import registry
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner
from workers.schedule import put_in_due

registry.load()

DAY = datetime.date
TO_WRITE, OPEN = NotificationCode.WEEKLY_ACTION_TO_WRITE, NotificationCode.WEEKLY_ACTION_OPEN


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, company: Organization) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    desk = Desk(database, relay, Runner(Services(settings, database, files, reading)), company.id)
    desk.put("maintenance.expire_receipts")
    yield desk
    reading.close()
    relay.close()


def person_in(desk: Desk, company: Organization, zone: str, manager: Person | None = None) -> Person:
    with desk.database.begin(Scope(company.id)) as session:
        person = make_person(session, company, manager=manager)
        person.timezone = zone
    return person


def told(desk: Desk, person: Person) -> list[tuple[NotificationCode, str]]:
    """What a person was told, with the day or week that it was for."""
    with desk.database.begin(Scope(desk.organization_id), write=False) as session:
        rows = session.scalars(
            sa.select(Notification).where(Notification.person_id == person.id).order_by(Notification.id)
        )
        return [(row.code, row.dedupe_key.partition(":")[2]) for row in rows]


def ticks(desk: Desk, zone: str) -> list[str]:
    with desk.database.begin(Scope(desk.organization_id), write=False) as session:
        rows = session.scalars(sa.select(Job.args).where(Job.name == "goals.remind_of_week").order_by(Job.id)).all()
    return [args["due"] for args in rows if args["zone"] == zone]


def test_half_past_nine_on_working_days_in_two_zones_over_a_change_of_the_clocks(
    desk: Desk, company: Organization
) -> None:
    east, west = person_in(desk, company, "Asia/Shanghai"), person_in(desk, company, "America/New_York")
    with desk.database.begin(Scope(company.id)) as session:
        hr = make_viewer(session, company, Role.HR)
        session.execute(sa.update(Person).where(Person.id == hr.person_id).values(timezone="Europe/Berlin"))
        days = [DayDraft(DAY(2026, 3, 7), True, "调休"), DayDraft(DAY(2026, 3, 9), False, "假日")]
        set_working_year(session, hr, YearDraft(2026, [1, 2, 3, 4, 5], days), None)
    desk.live_through("2026-03-05T18:00:00+00:00", "2026-03-11T00:00:00+00:00")
    # Friday, the Saturday that is worked, no Sunday, no Monday, Tuesday:
    worked = [(TO_WRITE, "2026-03-06"), (TO_WRITE, "2026-03-07"), (TO_WRITE, "2026-03-10")]
    assert told(desk, east) == worked
    assert told(desk, west) == worked
    assert ticks(desk, "Asia/Shanghai")[0] == "2026-03-06T01:30:00+00:00"
    assert ticks(desk, "America/New_York") == [
        "2026-03-06T14:30:00+00:00",
        "2026-03-07T14:30:00+00:00",
        "2026-03-08T13:30:00+00:00",
        "2026-03-09T13:30:00+00:00",
        "2026-03-10T13:30:00+00:00",
    ]


def test_the_reminder_follows_the_action_of_the_week(desk: Desk, company: Organization) -> None:
    person, witness = (person_in(desk, company, "Asia/Shanghai") for _ in range(2))
    desk.live_through("2026-03-02T00:00:00+00:00", "2026-03-03T00:00:00+00:00")
    with desk.database.begin(Scope(company.id)) as session:
        action = WeeklyAction(
            organization_id=company.id,
            person_id=person.id,
            week=DAY(2026, 3, 2),
            goal_text="目标",
            must_finish="完成方案",
            witness_id=witness.id,
        )
        session.add(action)
    desk.live_through("2026-03-03T00:00:00+00:00", "2026-03-04T00:00:00+00:00")
    with desk.database.begin(Scope(company.id)) as session:
        session.execute(sa.update(WeeklyAction).values(outcome=ActionOutcome.DONE))
    desk.live_through("2026-03-04T00:00:00+00:00", "2026-03-10T00:00:00+00:00")
    assert told(desk, person) == [(TO_WRITE, "2026-03-02"), (OPEN, "2026-03-03"), (TO_WRITE, "2026-03-09")]


def test_a_reminder_that_is_hours_late_is_left_out(desk: Desk, company: Organization) -> None:
    person = person_in(desk, company, "Asia/Shanghai")
    for moment in ("2026-03-02T00:00:00+00:00", "2026-03-02T08:00:00+00:00", "2026-03-03T05:00:00+00:00"):
        put_in_due(desk.database, desk.relay, instant(moment), DAILY)
        desk.run()
    assert told(desk, person) == [(TO_WRITE, "2026-03-03")]


def test_late_check_ins_and_the_sixth_week(desk: Desk, company: Organization) -> None:
    manager = person_in(desk, company, "America/New_York")
    person = person_in(desk, company, "Asia/Shanghai", manager)
    with desk.database.begin(Scope(company.id)) as session:
        cycle = make_cycle(session, company, "2026Q1")
        for confirmed in ("2026-01-05T02:00:00+00:00", "2026-01-20T02:00:00+00:00"):
            session.add(
                Goal(
                    organization_id=company.id,
                    cycle_id=cycle.id,
                    kind=GoalKind.OBJECTIVE,
                    level=GoalLevel.PERSON,
                    title="目标",
                    owner_id=person.id,
                    status=GoalStatus.CONFIRMED,
                    proposed_at=instant(confirmed),
                    confirmed_at=instant(confirmed),
                )
            )
        # One overdue from Monday the 26th on, one due on that day, and one done.
        session.flush()
        goal = session.scalars(sa.select(Goal).order_by(Goal.id)).all()[-1]
        check_in = CheckIn(organization_id=company.id, goal_id=goal.id, revision=1)
        session.add(check_in)
        session.flush()
        for position, (day, said) in enumerate(
            [("2026-01-25", None), ("2026-01-12", check_in.id), ("2026-01-26", None)]
        ):
            session.add(
                GoalStep(
                    organization_id=company.id,
                    goal_id=goal.id,
                    position=position,
                    text="一步",
                    due_on=DAY.fromisoformat(day),
                    done_at=instant("2026-01-11T02:00:00+00:00") if said else None,
                    check_in_id=said,
                )
            )
    desk.live_through("2026-01-18T00:00:00+00:00", "2026-01-27T00:00:00+00:00")
    overdue = [(code, key) for code, key in told(desk, person) if code is NotificationCode.GOAL_STEPS_OVERDUE]
    assert overdue == [(NotificationCode.GOAL_STEPS_OVERDUE, "2026-01-26")]
    with desk.database.begin(Scope(company.id), write=False) as session:
        code = NotificationCode.GOAL_STEPS_OVERDUE
        assert session.scalars(sa.select(Notification.params).where(Notification.code == code)).all() == [{"count": 1}]
    due = [(code, key) for code, key in told(desk, person) if code is NotificationCode.CHECK_IN_DUE]
    # Fourteen days after the 5th is Monday the 19th, 10:00; at 9:30 nothing was late yet.
    assert due == [(NotificationCode.CHECK_IN_DUE, "2026-01-19"), (NotificationCode.CHECK_IN_DUE, "2026-01-26")]
    with desk.database.begin(Scope(company.id), write=False) as session:
        late = session.scalars(sa.select(Notification).where(Notification.code == NotificationCode.CHECK_IN_DUE)).all()
        assert [each.params for each in late] == [{"count": 1, "days": 14}] * 2
        assert session.scalars(sa.select(GoalHealthCheck)).all() == []
    # The Monday of the sixth week is 2 February, at 6:00 where the organisation is.
    desk.live_through("2026-02-01T20:00:00+00:00", "2026-02-01T21:59:00+00:00")
    assert NotificationCode.HEALTH_CHECK_OPENED not in {code for code, _ in told(desk, manager)}
    desk.live_through("2026-02-01T22:00:00+00:00", "2026-02-02T23:00:00+00:00")
    with desk.database.begin(Scope(company.id), write=False) as session:
        (check,) = session.scalars(sa.select(GoalHealthCheck))
    assert (check.person_id, check.reviewer_id) == (person.id, manager.id)
    assert [code for code, _ in told(desk, manager)].count(NotificationCode.HEALTH_CHECK_OPENED) == 1


def test_people_do_not_send_reminders(database: Database, company: Organization) -> None:
    with database.begin(Scope(company.id)) as session:
        person = viewer_of(make_person(session, company), Role.HR)
        for remind in (reminders.remind_of_week, reminders.remind_of_check_ins):
            with pytest.raises(DomainError) as refused:
                remind(session, person, instant("2026-03-02T01:30:00+00:00"), "Asia/Shanghai")
            assert refused.value.code is ErrorCode.FORBIDDEN
        assert session.scalars(sa.select(Notification)).all() == []
