"""Notifications carried on by real deliveries to servers of this machine: what arrives, when, and what does not."""

from __future__ import annotations

import datetime
import json
import socketserver
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from db.channels import ChannelKind, DeliveryReason
from db.files import FileStore
from db.inbox import notify
from db.jobs import claim_due
from db.models.channels import DeliveryState, NotificationChannel, NotificationDelivery, QuietChoice
from db.models.inbox import Notification, NotificationCode
from db.models.jobs import Job, JobState
from db.models.people import Organization, PersonIdentity, RoleGrant
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Role, Viewer, system_viewer
from resolvers.channels import carrying, configuring, preferences
from resolvers.channels.configuring import ChannelDraft, create_channel
from resolvers.inbox import global_id
from resolvers.rules.addresses import Letter, accepted
from resolvers.sealing import SealError
from tests.clock import Clock
from tests.conftest import MakeSettings
from tests.factories import make_department, make_organization, make_person, viewer_of
from tests.workers.desk import LEASE, Desk, open_desk
from workers import messenger, sandbox

CODE = NotificationCode
NOON = "2026-11-23T12:00:00+08:00"
HOUSE = ["127.0.0.1"]


@dataclass
class Post:
    """Stands for a service: keeps what it is given and answers as it is told."""

    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    hangs_up: bool = False
    mails: list[tuple[list[str], str]] = field(default_factory=list)
    mail_port: int = 0

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"


