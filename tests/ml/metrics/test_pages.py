"""Values of a PDF's running text get their region, and the pages they stand on are rendered."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from ml.metrics.contract import DEFAULT_LIMITS, Kind, PictureLine, Place, Requirement, RequirementKind
from ml.metrics.extract import extract
from ml.metrics.pages import pictures_of_pages, with_regions
from tests.deliverables import pages

pytestmark = pytest.mark.fonts


def test_a_value_in_a_sentence_is_pointed_at_on_its_page() -> None:
    data = pages.report_zh()
    wanted = [Requirement("resources", RequirementKind.SECTION, ("资源",))]
    found = with_regions(data, extract(data, "report.pdf", requirements=wanted))
    cpu = next(metric for metric in found.metrics if metric.raw.startswith("88.6"))
    assert cpu.where.region is not None
    (picture,) = pictures_of_pages(data, found, {})
    image = Image.open(io.BytesIO(picture.jpeg))
    assert (picture.page, image.size) == (1, (picture.width, picture.height))
    left, top, width, height = (part * picture.scale for part in cpu.where.region)
    # Ink stands in the region, and it is a small part of one line.
    inside = image.convert("L").crop((int(left), int(top), int(left + width) + 1, int(top + height) + 1))
    assert inside.getextrema()[0] < 128  # type: ignore[operator]
    assert width < 80
    assert height < 30
    (answer,) = found.checklist
    assert answer.where.region is not None


def test_contradictions_name_the_values_with_their_regions() -> None:
    data = pages.document("= 结果\n平均响应时间：210 ms\n\n错误率：0.1%\n\n= 结论\n平均响应时间：340 ms\n")
    found = with_regions(data, extract(data, "report.pdf"))
    (conflict,) = found.conflicts
    assert set(conflict.metrics) <= set(found.metrics)
    first, second = (metric.where.region for metric in conflict.metrics)
    assert first is not None
    assert second is not None
    assert first[1] < second[1]


def test_other_formats_keep_their_places() -> None:
    found = extract("P95：320 ms\n".encode(), "report.txt")
    assert with_regions(b"", found) is found
    assert found.metrics[0].where == Place(line=1)


def percentiles(picture: bytes) -> list[PictureLine]:
    """What a reader finds in the screenshot of percentiles."""
    assert picture.startswith(b"\x89PNG")
    rows = [("Percentile", "Response time"), ("p50", "180 ms"), ("p95", "520 ms"), ("p99", "1,130 ms")]
    return [
        PictureLine(text, 0.98, (left, 20.0 + 35 * at, 90.0, 16.0))
        for at, row in enumerate(rows)
        for left, text in zip((12.0, 150.0), row, strict=True)
    ]


def test_a_picture_beside_the_text_of_a_page_is_read() -> None:
    data = pages.captioned("图 2 响应时间百分位", pages.percentiles_screenshot())
    found = extract(data, "report.pdf", percentiles)
    assert {(metric.metric, int(metric.value), metric.where.page, metric.where.image) for metric in found.metrics} == {
        ("duration", 1800, 1, None),
        ("latency_p50", 180, 1, 1),
        ("latency_p95", 520, 1, 1),
        ("latency_p99", 1130, 1, 1),
    }
    assert found.warnings == ()
    unread = extract(data, "report.pdf", percentiles, limits=replace(DEFAULT_LIMITS, pictures=0))
    assert [metric.metric for metric in unread.metrics] == ["duration"]
    assert [warning.code for warning in unread.warnings] == ["pictures_not_read"]


@pytest.mark.parametrize(
    ("goals", "results", "about", "label"),
    [("测试目标", "测试结果", "登录接口", "平均响应时间："), ("Targets", "Results", "Login", "Average latency: ")],
)
def test_a_numbered_heading_stands_under_the_one_whose_number_it_goes_on_from(
    goals: str, results: str, about: str, label: str
) -> None:
    sections = ((1, goals, 200), (2, results, 350))
    body = "".join(f"{at} {title}\n\n{at}.1 {about}\n\n{label}{value} ms\n\n" for at, title, value in sections)
    found = extract(pages.document(body), "report.pdf").metrics
    assert [(int(metric.value), metric.kind) for metric in found] == [(200, Kind.TARGET), (350, Kind.MEASURED)]
