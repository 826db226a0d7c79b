"""Deliverables are read in a child, pictures in them by the OCR engine; the command line prints the contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml.metrics.contract import Status
from tests.conftest import MakeSettings
from tests.deliverables import corpus, office
from tests.deliverables.scoring import definitions_of, score
from workers.cli import app
from workers.deliverables import DeliverableReader


def test_a_report_with_a_screenshot(make_settings: MakeSettings) -> None:
    deliverable = corpus.load("inventory_en.docx")
    reader = DeliverableReader(make_settings())
    try:
        found = reader.read(deliverable.data, deliverable.name)
        broken = reader.read(office.bomb_workbook(), "bomb.xlsx")
    finally:
        reader.close()
    result = score(deliverable, found)
    assert (result.missed, result.extra) == ([], [])
    shown = next(metric for metric in found.metrics if metric.metric == "latency_p99")
    assert shown.where.image == 1
    assert shown.where.region is not None
    assert (broken.status, broken.warnings[0].code) == (Status.UNREADABLE, "too_large")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def test_several_files_are_a_list(runner: CliRunner, tmp_path: Path) -> None:
    for name in ("wrk_latency.txt", "targets_only_zh.md"):
        (tmp_path / name).write_bytes(corpus.load(name).data)
    result = runner.invoke(app, ["metrics", "wrk_latency.txt", "targets_only_zh.md", "--json"])
    values = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [(value["file"], value["format"], value["status"]) for value in values] == [
        ("wrk_latency.txt", "wrk", "ok"),
        ("targets_only_zh.md", "markdown", "no_data"),
    ]
    assert all(metric["kind"] != "measured" for metric in values[1]["metrics"])


def test_definitions_of_a_template(runner: CliRunner, tmp_path: Path) -> None:
    deliverable = corpus.load("sales_zh.csv")
    (tmp_path / "sales_zh.csv").write_bytes(deliverable.data)
    (tmp_path / "sales.json").write_text(json.dumps(deliverable.definitions), encoding="utf-8")
    result = runner.invoke(app, ["metrics", "sales_zh.csv", "--definitions", "sales.json", "--json"])
    found = {
        (one["metric"], one["value"], one["scope"])
        for one in json.loads(result.stdout)["metrics"]
        if one["kind"] == "measured"
    }
    assert ("sales_amount", 128.5, "华东") in found
    assert len(found) == len(deliverable.metrics)
    assert len(definitions_of(deliverable)) == 2


def test_an_unreadable_file_is_said_and_fails(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"metrics": {', encoding="utf-8")
    result = runner.invoke(app, ["metrics", "broken.json", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["status"] == "unreadable"
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    assert runner.invoke(app, ["metrics", "broken.json", "--definitions", "bad.json"]).exit_code == 2
