"""Tables of goals: sent, checked row by row, created all or none, and written again."""

from __future__ import annotations

import csv
import datetime
import io
import uuid
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from db.base import now
from db.files import FileStore
from db.models.events import AccessedResource, AccessEvent
from db.models.files import StoredFile
from db.models.goal_updates import GoalExport, GoalHealthCheck, GoalImport, TableFormat, TransferStatus
from db.models.goals import Goal, GoalKind, GoalLevel, GoalStatus, Measure
from db.models.jobs import JobState
from db.models.people import Person
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from resolvers.errors import DomainError, ErrorCode
from resolvers.goals import drafting, exports, imports
from resolvers.goals.inputs import GoalDraft
from tests.goal_house import House, make_house
from tests.statements import counted
from tests.workers.desk import Desk
from workers import goals as jobs
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

assert jobs.import_goals is not None  # the module's import registers its jobs

HEADER = "编号,目标,类型,层级,责任人工号,部门编码,上级编号,权重,衡量标准,单位,方向,起点,目标值,数据来源"


@pytest.fixture
def house(database: Database) -> House:
    return make_house(database)


@pytest.fixture
def desk(settings: Settings, database: Database, files: FileStore, house: House) -> Iterator[Desk]:
    relay = Database(settings, url=settings.relay_url)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    runner = Runner(Services(settings, database, files, reading))
    runner.heart.start()
    yield Desk(database, relay, runner, house.organization.id)
    runner.heart.stop()
    reading.close()
    relay.close()


def staff_number(database: Database, viewer: Viewer) -> str:
    with database.begin(Scope(viewer.organization_id), write=False) as session:
        return session.get_one(Person, viewer.person_id).staff_number


def send(
    database: Database, files: FileStore, viewer: Viewer, house: House, content: bytes, *, dry_run: bool = False
) -> uuid.UUID:
    with database.begin(Scope(house.organization.id)) as session:
        return imports.request_import(session, viewer, files, content, house.cycle.id, dry_run=dry_run).id


def outcome(database: Database, house: House, import_id: uuid.UUID) -> GoalImport:
    with database.begin(Scope(house.organization.id), write=False) as session:
        return session.get_one(GoalImport, import_id)


def drafted(database: Database, house: House) -> Sequence[Goal]:
    with database.begin(Scope(house.organization.id), write=False) as session:
        return session.scalars(sa.select(Goal).order_by(Goal.code)).all()


def test_a_table_becomes_drafts_with_measures_and_parents(
    database: Database, files: FileStore, house: House, desk: Desk
) -> None:
    number = staff_number(database, house.employee)
    table = "\n".join(
        [
            HEADER,
            f"P2,把首月留存率提高到 75%,关键任务,个人,{number},,P1,60,留存率,%,提高,62,75,接口",
            ",,,,,,,,投诉率,%,降低,5,2,手工",
            ",,,,,,,,,,,,,",
            f'P1,部门增长,目标,部门,,{house.department.code},,,"收入,万元",万元,提高,"1,000","1,250",',
        ]
    ).encode("gb18030")
    import_id = send(database, files, house.hr, house, table)
    desk.run()
    done = outcome(database, house, import_id)
    assert (done.status, done.rows, done.created, done.errors) == (TransferStatus.DONE, 2, 2, [])
    above, below = drafted(database, house)
    assert (below.parent_id, below.owner_id, below.status) == (above.id, house.employee.person_id, GoalStatus.DRAFT)
    assert above.department_id == house.department.id
    with database.begin(Scope(house.organization.id), write=False) as session:
        measures = session.scalars(sa.select(Measure).order_by(Measure.goal_id, Measure.position)).all()
    assert sorted((measure.name, str(measure.start), str(measure.target)) for measure in measures) == [
        ("投诉率", "5", "2"),
        ("收入,万元", "1000", "1250"),
        ("留存率", "62", "75"),
    ]


def test_a_workbook_in_english_is_read_and_run_dry(
    database: Database, files: FileStore, house: House, desk: Desk
) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Title", "Owner", "Weight", "Remarks nobody knows"])
    sheet.append(["Ship the billing service", staff_number(database, house.employee), 40, datetime.date(2026, 1, 1)])
    buffer = io.BytesIO()
    book.save(buffer)
    import_id = send(database, files, house.manager, house, buffer.getvalue(), dry_run=True)
    desk.run()
    done = outcome(database, house, import_id)
    assert (done.status, done.rows, done.created) == (TransferStatus.DONE, 1, 0)
    assert drafted(database, house) == []


