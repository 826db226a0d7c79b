"""Kudos and points: what is given leaves somewhere else, nothing falls below nothing, all lines add up to nothing."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models.feedback.points import AccountKind, PointsAccount, PointsLine
from db.session import Database, Scope
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.feedback.giving import FeedbackDraft, Words
from resolvers.feedback.kudos import (
    ask_redemption,
    decide_redemption,
    fulfil_redemption,
    give_kudos,
    withdraw_redemption,
)
from tests.goal_house import House, codes, done, make_house, person_id
from tests.schema.client import Api
from tests.schema.feedback.test_notes import GIVE, GOOD, POLICY

KUDOS = (
    "mutation($input: GiveKudosInput!) { giveKudos(input: $input) "
    "{ feedback { id kind points } errors { code field } } }"
)
PURSE = "{ points { balance held allowance } pointsLedger { nodes { account points reason feedback { id } } } }"
ASK = (
    "mutation($input: RequestPointsRedemptionInput!) { requestPointsRedemption(input: $input) "
    "{ redemption { id status points version } errors { code field } } }"
)
DECIDE = (
    "mutation($input: DecidePointsRedemptionInput!) { decidePointsRedemption(input: $input) "
    "{ redemption { status } errors { code field } } }"
)
FULFIL = (
    "mutation($input: FulfilPointsRedemptionInput!) { fulfilPointsRedemption(input: $input) "
    "{ redemption { status } errors { code field } } }"
)
WITHDRAW = (
    "mutation($input: WithdrawPointsRedemptionInput!) { withdrawPointsRedemption(input: $input) "
    "{ redemption { status } errors { code field } } }"
)


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


def purse(api: Api, viewer: Viewer) -> tuple[int, int, int]:
    found = api.data(viewer, PURSE)["points"]
    return found["balance"], found["held"], found["allowance"]


def assert_sound(database: Database, house: House) -> None:
    """All lines add up to nothing, and every account is what its lines add up to."""
    with database.begin(Scope(house.organization.id), write=False) as session:
        accounts = list(session.scalars(sa.select(PointsAccount)))
        sums = dict(
            session.execute(
                sa.select(PointsLine.account_id, sa.func.sum(PointsLine.points)).group_by(PointsLine.account_id)
            ).all()
        )
    assert sum(sums.values()) == 0
    for account in accounts:
        if account.kind not in {AccountKind.ISSUED, AccountKind.REDEEMED}:
            assert account.points == sums.get(account.id, 0) >= 0, account.key


def test_a_card_takes_from_the_month_and_gives_to_the_colleague(api: Api, house: House, database: Database) -> None:
    card = {"receiverId": person_id(house.employee), "text": GOOD, "points": 30, "draftId": str(uuid.uuid4())}
    given = done(api, house.colleague, KUDOS, **card)["feedback"]
    assert (given["kind"], given["points"]) == ("KUDOS", 30)
    assert done(api, house.colleague, KUDOS, **card)["feedback"]["id"] == given["id"]
    assert purse(api, house.colleague) == (0, 0, 70)
    assert purse(api, house.employee) == (30, 0, 100)
    (line,) = api.data(house.employee, PURSE)["pointsLedger"]["nodes"]
    assert line == {"account": "BALANCE", "points": 30, "reason": "KUDOS", "feedback": {"id": given["id"]}}
    told = "{ viewer { notifications { nodes { code } } } }"
    assert api.data(house.employee, told)["viewer"]["notifications"]["nodes"] == [{"code": "KUDOS_RECEIVED"}]
    again = {"receiverId": person_id(house.employee), "text": GOOD}
    assert codes(api, house.colleague, KUDOS, **again, points=71) == ["NOT_ENOUGH_POINTS"]
    assert codes(api, house.colleague, KUDOS, **again, points=-1) == ["NUMBER_OUT_OF_RANGE"]
    line_only = {**again, "visibility": "LINE", "visibilityReason": "x"}
    assert codes(api, house.colleague, KUDOS, **line_only) == ["INVALID"]
    assert purse(api, house.colleague) == (0, 0, 70)
    assert_sound(database, house)


def test_points_by_rule_come_once_a_month_from_each_colleague(api: Api, house: House, database: Database) -> None:
    note = {"receiverId": person_id(house.employee), "text": GOOD, "tags": ["knowledge_sharing", "quality"]}
    for _ in range(2):
        done(api, house.colleague, GIVE, **note)
    assert purse(api, house.employee)[0] == 5
    done(api, house.manager, GIVE, **note)
    assert purse(api, house.employee)[0] == 10
    done(api, house.hr, GIVE, **{**note, "text": "再接再厉！"})
    assert purse(api, house.employee)[0] == 10, "empty praise earns nothing"
    done(api, house.hr, POLICY, tagPoints=[])
    done(api, house.hr, GIVE, **note)
    assert purse(api, house.employee)[0] == 10
    assert_sound(database, house)


def test_from_points_to_what_one_wants(api: Api, house: House, database: Database) -> None:
    done(api, house.colleague, KUDOS, receiverId=person_id(house.employee), text=GOOD, points=50)
    wish = done(api, house.employee, ASK, points=40, wish="一本书")["redemption"]
    assert purse(api, house.employee) == (10, 40, 100)
    assert codes(api, house.employee, ASK, points=11, wish="再来一本") == ["NOT_ENOUGH_POINTS"]
    assert codes(api, house.employee, DECIDE, id=wish["id"], approve=True) == ["FORBIDDEN"]
    assert codes(api, house.colleague, WITHDRAW, id=wish["id"]) == ["NOT_FOUND"]
    assert codes(api, house.hr, FULFIL, id=wish["id"]) == ["NOT_READY"]
    assert codes(api, house.hr, DECIDE, id=wish["id"], approve=False) == ["REASON_REQUIRED"]
    assert done(api, house.hr, DECIDE, id=wish["id"], approve=True)["redemption"]["status"] == "APPROVED"
    assert done(api, house.hr, FULFIL, id=wish["id"])["redemption"]["status"] == "FULFILLED"
    assert codes(api, house.hr, FULFIL, id=wish["id"]) == ["NOT_READY"]
    assert purse(api, house.employee) == (10, 0, 100)
    other = done(api, house.employee, ASK, points=10, wish="咖啡")["redemption"]
    assert (
        done(api, house.hr, DECIDE, id=other["id"], approve=False, comment="缺货")["redemption"]["status"] == "REFUSED"
    )
    third = done(api, house.employee, ASK, points=10, wish="茶")["redemption"]
    assert done(api, house.employee, WITHDRAW, id=third["id"])["redemption"]["status"] == "WITHDRAWN"
    assert purse(api, house.employee) == (10, 0, 100)
    assert_sound(database, house)


def attempt(database: Database, house: House, work: Callable[[Session], Any]) -> ErrorCode | None:
    """The code with which the work fails, None when it is done."""
    try:
        with database.begin(Scope(house.organization.id)) as session:
            work(session)
    except DomainError as error:
        return error.code
    return None


def test_cards_that_race_for_the_last_points(database: Database, house: House) -> None:
    """Eight cards of 30 at once out of 100: three are given."""
    ready = threading.Barrier(8)
    receivers = [house.employee, house.manager]

    def give(number: int) -> ErrorCode | None:
        receiver = receivers[number % 2].person_id
        assert receiver is not None
        card = FeedbackDraft(receiver, Words(GOOD))
        ready.wait(20)
        return attempt(database, house, lambda session: give_kudos(session, house.colleague, card, 30))

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(give, range(8)))
    assert sorted(outcomes, key=str) == [ErrorCode.NOT_ENOUGH_POINTS] * 5 + [None] * 3
    assert_sound(database, house)


def test_wishes_that_race_for_the_last_points(database: Database, house: House) -> None:
    assert house.employee.person_id is not None
    card = FeedbackDraft(house.employee.person_id, Words(GOOD))
    assert attempt(database, house, lambda session: give_kudos(session, house.colleague, card, 50)) is None
    ready = threading.Barrier(6)

    def ask(_number: int) -> ErrorCode | None:
        ready.wait(20)
        return attempt(database, house, lambda session: ask_redemption(session, house.employee, 20, "书"))

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(ask, range(6)))
    assert sorted(outcomes, key=str) == [ErrorCode.NOT_ENOUGH_POINTS] * 4 + [None] * 2
    assert_sound(database, house)


def test_decisions_that_race_for_one_wish(database: Database, house: House) -> None:
    """Approved, refused, withdrawn and fulfilled at once: one of them happens, and a fulfilment only after approval."""
    assert house.employee.person_id is not None
    card = FeedbackDraft(house.employee.person_id, Words(GOOD))
    assert attempt(database, house, lambda session: give_kudos(session, house.colleague, card, 50)) is None
    with database.begin(Scope(house.organization.id)) as session:
        wish = ask_redemption(session, house.employee, 40, "书").id

    def decide(session: Session, *, approve: bool) -> None:
        decide_redemption(session, house.hr, wish, approve=approve, comment="好", expected_version=None)

    work: list[Callable[[Session], Any]] = [
        lambda session: decide(session, approve=True),
        lambda session: decide(session, approve=False),
        lambda session: withdraw_redemption(session, house.employee, wish),
        lambda session: fulfil_redemption(session, house.hr, wish),
    ]
    ready = threading.Barrier(len(work))

    def race(each: Callable[[Session], Any]) -> ErrorCode | None:
        ready.wait(20)
        return attempt(database, house, each)

    with ThreadPoolExecutor(len(work)) as pool:
        *decided, fulfilled = pool.map(race, work)
    assert sorted(decided, key=str) == [ErrorCode.NOT_READY] * 2 + [None]
    assert fulfilled in ({None, ErrorCode.NOT_READY} if decided[0] is None else {ErrorCode.NOT_READY})
    assert_sound(database, house)


def test_whatever_happens_all_lines_add_up_to_nothing(database: Database, house: House) -> None:
    chance = random.Random(20261121)
    people = [house.employee, house.colleague, house.manager, house.hr]
    wishes: list[uuid.UUID] = []

    def step(session: Session) -> None:
        who, other = chance.sample(people, 2)
        assert other.person_id is not None
        points = chance.randint(1, 60)
        wish = chance.choice(wishes) if wishes else uuid.uuid4()
        match chance.randrange(6):
            case 0 | 1:
                give_kudos(session, who, FeedbackDraft(other.person_id, Words(GOOD)), points)
            case 2:
                wishes.append(ask_redemption(session, who, points, "书").id)
            case 3:
                approve = bool(points % 2)
                decide_redemption(session, house.hr, wish, approve=approve, comment="好", expected_version=None)
            case 4:
                fulfil_redemption(session, house.hr, wish)
            case _:
                withdraw_redemption(session, who, wish)

    outcomes = [attempt(database, house, step) for _ in range(80)]
    assert {None, ErrorCode.NOT_ENOUGH_POINTS, ErrorCode.NOT_READY} <= set(outcomes)
    assert_sound(database, house)
