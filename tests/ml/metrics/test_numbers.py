from __future__ import annotations

from decimal import Decimal

import pytest

from ml.metrics.numbers import cell_quantity, normalise, quantities


def read(text: str) -> list[tuple[str, str | None]]:
    return [
        (str(found.value.normalize()), found.unit.name if found.unit else None) for found in quantities(normalise(text))
    ]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,331", "1331", None),
        (".07771", "0.07771", None),
        ("1.66s", "1.66", "second"),
        ("2m3.5s", "123.5", "second"),
        ("1m00.5s", "60.5", "second"),
        ("00:05:00", "300", "second"),
        ("2小时30分", "9000", "second"),
        ("１２．５％", "12.5", "percent"),
        ("百分之三", "3", "percent"),
        ("百分之零点零三", "0.03", "percent"),
        ("12k req/s", "12000", "per_second"),
        ("83.4/sec", "83.4", "per_second"),
        ("40.2/min", "40.2", "per_minute"),
        ("1.2GiB", "1.2", "gibibyte"),
        ("804.1µs", "804.1", "microsecond"),
        ("120 毫秒", "120", "millisecond"),
    ],
)
def test_one_quantity(text: str, value: str, unit: str | None) -> None:
    found = quantities(normalise(text))
    assert [(found[0].value, found[0].unit and found[0].unit.name)] == [(Decimal(value), unit)]
    assert len(found) == 1


def test_scales_multiply() -> None:
    assert [found.value for found in quantities("共发送请求10.7万次，在一千二百个并发下")] == [
        Decimal("107000"),
        Decimal(1200),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05 10:00:00",
        "v2.3.1",
        "JMeter 5.6.3",
        "10.0.0.1:8080",
        "https://example.org/p/95",
        "3月5日",
        "2026年3月",
        "周三14:30",
        "端口8080",
        "图3-1",
        "13800001111",
        "HTTP/1.1",
        "Table 4",
        "4,665,29",
    ],
)
def test_no_quantity(text: str) -> None:
    assert read(text) == []


def test_wide_commas_separate_numbers() -> None:
    assert [value for value, _ in read("并发数为100，200，500")] == ["1E+2", "2E+2", "5E+2"]


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("< 800 ms", "<"),
        ("不超过500ms", "<"),
        ("1秒以内", "<"),
        ("≥ 1000", ">"),
        ("at least 5 s", ">"),
        ("约120ms", "~"),
        ("120ms", ""),
    ],
)
def test_comparison(text: str, comparison: str) -> None:
    assert quantities(normalise(text))[0].comparison == comparison


def test_ranges_are_one_quantity() -> None:
    found = quantities("80-120ms")
    assert [(found[0].value, found[0].upper, found[0].comparison)] == [(Decimal(80), Decimal(120), "-")]


@pytest.mark.parametrize(
    "cell", ["", "-", "N/A", "TBD", "____", "{p95}", "[TBD]", "XX ms", "无", "GET /orders/7", "3 of 9 steps"]
)
def test_cells_without_a_value(cell: str) -> None:
    assert cell_quantity(cell) is None


@pytest.mark.parametrize(
    "said",
    [
        "Mon Feb  9 10:57:14 CST 2026",
        "Feb 9, 2026 10:57:14 AM",
        "09-Feb-2026 10:57:14",
        "2026年2月9日 10:57:14",
        "2月9日 09:00-11:30",
    ],
)
def test_the_time_of_day_behind_a_date_is_no_length_of_time(said: str) -> None:
    assert quantities(said) == []


@pytest.mark.parametrize("said", ["On 9 Feb 10:57 2000 requests failed", "2月9日 10:57:14 2000 次请求"])
def test_a_number_behind_a_moment_is_no_year(said: str) -> None:
    assert [quantity.value for quantity in quantities(said)] == [2000]
