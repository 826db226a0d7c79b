"""Late, silent tasks under a simulated clock: who is told, when, once, and what ends it."""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.inbox import Notification, NotificationCode
from db.models.people import Organization, Person
from db.models.projects.tasks import (
    Project,
    ProjectPolicy,
    ProjectTask,
    TaskEscalation,
    TaskStatus,
)
from db.models.projects.templates import DeliverableTemplate
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, system_viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.projects.escalating import JOB, tell_of_blocked
from resolvers.projects.progress import update_task
from resolvers.working_time import DayDraft, YearDraft, set_working_year
from tests.factories import make_organization, make_person, viewer_of
from tests.workers.desk import Desk
from workers import registry
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner
from workers.schedule import Every, put_in_due

registry.load()

PLAN = (Every(JOB, 10),)
DAY = datetime.date


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


class Office:
    """A line of three managers, an owner in one zone, and the PMO."""

    def __init__(self, desk: Desk, company: Organization) -> None:
        self.desk, self.company, self.scope = desk, company, Scope(company.id)
        with desk.database.begin(self.scope) as session:
            self.director = make_person(session, company, roles=(Role.MANAGER,))
            self.manager = make_person(session, company, manager=self.director, roles=(Role.MANAGER,))
            self.owner = make_person(session, company, manager=self.manager)
            self.pmo = make_person(session, company, roles=(Role.PMO,))
            self.hr = make_person(session, company, roles=(Role.HR,))
            template = DeliverableTemplate(organization_id=company.id, key="report", number=1)
            self.project = Project(organization_id=company.id, name="上线", lead_id=self.manager.id)
            session.add_all([template, self.project])
            session.flush()
            self.template_id = template.id

    def task(self, due: str, number: int = 1, **values: Any) -> uuid.UUID:
        """A task of the owner that was due then."""
        due_at = instant(due)
        with self.desk.database.begin(self.scope) as session:
            task = ProjectTask(
                organization_id=self.company.id,
                project_id=self.project.id,
                number=number,
                title="压测报告",
                owner_id=self.owner.id,
                template_id=self.template_id,
                due_at=due_at,
                first_due_at=due_at,
                **values,
            )
            session.add(task)
        return task.id

    def told(self, person: Person) -> list[tuple[int, int]]:
        """Level and hours of what a person was told of blocked tasks."""
        with self.desk.database.begin(self.scope, write=False) as session:
            statement = sa.select(Notification.params).where(
                Notification.person_id == person.id, Notification.code == NotificationCode.TASK_BLOCKED
            )
            return [
                (params["level"], params["hours"]) for params in session.scalars(statement.order_by(Notification.id))
            ]

    def look(self, moment: str) -> int:
        with self.desk.database.begin(self.scope) as session:
            return tell_of_blocked(session, system_viewer(self.company.id), instant(moment))

    def leave(self, *who: Person) -> None:
        with self.desk.database.begin(self.scope) as session:
            gone = [person.id for person in who]
            session.execute(
                sa.update(Person).where(Person.id.in_(gone)).values(archived_at=instant("2026-09-01T09:00Z"))
            )


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


@pytest.fixture
def office(desk: Desk, company: Organization) -> Office:
    return Office(desk, company)


def live_through(desk: Desk, begin: str, end: str) -> None:
    """What worker processes do from one instant to another."""
    moment: datetime.datetime | None = instant(begin)
    while moment is not None and moment < instant(end):
        coming = put_in_due(desk.database, desk.relay, moment, PLAN)
        desk.run()
        moment = coming