def test_the_statements_of_an_import_do_not_grow_with_its_rows(
    database: Database, files: FileStore, house: House, desk: Desk
) -> None:
    number = staff_number(database, house.employee)

    def sent(first: int, last: int, above: int) -> int:
        lines = [
            f"S{row},目标{row},关键任务,个人,{number},,{f'S{row % above}' if above else ''},,完成率,%,提高,0,100,接口"
            for row in range(first, last)
        ]
        import_id = send(database, files, house.hr, house, "\n".join([HEADER, *lines]).encode())
        with counted() as statements:
            desk.run()
        assert outcome(database, house, import_id).created == last - first
        return len(statements)

    sent(0, 20, above=0)
    assert sent(20, 22, above=20) == sent(22, 62, above=20)


def test_every_wrong_row_is_named_and_nothing_is_created(
    database: Database, files: FileStore, house: House, desk: Desk
) -> None:
    number, boss = staff_number(database, house.employee), staff_number(database, house.hr)
    lines = [
        f"A1,好目标,,,{number},,,,,,,,,",
        ",孤行没有责任人,,,,,,,,,,,,",
        f"A2,陌生人,,,{number}x,,,,,,,,,",
        f"A3,别人的,,,{boss},,,,,,,,,",
        f"A1,重号,,,{number},,,,,,,,,",
        f"A5,循环甲,,,{number},,A6,,,,,,,",
        f"A6,循环乙,,,{number},,A5,,,,,,,",
        f"A7,没有上级,,,{number},,ZZ,,,,,,,",
        f"A8,坏数字,,,{number},,,四十,,,,,,",
        f"A9,坏方向,,,{number},,,,成本,,降低,10,12,",
        f"A10,坏词,梦想,,{number},,,,,,,,,",
    ]
    import_id = send(database, files, house.manager, house, "\n".join([HEADER, *lines]).encode())
    desk.run()
    done = outcome(database, house, import_id)
    assert done.status is TransferStatus.REFUSED
    assert sorted((error["row"], error["column"], error["code"]) for error in done.errors) == [
        (3, "ownerId", "OWNER_REQUIRED"),
        (4, "owner", "NOT_FOUND"),
        (5, "owner", "FORBIDDEN"),
        (6, "code", "CODE_TAKEN"),
        (7, "parent", "GOAL_LOOP"),
        (8, "parent", "GOAL_LOOP"),
        (9, "parent", "NOT_FOUND"),
        (10, "weight", "INVALID"),
        (11, "0", "MEASURE_SCALE"),
        (12, "kind", "INVALID"),
    ]
    assert drafted(database, house) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 not a workbook at all", "FILE_UNREADABLE"),
        (b"\xff\xfe\xff\xff\xff", "FILE_UNREADABLE"),
        ("编号,说明\nO1,没有标题列".encode(), "COLUMN_MISSING"),
    ],
)
def test_what_is_no_table_of_goals_ends_with_a_code(
    database: Database, files: FileStore, house: House, desk: Desk, *, content: bytes, code: str
) -> None:
    import_id = send(database, files, house.hr, house, content)
    desk.run()
    done = outcome(database, house, import_id)
    assert (done.status, [error["code"] for error in done.errors]) == (TransferStatus.REFUSED, [code])


@pytest.mark.parametrize(
    ("content", "code"), [(b"", ErrorCode.FILE_EMPTY), (b"\x00\x01\x02", ErrorCode.FILE_TYPE_UNSUPPORTED)]
)
def test_what_can_be_refused_at_once_is(
    database: Database, files: FileStore, house: House, content: bytes, code: ErrorCode
) -> None:
    with pytest.raises(DomainError) as caught:
        send(database, files, house.hr, house, content)
    assert caught.value.code is code
    with pytest.raises(DomainError) as refused:
        send(database, files, house.employee, house, b"Title\nx")
    assert refused.value.code is ErrorCode.FORBIDDEN


