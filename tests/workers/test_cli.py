"""The command line as its users call it: output, exit codes, and what is said when something is wrong."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
import structlog

from db import jobs
from db.models.jobs import Job, JobState
from db.seed.company import ORGANIZATION_ID, person_id
from db.session import Database, Scope
from db.settings import DEVELOPMENT_SECRET, Settings
from db.viewer import system_viewer
from workers import cli
from workers.seeding import PHOTOGRAPH, photograph_truth
from workers.supervisor import environment_of

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Runs a command as the console script does, in this process: starting one for each call takes long."""

    def call(settings: Settings, *arguments: str | Path, **environment: str) -> Done:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["throughline", *map(str, arguments)])
            for name, value in {**environment_of(settings), **environment}.items():
                patch.setenv(name, value)
            capfd.readouterr()
            with pytest.raises(SystemExit) as caught:
                cli.main()
            captured = capfd.readouterr()
        code = caught.value.code
        # A text as exit code is printed by the interpreter, which then ends with 1.
        return (
            Done(1, captured.out, captured.err + code)
            if isinstance(code, str)
            else Done(int(code or 0), captured.out, captured.err)
        )

    handlers = list(logging.getLogger().handlers)
    yield call
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


Answer = Callable[..., Any]


@pytest.fixture
def answer(call: Call) -> Answer:
    """Runs a command with --json and returns the one JSON document that it prints."""

    def answer(settings: Settings, *arguments: str | Path) -> Any:
        done = call(settings, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answer


@pytest.fixture
def seeded(settings: Settings, call: Call) -> Settings:
    assert call(settings, "seed").returncode == 0
    return settings


@pytest.fixture
def embedded(make_settings: Any) -> Settings:
    made: Settings = make_settings("sqlite")
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "empty")


def test_a_database_is_migrated_and_seeded_again_and_again(empty: Settings, call: Call, answer: Answer) -> None:
    for command in ("migrate", "seed", "migrate", "seed"):
        done = call(empty, command)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    # Seeding puts in the organisation's first job, and only once: recurring work finds organisations by their jobs.
    assert [job["name"] for job in answer(empty, "jobs", "list")] == ["maintenance.expire_receipts"]


def test_without_tables_commands_say_what_to_do(empty: Settings, call: Call, answer: Answer) -> None:
    for arguments in (["jobs", "list"], ["seed"], ["serve", "--port", "1"], ["worker"], ["token", "--person", "x"]):
        done = call(empty, *arguments)
        assert done.returncode == 1, arguments
        assert "throughline migrate" in done.stderr, arguments
        assert "Traceback" not in done.stderr, arguments


def test_wrong_usage_ends_with_2(embedded: Settings, call: Call, answer: Answer) -> None:
    for arguments in (
        ["no-such-command"],
        ["jobs", "list", "--state", "ASLEEP"],
        ["jobs", "retry", "not-an-id"],
        ["ocr", "lines", "/no/such/file"],
        ["ocr", "form", __file__, "--template", "no-such-form"],
        ["forms", "describe", "no-such-form"],
        ["forms", "render", "quarterly-review"],
        ["serve", "--port", "70000"],
        ["brief", "/no/such/file"],
        ["assist", "--file", "/"],
    ):
        done = call(embedded, *arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, call: Call) -> None:
    taken = tmp_path / "taken"
    taken.write_text("not a folder")
    done = call(Settings(home=taken), "migrate")
    assert (done.returncode, done.stderr) == (1, f"{taken}: File exists\n")


def test_a_dash_is_standard_input(embedded: Settings, tmp_path: Path, answer: Answer) -> None:
    notes = tmp_path / "notes.jsonl"
    notes.write_text('{"id": "n1", "text": "周五发布前你把回滚脚本演练了两遍。"}\n', encoding="utf-8")
    given = os.dup(0)
    with notes.open("rb") as file:
        os.dup2(file.fileno(), 0)
    try:
        assert [each["id"] for each in answer(embedded, "assist", "--file", "-")] == ["n1"]
    finally:
        os.dup2(given, 0)
        os.close(given)


