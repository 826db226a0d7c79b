"""The directory, the reporting line, and whose records a viewer may read."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.people import Employment, Organization, Person, PersonIdentity
from db.queries import people
from db.session import Database, Scope
from db.viewer import Role, Viewer, system_viewer
from tests.factories import make_organization, make_person, viewer_of

DAY = datetime.timedelta(days=1)


class Line:
    """chief → manager → report → junior, and another → outside; HR stands aside."""

    def __init__(self, session: Session, organization: Organization) -> None:
        self.session, self.organization = session, organization
        self.chief = make_person(session, organization)
        self.manager = make_person(session, organization, manager=self.chief)
        self.report = make_person(session, organization, manager=self.manager)
        self.junior = make_person(session, organization, manager=self.report)
        self.another = make_person(session, organization)
        self.outside = make_person(session, organization, manager=self.another)
        self.hr = make_person(session, organization)
        self.everybody = {
            person.id
            for person in (
                self.chief,
                self.manager,
                self.report,
                self.junior,
                self.another,
                self.outside,
                self.hr,
            )
        }
        self.today = people.today(session, organization.id)

    def move(self, person: Person, manager: Person, on: datetime.date) -> None:
        """End the person's employment the day before, and begin one under that manager."""
        old = self.session.scalars(sa.select(Employment).where(Employment.person_id == person.id)).one()
        old.ends_on = on - DAY
        self.session.add(
            Employment(
                organization_id=self.organization.id,
                person_id=person.id,
                department_id=old.department_id,
                manager_id=manager.id,
                job_title="工程师",
                level="P5",
                starts_on=on,
            )
        )
        self.session.flush()

    def readable(self, viewer: Viewer) -> set[uuid.UUID]:
        return set(self.session.scalars(people.visible_to(self.session, viewer).with_only_columns(Person.id)))


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    organization = make_organization(database)
    make_organization(database)
    with database.begin(Scope(organization.id)) as session:
        yield Line(session, organization)


def test_records(line: Line) -> None:
    assert line.readable(viewer_of(line.manager, Role.MANAGER)) == {line.manager.id, line.report.id, line.junior.id}
    assert line.readable(viewer_of(line.chief, Role.MANAGER)) == {
        line.chief.id,
        line.manager.id,
        line.report.id,
        line.junior.id,
    }
    assert line.readable(viewer_of(line.junior)) == {line.junior.id}
    assert line.readable(viewer_of(line.hr, Role.HR)) == line.everybody
    assert line.readable(system_viewer(line.organization.id)) == line.everybody
    for role in (Role.PMO, Role.ADMINISTRATOR, Role.COMMITTEE, Role.EMPLOYEE):
        # Reports alone give no right: the role does, and the line says how far it reaches.
        assert line.readable(viewer_of(line.manager, role)) == {line.manager.id}


def test_only_todays_line_counts(line: Line) -> None:
    line.move(line.report, line.another, line.today + DAY)
    assert line.report.id in line.readable(viewer_of(line.manager, Role.MANAGER))
    assert line.report.id not in line.readable(viewer_of(line.another, Role.MANAGER))


def test_a_move_takes_everybody_below_along(line: Line) -> None:
    line.move(line.report, line.another, line.today)
    assert line.readable(viewer_of(line.manager, Role.MANAGER)) == {line.manager.id}
    assert line.readable(viewer_of(line.another, Role.MANAGER)) == {
        line.another.id,
        line.outside.id,
        line.report.id,
        line.junior.id,
    }


def test_the_last_day_of_an_employment_counts(line: Line) -> None:
    employment = line.session.scalars(sa.select(Employment).where(Employment.person_id == line.report.id)).one()
    employment.ends_on = line.today
    line.session.flush()
    assert line.report.id in line.readable(viewer_of(line.manager, Role.MANAGER))
    employment.ends_on = line.today - DAY
    line.session.flush()
    assert line.readable(viewer_of(line.manager, Role.MANAGER)) == {line.manager.id}