def test_two_hours_late_and_silent_is_told_once_to_manager_and_office(desk: Desk, office: Office) -> None:
    office.task("2026-09-15T10:00+08:00")
    live_through(desk, "2026-09-15T11:35+08:00", "2026-09-15T12:05+08:00")
    assert [office.told(person) for person in (office.manager, office.pmo)] == [[(1, 2)], [(1, 2)]]
    assert [office.told(person) for person in (office.owner, office.director, office.hr)] == [[], [], []]
    with desk.database.begin(office.scope, write=False) as session:
        (row,) = session.scalars(sa.select(TaskEscalation))
        assert (row.level, row.told, row.escalated_at) == (1, 2, instant("2026-09-15T12:00+08:00"))
        (line,) = session.scalars(sa.select(Notification).where(Notification.person_id == office.pmo.id))
        assert (line.subject_type, line.subject_id) == ("ProjectTask", row.task_id)


def test_each_level_goes_one_manager_up_and_the_last_one_ends_it(office: Office) -> None:
    office.task("2026-09-14T09:00+08:00")
    for day in range(14, 19):
        office.look(f"2026-09-{day}T11:00+08:00")
    assert office.told(office.manager) == [(1, 2)]
    assert office.told(office.director) == [(2, 11), (3, 20)]  # nobody stands above the director
    assert office.told(office.pmo) == [(1, 2), (2, 11), (3, 20)]


def test_a_standstill_tells_each_manager_and_the_office_of_the_last_level_alone(office: Office) -> None:
    office.task("2026-09-14T09:00+08:00")
    assert office.look("2026-09-18T11:00+08:00") == 1
    assert (office.told(office.manager), office.told(office.director)) == ([(1, 2)], [(2, 11), (3, 20)])
    assert office.told(office.pmo) == [(3, 20)]


def test_who_left_is_not_told_and_without_line_and_office_the_lead_is(office: Office) -> None:
    office.leave(office.manager, office.pmo)
    office.task("2026-09-14T09:00+08:00")
    office.look("2026-09-14T11:00+08:00")
    assert [office.told(person) for person in (office.manager, office.director, office.pmo)] == [[], [(1, 2)], []]
    with office.desk.database.begin(office.scope) as session:
        lead = make_person(session, office.company)
        session.get_one(Project, office.project.id).lead_id = lead.id
    office.leave(office.director)
    office.task("2026-09-14T10:00+08:00", 2)
    office.look("2026-09-14T12:00+08:00")
    assert (office.told(lead), office.told(office.hr)) == ([(1, 2)], [])
    office.leave(lead)
    office.task("2026-09-14T11:00+08:00", 3)
    office.look("2026-09-14T13:00+08:00")
    assert (office.told(lead), office.told(office.hr)) == ([(1, 2)], [(1, 2)])


def test_whoever_leads_what_they_are_late_with_is_not_told_by_themselves_but_hr(office: Office) -> None:
    with office.desk.database.begin(office.scope) as session:
        session.get_one(Project, office.project.id).lead_id = office.owner.id
    office.leave(office.manager, office.director, office.pmo)
    office.task("2026-09-14T09:00+08:00")
    office.look("2026-09-14T11:00+08:00")
    assert (office.told(office.owner), office.told(office.hr)) == ([], [(1, 2)])


def test_an_update_ends_the_silence_and_so_do_an_end_and_a_later_due_time(office: Office) -> None:
    task_id = office.task("2026-09-14T09:00+08:00")
    office.task("2026-09-14T09:00+08:00", 2, status=TaskStatus.DONE)
    office.task("2026-09-16T09:00+08:00", 3)
    assert office.look("2026-09-14T11:00+08:00") == 1
    with office.desk.database.begin(office.scope) as session:
        task = session.get_one(ProjectTask, task_id)
        task.reported_at, task.escalation_level = instant("2026-09-14T12:00+08:00"), 0
    assert office.look("2026-09-15T18:00+08:00") == 0
    assert office.look("2026-09-16T10:59+08:00") == 0
    assert office.look("2026-09-16T12:00+08:00") == 2  # 18 hours after the update; and the third is two hours late
    assert sorted(office.told(office.manager)) == [(1, 2), (1, 2), (1, 18)]


