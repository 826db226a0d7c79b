"""The working calendar through GraphQL: set by HR or an administrator, read and reckoned with by everybody."""

from __future__ import annotations

from typing import Any

import pytest

from db.models.people import Organization
from db.session import Database, Scope
from db.viewer import Role, Viewer
from tests.factories import make_organization, make_viewer
from tests.schema.client import Api

SET = """mutation($input: SetWorkingYearInput!) { setWorkingYear(input: $input) {
  workingYear { id year version weekdays opensMinute days { day working name } } errors { code field } } }"""
DAY = "query($day: Date!) { workingDay(day: $day) { working name nextWorkingDay assumed } }"
TIME = "query($begin: DateTime!, $minutes: Int!) { workingTime(begin: $begin, minutes: $minutes) { moment day } }"
DAYS = [
    {"day": "2026-10-10", "working": True, "name": "国庆节调休"},
    *({"day": f"2026-10-0{day}", "working": False, "name": "国庆节"} for day in range(1, 8)),
]


@pytest.fixture
def company(database: Database) -> Organization:
    return make_organization(database)


@pytest.fixture
def hr(database: Database, company: Organization) -> Viewer:
    with database.begin(Scope(company.id)) as session:
        return make_viewer(session, company, Role.HR)


def put(api: Api, viewer: Viewer, **values: Any) -> dict[str, Any]:
    given = {"year": 2026, "weekdays": [1, 2, 3, 4, 5], "days": DAYS, **values}
    payload: dict[str, Any] = api.data(viewer, SET, {"input": given})["setWorkingYear"]
    return payload


def test_the_year_is_set_read_and_set_again(api: Api, database: Database, company: Organization, hr: Viewer) -> None:
    with database.begin(Scope(company.id)) as session:
        employee = make_viewer(session, company)
    before = api.data(employee, DAY, {"day": "2026-10-01"})["workingDay"]
    assert before == {"working": True, "name": None, "nextWorkingDay": "2026-10-02", "assumed": True}
    made = put(api, hr, expectedVersion=0)
    assert made["errors"] == []
    assert made["workingYear"]["days"][0] == {"day": "2026-10-01", "working": False, "name": "国庆节"}
    assert api.data(employee, DAY, {"day": "2026-10-01"})["workingDay"] == {
        "working": False,
        "name": "国庆节",
        "nextWorkingDay": "2026-10-08",
        "assumed": False,
    }
    assert api.data(employee, DAY, {"day": "2026-10-10"})["workingDay"]["working"] is True
    late = {"begin": "2026-09-30T17:00:00+08:00", "minutes": 120}
    assert api.data(employee, TIME, late)["workingTime"] == {
        "moment": "2026-10-08T02:00:00+00:00",
        "day": "2026-10-08",
    }
    again = put(api, hr, weekdays=[7, 1, 1], days=[], opensMinute=480, expectedVersion=1)["workingYear"]
    assert (again["id"], again["version"], again["weekdays"], again["days"]) == (
        made["workingYear"]["id"],
        2,
        [1, 7],
        [],
    )
    years = api.data(employee, "{ workingYears { nodes { year opensMinute } } }")["workingYears"]["nodes"]
    assert years == [{"year": 2026, "opensMinute": 480}]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"expectedVersion": 3}, "CONFLICT", ["input", "expectedVersion"]),
        ({"year": 1999, "days": []}, "NUMBER_OUT_OF_RANGE", ["input", "year"]),
        ({"weekdays": []}, "NUMBER_OUT_OF_RANGE", ["input", "weekdays"]),
        ({"weekdays": [0]}, "NUMBER_OUT_OF_RANGE", ["input", "weekdays"]),
        ({"opensMinute": 1080}, "NUMBER_OUT_OF_RANGE", ["input", "closesMinute"]),
        ({"closesMinute": 1441}, "NUMBER_OUT_OF_RANGE", ["input", "closesMinute"]),
        ({"days": [DAYS[0], DAYS[0]]}, "FIELD_REPEATED", ["input", "days", "1", "day"]),
        ({"year": 2027}, "INVALID", ["input", "days", "0", "day"]),
        ({"days": [{**DAYS[0], "name": "长" * 101}]}, "TEXT_TOO_LONG", ["input", "days", "0", "name"]),
    ],
)
def test_what_cannot_be_is_refused(api: Api, hr: Viewer, values: dict[str, Any], code: str, field: list[str]) -> None:
    payload = put(api, hr, **values)
    assert payload == {"workingYear": None, "errors": [{"code": code, "field": field}]}
    assert api.data(hr, "{ workingYears { nodes { id } } }")["workingYears"]["nodes"] == []


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (DAY, {"day": "1999-12-31"}, "NUMBER_OUT_OF_RANGE"),
        (TIME, {"begin": "2026-01-01T00:00:00Z", "minutes": -1}, "NUMBER_OUT_OF_RANGE"),
        (TIME, {"begin": "2026-01-01T00:00:00Z", "minutes": 527_041}, "NUMBER_OUT_OF_RANGE"),
        (TIME, {"begin": "9999-12-31T23:59:00Z", "minutes": 0}, "NUMBER_OUT_OF_RANGE"),
    ],
)
def test_what_cannot_be_reckoned_has_a_code(api: Api, hr: Viewer, query: str, variables: Any, code: str) -> None:
    assert api.codes(hr, query, variables) == [code]