def test_what_is_exported_can_be_imported_and_holds_no_formula(
    database: Database, files: FileStore, house: House, desk: Desk
) -> None:
    number = staff_number(database, house.employee)
    table = f"{HEADER}\nX1,=1+2 秘密,,,{number},,,50,成本,元,降低,-5,-9,手工\n,,,,,,,,次数,,,,12,"
    send(database, files, house.hr, house, table.encode())
    desk.run()
    with database.begin(Scope(house.organization.id)) as session:
        for goal in session.scalars(sa.select(Goal)):
            drafting.propose_goal(session, house.employee, goal.id, None)
        made = {
            format_: exports.request_export(session, house.manager, house.cycle.id, None, format_).id
            for format_ in TableFormat
        }
        hidden = exports.request_export(session, house.colleague, house.cycle.id, None, TableFormat.CSV).id
    desk.run()
    with database.begin(Scope(house.organization.id), write=False) as session:
        contents = {
            export_id: files.read(session.get_one(StoredFile, session.get_one(GoalExport, export_id).file_id))
            for export_id in (*made.values(), hidden)
        }
    rows = list(csv.DictReader(io.StringIO(contents[made[TableFormat.CSV]].decode("utf-8-sig"))))
    assert [row["目标"] for row in rows] == ["'=1+2 秘密", ""]
    assert [(row["衡量标准"], row["起点"], row["目标值"]) for row in rows] == [("成本", "-5", "-9"), ("次数", "", "12")]
    book = load_workbook(io.BytesIO(contents[made[TableFormat.XLSX]]))
    assert [sheet.title for sheet in book] == ["Goals", "Help"]
    assert book["Goals"]["B2"].value == "'=1+2 秘密"
    assert len(contents[hidden].decode("utf-8-sig").strip().splitlines()) == 1  # a colleague sees no proposed goal
    with database.begin(Scope(house.organization.id)) as session:
        for goal in session.scalars(sa.select(Goal)):
            drafting.withdraw_goal(session, house.employee, goal.id, None)
            goal.code = None
    send(database, files, house.hr, house, contents[made[TableFormat.XLSX]])
    desk.run()
    again = [goal for goal in drafted(database, house) if goal.status is GoalStatus.DRAFT]
    assert [(goal.title, goal.code, str(goal.weight)) for goal in again] == [("=1+2 秘密", "X1", "50")]


def test_who_takes_goals_out_is_noted_for_their_owners(
    database: Database, files: FileStore, house: House, desk: Desk
) -> None:
    number, boss = staff_number(database, house.employee), staff_number(database, house.manager)
    send(database, files, house.hr, house, f"{HEADER}\nX1,一,,,{number}\nX2,二,,,{number}\nX3,三,,,{boss}".encode())
    desk.run()
    with database.begin(Scope(house.organization.id)) as session:
        for goal in session.scalars(sa.select(Goal)).all():
            drafting.propose_goal(session, house.hr, goal.id, None)
        export_id = exports.request_export(session, house.manager, house.cycle.id, None, TableFormat.CSV).id
        exports.request_export(session, house.colleague, house.cycle.id, None, TableFormat.CSV)
    desk.run()
    with database.begin(Scope(house.organization.id), write=False) as session:
        noted = session.scalars(sa.select(AccessEvent)).all()
    assert [(each.actor_id, each.subject_id, each.resource, each.resource_id) for each in noted] == [
        (house.manager.person_id, house.employee.person_id, AccessedResource.GOAL_EXPORT, export_id)
    ]  # once for both goals, not for the manager's own, and not where nothing was seen


def test_health_checks_are_opened_by_a_job_of_the_system(database: Database, house: House, desk: Desk) -> None:
    with database.begin(Scope(house.organization.id)) as session:
        goal_id = drafting.create_goal(
            session,
            house.employee,
            GoalDraft(
                house.cycle.id,
                GoalKind.OBJECTIVE,
                GoalLevel.PERSON,
                "目标",
                owner_id=house.employee.person_id,
            ),
        ).id
        drafting.propose_goal(session, house.employee, goal_id, None)
        drafting.confirm_goal(session, house.manager, goal_id, None)
    for _ in range(2):
        job_id = desk.put("goals.open_health_checks", due=now().isoformat(), zone="Asia/Shanghai")
        desk.run()
        assert desk.row(job_id).state is JobState.DONE
    with database.begin(Scope(house.organization.id), write=False) as session:
        checks = session.scalars(sa.select(GoalHealthCheck)).all()
    assert [(check.person_id, check.reviewer_id) for check in checks] == [
        (house.employee.person_id, house.manager.person_id)
    ]
