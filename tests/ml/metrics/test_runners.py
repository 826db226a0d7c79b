"""The last lines of test runners, each as the runner prints them."""

from __future__ import annotations

import pytest

from ml.metrics.extract import extract

ENDS = {
    "DONE 101 tests, 3 skipped, 1 failure in 5.2s": (101, 97, 1, 3),
    "Total tests run: 10, Passes: 8, Failures: 1, Skips: 1": (10, 8, 1, 1),
    "Total tests: 13\n     Passed: 12\n     Failed: 1\n Total time: 1.2345 Seconds": (13, 12, 1, None),
    "OK (12 tests, 34 assertions)": (12, 12, None, None),
    "12 runs, 34 assertions, 1 failures, 0 errors, 2 skips": (12, 9, 1, 2),
    "2 features passed, 1 failed, 0 skipped\n10 scenarios passed, 1 failed, 0 skipped": (11, 10, 1, 0),
    "FAILED | 4 passed | 1 failed | 1 ignored (12ms)": (6, 4, 1, 1),
    " 4 pass\n 1 fail\nRan 5 tests across 1 files. [12.00ms]": (5, 4, 1, None),
    "90% tests passed, 1 tests failed out of 10\n\nTotal Test time (real) =   0.52 sec": (10, 9, 1, None),
    "Chrome 120.0.0 (Linux): Executed 10 of 12 (1 FAILED) (skipped 2) (0.5 secs / 0.3 secs)": (12, 9, 1, 2),
    "Ran 4 tests in 0.001s\n\nFAILED (errors=1, skipped=1, expected failures=1)": (4, 2, None, 1),
}
"""Total, passed, failed, skipped; None where the runner says nothing."""


@pytest.mark.parametrize("end", ENDS)
def test_the_counts_of_a_runner_are_its_own(end: str) -> None:
    found = extract(f"$ run the tests\n{end}\n".encode(), "build.log")
    values = {metric.metric: int(metric.value) for metric in found.measured() if metric.unit == "count"}
    total, passed, failed, skipped = ENDS[end]
    wanted = {"total": total, "passed": passed, "failed": failed, "skipped": skipped}
    read = {name: values.get(f"test_cases_{name}") for name in wanted}
    assert read == wanted


def test_an_ok_without_a_count_is_no_run() -> None:
    assert extract(b"Deploying shop\nOK\n", "deploy.log").measured() == ()


def test_rows_of_single_moments_are_no_result() -> None:
    rows = "".join(f"2026-03-02 09:0{minute}:00,{40 + minute}.5\n" for minute in range(6))
    found = extract(f"Time,cpu usage\n{rows}".encode(), "monitor.csv")
    assert (found.measured(), [warning.code for warning in found.warnings]) == ((), ["moments_not_read"])
