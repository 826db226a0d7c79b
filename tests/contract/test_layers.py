"""Folders are layers, and the API process stays light."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
HEAVY = {
    "PIL",
    "cv2",
    "dramatiq",
    "onnxruntime",
    "paddleocr",
    "paddlex",
    "pillow_heif",
    "pypdfium2",
    "rapidocr",
    "sklearn",
    "torch",
    "transformers",
    "typst",
}


def test_layers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    code = lint_imports(config_filename=".importlinter", no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_the_api_process_loads_nothing_heavy() -> None:
    """Import what uvicorn imports, in a process of its own, and look at what is there."""
    script = "import sys, schema.app, schema.root; schema.root.catalog(); print(*sorted(m for m in sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, env=dict(os.environ)
    )
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert {"strawberry", "sqlalchemy"} <= loaded
    assert not loaded & HEAVY
    assert "workers" not in loaded


def test_our_schema_package_is_the_one_that_is_imported() -> None:
    """PyPI has a distribution called `schema`; and a folder `tests/schema` must not hide ours."""
    import schema  # noqa: PLC0415
    import tests.schema  # noqa: PLC0415

    assert Path(str(schema.__file__)).parent == ROOT / "schema"
    assert schema is not tests.schema


def test_packages_are_a_docstring_and_nothing_else() -> None:
    """No re-exports: a name has one home."""
    for package in ("schema", "resolvers", "db", "ocr", "ml", "workers"):
        for path in (ROOT / package).rglob("__init__.py"):
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            assert lines, f"{path} has no docstring"
            assert lines[0].startswith('"""'), f"{path} does more than say what it is"
            assert lines[-1].endswith('"""'), f"{path} does more than say what it is"
            assert not any(line.startswith(("import ", "from ")) for line in lines), path
