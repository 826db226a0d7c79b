from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ml.metrics.contract import DefinitionError, definitions_from
from ml.metrics.describe import describe
from ml.metrics.extract import extract


def test_the_shape_of_the_output() -> None:
    text = "p95 latency: 1.66 s\np99 latency: 0.9 s\nError rate target: < 0.1%\n"
    value = json.loads(json.dumps(describe(extract(text.encode(), "a.txt"))))
    assert (value["file"], value["format"], value["status"]) == ("a.txt", "text", "ok")
    assert value["metrics"][0] == {
        "metric": "latency_p95",
        "value": 1660,
        "unit": "ms",
        "scope": "",
        "kind": "measured",
        "raw": "1.66 s",
        "where": {"line": 1},
        "method": "labelled",
        "confidence": 0.92,
        "snippet": "p95 latency: 1.66 s",
    }
    assert [entry["kind"] for entry in value["metrics"]] == ["measured", "measured", "target"]
    assert [conflict["code"] for conflict in value["conflicts"]] == ["percentiles_out_of_order"]
    assert value["warnings"] == []


def test_definitions_from_json() -> None:
    entry = {"name": "seats", "aliases": ["座位"], "unit": "count", "pattern": r"(?P<value>\d+) seats"}
    (definition,) = definitions_from([entry])
    found = extract(b"There were 120 seats.", "a.txt", None, (definition,))
    assert [(one.metric, one.value, one.method) for one in found.metrics] == [("seats", Decimal(120), "pattern")]


@pytest.mark.parametrize(
    "value",
    [
        {},
        [1],
        [{"name": ""}],
        [{"name": "a", "aliases": "b"}],
        [{"name": "a", "unit": 3}],
        [{"name": "a", "pattern": "("}],
        [{"name": "a", "pattern": r"\d+"}],
    ],
)
def test_definitions_that_are_none(value: object) -> None:
    with pytest.raises(DefinitionError):
        definitions_from(value)
