"""Logs are lines of JSON with ids and codes; what may hold personal data does not get into them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from db import logs
from db.session import Database
from db.settings import Settings

NAME = "刘晓雯"


@pytest.fixture
def configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure(Settings(environment="production", secret="s" * 40), "test")  # type: ignore[arg-type]
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


@pytest.mark.usefixtures("configured")
def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("job.ended", job="1", seconds=0.5)
    (line,) = lines(capsys)
    assert (line["event"], line["job"], line["seconds"], line["level"], line["program"]) == (
        "job.ended",
        "1",
        0.5,
        "info",
        "test",
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.usefixtures("configured")
def test_an_error_is_type_and_place_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    def stumble() -> None:
        raise ValueError(NAME)

    try:
        stumble()
    except ValueError:
        structlog.get_logger().error("job.failure", exc_info=True)
        logging.getLogger("library").exception("it broke")
    ours, librarys = lines(capsys)
    for line in (ours, librarys):
        assert line["error"] == "ValueError"
        assert line["trace"][-1].startswith("test_logs.py:")
        assert NAME not in json.dumps(line, ensure_ascii=False)


@pytest.mark.usefixtures("configured")
def test_libraries_speak_from_warning_on_and_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("library")
    library.info("connected as %s", NAME)
    library.warning("retrying for %s", NAME)
    (line,) = lines(capsys)
    assert line["event"] == "retrying for %s"


@pytest.mark.usefixtures("configured")
def test_configuring_again_does_not_double_lines(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(environment="production", secret="s" * 40), "test")  # type: ignore[arg-type]
    logging.getLogger("library").warning("once")
    structlog.get_logger().info("once")
    assert len(lines(capsys)) == 2


def test_the_place_of_an_error_tells_nothing_of_its_words() -> None:
    assert logs.place_of(KeyError(NAME)) == "KeyError"
    with pytest.raises(KeyError) as caught:
        dict[str, int]()[NAME]
    assert logs.place_of(caught.value).startswith("KeyError at test_logs.py:")


def test_a_failing_statement_hides_its_parameters(database: Database) -> None:
    with database.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as caught:
        connection.execute(sa.text("SELECT :name FROM nowhere"), {"name": NAME})
    assert NAME not in str(caught.value)
