"""What no single file of the corpus shows of the tools' readers."""

from __future__ import annotations

import re

from ml.metrics.extract import extract
from tests.deliverables import corpus

WRK = corpus.load("wrk_latency.txt").data.decode()


def scopes(text: str) -> set[str]:
    return {metric.scope for metric in extract(text.encode(), "runs.md").metrics}


def test_runs_are_named_by_the_line_over_them() -> None:
    assert scopes(f"## Before\n\n```\n{WRK}```\n\n## After\n\n```\n{WRK}```\n") == {"Before", "After"}


def test_runs_without_names_are_numbered() -> None:
    assert scopes(WRK + WRK) == {"run 1", "run 2"}
    assert scopes(WRK) == {""}


def test_several_runs_do_not_contradict_each_other() -> None:
    slower = re.sub(r"5\.46ms", "9.46ms", WRK)
    assert extract(f"{WRK}\n{slower}".encode(), "runs.txt").conflicts == ()


def test_transaction_controllers_are_not_in_the_total() -> None:
    rows = [
        "timeStamp,elapsed,label,responseCode,responseMessage,success",
        "1000,20,GET /a,200,OK,true",
        "1020,40,GET /b,200,OK,true",
        '1000,60,Checkout,200,"Number of samples in transaction : 2, number of failing samples : 0",true',
    ]
    found = extract("\n".join(rows).encode(), "a.jtl").metrics
    counts = {metric.scope: metric.value for metric in found if metric.metric == "requests_total"}
    assert counts == {"GET /a": 1, "GET /b": 1, "Checkout": 1, "TOTAL": 2}


def test_samples_come_out_in_the_order_of_their_file() -> None:
    labels = [f"Step {number}" for number in range(40)]
    rows = ["timeStamp,elapsed,label,success", *(f"{1000 + at},20,{name},true" for at, name in enumerate(labels))]
    found = extract("\n".join(rows).encode(), "a.jtl").metrics
    assert [metric.scope for metric in found if metric.metric == "requests_total"][: len(labels)] == labels