def test_wrong_settings_are_told_by_name_without_their_values(embedded: Settings, call: Call, answer: Answer) -> None:
    done = call(embedded, "jobs", "list", THROUGHLINE_PORT="a-secret", THROUGHLINE_ENVIRONMENT="production")
    assert done.returncode == 1
    assert "THROUGHLINE_PORT" in done.stderr
    assert "a-secret" not in done.stderr
    short = call(embedded, "migrate", THROUGHLINE_ENVIRONMENT="production")
    assert short.returncode == 1
    assert "production needs THROUGHLINE_SECRET" in short.stderr
    done = call(embedded, "seed", THROUGHLINE_ENVIRONMENT="production", THROUGHLINE_SECRET="s" * 40)
    assert done.returncode == 2


def test_a_token_is_for_one_person(seeded: Settings, call: Call, answer: Answer) -> None:
    issued = answer(seeded, "token", "--person", "Liguo.Wang@lanhai.example", "--hours", "2")
    claims = jwt.decode(issued["token"], DEVELOPMENT_SECRET, algorithms=["HS256"], audience="throughline")
    assert claims["sub"] == str(person_id("T1005")) == issued["person_id"]
    assert claims["exp"] - claims["iat"] == issued["expires_in_seconds"] == 7200
    plain = call(seeded, "token", "--person", "liguo.wang@lanhai.example")
    assert plain.returncode == 0
    assert len(plain.stdout.split()) == 1
    nobody = call(seeded, "token", "--person", "nobody@lanhai.example")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    elsewhere = call(seeded, "token", "--person", "liguo.wang@lanhai.example", "--organization", "other")
    assert elsewhere.returncode == 1
    assert "lanhai" in elsewhere.stderr


def test_a_company_comes_in_by_a_table(settings: Settings, tmp_path: Path, call: Call, answer: Answer) -> None:
    table = tmp_path / "people.csv"
    lines = ["工号,姓名,邮箱,部门编码,部门名称,上级", "1,陈静,jing@hexing.example,HQ,总部,"]
    table.write_text("\n".join(lines), encoding="gb18030")
    command = ("directory", "import", table, "--organization", "hexing")
    assert call(settings, *command).returncode == 1  # nobody made it yet
    assert answer(settings, *command, "--new", "和兴", "--check")["written"] is False
    assert call(settings, *command).returncode == 1
    assert answer(settings, *command, "--new", "和兴") == {
        "written": True,
        "departments_made": 1,
        "departments_changed": 0,
        "people_made": 1,
        "errors": [],
    }
    assert call(settings, *command, "--new", "和兴").returncode == 2
    assert answer(settings, *command)["people_unchanged"] == 1
    assert [job["name"] for job in answer(settings, "jobs", "list")] == ["maintenance.expire_receipts"]
    assert answer(settings, "token", "--person", "jing@hexing.example", "--organization", "hexing")["token"]
    table.write_text(table.read_text(encoding="gb18030").replace("jing@", "jing"), encoding="gb18030")
    wrong = call(settings, *command, "--json")
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["errors"] == [{"row": 2, "column": "email", "code": "VALUE_INVALID"}]
    table.write_bytes(b"PK\x03\x04 no workbook")
    assert call(settings, *command).returncode == 1
    assert [column["key"] for column in answer(settings, "directory", "columns")][:3] == [
        "staff_number",
        "name",
        "email",
    ]


def test_jobs_are_listed_and_dead_ones_queued_again(seeded: Settings, call: Call, answer: Answer) -> None:
    database = Database(seeded)
    with database.begin(Scope(ORGANIZATION_ID)) as session:
        dead, waiting = (jobs.enqueue(session, system_viewer(ORGANIZATION_ID), "sample.work", {}) for _ in range(2))
        dead.state, dead.error_code, dead.failures = JobState.DEAD, "unexpected", 3
    listed = answer(seeded, "jobs", "list", "--state", "DEAD")
    assert [(line["id"], line["error_code"], line["failures"]) for line in listed] == [(str(dead.id), "unexpected", 3)]
    assert listed[0]["created_at"] == dead.created_at.isoformat()
    put_in = {line["id"] for line in answer(seeded, "jobs", "list") if line["name"] == "sample.work"}
    assert put_in == {str(dead.id), str(waiting.id)}
    assert len(answer(seeded, "jobs", "list", "--limit", "1")) == 1
    assert answer(seeded, "jobs", "retry", str(dead.id)) == [{"id": str(dead.id), "queued": True}]
    with database.begin(Scope(ORGANIZATION_ID), write=False) as session:
        assert session.get_one(Job, dead.id).state == JobState.QUEUED
    again = call(seeded, "jobs", "retry", str(dead.id), str(uuid.uuid4()))
    assert again.returncode == 1
    assert again.stderr.count("not a dead job") == 2
    database.close()