def test_a_silent_task_that_changes_hands_is_told_to_who_had_not_heard_and_holds_up_no_other(office: Office) -> None:
    task_id = office.task("2026-09-14T09:00+08:00")
    assert office.look("2026-09-14T11:00+08:00") == 1
    with office.desk.database.begin(office.scope) as session:
        other = make_person(session, office.company, manager=office.director)
        values = {"owner_id": other.id, "collaborator_ids": [office.owner.id]}
        update_task(session, viewer_of(office.pmo, Role.PMO), task_id, values, None)
    office.task("2026-09-14T09:00+08:00", 2)
    assert office.look("2026-09-14T11:10+08:00") == 2
    assert office.told(office.director) == [(1, 2)], "who leads the new owner now"
    assert (office.told(office.manager), office.told(office.pmo)) == ([(1, 2), (1, 2)], [(1, 2), (1, 2)])
    with office.desk.database.begin(office.scope) as session:
        for due in ("2026-09-18T09:00+08:00", "2026-09-14T09:00+08:00"):  # put off, and back again
            update_task(session, viewer_of(office.pmo, Role.PMO), task_id, {"due_at": instant(due)}, None)
    assert office.look("2026-09-14T11:20+08:00") == 1
    assert office.told(office.director) == [(1, 2)]


def test_working_time_is_that_of_the_owners_zone_with_holidays_and_make_up_days(
    desk: Desk, company: Organization, office: Office
) -> None:
    with desk.database.begin(office.scope) as session:
        session.get_one(Person, office.owner.id).timezone = "America/New_York"
        days = [DayDraft(DAY(2026, 3, 7), True, "调休"), DayDraft(DAY(2026, 3, 9), False, "假日")]
        viewer = viewer_of(office.hr, Role.HR)
        set_working_year(session, viewer, YearDraft(2026, [1, 2, 3, 4, 5], days), None)
    office.task("2026-03-06T17:30-05:00")  # Friday evening; Saturday is worked, Monday is not
    assert office.look("2026-03-07T10:29-05:00") == 0
    assert office.look("2026-03-07T10:30-05:00") == 1
    office.task("2026-03-07T17:00-05:00", 2)
    assert office.look("2026-03-10T09:59-04:00") == 0  # clocks went forward on Sunday
    assert office.look("2026-03-10T10:00-04:00") == 1
    assert office.look("2026-03-10T10:30-04:00") == 1  # the first one's second level


def test_workers_that_look_at_once_tell_once(settings: Settings, office: Office) -> None:
    office.task("2026-09-14T09:00+08:00")
    begin = threading.Barrier(4)
    failures: list[BaseException] = []

    def look() -> None:
        own = Database(settings)
        try:
            begin.wait()
            with own.begin(office.scope) as session:
                tell_of_blocked(session, system_viewer(office.company.id), instant("2026-09-14T11:00+08:00"))
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (office.told(office.manager), office.told(office.pmo)) == ([(1, 2)], [(1, 2)])
    with office.desk.database.begin(office.scope, write=False) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TaskEscalation)) == 1


def test_the_policy_of_the_organisation_holds_and_people_do_not_tell(office: Office) -> None:
    with office.desk.database.begin(office.scope) as session:
        policy = {"first_hours": 4, "silence_hours": None, "repeat_hours": 1, "levels": 1}
        session.add(ProjectPolicy(id=office.company.id, organization_id=office.company.id, **policy))
    office.task("2026-09-14T09:00+08:00")
    assert office.look("2026-09-14T12:59+08:00") == 0
    assert office.look("2026-09-14T13:00+08:00") == 1
    assert office.look("2026-09-18T13:00+08:00") == 0
    with office.desk.database.begin(office.scope) as session, pytest.raises(DomainError) as caught:
        tell_of_blocked(session, viewer_of(office.pmo, Role.PMO), instant("2026-09-14T13:00+08:00"))
    assert caught.value.code is ErrorCode.FORBIDDEN
