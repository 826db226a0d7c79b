"""Reading the log costs what is read, not what is there."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.queries import change_feed, event_log
from db.queries.change_feed import Stretch
from db.queries.event_log import Place
from db.session import Database, Scope
from db.viewer import Viewer
from tests.conftest import MakeSettings
from tests.db.queries.test_goal_scale import recorded
from tests.goal_house import House, make_house
from tests.resolvers.test_goal_races import make_goal

OTHERS = sa.text(
    "INSERT INTO event (organization_id, transaction, type, subject_type, subject_id, occurred_at) "
    "SELECT :organization, 1, 'goal.edited', kind, gen_random_uuid(), now() "
    "FROM generate_series(1, 15000), unnest(ARRAY['Goal', 'Review']) AS kind"
)
"""Lines about objects that nobody here may see …"""
LOST = sa.text(
    "INSERT INTO lost_sight (organization_id, person_id, sequence) "
    "SELECT organization_id, :person, sequence FROM event WHERE transaction = 1"
)
"""… and that somebody else has lost sight of."""


def fill(session: Session, house: House) -> list[uuid.UUID]:
    own = [make_goal(session, house, house.employee) for _ in range(20)]
    session.execute(OTHERS, {"organization": house.organization.id})
    session.execute(LOST, {"person": house.manager.person_id})
    return own


@pytest.mark.postgresql
def test_a_page_of_a_long_log_is_found_by_indexes(make_settings: MakeSettings) -> None:
    settings = make_settings("postgresql")
    database, owner = Database(settings), Database(settings, url=settings.migration_url)
    house = make_house(database)
    with database.begin(Scope(house.organization.id)) as session:
        own = fill(session, house)
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE event, goal, lost_sight"))
    whole = Stretch(("Goal",), event_log.START, Place(2**62, 0), began=Place(1, 0))
    with database.begin(Scope(house.organization.id), write=False) as session:
        assert [row.id for row in change_feed.fetch_changes(session, house.employee, whole, 50)] == own
        with recorded(database) as seen:
            found = change_feed.fetch_changes(session, house.employee, whole, 7)
        assert [row.id for row in found] == own[:7]
        (statement, parameters) = seen[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
    database.close()
    owner.close()
    assert not [line for line in plan if "Seq Scan on event" in line or "Seq Scan on lost_sight" in line], plan
    assert [line for line in plan if "ix_event_place" in line or "ix_event_subject" in line], plan


def test_any_number_of_types_is_two_statements(database: Database) -> None:
    house = make_house(database)
    with database.begin(Scope(house.organization.id)) as session:
        for _ in range(10):
            make_goal(session, house, house.employee)
        until = event_log.end(session, house.employee)
        if not database.embedded:
            until = Place(until.transaction + 1_000_000, 0)

        def statements(viewer: Viewer, types: tuple[str, ...], first: int) -> int:
            stretch = Stretch(types, event_log.START, until, event_log.START)
            # Once before: the policies look up today's date and line, once a transaction.
            change_feed.fetch_changes(session, viewer, stretch, first)
            with recorded(database) as seen:
                change_feed.fetch_changes(session, viewer, stretch, first)
            return len(seen)

        for viewer in (house.employee, house.manager, house.hr):
            assert {
                statements(viewer, types, first)
                for types in (("Goal",), tuple(change_feed.SOURCES))
                for first in (1, 10)
            } == {2}
