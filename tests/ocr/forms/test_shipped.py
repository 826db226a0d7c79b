"""The forms that come with the product, what is told about them, and how damaged template data is refused."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ocr.contract import ROLES, FieldType, TemplateError
from ocr.forms import shipped
from ocr.forms.describe import describe
from ocr.template_json import template_from_json, template_to_json

TEMPLATE = shipped.load("quarterly-review").template


def test_the_quarterly_review_asks_what_a_review_holds() -> None:
    assert [(field.key, field.type.value) for field in TEMPLATE.fields] == [
        ("employee_name", "person"),
        ("staff_number", "text"),
        ("department", "text"),
        ("period", "text"),
        ("reviewer", "person"),
        ("score_results", "score"),
        ("score_quality", "score"),
        ("score_collaboration", "score"),
        ("score_initiative", "score"),
        ("score_learning", "score"),
        ("grade", "choice"),
        ("key_achievements", "long_text"),
        ("improvements", "long_text"),
        ("next_goals", "long_text"),
        ("signature", "signature"),
        ("signed_on", "date"),
    ]
    assert {field.role for field in TEMPLATE.fields if field.role} == ROLES - {"email", "total", "weight"}
    scores = [field for field in TEMPLATE.fields if field.type is FieldType.SCORE]
    assert sum(Decimal(field.weight or "0") for field in scores) == 100
    for field in scores:
        assert [option.value for option in field.options] == ["1", "2", "3", "4", "5"]
        assert (field.minimum, field.maximum, field.step, field.required) == ("1", "5", "1", True)
    grade = next(field for field in TEMPLATE.fields if field.key == "grade")
    assert [option.value for option in grade.options] == ["A", "B", "C", "D"]


def test_an_unknown_form_names_the_known_ones() -> None:
    with pytest.raises(shipped.UnknownFormError, match="quarterly-review"):
        shipped.load("monthly")
    with pytest.raises(shipped.UnknownFormError):
        shipped.blank_pdf("../quarterly_review")


def test_loading_a_form_imports_no_engine() -> None:
    script = (
        "import sys; from ocr.forms import shipped; shipped.load('quarterly-review');"
        "heavy = {'cv2', 'numpy', 'PIL', 'typst', 'pypdf', 'pypdfium2', 'segno'} & set(sys.modules);"
        "sys.exit(' '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_template_survives_its_json() -> None:
    assert template_from_json(template_to_json(TEMPLATE)) == TEMPLATE


def test_describe_gives_the_geometry() -> None:
    told = describe(TEMPLATE)
    assert (told["key"], told["version"], told["page_size_mm"]) == ("quarterly-review", 1, [210.0, 297.0])
    [page] = told["pages"]
    assert page["page"] == 1
    assert [field["key"] for field in page["fields"]] == [field.key for field in TEMPLATE.fields]
    grade = next(field for field in page["fields"] if field["key"] == "grade")
    assert grade["type"] == "choice"
    assert [set(option) for option in grade["options"]] == [{"value", "label", "labels", "box_mm"}] * 4
    assert all(len(field["box_mm"]) == 4 for field in page["fields"])


def _set(path: list[str | int], value: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_set(["key"], ""), r"template\.key: must not be empty"),
        (_set(["version"], "1"), r"template\.version: expected a whole number"),
        (_set(["version"], True), r"template\.version: expected a whole number"),
        (_set(["pages"], -1), r"template\.pages: must not be negative"),
        (_set(["title"], "季度"), r"template\.title: expected an object"),
        (_set(["title", "zh"], " "), r"template\.title\.zh: must not be empty"),
        (_set(["page_size_mm"], [210]), r"template\.page_size_mm: expected a list of 2 numbers"),
        (_set(["fields"], {}), r"template\.fields: expected a list"),
        (_set(["fields", 2], "name"), r"template\.fields\[2\]: expected an object"),
        (_set(["fields", 2, "type"], "essay"), r"template\.fields\[2\]\.type: 'essay' is not one of"),
        (_set(["fields", 2, "page"], 2), r"template\.fields\[2\]\.page: the form has 1 pages"),
        (_set(["fields", 2, "page"], 0), r"template\.fields\[2\]\.page"),
        (_set(["fields", 2, "key"], "period"), r"'period' is used twice"),
        (_set(["fields", 2, "role"], "boss"), r"template\.fields\[2\]\.role: 'boss' is not one of"),
        (_set(["fields", 2, "aliases"], "部门"), r"template\.fields\[2\]\.aliases: expected a list of texts"),
        (_set(["fields", 2, "box_mm"], [1, 2, 3]), r"box_mm: expected a list of 4 numbers"),
        (_set(["fields", 2, "box_mm"], [1, 2, "3", 4]), r"box_mm: expected a list of 4 numbers"),
        (_set(["fields", 2, "box_mm"], [1, 2, 0, 4]), r"box_mm: width and height must be above zero"),
        (_set(["fields", 2, "box_mm"], [1, 2, float("nan"), 4]), r"box_mm: a number is not a length"),
        (_set(["fields", 2, "box_mm"], [200, 2, 30, 4]), r"template\.fields\[2\]: a box lies outside the page"),
        (_set(["fields", 10, "options"], []), r"template\.fields\[10\]\.options: a choice needs tick boxes"),
        (_set(["fields", 10, "options", 1, "box_mm"], [0, 295, 5, 5]), r"template\.fields\[10\]: a box lies outside"),
        (_set(["markers", 0, "id"], "0"), r"template\.markers\[0\]\.id: expected a whole number"),
        (_set(["anchors", 3, "text"], None), r"template\.anchors\[3\]\.text: expected a text"),
    ],
)
def test_damaged_template_data_is_refused_with_its_place(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    data = copy.deepcopy(template_to_json(TEMPLATE))
    spoil(data)
    with pytest.raises(TemplateError, match=message):
        template_from_json(data)


def test_a_list_is_no_template() -> None:
    with pytest.raises(TemplateError, match="expected an object"):
        template_from_json([])
