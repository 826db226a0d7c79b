"""The README's catalogue of jobs is that of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workers import registry
from workers.registry import JobSpec

README = Path(registry.__file__).parent / "README.md"


def line(spec: JobSpec) -> str:
    codes = ", ".join(f"`{code}`" for code in spec.throws) or "–"
    return f"| `{spec.name}` | {spec.summary} | {spec.max_failures} | {spec.time_limit:g} s | {codes} |"


def test_the_readme_lists_every_job_as_it_is() -> None:
    written = [text for text in README.read_text("utf-8").splitlines() if re.match(r"\| `\w+\.\w+`", text)]
    assert sorted(written) == sorted(line(spec) for spec in registry.catalogue())


@pytest.mark.parametrize("spec", registry.catalogue(), ids=lambda spec: spec.name)
def test_every_job_promises_something_sensible(spec: JobSpec) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", spec.name)
    assert spec.summary.endswith(".")
    assert 1 <= spec.max_failures <= 10
    assert 1 <= spec.time_limit <= 3600
    assert all(re.fullmatch(r"[a-z_]+", code) for code in spec.throws)
