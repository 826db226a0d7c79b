"""A worker dies while a model or a machine works on somebody's words, or just before that is kept: another one does it
again, and what comes of it is there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from db.base import now
from db.files import FileStore
from db.models.briefs import BriefDocument, BriefEvidence, BriefSentence, DocumentStatus
from db.models.events import Event
from db.models.feedback.customers import CustomerComment
from db.models.feedback.growth import GrowthRecording
from db.models.jobs import Job, JobState
from db.models.people import Person
from db.models.rewordings import Rewording, RewordingState
from db.session import Database, Scope
from db.settings import Settings
from schema.app import create
from tests.goal_house import CHECK_IN, House, confirmed, done, make_house, person_id
from tests.ml.brief.test_openai import server
from tests.ml.test_sound import recording
from tests.schema.client import Api
from tests.schema.feedback.test_comment_tables import IMPORT, table
from tests.schema.feedback.test_growth import send
from tests.schema.test_briefs import DOCUMENT, NOTES, ask
from tests.schema.test_rewordings import FOR_NOTE, GIVE, proposal_body
from tests.workers.desk import Desk, open_desk

SAID = "上周三的发布，他没有漏掉检查清单，提前两小时完成。"


class KilledError(BaseException):
    """The process is gone: nothing of it runs any more."""


def die_once(monkeypatch: pytest.MonkeyPatch, place: str) -> list[int]:
    """Let the worker die as soon as the function at `place` has done its work, the first time. Counts the calls."""
    module, _, name = place.rpartition(".")
    real: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
    calls: list[int] = []

    def deadly(*given: Any, **named: Any) -> Any:
        calls.append(len(calls))
        result = real(*given, **named)
        if len(calls) == 1:
            raise KilledError
        return result

    monkeypatch.setattr(place, deadly)
    return calls


@dataclass
class Site:
    api: Api
    house: House
    desk: Desk
    database: Database

    def count(self, counted: sa.Select[Any]) -> int:
        with self.database.begin(Scope(self.house.organization.id), write=False) as session:
            return session.scalar(sa.select(sa.func.count()).select_from(counted.subquery())) or 0

    def survive(self, monkeypatch: pytest.MonkeyPatch, *places: str) -> None:
        """Run what was asked for, dying once at each of the places; afterwards another worker finds the lease over."""
        for place in places:
            calls = die_once(monkeypatch, place)
            with pytest.raises(KilledError):
                self.desk.run()
            with self.database.begin(Scope(self.house.organization.id)) as session:
                (left,) = session.scalars(sa.select(Job).where(Job.state == JobState.RUNNING)).all()
                left.lease_until = now()
            assert calls == [0], place
        self.desk.run()
        assert self.count(sa.select(Job.id).where(Job.state != JobState.DONE)) == 0


@pytest.fixture
def site(settings: Settings, database: Database, files: FileStore) -> Iterator[Site]:
    """A house with notes about the employee, and a worker whose model answers with one text."""
    house = make_house(database)
    with server(200, proposal_body("他在上周三的发布中没有漏掉检查清单，提前两小时完成。")) as (url, _):
        named = {"generator": "openai", "generator_model": "tiny", "generator_url": url, "speech_model": "/nowhere"}
        asks = settings.model_copy(update=named)
        with (
            TestClient(create(settings)) as client,
            open_desk(asks, database, files, house.organization.id) as desk,
        ):
            yield Site(Api(settings, client), house, desk, database)


def test_each_is_done_again_and_is_there_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    api, house = site.api, site.house

    note = done(api, house.colleague, GIVE, receiverId=person_id(house.employee), text=SAID)["feedback"]["id"]
    done(api, house.colleague, FOR_NOTE, feedbackId=note)
    site.survive(monkeypatch, "workers.rewording.propose", "resolvers.rewording.record_proposal")
    assert site.count(sa.select(Rewording.id).where(Rewording.state == RewordingState.PROPOSED)) == 1

    assert send(api, house.employee, recording())["errors"] == []
    site.survive(monkeypatch, "workers.voice.run_in_child", "resolvers.feedback.voice.record_silence")
    assert site.count(sa.select(GrowthRecording.id).where(GrowthRecording.reason_code.is_not(None))) == 1

    with site.database.begin(Scope(house.organization.id), write=False) as session:
        number = session.get_one(Person, house.employee.person_id).staff_number
    lines = table(*(["crm", str(at), "2026-11-02", "很快", number, "", "", "", ""] for at in range(3)))
    api.upload(house.hr, IMPORT, {"input": {"file": None}}, {"variables.input.file": ("c.csv", lines.encode())})
    site.survive(monkeypatch, "workers.table_imports.run_in_child", "resolvers.feedback.comment_imports.record_import")
    assert site.count(sa.select(CustomerComment.id)) == 3

    goal_id = confirmed(api, house.employee, house.manager, house)
    for who, words in NOTES:
        done(api, getattr(house, who), CHECK_IN, goalId=goal_id, note=words)
    brief = ask(api, house.manager, house)
    site.survive(monkeypatch, "workers.briefs.compose", "resolvers.briefs.writing.record_text")
    with site.database.begin(Scope(house.organization.id), write=False) as session:
        places = Counter(session.scalars(sa.select(BriefSentence.position)))
        pieces = Counter(session.scalars(sa.select(BriefEvidence.position)))
    assert places
    assert pieces
    assert set(places.values()) == set(pieces.values()) == {1}

    done(api, house.manager, DOCUMENT, briefId=brief["id"], format="HTML")
    site.survive(monkeypatch, "workers.briefs.rendered", "resolvers.briefs.documents.record_document")
    assert site.count(sa.select(BriefDocument.id).where(BriefDocument.status == DocumentStatus.DONE)) == 1

    with site.database.begin(Scope(house.organization.id), write=False) as session:
        told = Counter(session.scalars(sa.select(Event.type)))
    once = ("rewording.answered", "growth_entry.heard", "brief.written", "brief_document.requested")
    assert {name: told[name] for name in once} == dict.fromkeys(once, 1)