def test_a_circle_in_the_line_ends(line: Line) -> None:
    line.move(line.manager, line.junior, line.today)
    assert line.readable(viewer_of(line.manager, Role.MANAGER)) == {line.manager.id, line.report.id, line.junior.id}
    viewer = viewer_of(line.manager, Role.MANAGER)
    assert people.managers_above(line.session, viewer, line.manager.id) == {line.junior.id, line.report.id}


def test_managers_above(line: Line) -> None:
    viewer = viewer_of(line.hr, Role.HR)
    assert people.managers_above(line.session, viewer, line.junior.id) == {
        line.report.id,
        line.manager.id,
        line.chief.id,
    }
    assert people.managers_above(line.session, viewer, line.chief.id) == set()


def test_directory_shows_colleagues_and_hides_who_left(line: Line) -> None:
    line.outside.archived_at = datetime.datetime.now(datetime.UTC)
    line.session.flush()

    def listed(viewer: Viewer) -> set[uuid.UUID]:
        statement = people.directory(line.session, viewer).with_only_columns(Person.id)
        return set(line.session.scalars(statement))

    assert listed(viewer_of(line.junior)) == line.everybody - {line.outside.id}
    assert listed(viewer_of(line.hr, Role.HR)) == line.everybody


def test_entries_tell_todays_work(line: Line) -> None:
    line.move(line.report, line.another, line.today)
    line.session.delete(line.session.get_one(PersonIdentity, line.junior.id))
    line.session.flush()
    found = people.entries(line.session, viewer_of(line.chief), [line.report.id, line.junior.id, uuid.uuid4()])
    assert set(found) == {line.report.id, line.junior.id}
    assert found[line.report.id].manager_id == line.another.id
    assert found[line.report.id].name is not None
    assert found[line.junior.id].name is None
    assert found[line.junior.id].staff_number == line.junior.staff_number


def test_two_employments_at_once_give_one_entry(line: Line) -> None:
    employment = line.session.scalars(sa.select(Employment).where(Employment.person_id == line.report.id)).one()
    line.session.add(
        Employment(
            organization_id=line.organization.id,
            person_id=line.report.id,
            department_id=employment.department_id,
            manager_id=line.another.id,
            job_title="兼职讲师",
            level="P5",
            starts_on=line.today,
        )
    )
    line.session.flush()
    everybody = people.everybody(line.session, viewer_of(line.chief))
    assert len(everybody) == len(line.everybody)
    assert {entry.id: entry.job_title for entry in everybody}[line.report.id] == "兼职讲师"
    # Both managers answer for the person.
    for manager in (line.manager, line.another):
        assert line.report.id in line.readable(viewer_of(manager, Role.MANAGER))


def test_search(line: Line) -> None:
    identity = line.session.get_one(PersonIdentity, line.report.id)
    identity.name, identity.name_latin = "刘晓雯", "Liu Xiaowen"
    line.report.staff_number = "T100%6"
    line.session.flush()

    def found(words: str) -> list[uuid.UUID]:
        statement = people.directory(line.session, viewer_of(line.chief)).where(people.search(words))
        return list(line.session.scalars(statement.with_only_columns(Person.id)))

    for words in ("晓雯", "XIAOWEN", "t100%", "0%6"):
        assert found(words) == [line.report.id]
    assert found("_") == []
    assert found("\\") == []


def test_today_is_the_organisations(database: Database) -> None:
    far_east = make_organization(database, timezone="Pacific/Kiritimati")
    far_west = make_organization(database, timezone="Pacific/Pago_Pago")
    days = []
    for organization in (far_east, far_west):
        with database.begin(Scope(organization.id)) as session:
            days.append(people.today(session, organization.id))
    assert days[0] - days[1] in (DAY, 2 * DAY)  # 25 hours apart