@pytest.fixture(scope="module")
def _servers() -> Iterator[Post]:
    post = Post()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            post.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            if post.hangs_up:
                self.close_connection = True
                return
            self.send_response(post.status)
            self.send_header("content-length", "0")
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    class Mail(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            receivers: list[str] = []
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"RCPT":
                    receivers.append(line.decode().partition("<")[2].partition(">")[0])
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    content = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        content += part
                    post.mails.append((receivers, content.decode()))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 good\r\n")
                if word == b"QUIT":
                    return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
    threads = [threading.Thread(target=server.serve_forever) for server in (http, mail)]
    for thread in threads:
        thread.start()
    post.port, post.mail_port = http.server_address[1], mail.server_address[1]
    yield post
    for server, thread in zip((http, mail), threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def post(_servers: Post) -> Post:
    _servers.got.clear()
    _servers.mails.clear()
    _servers.status, _servers.hangs_up = 200, False
    return _servers


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, NOON)


ON_BOTH = pytest.mark.parametrize(
    "settings", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For what rows and locks decide; the rest is the same on either database, and each message costs a child."""


@pytest.fixture
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Settings:
    """The operator allows this machine, and says where people reach the product."""
    return make_settings(
        getattr(request, "param", "sqlite"),
        notification_hosts=HOUSE,
        internal_hosts=HOUSE,
        public_url="https://goals.example/",
    )


@dataclass
class Town:
    """An organisation with HR, a manager in Shanghai and a report in New York, and the desk where its jobs are run."""

    desk: Desk
    settings: Settings
    organization: Organization
    hr: Viewer
    manager: Viewer
    report: Viewer

    def channel(self, viewer: Viewer, url: str, *codes: NotificationCode, **values: Any) -> NotificationChannel:
        given = {"name": "群", "kind": ChannelKind.OTHER, "own": False, **values}
        with self.desk.database.begin(self.scope) as session:
            return create_channel(session, viewer, ChannelDraft(url=url, codes=codes, **given), self.settings)

    def tell(self, viewer: Viewer, code: NotificationCode, key: str = "key", **params: Any) -> None:
        assert viewer.person_id is not None
        with self.desk.database.begin(self.scope) as session:
            told, system = [viewer.person_id], system_viewer(self.organization.id)
            notify(session, system, told, code, key=key, params=params, subject=("ProjectTask", self.organization.id))

    def rows(self, model: type[Any]) -> list[Any]:
        with self.desk.database.begin(self.scope, write=False) as session:
            return list(session.scalars(sa.select(model).order_by(model.id)))

    def states(self) -> list[tuple[DeliveryState, DeliveryReason | None, int]]:
        return [(row.state, row.reason, row.attempts) for row in self.rows(NotificationDelivery)]

    @property
    def scope(self) -> Scope:
        return Scope(self.organization.id)

    def run(self, times: int = 1) -> None:
        """Run what is due by the simulated clock."""
        for _ in range(times):
            with self.desk.relay.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
                claims = claim_due(connection, limit=20, lease=LEASE)
            for claim in claims:
                self.desk.runner.run(claim.job_id, claim.organization_id)


@pytest.fixture
def town(settings: Settings, database: Database, files: FileStore, clock: Clock) -> Iterator[Town]:
    organization = make_organization(database)
    with database.begin(Scope(organization.id)) as session:
        boss = make_person(session, organization, "王立国", roles=(Role.MANAGER,))
        report = make_person(
            session,
            organization,
            "Ann Lee",
            manager=boss,
            locale="en",
            department=make_department(session, organization),
        )
        report.timezone = "America/New_York"
        hr = make_person(session, organization, roles=(Role.HR,))
        viewers = viewer_of(hr, Role.HR), viewer_of(boss, Role.MANAGER), viewer_of(report)
    with open_desk(settings, database, files, organization.id) as desk:
        yield Town(desk, settings, organization, *viewers)


@ON_BOTH
def test_a_line_goes_to_the_group_once_and_to_whoever_it_is_for(town: Town, post: Post, clock: Clock) -> None:
    town.channel(town.hr, post.url, CODE.TASK_BLOCKED)
    town.channel(town.hr, post.url, CODE.TASK_BLOCKED, name="别的部门", person_ids=[town.hr.person_id])
    town.tell(town.manager, CODE.TASK_BLOCKED, hours=2, level=1)
    town.tell(town.manager, CODE.TASK_BLOCKED, hours=2, level=1)  # under the same key
    town.tell(town.manager, CODE.TASK_FREED, key="other")
    town.run(3)
    link = f"https://goals.example/tasks/{global_id('ProjectTask', town.organization.id)}"
    text = "致 王立国：有任务逾期 2 个工作小时仍未更新状态（第 1 级预警），请协助处理。"
    assert [(got["title"], got["message"]) for got in post.got] == [("Throughline 提醒", f"{text}\n{link}")]
    (first,) = town.rows(NotificationDelivery)
    assert (first.state, first.reason, first.attempts) == (DeliveryState.SENT, None, 1)
    # Every job once more, with what it was given: nothing is planned or sent again.
    for job in town.rows(Job):
        town.desk.put(job.name, system_viewer(town.organization.id), **job.args)
    town.run(3)
    assert (len(post.got), town.states()) == (1, [(DeliveryState.SENT, None, 1)])
    assert {job.state for job in town.rows(Job)} == {JobState.DONE}


def test_mail_reaches_each_at_their_own_address_after_their_own_night(town: Town, post: Post, clock: Clock) -> None:
    url = f"mailto://127.0.0.1:{post.mail_port}?from=bot@goals.example&mode=insecure"
    town.channel(town.hr, url, CODE.FEEDBACK_RECEIVED, CODE.TASK_BLOCKED, kind=ChannelKind.EMAIL, to_each=True)
    town.tell(town.manager, CODE.FEEDBACK_RECEIVED)
    town.tell(town.report, CODE.FEEDBACK_RECEIVED)  # it is 23:00 in New York
    town.run(2)
    with town.desk.database.begin(town.scope, write=False) as session:
        mails: dict[uuid.UUID | None, str] = {
            row.person_id: row.email for row in session.scalars(sa.select(PersonIdentity))
        }
    assert [receivers for receivers, _ in post.mails] == [[mails[town.manager.person_id]]]
    waiting = next(row for row in town.rows(NotificationDelivery) if row.person_id == town.report.person_id)
    assert waiting.next_try_at == datetime.datetime.fromisoformat("2026-11-23T08:00:00-05:00")
    clock.set("2026-11-23T07:59:00-05:00")
    town.run()
    assert len(post.mails) == 1
    clock.set("2026-11-23T08:00:00-05:00")
    town.run()
    (_, (receivers, content)) = post.mails
    assert receivers == [mails[town.report.person_id]]
    assert "A colleague gave you feedback." in content
    assert "Subject: Throughline: something for you" in content


def test_quiet_hours_of_ones_own_and_what_passes_them(town: Town, post: Post, clock: Clock) -> None:
    town.channel(town.hr, post.url, CODE.TASK_BLOCKED, CODE.TASK_FREED)
    noon = (11 * 60, 13 * 60)
    with town.desk.database.begin(town.scope) as session:
        preferences.set_policy(session, town.hr, None, [CODE.TASK_BLOCKED], None)
        preferences.set_preference(session, town.manager, QuietChoice.OWN, noon, {}, expected_version=None)
    town.tell(town.manager, CODE.TASK_BLOCKED, hours=2, level=1)
    town.tell(town.manager, CODE.TASK_FREED, key="freed")
    town.tell(town.report, CODE.TASK_FREED, key="freed")  # at night, but the organisation has no quiet hours
    town.run(2)
    assert sorted(got["message"][:9] for got in post.got) == ["For Ann L", "致 王立国：有任务"]
    with town.desk.database.begin(town.scope) as session:  # read in the inbox meanwhile
        read = sa.update(Notification).where(Notification.code == CODE.TASK_FREED)
        session.execute(read.values(read_at=clock.moment))
    clock.set("2026-11-23T13:00:00+08:00")
    town.run()
    assert len(post.got) == 2
    dropped = [row for row in town.rows(NotificationDelivery) if row.state is DeliveryState.DROPPED]
    assert [(row.person_id, row.reason) for row in dropped] == [(town.manager.person_id, DeliveryReason.READ)]


def test_muted_own_and_private(town: Town, post: Post) -> None:
    group = town.channel(town.hr, post.url, CODE.TASK_FREED, CODE.TASK_BLOCKED)
    own = town.channel(town.manager, post.url, CODE.FEEDBACK_RECEIVED, own=True)
    with town.desk.database.begin(town.scope) as session:
        muted = {group.id: [CODE.TASK_FREED]}
        preferences.set_preference(session, town.manager, QuietChoice.NONE, None, muted, expected_version=None)
    for code in (CODE.TASK_FREED, CODE.FEEDBACK_RECEIVED):
        town.tell(town.manager, code, key=code.value)
        town.tell(town.hr, code, key=code.value)
    town.run(2)
    sent = {(row.channel_id, row.person_id) for row in town.rows(NotificationDelivery)}
    assert sent == {(own.id, town.manager.person_id), (group.id, town.hr.person_id)}
    with town.desk.database.begin(town.scope) as session:
        configuring.remove_channel(session, town.manager, own.id, None)
    town.tell(town.manager, CODE.FEEDBACK_RECEIVED, key="later")
    town.run(2)
    assert len(post.got) == 2
    (removed,) = [row for row in town.rows(NotificationChannel) if row.id == own.id]
    assert removed.sealed_url == ""


@ON_BOTH
def test_what_a_channel_no_longer_carries_by_morning_stays(town: Town, post: Post, clock: Clock) -> None:
    other_codes = town.channel(town.hr, post.url, CODE.TASK_FREED, CODE.TASK_BLOCKED)
    other_people = town.channel(town.hr, post.url, CODE.TASK_FREED)
    town.tell(town.report, CODE.TASK_FREED)  # it is 23:00 in New York
    town.run()
    assert town.states() == [(DeliveryState.WAITING, None, 0)] * 2
    with town.desk.database.begin(town.scope) as session:
        for channel, change in (
            (other_codes, {"codes": [CODE.TASK_BLOCKED]}),
            (other_people, {"person_ids": [town.manager.person_id]}),
        ):
            configuring.update_channel(session, town.hr, channel.id, change, settings=town.settings, expected_version=1)
    clock.set("2026-11-23T08:00:00-05:00")
    town.run()
    assert (post.got, town.states()) == ([], [(DeliveryState.DROPPED, DeliveryReason.CHANNEL_GONE, 0)] * 2)


def test_a_test_goes_out_for_who_may_still_ask_for_it(town: Town, post: Post, clock: Clock) -> None:
    channel = town.channel(town.hr, post.url, CODE.TASK_FREED)

    def asked() -> tuple[datetime.datetime | None, DeliveryReason | None]:
        with town.desk.database.begin(town.scope) as session:
            configuring.ask_for_test(session, town.hr, channel.id)
        town.run()
        (kept,) = town.rows(NotificationChannel)
        return kept.tested_at, kept.test_reason

    assert asked() == (clock.moment, None)
    assert [got["message"] for got in post.got] == [carrying.TEST_TEXTS[0]]
    first = clock.moment
    clock.set("2026-11-23T13:00:00+08:00")
    with town.desk.database.begin(town.scope) as session:
        session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == town.hr.person_id))
    assert asked() == (first, None)
    assert len(post.got) == 1


def test_a_refusal_is_tried_again_and_then_given_up_and_told_once(
    town: Town, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "PAUSES", (datetime.timedelta(minutes=1),))
    channel = town.channel(town.hr, post.url, CODE.TASK_FREED, CODE.TASK_BLOCKED)
    with town.desk.database.begin(town.scope) as session:
        preferences.set_policy(session, town.hr, None, [], None)
    post.status = 404
    for key in ("one", "two"):
        town.tell(town.manager, CODE.TASK_FREED, key=key)
    town.run(2)
    assert town.states() == [(DeliveryState.WAITING, DeliveryReason.REFUSED, 1)] * 2
    clock.set(clock.moment + datetime.timedelta(minutes=1))
    town.run()
    assert (len(post.got), town.states()) == (4, [(DeliveryState.FAILED, DeliveryReason.REFUSED, 2)] * 2)
    told = [row for row in town.rows(Notification) if row.code is CODE.CHANNEL_FAILED]
    assert [(row.person_id, row.subject_id) for row in told] == [(town.hr.person_id, channel.id)]
    assert town.rows(NotificationChannel)[0].version == channel.version
    post.status = 302  # a redirect is not followed
    town.tell(town.manager, CODE.TASK_FREED, key="three")
    town.run(2)
    assert town.states()[2:] == [(DeliveryState.WAITING, DeliveryReason.REFUSED, 1)]
    post.status = 200
    clock.set(clock.moment + datetime.timedelta(minutes=1))
    town.run()
    assert town.states()[2:] == [(DeliveryState.SENT, None, 2)]
    assert town.rows(NotificationChannel)[0].failing_since is None


@ON_BOTH
def test_what_may_have_arrived_is_not_sent_again(town: Town, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    town.channel(town.hr, post.url, CODE.TASK_FREED)
    post.hangs_up = True
    town.tell(town.manager, CODE.TASK_FREED)
    town.run(3)
    assert (len(post.got), town.states()) == (1, [(DeliveryState.UNKNOWN, DeliveryReason.NO_ANSWER, 1)])
    # The worker dies after sending: the job's next run finds the mark, says so, and sends nothing.
    post.hangs_up = False
    town.tell(town.manager, CODE.TASK_FREED, key="second")
    town.run()

    def dies(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    real: Callable[..., Any] = sandbox.run
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", dies)
        with pytest.raises(KeyboardInterrupt):
            town.run()
    assert town.states()[1:] == [(DeliveryState.SENDING, None, 1)]
    with town.desk.database.begin(town.scope) as session:  # its lease runs out
        session.execute(sa.update(Job).where(Job.state == JobState.RUNNING).values(state=JobState.QUEUED))
    town.run(2)
    assert (len(post.got), town.states()[1:]) == (2, [(DeliveryState.UNKNOWN, DeliveryReason.NO_ANSWER, 1)])


OUTSIDE = ["goals.example"]
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


@pytest.mark.parametrize(
    ("kind", "url", "lists", "outcome"),
    [
        (ChannelKind.OTHER, "json://127.0.0.1:{port}/hook", (HOUSE, []), "PRIVATE_ADDRESS"),
        (ChannelKind.OTHER, "json://localhost:{port}/hook", (HOUSE, HOUSE), "HOST_NOT_ALLOWED"),
        (ChannelKind.OTHER, "json://127.0.0.1:1/hook", (HOUSE, HOUSE), "UNREACHABLE"),
        (ChannelKind.OTHER, "syslog://", (HOUSE, HOUSE), "URL_INVALID"),
        (ChannelKind.SLACK, "json://127.0.0.1:{port}/hook", (HOUSE, HOUSE), "URL_INVALID"),
        (
            ChannelKind.EMAIL,
            "mailto://goals.example?smtp=127.0.0.1&mode=insecure&from=a@goals.example",
            (OUTSIDE, []),
            "HOST_NOT_ALLOWED",
        ),
        # Apprise reads these as of their kind; their hosts are then not on the list.
        (ChannelKind.DINGTALK, "dingtalk://SECabc@0123abc", (HOUSE, HOUSE), "HOST_NOT_ALLOWED"),
        (ChannelKind.WECOM, "wecombot://693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa", (HOUSE, HOUSE), "HOST_NOT_ALLOWED"),
        (ChannelKind.FEISHU, "feishu://0123-abc", (HOUSE, HOUSE), "HOST_NOT_ALLOWED"),
        (ChannelKind.SLACK, SLACK, (HOUSE, HOUSE), "HOST_NOT_ALLOWED"),
    ],
)
def test_where_nothing_may_go(
    post: Post, kind: ChannelKind, url: str, lists: tuple[list[str], list[str]], outcome: str
) -> None:
    to = "ann@goals.example" if kind is ChannelKind.EMAIL else None
    letter = Letter(kind, url.format(port=post.port), to, "title", "body")
    assert sandbox.run(messenger.SENDING, messenger.send, letter, *lists) == outcome
    assert (post.got, post.mails) == ([], [])


@pytest.mark.parametrize(
    ("kind", "answer", "verdict"),
    [
        (ChannelKind.DINGTALK, {"errcode": 0, "errmsg": "ok"}, True),
        (ChannelKind.DINGTALK, {"errcode": 310000, "errmsg": "keywords not in content"}, False),
        (ChannelKind.WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, False),
        (ChannelKind.WECOM, "<html>", None),
        (ChannelKind.FEISHU, {"StatusCode": 0, "code": 0}, True),
        (ChannelKind.FEISHU, {"code": 19024, "msg": "Key Words Not Found"}, False),
        (ChannelKind.SLACK, None, True),
    ],
)
def test_a_robot_says_no_with_status_200(kind: ChannelKind, answer: object, verdict: bool | None) -> None:
    assert accepted(kind, answer) is verdict


def test_an_address_is_kept_sealed(town: Town, post: Post) -> None:
    channel = town.channel(town.hr, post.url, CODE.TASK_FREED)
    assert "127.0.0.1" not in channel.sealed_url
    assert configuring.url_of(town.settings, channel) == post.url
    assert configuring.shown_address(town.settings, channel) == "json://…"
    changed = town.settings.model_copy(
        update={"secret": type(town.settings.secret)("another secret of 32 characters.")}
    )
    with pytest.raises(SealError):
        configuring.url_of(changed, channel)
    other = town.channel(town.hr, post.url, CODE.TASK_FREED)
    other.sealed_url = channel.sealed_url
    with pytest.raises(SealError):
        configuring.url_of(town.settings, other)
