"""Goals at scale on PostgreSQL: 100,000 in one organisation, six levels deep.

Each use case against the bare statements that fetch its rows, the tree through GraphQL against a hand-written
endpoint, and the last page of a list against the first. All in one run; `python -m tests.bench.goals` prints the
figures.
"""

from __future__ import annotations

import datetime
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from db.base import now
from db.models.goals import Goal
from db.queries import goals
from db.queries.logins import load_viewer
from db.queries.paging import Order, PageRequest, fetch_page
from db.session import Database, Scope
from db.settings import Settings
from db.viewer import Viewer
from resolvers import tokens
from resolvers.goals import overview, standing
from schema.app import spare_collection
from schema.relay import encode_id
from tests.bench import raw_goals
from tests.bench.api import _served
from tests.bench.goal_imports import measure_import
from tests.databases import superuser, temporary_postgresql
from tests.goal_forest import Forest, plant
from tests.servers import SERVERS

GOALS = 100_000
ROUNDS = 9
BUSY_SECONDS = 1.5
PAGE_SIZE = 100
QUERY = """query Tree($cycle: ID!, $root: ID!) { goalTree(cycleId: $cycle, rootId: $root) {
  goal { id title status } parentId depth standing { progress health } } }"""
BY_MAKING = Order((Goal.id,))


def measure() -> dict[str, Any]:
    """Milliseconds and ratios; empty where PostgreSQL does not answer. Takes a minute or two."""
    if not SERVERS["postgresql"].answers():
        return {}
    with temporary_postgresql() as urls, tempfile.TemporaryDirectory() as home:
        # First, because a process never forgets the most memory that it held.
        imported = measure_import(Settings(home=Path(home), **urls))
    with temporary_postgresql() as urls, tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), **urls)
        database = Database(settings)
        name = make_url(settings.url).database
        assert name is not None
        forest = plant(database, name, GOALS)
        figures = {
            "goals": GOALS,
            "use_cases": _use_cases(database, settings, forest),
            "graphql": _graphql(settings, forest, {"THROUGHLINE_HOME": home, **_environment(urls)}),
            "pages": _pages(database, forest),
            "import": imported,
        }
        database.close()
    return figures


def _use_cases(database: Database, settings: Settings, forest: Forest) -> dict[str, Any]:
    """Each, from finding the viewer on, as (use case) ÷ (bare SQL of the same rows); the goal is at most 3."""
    owner = _an_owner(database, forest)

    def tree(session: Session, viewer: Viewer) -> int:
        return len(overview.goal_tree(session, viewer, forest.cycle.id, forest.branch_id))

    def goal_map(session: Session, viewer: Viewer) -> int:
        found = overview.goal_map(session, viewer, forest.cycle.id, forest.department_id)
        return sum(len(cell.goal_ids) for cell in found.cells)

    def page(session: Session, viewer: Viewer) -> int:
        wanted = goals.Wanted(cycle_id=forest.cycle.id, owner_id=owner)
        statement = goals.filtered(goals.visible_to(session, viewer), wanted)
        found = fetch_page(session, statement, BY_MAKING, PageRequest(50)).rows
        return len(standing.standings(session, viewer, found))

    by_manager, by_employee = _asked(forest, forest.manager), _asked(forest, forest.employee)
    pairs: dict[str, tuple[Callable[[Session, Viewer], int], str, raw_goals.Asked]] = {
        "subtree": (tree, raw_goals.TREE, replace(by_manager, root=forest.branch_id)),
        "map_of_500_people": (goal_map, raw_goals.MAP, replace(by_manager, department=forest.department_id)),
        "page_of_one_person": (page, raw_goals.PAGE, replace(by_employee, owner=owner)),
    }
    figures: dict[str, Any] = {}
    spare_collection()  # as the API does when it starts
    with raw_goals.connect(settings.url) as connection:
        for name, (work, statement, asked) in pairs.items():
            counts: dict[str, int] = {}

            def use_case(
                work: Callable[[Session, Viewer], int] = work,
                asked: raw_goals.Asked = asked,
                counts: dict[str, int] = counts,
            ) -> None:
                with database.begin(Scope(forest.organization_id), write=False) as session:
                    viewer = load_viewer(session, asked.viewer)
                    assert viewer is not None
                    counts["use_case"] = work(session, viewer)

            def bare(
                statement: str = statement, asked: raw_goals.Asked = asked, counts: dict[str, int] = counts
            ) -> None:
                counts["bare"] = len(raw_goals.rows(connection, statement, asked)[0])

            works: dict[str, Callable[[], None]] = {"use_case": use_case, "bare": bare}
            seconds = _medians(works)
            if counts["use_case"] != counts["bare"]:
                raise RuntimeError(f"{name}: {counts} rows are not the same")
            busy = {each: _busy_seconds(one, _servers(settings)) for each, one in works.items()}
            figures[name] = {
                **_figures(seconds, "use_case", "bare"),
                "processor_ratio": round(busy["use_case"] / busy["bare"], 2),
                "goals": counts["bare"],
            }
    return figures


