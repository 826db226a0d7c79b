"""A table of 5,000 goals through the worker's job: how long it takes, and how much memory."""

from __future__ import annotations

import io
import resource
import time
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from db.files import FileStore
from db.models.goal_updates import GoalImport, TransferStatus
from db.session import Database, Scope
from db.settings import Settings
from resolvers.goals import imports
from tests.goal_forest import DEPARTMENT_SIZE, DEPARTMENTS, plant
from tests.workers.desk import Desk
from workers import goals as jobs
from workers.reading import ReadingProcess
from workers.registry import Services
from workers.running import Runner

assert jobs.import_goals is not None  # the module's import registers its jobs

GOALS = imports.MAXIMUM_GOALS
ABOVE = 50
"""Goals at the top of the table; all others serve one of them."""
HEADER = ("编号", "目标", "类型", "层级", "责任人工号", "上级编号", "衡量标准", "单位", "起点", "目标值", "数据来源")


def measure_import(settings: Settings) -> dict[str, Any]:
    """Seconds from the queued job to its end, and the most memory that the process ever held, in MB.

    Each goal has two measures, so the table has twice as many rows; the organisation has 10,000 people.
    """
    database, relay = Database(settings), Database(settings, url=settings.relay_url)
    name = make_url(settings.url).database
    assert name is not None
    forest = plant(database, name, 1_000)
    files = FileStore(settings.files_url)
    reading = ReadingProcess(settings)  # never started: no picture is read here
    runner = Runner(Services(settings, database, files, reading))
    runner.heart.start()
    desk = Desk(database, relay, runner, forest.organization_id)
    content = _table()
    before = _most_memory()
    with database.begin(Scope(forest.organization_id)) as session:
        wanted = imports.request_import(session, forest.hr, files, content, forest.cycle.id, dry_run=False).id
    begin = time.perf_counter()
    desk.run()
    seconds = time.perf_counter() - begin
    with database.begin(Scope(forest.organization_id), write=False) as session:
        made = session.get_one(GoalImport, wanted)
        if made.status is not TransferStatus.DONE or made.created != GOALS:
            raise RuntimeError(f"{made.status}, {made.created} goals, {made.errors[:3]}")
    runner.heart.stop()
    reading.close()
    relay.close()
    database.close()
    return {
        "goals": GOALS,
        "table_kb": len(content) >> 10,
        "seconds": round(seconds, 1),
        "memory_mb_before": before,
        "memory_mb_most": _most_memory(),
    }


def _table() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for number in range(GOALS):
        owner = f"P{number % (DEPARTMENTS * DEPARTMENT_SIZE)}"
        above = f"G{number % ABOVE}" if number >= ABOVE else ""
        sheet.append(
            [f"G{number}", f"把第 {number} 项指标做好", "KEY_TASK", "PERSON", owner, above,
             "完成率", "%", "0", "100", "MANUAL"]
        )  # fmt: skip
        sheet.append(["", "", "", "", "", "", "及时率", "%", "60", "95", "FEED"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
