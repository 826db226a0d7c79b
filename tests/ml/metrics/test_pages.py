"""Values of a PDF's running text get their region, and the pages they stand on are rendered."""

from __future__ import annotations

import io

from PIL import Image

from ml.metrics.contract import Place, Requirement, RequirementKind
from ml.metrics.extract import extract
from ml.metrics.pages import pictures_of_pages, with_regions
from tests.deliverables import pages


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
