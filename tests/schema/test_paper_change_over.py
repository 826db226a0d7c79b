"""Paper and screen by department: counts, what waits, and how long paper takes, as far as somebody's line goes."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from db.files import FileStore
from db.models.intake import IntakeDocument, Upload
from db.models.people import Department, Employment, Person
from db.models.reviews import Review, ReviewSource, ReviewStatus
from db.session import Database
from resolvers.intake.confirmation import Confirmation, Entry, confirm_document
from resolvers.intake.double_entry import set_double_entry
from schema.relay import encode_id
from tests.factories import make_department, unknown_id
from tests.paper import VALUES, PaperCompany, jpeg, make_paper_company, read_document, unknown_document
from tests.schema.client import Api
from tests.statements import counted

QUERY = """
query($departmentId: ID, $cycleId: ID, $since: Date, $until: Date) {
  paperChangeOver(departmentId: $departmentId, cycleId: $cycleId, since: $since, until: $until) {
    total { ...figures } departments { ...figures } } }
fragment figures on ChangeOverFigures { department { code } paper screen medianSeconds ninetiethSeconds
  waiting { status waitsFor documents } }
"""
UPLOADED = datetime.datetime(2026, 10, 10, 1, 0, tzinfo=datetime.UTC)
ENTRY = {"status": "NEEDS_REVIEW", "waitsFor": "ENTRY"}
SECOND = {"status": "NEEDS_REVIEW", "waitsFor": "SECOND_ENTRY"}
TEMPLATE = {"status": "NEEDS_TEMPLATE", "waitsFor": "TEMPLATE"}


@pytest.fixture
def company(database: Database, files: FileStore) -> PaperCompany:
    """The report works in a team of research and development, the colleague in that department itself."""
    made = make_paper_company(database, files)
    with database.begin(made.scope) as session:
        parent = session.scalars(sa.select(Employment).where(Employment.person_id == made.subject.id)).one()
        team = make_department(session, made.organization, "RD-PAY")
        team.parent_id, parent.department_id = parent.department_id, team.id
    return made


def _paper(
    database: Database, files: FileStore, company: PaperCompany, who: str, shade: int, *, after: int | None
) -> uuid.UUID:
    """A form about somebody, handed in on 10 October and confirmed after so many seconds, if at all."""
    person = company.people[who]
    named = {"employee_name": None, "staff_number": person.staff_number, "improvements": None, "reviewer": None}
    by = company.viewers["manager" if who in ("report", "colleague") else "hr"]
    values = {**VALUES, **named}
    document_id = read_document(database, files, company, viewer=by, content=jpeg(shade), values=values, subject=person)
    with database.begin(company.scope) as session:
        upload_id = session.get_one(IntakeDocument, document_id).upload_id
        session.execute(sa.update(Upload).where(Upload.id == upload_id).values(created_at=UPLOADED))
        if after is None:
            return document_id
        said = [Entry("employee_name", None), Entry("improvements", None), Entry("department", None)]
        review = confirm_document(session, by, document_id, Confirmation(said))
        assert review is not None
        at = UPLOADED + datetime.timedelta(seconds=after)
        review.confirmed_at = session.get_one(IntakeDocument, document_id).decided_at = at
    return document_id


def _screen(database: Database, company: PaperCompany, person: Person, at: datetime.datetime) -> None:
    with database.begin(company.scope) as session:
        held = session.scalars(sa.select(Employment).where(Employment.person_id == person.id)).one()
        session.add(
            Review(
                organization_id=company.organization.id,
                subject_id=person.id,
                cycle_id=company.next_cycle.id,
                department_id=held.department_id,
                source=ReviewSource.SCREEN,
                status=ReviewStatus.CONFIRMED,
                confirmed_at=at,
            )
        )


def _asked(api: Api, company: PaperCompany, who: str, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.data(company.viewers[who], QUERY, variables)["paperChangeOver"]
    return found


def _row(code: str | None, paper: int, screen: int, *times: int | None, **waiting: Any) -> dict[str, Any]:
    median, ninetieth = times or (None, None)
    return {
        "department": None if code is None else {"code": code},
        "paper": paper,
        "screen": screen,
        "medianSeconds": median,
        "ninetiethSeconds": ninetieth,
        "waiting": waiting.get("waiting", []),
    }


def test_figures_by_department_and_line(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    for shade, after in ((10, 3600), (20, 7200), (30, 100_000)):
        _paper(database, files, company, "report", shade, after=after)
    _paper(database, files, company, "colleague", 40, after=600)
    _paper(database, files, company, "pmo", 50, after=90)
    _asked(api, company, "hr")  # signs in
    with counted() as few:
        _asked(api, company, "hr")
    _paper(database, files, company, "report", 60, after=None)
    unknown_document(database, files, company, content=jpeg(70))
    evening = datetime.datetime(2026, 10, 11, 15, 59, 59, tzinfo=datetime.UTC)
    _screen(database, company, company.subject, evening)
    _screen(database, company, company.subject, evening + datetime.timedelta(seconds=1))
    _screen(database, company, company.people["manager"], evening)
    with database.begin(company.scope) as session:
        set_double_entry(session, company.viewers["hr"], company.form.id, ["grade"])
    waiting = _paper(database, files, company, "colleague", 80, after=None)
    with database.begin(company.scope) as session:
        said = [
            Entry("employee_name", None),
            Entry("improvements", None),
            Entry("grade", "B"),
            Entry("department", None),
        ]
        assert confirm_document(session, company.viewers["manager"], waiting, Confirmation(said)) is None

    # 3600, 7200, 100000: the 90th percentile lies eight tenths of the way from the second to the third.
    team = _row("RD-PAY", 3, 2, 7200, 81440, waiting=[{**ENTRY, "documents": 1}])
    both = [{**ENTRY, "documents": 1}, {**SECOND, "documents": 1}]
    # 600, 3600, 7200, 100000.
    line = _row("RD", 4, 2, 5400, 72160, waiting=both)
    unknown = [{**TEMPLATE, "documents": 1}, *both]
    manager = _asked(api, company, "manager")
    assert manager["departments"] == [line, team]
    assert manager["total"] == {**line, "department": None, "waiting": unknown}
    # The director also leads the manager and the PMO, and did not hand in what names nobody.
    whole = _row("RD", 5, 3, 3600, 62880, waiting=both)  # 90, 600, 3600, 7200, 100000
    director = _asked(api, company, "director")
    assert (director["departments"], director["total"]) == ([whole, team], {**whole, "department": None})
    hr = _asked(api, company, "hr")
    assert (hr["departments"], hr["total"]["waiting"]) == ([whole, team], unknown)
    with counted() as many:
        stranger = _asked(api, company, "stranger")
    assert (stranger["departments"], stranger["total"]) == ([], _row(None, 0, 0))
    assert len(many) <= len(few)
    with counted() as many:
        _asked(api, company, "hr")
    assert len(many) == len(few)

    team_id = encode_id("Department", _department(database, company, "RD-PAY"))
    only = _asked(api, company, "hr", departmentId=team_id)
    assert (only["departments"], only["total"]) == ([team], {**team, "department": {"code": "RD-PAY"}})
    # Until the end of a day in Shanghai; 100,000 seconds are more than a day.
    day = _asked(api, company, "manager", since="2026-10-10", until="2026-10-11", departmentId=team_id)["total"]
    assert (day["paper"], day["screen"], day["medianSeconds"]) == (3, 1, 7200)
    day = _asked(api, company, "manager", until="2026-10-10", departmentId=team_id)["total"]
    assert (day["paper"], day["screen"], day["medianSeconds"]) == (2, 0, 5400)
    cycle = _asked(api, company, "hr", cycleId=encode_id("Cycle", company.next_cycle.id))["total"]
    assert (cycle["paper"], cycle["screen"], cycle["waiting"]) == (0, 3, [])


def test_who_may_ask_and_for_what(api: Api, database: Database, files: FileStore, company: PaperCompany) -> None:
    for who in ("report", "pmo", "administrator", "committee"):
        assert api.codes(company.viewers[who], QUERY) == ["FORBIDDEN"]
    hr = company.viewers["hr"]
    foreign = make_paper_company(database, files)
    for id_ in (_department(database, foreign, "RD"), unknown_id()):
        assert api.codes(hr, QUERY, {"departmentId": encode_id("Department", id_)}) == ["NOT_FOUND"]
    assert api.codes(hr, QUERY, {"cycleId": encode_id("Cycle", foreign.cycle.id)}) == ["NOT_FOUND"]
    assert api.codes(hr, QUERY, {"since": "2026-10-02", "until": "2026-10-01"}) == ["INVALID"]
    assert _asked(api, company, "hr", since="0002-01-01", until="9998-12-31")["total"] == _row(None, 0, 0)
    for day in ("0001-01-01", "9999-12-31"):  # of which the midnight before or after cannot be said
        (refused,) = api.answer(hr, QUERY, {"until": day})["errors"]
        assert refused["message"].endswith("Date must be a day as YYYY-MM-DD, of the years 2 to 9998.")
    _paper(database, files, foreign, "report", 10, after=60)
    assert _asked(api, company, "hr")["total"] == _row(None, 0, 0)


def _department(database: Database, company: PaperCompany, code: str) -> uuid.UUID:
    with database.begin(company.scope) as session:
        return session.scalars(sa.select(Department.id).where(Department.code == code)).one()
