"""Two transactions at once over goals: one wins, the other gets a coded conflict, and the tree stays a forest."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db.models.goal_changes import ChangeKind, ChangeMode, ChangeStatus, GoalRevision, ReasonCategory, WeightRule
from db.models.goals import Goal, GoalKind, GoalLevel, GoalStatus
from db.session import Database, Scope
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import changes, checkins, drafting
from resolvers.goals.inputs import GoalDraft
from tests.goal_house import House, make_house

PATIENCE = 20


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@dataclass
class Race:
    """Runs two transactions so that the second one starts while the first one has worked and not committed."""

    database: Database
    house: House

    def run(self, first: Callable[[Session], Any], second: Callable[[Session], Any]) -> list[Any]:
        scope = Scope(self.house.organization.id)
        worked, started = threading.Event(), threading.Event()
        outcomes: list[Any] = [None, None]

        def lead() -> None:
            with self.database.begin(scope) as session:
                outcomes[0] = first(session)
                worked.set()
                started.wait(PATIENCE)
                threading.Event().wait(0.15)  # gives the second one time to run into the lock

        def follow() -> None:
            worked.wait(PATIENCE)
            started.set()
            try:
                with self.database.begin(scope) as session:
                    outcomes[1] = second(session)
            except (DomainError, StaleDataError) as error:
                outcomes[1] = error

        threads = [threading.Thread(target=each) for each in (lead, follow)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        return outcomes


def in_house(database: Database, house: House, work: Callable[[Session], Any]) -> Any:
    with database.begin(Scope(house.organization.id)) as session:
        return work(session)


def make_goal(session: Session, house: House, viewer: Viewer, **values: Any) -> uuid.UUID:
    draft = GoalDraft(house.cycle.id, GoalKind.KEY_TASK, GoalLevel.PERSON, "任务", owner_id=viewer.person_id, **values)
    return drafting.create_goal(session, viewer, draft).id


def make_confirmed(session: Session, house: House, **values: Any) -> uuid.UUID:
    goal_id = make_goal(session, house, house.employee, **values)
    drafting.propose_goal(session, house.employee, goal_id, None)
    drafting.confirm_goal(session, house.manager, goal_id, None)
    return goal_id


def move(house: House, goal_id: uuid.UUID, parent_id: uuid.UUID) -> Callable[[Session], Any]:
    edit = drafting.GoalEdit({"parent_id": parent_id})
    return lambda session: drafting.edit_goal(session, house.employee, goal_id, edit, None)


def test_two_moves_cannot_close_a_circle(database: Database, house: House) -> None:
    a, b = (in_house(database, house, lambda session: make_goal(session, house, house.employee)) for _ in range(2))
    _, lost = Race(database, house).run(move(house, a, b), move(house, b, a))
    assert isinstance(lost, DomainError)
    assert lost.code is ErrorCode.GOAL_LOOP
    parents = in_house(database, house, lambda session: dict(session.execute(sa.select(Goal.id, Goal.parent_id)).all()))
    assert parents == {a: b, b: None}


def test_a_longer_circle_is_not_closed_either(database: Database, house: House) -> None:
    a, b, c = (in_house(database, house, lambda session: make_goal(session, house, house.employee)) for _ in range(3))
    in_house(database, house, move(house, b, c))
    _, lost = Race(database, house).run(move(house, a, b), move(house, c, a))
    assert isinstance(lost, DomainError)
    assert lost.code is ErrorCode.GOAL_LOOP


def test_of_two_editors_the_second_is_told(database: Database, house: House) -> None:
    """A draft for a manager: whoever made it and the manager have it open."""
    given = GoalDraft(house.cycle.id, GoalKind.KEY_TASK, GoalLevel.PERSON, "任务", owner_id=house.manager.person_id)
    goal_id = in_house(database, house, lambda session: drafting.create_goal(session, house.hr, given).id)
    version = in_house(database, house, lambda session: session.get_one(Goal, goal_id).version)

    def edit(viewer: Viewer, title: str) -> Callable[[Session], Any]:
        wanted = drafting.GoalEdit({"title": title})
        return lambda session: drafting.edit_goal(session, viewer, goal_id, wanted, version).title

    won, lost = Race(database, house).run(edit(house.manager, "第一"), edit(house.hr, "第二"))
    assert won == "第一"
    assert isinstance(lost, DomainError)
    assert lost.code is ErrorCode.CONFLICT
    assert in_house(database, house, lambda session: session.get_one(Goal, goal_id).title) == "第一"


def test_two_confirmations_make_one_revision(database: Database, house: House) -> None:
    goal_id = in_house(database, house, lambda session: make_goal(session, house, house.employee))
    in_house(database, house, lambda session: drafting.propose_goal(session, house.employee, goal_id, None))

    def confirm(session: Session) -> Any:
        return drafting.confirm_goal(session, house.manager, goal_id, None).revision

    won, lost = Race(database, house).run(confirm, confirm)
    assert won == 1
    assert isinstance(lost, DomainError)
    assert lost.code is ErrorCode.GOAL_STATE
    assert in_house(database, house, lambda session: session.scalar(sa.select(sa.func.count(GoalRevision.id)))) == 1


def weight_change(house: House, goal_id: uuid.UUID, other_id: uuid.UUID, amount: str) -> Callable[[Session], uuid.UUID]:
    """Asks for a weight to go up by some points, and another one down."""
    items = [
        changes.ItemDraft(ChangeKind.GOAL_WEIGHT, goal_id, amount=Decimal(amount), mode=ChangeMode.POINTS),
        changes.ItemDraft(ChangeKind.GOAL_WEIGHT, other_id, amount=-Decimal(amount), mode=ChangeMode.POINTS),
    ]
    draft = changes.ChangeDraft(items, ReasonCategory.MARKET, "市场变化")
    return lambda session: changes.propose_change(session, house.employee, draft).id


def two_weighted(database: Database, house: House) -> list[uuid.UUID]:
    def make(session: Session) -> list[uuid.UUID]:
        made = [make_goal(session, house, house.employee, weight=Decimal(weight)) for weight in ("60", "40")]
        for goal_id in made:
            drafting.propose_goal(session, house.employee, goal_id, None)
        for goal_id in made:
            drafting.confirm_goal(session, house.manager, goal_id, None)
        return made

    found: list[uuid.UUID] = in_house(database, house, make)
    return found


def approve(house: House, request_id: uuid.UUID, approved: bool = True) -> Callable[[Session], Any]:
    return lambda session: (
        changes.decide_change(
            session, house.manager, request_id, approve=approved, comment="已阅", expected_version=None
        ).status
    )


def test_of_two_decisions_the_first_stands(database: Database, house: House) -> None:
    first, second = two_weighted(database, house)
    request_id = in_house(database, house, weight_change(house, first, second, "10"))
    won, lost = Race(database, house).run(approve(house, request_id), approve(house, request_id, False))
    assert won is ChangeStatus.APPROVED
    assert isinstance(lost, DomainError)
    assert lost.code is ErrorCode.ALREADY_DECIDED
    weights = in_house(
        database, house, lambda session: [session.get_one(Goal, each).weight for each in (first, second)]
    )
    assert weights == [Decimal(70), Decimal(30)]


def test_two_requests_approved_at_once_add_up(database: Database, house: House) -> None:
    first, second = two_weighted(database, house)
    requests = [in_house(database, house, weight_change(house, first, second, amount)) for amount in ("10", "5")]
    assert (
        Race(database, house).run(*(approve(house, request_id) for request_id in requests))
        == [ChangeStatus.APPROVED] * 2
    )
    weights, revisions = in_house(
        database,
        house,
        lambda session: (
            [session.get_one(Goal, each).weight for each in (first, second)],
            session.scalars(
                sa.select(GoalRevision.number).where(GoalRevision.goal_id == first).order_by(GoalRevision.number)
            ).all(),
        ),
    )
    assert weights == [Decimal(75), Decimal(25)]
    assert revisions == [1, 2, 3]


def added(house: House, goal_id: uuid.UUID) -> Callable[[Session], uuid.UUID]:
    """Asks for a draft to be added, the other weights making room."""
    item = changes.ItemDraft(ChangeKind.ADD_GOAL, goal_id)
    draft = changes.ChangeDraft([item], ReasonCategory.MARKET, "市场变化", weight_rule=WeightRule.RENORMALISE)
    return lambda session: changes.propose_change(session, house.employee, draft).id


def counted_weights(database: Database, house: House) -> list[Decimal | None]:
    statement = sa.select(Goal.weight).where(Goal.status == GoalStatus.CONFIRMED).order_by(Goal.id)
    return list(in_house(database, house, lambda session: session.scalars(statement).all()))


def test_two_packages_that_add_to_the_same_goals(database: Database, house: House) -> None:
    in_house(database, house, lambda session: make_confirmed(session, house, weight=Decimal(100)))
    requests = []
    for _ in range(2):
        fresh = in_house(database, house, lambda session: make_goal(session, house, house.employee, weight=Decimal(30)))
        requests.append(in_house(database, house, added(house, fresh)))
    assert Race(database, house).run(*(approve(house, each) for each in requests)) == [ChangeStatus.APPROVED] * 2
    assert counted_weights(database, house) == [Decimal(49), Decimal(21), Decimal(30)]


def confirm(house: House, goal_id: uuid.UUID) -> Callable[[Session], Any]:
    return lambda session: drafting.confirm_goal(session, house.manager, goal_id, None).revision


def proposed(database: Database, house: House, *weights: str) -> list[uuid.UUID]:
    def make(session: Session) -> list[uuid.UUID]:
        made = [make_goal(session, house, house.employee, weight=Decimal(weight)) for weight in weights]
        for goal_id in made:
            drafting.propose_goal(session, house.employee, goal_id, None)
        return made

    found: list[uuid.UUID] = in_house(database, house, make)
    return found


@pytest.mark.parametrize("package_first", [True, False])
def test_a_confirmation_beside_a_package(database: Database, house: House, package_first: bool) -> None:
    """Each of them alone leaves 100; the second works on what the first has left."""
    first, second = proposed(database, house, "60", "40")
    in_house(database, house, confirm(house, first))
    fresh = in_house(database, house, lambda session: make_goal(session, house, house.employee, weight=Decimal(20)))
    package = approve(house, in_house(database, house, added(house, fresh)))
    work = [package, confirm(house, second)]
    won, other = Race(database, house).run(*(work if package_first else work[::-1]))
    if package_first:
        assert won is ChangeStatus.APPROVED
        assert isinstance(other, DomainError)
        assert other.code is ErrorCode.WEIGHTS_NOT_WHOLE
        assert counted_weights(database, house) == [Decimal(80), Decimal(20)]
    else:
        assert (won, other) == (1, ChangeStatus.APPROVED)
        assert counted_weights(database, house) == [Decimal(48), Decimal(32), Decimal(20)]


def test_two_confirmations_of_one_set(database: Database, house: House) -> None:
    first, second = proposed(database, house, "60", "40")
    assert Race(database, house).run(confirm(house, first), confirm(house, second)) == [1, 1]
    assert counted_weights(database, house) == [Decimal(60), Decimal(40)]


def test_two_check_ins_both_count(database: Database, house: House) -> None:
    goal_id = in_house(database, house, lambda session: make_confirmed(session, house))

    def note(words: str) -> Callable[[Session], Any]:
        draft = checkins.CheckInDraft(note=words)
        return lambda session: checkins.check_in(session, house.employee, goal_id, draft, None).note

    assert Race(database, house).run(note("一"), note("二")) == ["一", "二"]
