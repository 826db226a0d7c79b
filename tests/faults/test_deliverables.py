"""Deliverables under killed workers, the same file twice at once, and files that kill their reader."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.files import FileStore
from db.models.events import Event
from db.models.inbox import Notification, NotificationCode
from db.models.projects.deliverables import Deliverable, DeliverableFile, DeliverableStatus, Reading
from db.models.projects.flags import Flag, FlagEvaluation
from db.models.projects.templates import DeliverableTemplate
from db.queries.projects.flags import FLAG_CHANGED
from db.session import Database
from db.settings import Settings
from resolvers.projects import reading
from resolvers.projects.submission import DeliverableDraft, submit_deliverable
from resolvers.projects.templates import TemplateDraft
from tests.deliverables import office
from tests.faults.killing import Watch, fleet, kill_midway
from tests.paper import PaperCompany, make_paper_company
from tests.projects import judge_p95, publish, report
from workers import deliverables
from workers.deliverables import DeliverableReader
from workers.sandbox import Limits, SandboxError

REPORTS = 4
TOLD_OF_RED = ("report", "manager", "pmo")


@dataclass(frozen=True)
class Site:
    """A company with a template and its threshold, on a database of its own."""

    settings: Settings
    database: Database
    files: FileStore
    company: PaperCompany
    template: DeliverableTemplate

    def begin(self, *, write: bool = True) -> AbstractContextManager[Session]:
        return self.database.begin(self.company.scope, write=write)

    def hand_in(self, content: bytes, who: str = "report", template: DeliverableTemplate | None = None) -> Deliverable:
        draft = DeliverableDraft(content, "report.md", (template or self.template).id)
        with self.begin() as session:
            return submit_deliverable(session, self.company.viewers[who], self.files, draft)

    def read(self, made: Deliverable) -> DeliverableFile:
        """What the job does with the newest file, and how the file stands then."""
        viewer = self.company.viewers["report"]
        wanted_id = sa.select(DeliverableFile.id).where(DeliverableFile.deliverable_id == made.id)
        with self.begin() as session:
            file_id = session.scalars(wanted_id).one()
            assert reading.begin_reading(session, viewer, file_id)
            wanted = reading.file_to_read(session, viewer, self.files, file_id)
        with DeliverableReader(self.settings) as reader:
            found, pictures = reader.read_whole(
                wanted.content, wanted.filename, wanted.definitions, wanted.requirements
            )
        with self.begin() as session:
            reading.record_reading(session, viewer, self.files, file_id, found, pictures=pictures)
            return session.get_one(DeliverableFile, file_id)


@pytest.fixture
def site(settings: Settings, database: Database, files: FileStore) -> Site:
    company = make_paper_company(database, files)
    with database.begin(company.scope) as session:
        template = publish(session, company.viewers["pmo"])
        judge_p95(session, company.viewers["pmo"], template)
    return Site(settings, database, files, company, template)


def test_a_worker_killed_while_it_reads_leaves_each_file_read_exactly_once(
    site: Site, relay: Database, tmp_path: Path
) -> None:
    made = [site.hand_in(report(900 + number)).id for number in range(REPORTS)]
    watch = Watch(relay, ["deliverables.read"])
    with fleet(site.settings, "workers.process", tmp_path / "log") as workers:
        figures = kill_midway(workers, watch, watch.working, patience=90)
    assert (figures.done, figures.dead) == (REPORTS, 0), (tmp_path / "log").read_text()[-3000:]
    with site.begin(write=False) as session:
        read = Counter(session.scalars(sa.select(Event.subject_id).where(Event.type == "deliverable.read")))
        changed = Counter(session.scalars(sa.select(Event.subject_id).where(Event.type == FLAG_CHANGED)))
        values = Counter(session.scalars(sa.select(Reading.deliverable_file_id)))
        judged = session.execute(sa.select(FlagEvaluation.number, FlagEvaluation.flag)).all()
        told = Counter(
            session.scalars(
                sa.select(Notification.subject_id).where(Notification.code == NotificationCode.DELIVERABLE_RED)
            )
        )
        statuses = session.scalars(sa.select(Deliverable.status)).all()
    assert read == changed == Counter(made)
    assert told == Counter({one: len(TOLD_OF_RED) for one in made})
    assert len(values) == REPORTS
    assert len(set(values.values())) == 1
    assert [tuple(one) for one in judged] == [(1, Flag.RED)] * REPORTS
    assert set(statuses) == {DeliverableStatus.OK}


def test_the_same_file_twice_at_once_is_read_once(site: Site) -> None:
    barrier = threading.Barrier(2)
    failures: list[Exception] = []

    def work() -> None:
        barrier.wait()
        try:
            site.hand_in(report())
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    with site.begin(write=False) as session:
        handed_in = session.scalars(sa.select(DeliverableFile).order_by(DeliverableFile.status)).all()
    assert [file.status for file in handed_in] == [DeliverableStatus.SUPERSEDED, DeliverableStatus.UPLOADED]
    assert handed_in[0].duplicate_of_id == handed_in[1].deliverable_id
    assert handed_in[0].job_id is None


def test_a_duplicate_is_told_only_to_who_may_see_the_first(site: Site) -> None:
    first = site.hand_in(report())
    colleague = site.hand_in(report(), "colleague")
    manager = site.hand_in(report(), "manager")
    with site.begin(write=False) as session:
        found = {file.deliverable_id: file for file in session.scalars(sa.select(DeliverableFile))}
    assert found[colleague.id].duplicate_of_id is None
    assert found[colleague.id].status is DeliverableStatus.UPLOADED
    assert found[manager.id].duplicate_of_id == first.id


def test_files_that_kill_their_reader_end_unreadable_and_say_why(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = site.read(site.hand_in(office.bomb_workbook()))
    assert (ended.status, ended.reason_code) == (DeliverableStatus.UNREADABLE, "too_large")
    definitions = [{"name": "slow", "pattern": r"^(a+)+(?P<value>\d)$"}]
    with site.begin() as session:
        slow = publish(session, site.company.viewers["pmo"], TemplateDraft("慢", "slow", "slow", (), definitions))
    monkeypatch.setattr(deliverables, "EXTRACTING", Limits(seconds=120, processor_seconds=4))
    ended = site.read(site.hand_in(b"a" * 60 + b"! 1\n", template=slow))
    assert (ended.status, ended.reason_code) == (DeliverableStatus.UNREADABLE, "sandbox_timeout")


def test_a_file_that_a_busy_machine_did_not_read_in_time_is_worth_another_try(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site.hand_in(report())
    with monkeypatch.context() as patched:
        patched.setattr(deliverables, "EXTRACTING", Limits(seconds=0.05))
        with pytest.raises(SandboxError) as caught:
            site.read(made)
    assert (caught.value.code, caught.value.again) == ("timeout", True)
    ended = site.read(made)
    assert (ended.status, ended.reason_code) == (DeliverableStatus.OK, None)
