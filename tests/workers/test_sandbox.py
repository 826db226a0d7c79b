"""Whatever a child process does, its parent gets a result or a typed error in time, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from ml.metrics.contract import Place
from ocr import contract
from ocr.contract import Code, FieldStatus, TemplateError
from ocr.template_json import template_from_json
from tests.workers import misbehaviour
from workers.sandbox import Limits, Sandbox, SandboxError, run

LIMITS = Limits(seconds=20)


def gone(process_id: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_result_comes_back() -> None:
    assert run(LIMITS, misbehaviour.double, 21) == 42


def test_records_and_enumerations_of_the_product_come_back() -> None:
    code = run(LIMITS, contract.parse_code, contract.code_text(Code("form", 1, 2, "0" * 32)))
    assert code == Code("form", 1, 2, "0" * 32)
    assert run(LIMITS, FieldStatus, "read") is FieldStatus.READ
    assert run(LIMITS, Place, 3, "Sheet1") == Place(page=3, sheet="Sheet1")


def test_errors_of_the_product_come_back_as_they_are() -> None:
    with pytest.raises(TemplateError):
        run(LIMITS, template_from_json, {})


def test_other_errors_come_back_as_type_and_place_without_their_words() -> None:
    with pytest.raises(SandboxError) as caught:
        run(LIMITS, misbehaviour.fail_with, "刘晓雯")
    assert caught.value.code == "failed"
    assert "ValueError at misbehaviour.py:" in str(caught.value)
    assert "刘晓雯" not in str(caught.value)


def test_a_child_reads_the_files_that_it_is_given_and_so_does_the_next(tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"given")
    with (tmp_path / "given").open("rb") as file, Sandbox(LIMITS, [file.fileno()]) as sandbox:
        assert sandbox.call(os.pread, file.fileno(), 9, 0) == b"given"
        sandbox.close()
        assert sandbox.call(os.pread, file.fileno(), 9, 0) == b"given"
    with (tmp_path / "given").open("rb") as file, Sandbox(LIMITS) as sandbox, pytest.raises(SandboxError) as caught:
        sandbox.call(os.pread, file.fileno(), 9, 0)
    assert (caught.value.code, "OSError" in str(caught.value)) == ("failed", True)


def test_the_child_does_not_see_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHLINE_SECRET", "s" * 40)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s" * 40)
    seen = run(LIMITS, misbehaviour.environment)
    assert "THROUGHLINE_SECRET" not in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen
    assert "s" * 40 not in seen.values()


def test_a_slow_call_ends_in_time_and_its_process_is_gone() -> None:
    with Sandbox(Limits(seconds=1.5)) as sandbox:
        sandbox.call(misbehaviour.double, 1)
        process_id = sandbox.process_id
        began = time.monotonic()
        with pytest.raises(SandboxError) as caught:
            sandbox.call(misbehaviour.sleep, 60)
        assert time.monotonic() - began < 3
    assert (caught.value.code, caught.value.again) == ("timeout", True), "it only waited"
    assert process_id is not None
    assert gone(process_id)


def test_processor_time_is_limited() -> None:
    with pytest.raises(SandboxError) as caught:
        run(Limits(seconds=60, processor_seconds=1), misbehaviour.spin)
    assert (caught.value.code, caught.value.again) == ("timeout", False)


def test_processor_time_is_counted_for_each_call() -> None:
    with Sandbox(Limits(seconds=60, processor_seconds=2)) as sandbox:
        first = sandbox.call(misbehaviour.own_process)
        for _ in range(3):
            sandbox.call(misbehaviour.spin_for, 0.9)
        assert sandbox.call(misbehaviour.own_process) == first
        with pytest.raises(SandboxError) as caught:
            sandbox.call(misbehaviour.spin)
    assert (caught.value.code, caught.value.again) == ("timeout", True), "what came before may be to blame"


def test_memory_is_limited() -> None:
    limits = Limits(seconds=20, memory_bytes=400 << 20)
    assert run(limits, misbehaviour.take_memory, 50 << 20) == 50 << 20
    with pytest.raises(SandboxError) as caught:
        run(limits, misbehaviour.take_memory, 2 << 30)
    assert (caught.value.code, caught.value.again) == ("memory", False)


@pytest.mark.parametrize("size", [0, 1000])
def test_files_are_limited(tmp_path: Path, size: int) -> None:
    with pytest.raises(SandboxError):
        run(Limits(seconds=20, file_bytes=size), misbehaviour.write_file, tmp_path / "out", 5000)
    assert (tmp_path / "out").stat().st_size <= size


def test_open_files_are_limited() -> None:
    with pytest.raises(SandboxError, match="OSError"):
        run(Limits(seconds=20, open_files=50), misbehaviour.open_many, 100)


@pytest.mark.parametrize(("function", "arguments"), [(misbehaviour.crash, ()), (misbehaviour.leave, (3,))])
def test_a_child_that_dies_is_told_and_replaced(function: object, arguments: tuple[int, ...]) -> None:
    assert callable(function)
    with Sandbox(LIMITS) as sandbox:
        with pytest.raises(SandboxError) as caught:
            sandbox.call(function, *arguments)
        assert (caught.value.code, caught.value.again) == ("crashed", False)
        assert sandbox.call(misbehaviour.double, 4) == 8


def test_a_child_killed_from_outside_is_told() -> None:
    with Sandbox(LIMITS) as sandbox:
        process_id = sandbox.call(misbehaviour.own_process)
        threading.Timer(0.3, os.kill, (process_id, signal.SIGKILL)).start()
        with pytest.raises(SandboxError) as caught:
            sandbox.call(misbehaviour.sleep, 30)
        assert (caught.value.code, caught.value.again) == ("crashed", True)


def test_what_libraries_print_is_not_taken_for_the_answer() -> None:
    assert run(LIMITS, misbehaviour.chatter) == "result"


def test_an_answer_cannot_call_functions_here(tmp_path: Path) -> None:
    target = tmp_path / "made"
    with pytest.raises(SandboxError) as caught:
        run(LIMITS, misbehaviour.forge, str(target))
    assert caught.value.code == "crashed"
    assert not target.exists()


def test_nonsense_on_the_pipe_is_an_error() -> None:
    with pytest.raises(SandboxError) as caught:
        run(LIMITS, misbehaviour.speak_nonsense)
    assert caught.value.code == "crashed"


def test_large_messages_go_both_ways() -> None:
    assert run(LIMITS, misbehaviour.pickled_size, b"x" * (30 << 20)) > 30 << 20
    assert run(LIMITS, misbehaviour.large, 30 << 20) == b"x" * (30 << 20)


def test_one_child_serves_many_calls_and_threads() -> None:
    results: list[int] = []
    with Sandbox(LIMITS) as sandbox:
        first = sandbox.call(misbehaviour.own_process)
        threads = [
            threading.Thread(target=lambda n: results.append(sandbox.call(misbehaviour.double, n)), args=(n,))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sandbox.call(misbehaviour.own_process) == first
    assert sorted(results) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert gone(first)


def test_the_child_ends_when_its_parent_is_killed() -> None:
    """The middle process starts a sandbox whose child sleeps; we kill the middle one."""
    with Sandbox(Limits(seconds=20, open_files=256)) as middle:
        grandchild = middle.call(start_sleeping_child)
        assert middle.process_id is not None
        os.kill(middle.process_id, signal.SIGKILL)
        assert gone(grandchild)


def start_sleeping_child() -> int:
    sandbox = Sandbox(LIMITS)
    process_id = sandbox.call(misbehaviour.own_process)
    threading.Thread(target=sandbox.call, args=(misbehaviour.sleep, 60), daemon=True).start()
    time.sleep(0.2)
    return process_id
