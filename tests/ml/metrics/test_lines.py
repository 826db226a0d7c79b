"""Lines of text that name several values, and names over blocks of them."""

from __future__ import annotations

import pytest

from ml.metrics.extract import extract


def values(text: str) -> list[tuple[str, str, str]]:
    """Metric, value and scope of the results in a text."""
    return [(one.metric, str(one.value), one.scope) for one in extract(text.encode(), "output.txt").measured()]


def test_a_log_line_of_keys_and_values() -> None:
    line = "2026-10-12 20:10:01 INFO total=120000 ok=119880 failed=120 avg=35ms p95=88ms p99=190ms\n"
    assert values(line) == [
        ("requests_total", "120000", ""),
        ("requests_ok", "119880", ""),
        ("requests_failed", "120", ""),
        ("latency_avg", "35", ""),
        ("latency_p95", "88", ""),
        ("latency_p99", "190", ""),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "retries total=3 failed=1\n",  # of what, nobody says
        "users total=500 failed=2 batch=7\n",
    ],
)
def test_counts_of_something_else_are_no_requests(line: str) -> None:
    assert [metric for metric, _, _ in values(line) if metric.startswith("requests_t")] == []


def test_an_average_of_something_else_is_no_latency() -> None:
    assert not any(metric.startswith("latency") for metric, _, _ in values("cpu avg=35% max=80%\n"))


@pytest.mark.parametrize(
    ("first", "second", "scopes"),
    [
        ("GET /a", "POST /b", {"GET /a", "POST /b"}),
        ("接口: /api/login", "接口: /api/pay", {"/api/login", "/api/pay"}),
        ("服务A", "服务B", {"服务A", "服务B"}),
    ],
)
def test_a_name_over_deeper_lines_is_what_they_are_about(first: str, second: str, scopes: set[str]) -> None:
    text = f"{first}\n  avg: 120 ms\n  P99: 350 ms\n{second}\n  avg: 220 ms\n  P99: 650 ms\n"
    assert {scope for _, _, scope in values(text)} == scopes
    assert len(values(text)) == 4


def test_a_sentence_goes_on_in_the_next_line() -> None:
    text = "Over the whole evening the service stayed well within its limits and the error rate was\n0.03 percent.\n"
    assert values(text) == [("error_rate", "0.03", "")]


def test_mocha_and_vitest() -> None:
    assert values("  12 passing (340ms)\n  1 pending\n  2 failing\n") == [
        ("test_cases_passed", "12", ""),
        ("duration", "0.34", ""),
        ("test_cases_skipped", "1", ""),
        ("test_cases_failed", "2", ""),
        ("test_cases_total", "15", ""),
    ]
    assert values(
        " Test Files  1 failed | 3 passed (4)\n      Tests  2 failed | 40 passed (42)\n   Duration  1.52s\n"
    ) == [
        ("test_cases_passed", "40", ""),
        ("test_cases_failed", "2", ""),
        ("test_cases_total", "42", ""),
        ("duration", "1.52", ""),
    ]
