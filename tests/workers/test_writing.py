"""`throughline brief` and `throughline assist` as other programs call them, and the engines that settings choose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from db.settings import Settings
from ml.brief.engines.extractive import ExtractiveEngine
from ml.brief.engines.openai import OpenAIEngine
from ml.brief.engines.transformers import TransformersEngine
from workers.cli import app
from workers.writing import brief_engine, entailment_judge

NOTES = [
    {"id": "1", "text": "On 4 May Ada rebuilt the index in two hours.", "author_id": "p1", "subject_id": "ada"},
    {"id": "2", "text": "Ada wrote the restore guide that both teams use.", "author_id": "p2", "subject_id": "ada"},
    {"id": "3", "text": "The invoice run of June started three days late.", "author_id": "p3", "subject_id": "ada"},
    {"id": "4", "text": "Great work!", "author_id": "p4", "subject_id": "ada"},
]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(note) + "\n" for note in NOTES), encoding="utf-8")
    return path


def test_brief_prints_one_document(notes: Path) -> None:
    result = CliRunner().invoke(app, ["brief", str(notes), "--json"])
    assert result.exit_code == 0
    brief = json.loads(result.stdout)
    assert [sentence["citations"] for sentence in brief["sentences"]] != []
    assert brief["unused"] == ["4"]
    two = json.loads(CliRunner().invoke(app, ["brief", str(notes), str(notes), "--json"]).stdout)
    assert two == [brief, brief]


def test_brief_takes_subject_room_and_language(notes: Path) -> None:
    thin = CliRunner().invoke(app, ["brief", str(notes), "--json", "--subject", "ben", "--language", "zh"])
    assert thin.exit_code == 0
    assert json.loads(thin.stdout)["reason"].startswith("依据不足")
    short = json.loads(CliRunner().invoke(app, ["brief", str(notes), "--json", "--max-words", "10"]).stdout)
    assert len(short["sentences"]) == 1
    assert CliRunner().invoke(app, ["brief", str(notes), "--max-words", "9", "--max-chars", "9"]).exit_code == 2


def test_a_broken_file_of_notes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text('{"id": "1"}\n', encoding="utf-8")
    result = CliRunner().invoke(app, ["brief", str(path), "--json"])
    assert result.exit_code == 1
    assert "line 1 has no 'text'" in str(result.exception)
    assert result.stdout == ""
    path.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in str(CliRunner().invoke(app, ["assist", "--file", str(path)]).exception)


def test_assist_takes_texts_or_a_file(notes: Path) -> None:
    one = json.loads(CliRunner().invoke(app, ["assist", "Great job!", "--json"]).stdout)
    assert one["empty_praise"] is True
    two = json.loads(CliRunner().invoke(app, ["assist", "Great job!", "干得好！", "--json"]).stdout)
    assert [row["empty_praise"] for row in two] == [True, True]
    rows = json.loads(CliRunner().invoke(app, ["assist", "--file", str(notes), "--json"]).stdout)
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert CliRunner().invoke(app, ["assist"]).exit_code == 2
    assert CliRunner().invoke(app, ["assist", "x", "--file", str(notes)]).exit_code == 2


def test_settings_choose_the_engine() -> None:
    assert isinstance(brief_engine(Settings()), ExtractiveEngine)
    assert isinstance(brief_engine(Settings(generator="transformers", generator_model="m")), TransformersEngine)
    server = Settings(generator="openai", generator_model="m", generator_url="http://127.0.0.1:8000/v1")
    assert isinstance(brief_engine(server), OpenAIEngine)
    assert entailment_judge(Settings()) is None
    assert entailment_judge(Settings(entailment_model="m")) is not None


def test_a_generator_without_what_it_needs_is_refused() -> None:
    with pytest.raises(ValidationError, match="GENERATOR_MODEL"):
        Settings(generator="transformers")
    with pytest.raises(ValidationError, match="GENERATOR_URL"):
        Settings(generator="openai", generator_model="m", generator_url="ftp://x")
