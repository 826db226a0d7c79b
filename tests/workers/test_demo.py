"""The demonstration ends with a confirmed review, and cleans up after itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.demo.story import tell_story
from workers.seeding import photograph_truth


def test_the_demonstration_ends_with_a_confirmed_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path))
    monkeypatch.setenv("THROUGHLINE_DATABASE_URL", "postgresql://nobody@nowhere/nothing")
    monkeypatch.setenv("THROUGHLINE_PORT", "8000")
    tell_story()
    told = capsys.readouterr().out
    truth = photograph_truth()["values"]
    assert "signed in as 王立国" in told
    assert "100 %  done" in told
    assert f"The review: {truth['employee_name']}" in told
    assert f"grade {truth['grade']}" in told
    assert "corrected  " in told
    assert "make serve" in told