def _graphql(settings: Settings, forest: Forest, environment: dict[str, str]) -> dict[str, Any]:
    """The tree of 2,000 through the API as a share of the hand-written endpoint's speed; the goal is at least 0.20."""
    token = tokens.issue(settings, _subject(forest.manager), datetime.timedelta(hours=1))
    variables = {"cycle": encode_id("Cycle", forest.cycle.id), "root": encode_id("Goal", forest.branch_id)}
    body = json.dumps({"query": QUERY, "variables": variables})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    asked = "&".join(f"{name}={value}" for name, value in vars(_asked(forest, forest.manager)).items())
    asked += f"&root={forest.branch_id}"
    with (
        _served("schema.app:create", environment) as api,
        _served("tests.bench.raw_goals:create", environment) as raw,
    ):
        answers: dict[str, Any] = {}

        def ask(name: str, call: Callable[[], bytes]) -> Callable[[], None]:
            return lambda: answers.__setitem__(name, call())

        seconds = _medians(
            {
                "api": ask("api", lambda: api.call("POST", "/graphql", body, headers)),
                "raw": ask("raw", lambda: raw.call("GET", f"/tree?{asked}", None, {})),
            }
        )
    nodes = {name: len(json.loads(answer)["data"]["goalTree"]) for name, answer in answers.items()}
    if nodes["api"] != nodes["raw"]:
        raise RuntimeError(f"{nodes} nodes are not the same")
    return {
        "share_of_raw": round(seconds["raw"] / seconds["api"], 3),
        "api_ms": round(1000 * seconds["api"], 1),
        "raw_ms": round(1000 * seconds["raw"], 1),
        "nodes": nodes["api"],
    }


def _pages(database: Database, forest: Forest) -> dict[str, Any]:
    """The last page of all goals by cursor against the first one."""
    with database.begin(Scope(forest.organization_id), write=False) as session:
        place = session.scalars(sa.select(Goal.id).order_by(Goal.id).offset(GOALS - PAGE_SIZE - 1).limit(1)).one()

    def read(after: tuple[str, ...] | None) -> Callable[[], None]:
        def work() -> None:
            with database.begin(Scope(forest.organization_id), write=False) as session:
                statement = goals.filtered(
                    goals.visible_to(session, forest.employee), goals.Wanted(cycle_id=forest.cycle.id)
                )
                found = fetch_page(session, statement, BY_MAKING, PageRequest(PAGE_SIZE, after))
                if len(found.rows) != PAGE_SIZE:
                    raise RuntimeError(f"{len(found.rows)} rows on a page")

        return work

    seconds = _medians({"last": read((str(place),)), "first": read(None)})
    return {**_figures(seconds, "last", "first"), "page": GOALS // PAGE_SIZE}


def _medians(works: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Seconds of each, in turns; the first round warms up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for round_ in range(ROUNDS + 1):
        for name, work in works.items():
            begin = time.perf_counter()
            work()
            if round_:
                seconds[name].append(time.perf_counter() - begin)
    return {name: statistics.median(values) for name, values in seconds.items()}


def _busy_seconds(work: Callable[[], None], servers: list[int]) -> float:
    """The time that processors spend on it, here and in the server: what other programs disturb least."""
    before, begun, rounds = sum(map(_server_seconds, servers)), time.process_time(), 0
    while time.process_time() - begun < BUSY_SECONDS:
        work()
        rounds += 1
    return (time.process_time() - begun + sum(map(_server_seconds, servers)) - before) / rounds


def _servers(settings: Settings) -> list[int]:
    """The processes of the database server that serve this database."""
    with superuser() as connection:
        wanted = [make_url(settings.url).database]
        return [row[0] for row in connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", wanted)]


def _server_seconds(pid: int) -> float:
    """Processor time of a process of the database server on this machine; 0 where that cannot be seen."""
    try:
        counted = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(counted[11]) + int(counted[12])) / os.sysconf("SC_CLK_TCK")


def _figures(seconds: dict[str, float], name: str, base: str) -> dict[str, float]:
    return {
        "ratio": round(seconds[name] / seconds[base], 2),
        f"{name}_ms": round(1000 * seconds[name], 1),
        f"{base}_ms": round(1000 * seconds[base], 1),
    }


def _asked(forest: Forest, viewer: Viewer) -> raw_goals.Asked:
    assert viewer.person_id is not None
    return raw_goals.Asked(forest.organization_id, viewer.person_id, forest.cycle.id, now().date())


def _an_owner(database: Database, forest: Forest) -> Any:
    with database.begin(Scope(forest.organization_id), write=False) as session:
        return session.scalars(sa.select(Goal.owner_id).where(Goal.owner_id.is_not(None)).limit(1)).one()


def _subject(viewer: Viewer) -> str:
    return str(viewer.person_id)


def _environment(urls: dict[str, Any]) -> dict[str, str]:
    return {f"THROUGHLINE_{name.upper()}": str(value) for name, value in urls.items()}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