@pytest.mark.postgresql
def test_a_role_that_would_see_no_jobs_is_told_so(make_settings: Any, call: Call) -> None:
    settings = make_settings("postgresql")
    for command in (["list"], ["retry", str(uuid.uuid4())]):
        done = call(settings, "jobs", *command, THROUGHLINE_RELAY_DATABASE_URL=settings.url)
        assert (done.returncode, done.stdout) == (1, "")
        assert "THROUGHLINE_RELAY_DATABASE_URL" in done.stderr


def test_forms_are_listed_described_and_rendered(
    embedded: Settings, tmp_path: Path, call: Call, answer: Answer
) -> None:
    assert [form["key"] for form in answer(embedded, "forms", "list")] == ["quarterly-review"]
    geometry = answer(embedded, "forms", "describe", "quarterly-review")
    assert geometry["page_size_mm"] == [210, 297]
    grade = next(field for field in geometry["pages"][0]["fields"] if field["key"] == "grade")
    assert [option["value"] for option in grade["options"]] == ["A", "B", "C", "D"]
    assert len(grade["box_mm"]) == 4
    out = tmp_path / "form.pdf"
    done = call(embedded, "forms", "render", "quarterly-review", "--out", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_bytes().startswith(b"%PDF")
    unwritable = call(embedded, "forms", "render", "quarterly-review", "--out", tmp_path / "no" / "form.pdf")
    assert unwritable.returncode == 1


def test_a_form_for_a_person_is_entered_in_the_database(
    seeded: Settings, tmp_path: Path, call: Call, answer: Answer
) -> None:
    out = tmp_path / "form.pdf"
    done = call(seeded, "forms", "render", "quarterly-review", "--out", out, "--subject", "T1006")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF")
    names = [line["name"] for line in answer(seeded, "jobs", "list")]
    assert names == ["intake.print_sheet", "maintenance.expire_receipts"]  # the latter is the first job of all
    unknown = call(seeded, "forms", "render", "quarterly-review", "--out", out, "--subject", "T9999")
    assert unknown.returncode == 1
    assert "T9999" in unknown.stderr


def test_photographed_forms_are_read(embedded: Settings, tmp_path: Path, call: Call, answer: Answer) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(PHOTOGRAPH.read_bytes()[:5000])
    done = call(embedded, "ocr", "form", PHOTOGRAPH, broken, "--json")
    assert done.returncode == 1
    read, failed = json.loads(done.stdout)
    assert read["template"]["key"] == "quarterly-review"
    assert read["template"]["matched_by"] == "markers"
    values = {field["key"]: field["value"] for field in read["fields"]}
    assert values["grade"] == photograph_truth()["values"]["grade"]
    assert {"key", "label", "type", "value", "raw_text", "confidence", "page", "box", "status"} <= set(
        read["fields"][0]
    )
    assert failed["error"]["code"] == "truncated"
    assert str(broken) in done.stderr


def test_lines_are_read(embedded: Settings, call: Call, answer: Answer) -> None:
    result = answer(embedded, "ocr", "lines", PHOTOGRAPH)
    (page,) = result["pages"]
    assert result["file"] == str(PHOTOGRAPH)
    assert any("刘晓雯" in line["text"] for line in page["lines"])
    assert all(len(line["box"]) == 4 and 0 <= line["confidence"] <= 1 for line in page["lines"])


def test_the_schema_is_exported_by_its_own_module(embedded: Settings) -> None:
    """Another program takes the place of the command, so this one is started as a process."""
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli", "schema", "export", "--check"],
        cwd=ROOT,
        env={**os.environ, **environment_of(embedded)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
